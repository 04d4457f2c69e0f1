import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.core.cost import Cost
from harness.core.errors import DataError
from harness.core.outcome import Failed, FailureKind, Scored, Skipped
from harness.records.record import PluginScore, ScoreRecord, decode, encode

finite = st.floats(allow_nan=False, allow_infinity=False)
outcomes = st.one_of(
    st.builds(Scored, components=st.dictionaries(st.text(min_size=1), finite, min_size=1)),
    st.builds(Failed, kind=st.sampled_from(FailureKind), reason=st.text()),
    st.builds(Skipped, reason=st.text()),
)


def record(outcome):
    return ScoreRecord(
        architecture='|a~0|"\\',
        environment="e",
        passes={"forward": Cost(wall_s=1.0, cpu_s=2.0, peak_bytes=3)},
        scores={"p:1:0": PluginScore.of(outcome, Cost(wall_s=0.5, cpu_s=0.5), ("forward",))},
    )


@given(outcomes)
def test_a_record_read_back_is_the_record_written(outcome):
    written = record(outcome)
    assert decode(encode(written), "here") == written
    assert decode(encode(written), "here").scores["p:1:0"].result() == outcome


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_a_changed_byte_is_noticed(position, change):
    line = bytearray(encode(record(Scored(components={"score": 1.0}))).encode())
    position %= len(line) - 1  # the line's end is not part of the content
    line[position] ^= change
    with pytest.raises(DataError, match=r"here: the record"):
        decode(line.decode(errors="replace"), "here")


def test_a_record_of_another_form_is_refused_by_name_of_the_field():
    import json
    import zlib

    body = json.dumps({"architecture": "a", "environment": "e", "passes": {}})[:-1]
    line = f'{body},"check":"{zlib.crc32(body.encode()):08x}"}}\n'
    with pytest.raises(DataError, match=r"file:7: the record's scores is wrong"):
        decode(line, "file:7")


def test_a_reason_that_utf_8_cannot_hold_is_stored():
    score = PluginScore.of(Skipped(reason="no file caf\udce9"), None, ())
    assert score.result() == Skipped(reason="no file caf\\udce9")
