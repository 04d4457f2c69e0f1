"""Finished logs are sealed as Parquet; nothing is lost or doubled, whatever happens meanwhile."""

import json
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.core.errors import DataError
from harness.core.outcome import Scored
from harness.records import store as stores
from harness.records.growing_block import GrowingBlock
from harness.records.record import ScoreRecord, decode, encode
from harness.records.scores import Scores
from harness.records.segments import open_segment, write_segment
from harness.records.store import Store, seal_log
from tests.records.test_scores import records
from tests.stored import outcomes_of

WHOLE = {name: Scored(components={"score": 1.5}) for name in "abcd"}


@pytest.fixture
def sealed(tmp_path, condition, environment, make_record, monkeypatch):
    """A folder in which two segments hold a and b, c and d."""
    monkeypatch.setattr(stores, "SHORT_BYTES", 0)
    for names in ("ab", "cd"):
        with Store(tmp_path).appending(condition, environment) as log:
            log.append(*(make_record(name) for name in names))
    return tmp_path


def files_of(folder: Path) -> list[str]:
    return sorted(path.name.partition(".")[0] for path in folder.glob("runs/*/scores*"))


def segments_of(folder: Path) -> list[Path]:
    return sorted(folder.glob("runs/*/*.parquet"))


def processor_time(added: list[ScoreRecord]) -> float:
    costs = [cost for record in added for cost in record.passes.values()]
    costs += [score.cost for record in added for score in record.scores.values() if score.cost]
    return sum(cost.cpu_s for cost in costs)


@settings(max_examples=20)
@given(added=st.lists(records(), min_size=1, max_size=25))
def test_a_segment_holds_records_as_a_log_does(added: list[ScoreRecord], tmp_path_factory):
    block = GrowingBlock()
    for record in added:
        block.add(record)
    path = write_segment(block, tmp_path_factory.mktemp("segment"), 1, 0)
    assert list(open_segment(path).records()) == [decode(encode(record), "") for record in added]
    written, read = Scores([block.block()]), Scores([open_segment(path)])
    for key in written.plugin_keys:
        assert outcomes_of(read, key) == outcomes_of(written, key)
    assert read.environments() == written.environments()
    rounding = pytest.approx(processor_time(added), abs=1e-5)  # each cost is stored to 1e-7 s
    assert open_segment(path).cpu_seconds() == rounding


def test_a_long_log_is_sealed_when_its_run_ends(sealed, condition):
    assert files_of(sealed) == ["scores-000001-00", "scores-000002-00"]
    assert outcomes_of(Store(sealed).read(condition), "p:1:0") == WHOLE
    assert Store(sealed).conditions() == (condition,)
    assert [record.architecture for record in Store(sealed).records(condition)] == list("abcd")


def test_a_short_log_stays_a_log(tmp_path, condition, environment, make_record):
    with Store(tmp_path).appending(condition, environment) as log:
        log.append(make_record("a"))
    assert files_of(tmp_path) == ["scores"]


def test_a_log_is_sealed_while_its_run_goes_on(
    tmp_path, condition, environment, make_record, monkeypatch
):
    monkeypatch.setattr(stores, "SEGMENT_BYTES", 1)
    store = Store(tmp_path)
    scores = store.read(condition)
    with store.appending(condition, environment, scores) as log:
        log.append(make_record("a"))
        log.append(make_record("b"), make_record("c"))
        assert files_of(tmp_path) == ["scores", "scores-000001-00", "scores-000002-00"]
        monkeypatch.setattr(stores, "SEGMENT_BYTES", 10**9)
        log.append(make_record("d"))
        assert outcomes_of(scores, "p:1:0") == WHOLE
    assert outcomes_of(store.read(condition), "p:1:0") == WHOLE


def test_a_log_of_many_scores_becomes_several_segments(
    tmp_path, condition, environment, make_record, monkeypatch
):
    monkeypatch.setattr(stores, "_SEGMENT_SCORES", 3)
    monkeypatch.setattr(stores, "SHORT_BYTES", 0)
    with Store(tmp_path).appending(condition, environment) as log:
        log.append(*(make_record(name) for name in "abcd"))
    assert files_of(tmp_path) == ["scores-000001-00", "scores-000001-01"]
    assert outcomes_of(Store(tmp_path).read(condition), "p:1:0") == WHOLE


def test_of_two_records_the_later_one_holds_across_segments(
    sealed, condition, environment, make_record
):
    with Store(sealed).appending(condition, environment) as log:
        log.append(make_record("a", 2.0))
    assert outcomes_of(Store(sealed).read(condition), "p:1:0")["a"] == Scored(
        components={"score": 2.0}
    )
    assert Store(sealed).read(condition).environments() == {"p:1:0": {environment.key: 4}}


@pytest.mark.parametrize("step", ["write_segment", "sync_folder"])
def test_a_kill_while_sealing_loses_and_doubles_nothing(
    tmp_path, condition, environment, make_record, monkeypatch, step
):
    def killed(*arguments):
        raise KeyboardInterrupt

    with Store(tmp_path).appending(condition, environment) as log:
        log.append(*(make_record(name) for name in "abcd"))
    (path,) = tmp_path.glob("runs/*/scores.jsonl")
    monkeypatch.setattr(stores, step, killed)
    with pytest.raises(KeyboardInterrupt):
        seal_log(path)
    monkeypatch.undo()
    assert [record.architecture for record in Store(tmp_path).records(condition)] == list("abcd")
    assert outcomes_of(Store(tmp_path).read(condition), "p:1:0") == WHOLE
    with Store(tmp_path).appending(condition, environment):
        pass
    assert files_of(tmp_path) == ["scores", "scores-000001-00"]
    assert [record.architecture for record in Store(tmp_path).records(condition)] == list("abcd")


def test_segments_of_a_log_that_is_still_there_count_for_nothing(
    tmp_path, condition, environment, make_record, monkeypatch
):
    with Store(tmp_path).appending(condition, environment) as log:
        log.append(make_record("a"))
    (path,) = tmp_path.glob("runs/*/scores.jsonl")
    before = path.read_bytes()
    seal_log(path)
    path.with_name("scores-000001.jsonl").write_bytes(before)
    assert [record.architecture for record in Store(tmp_path).records(condition)] == ["a"]


@pytest.mark.parametrize("damage", [b"", b"not Parquet", None])
def test_a_damaged_segment_is_one_sentence_and_costs_only_itself(sealed, condition, caplog, damage):
    first = segments_of(sealed)[0]
    whole = first.read_bytes()
    first.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]) if damage is None else damage)
    assert list(outcomes_of(Store(sealed).read(condition), "p:1:0")) == ["c", "d"]
    (message,) = [record.getMessage() for record in caplog.records]
    assert message.startswith(f"{first}: the segment is damaged (its digest is not the one")
    assert message.endswith("delete it and run again, and its architectures are scored anew")
    with pytest.raises(DataError, match="the segment is damaged"):
        list(Store(sealed).records(condition))


def test_a_segment_of_another_form_is_one_sentence(sealed, condition, caplog):
    import hashlib

    import pyarrow
    from pyarrow import parquet

    first = segments_of(sealed)[0]
    parquet.write_table(pyarrow.table({"texts": ["a"]}), first)
    digest = hashlib.sha256(first.read_bytes()).hexdigest()[:16]
    first.rename(first.with_name(f"scores-000001-00.{digest}.parquet"))
    assert list(outcomes_of(Store(sealed).read(condition), "p:1:0")) == ["c", "d"]
    assert "the segment is damaged (KeyError)" in caplog.text


def test_a_disk_without_room_for_a_segment_leaves_the_log(
    tmp_path, condition, environment, make_record, monkeypatch, caplog
):
    def refused(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(stores, "SHORT_BYTES", 0)
    with monkeypatch.context() as patched:
        patched.setattr(stores, "write_segment", refused)
        with Store(tmp_path).appending(condition, environment) as log:
            log.append(make_record("a"))
    assert "cannot be sealed (No space left on device) and stays a log" in caplog.text
    assert files_of(tmp_path) == ["scores-000001"]
    assert list(outcomes_of(Store(tmp_path).read(condition), "p:1:0")) == ["a"]
    with Store(tmp_path).appending(condition, environment):
        pass
    assert files_of(tmp_path) == ["scores", "scores-000001-00"]


def test_costs_are_not_read_with_scores(sealed, condition, monkeypatch):
    from harness.records import segments

    asked = []
    read = segments._Columns._read

    def watched(self, names):
        asked.extend(names)
        return read(self, names)

    monkeypatch.setattr(segments._Columns, "_read", watched)
    column = Store(sealed).read(condition).column("p:1:0", tuple("abcd"))
    assert not any("wall" in name for name in asked)
    # The pass took a quarter of a second, the plugin's own reduction another.
    assert column.costs().wall_s.tolist() == [0.5] * 4
    assert any("wall" in name for name in asked)


def test_a_segment_is_opened_once_however_many_columns_are_read(sealed, condition, monkeypatch):
    from pyarrow import parquet

    opened = []
    open_file = parquet.ParquetFile

    def watched(path, **options):
        opened.append(path)
        return open_file(path, **options)

    monkeypatch.setattr(parquet, "ParquetFile", watched)
    stored = Store(sealed).read(condition)
    for _ in range(3):
        column = stored.column("p:1:0", tuple("abcd"))
        assert column.costs().wall_s.tolist() == [0.5] * 4
    assert sorted(opened) == segments_of(sealed)


def test_a_folder_of_version_0_1_is_read_and_sealed_by_the_next_run(
    tmp_path, condition, environment, make_record, monkeypatch
):
    folder = tmp_path / "runs" / condition.key
    folder.mkdir(parents=True)
    (folder / "condition.json").write_text(condition.model_dump_json(indent=2) + "\n")
    environments = tmp_path / "runs" / "environments"
    environments.mkdir()
    (environments / f"{environment.key}.json").write_text(environment.model_dump_json(indent=2))
    cost = {"wall_s": 0.25, "cpu_s": 0.5, "forwards": 1}
    lines = []
    for name in "ab":
        score = {
            "outcome": {"status": "scored", "components": {"score": 1.5}},
            "cost": cost,
            "passes": ["forward"],
        }
        record = {
            "architecture": name,
            "environment": environment.key,
            "passes": {"forward": cost},
            "scores": {"p:1:0": score},
        }
        body = json.dumps(record, separators=(",", ":"))[:-1]
        lines.append(f'{body},"check":"{zlib.crc32(body.encode()):08x}"}}\n')
    (folder / "scores.jsonl").write_text("".join(lines))
    assert Store(tmp_path).environments() == {environment.key: environment}
    assert list(Store(tmp_path).records(condition)) == [make_record("a"), make_record("b")]
    monkeypatch.setattr(stores, "SHORT_BYTES", 0)
    with Store(tmp_path).appending(condition, environment) as log:
        log.append(make_record("c"), make_record("d"))
    assert files_of(tmp_path) == ["scores-000001-00"]
    assert outcomes_of(Store(tmp_path).read(condition), "p:1:0") == WHOLE
