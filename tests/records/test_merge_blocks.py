"""Sealed segments are merged by column: the same as record by record, and without decoding them."""

from collections import Counter
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.core.errors import DataError, InfrastructureError, UsageError
from harness.core.outcome import Failed, FailureKind, Outcome, Scored, Skipped
from harness.records import store as stores
from harness.records.block import Block
from harness.records.growing_block import GrowingBlock
from harness.records.merge import merge
from harness.records.merge_blocks import additions
from harness.records.record import PluginScore, ScoreRecord
from harness.records.segments import segment_paths
from harness.records.store import Store
from tests.stored import outcomes_of

SCORE = {"p": Scored(components={"score": 2.0}), "q": Scored(components={"up": -1.0, "to": 0.0})}
OTHER = st.sampled_from(
    [Failed(kind=FailureKind.TIMEOUT, reason="slow"), Skipped(reason="no graph")]
)


@st.composite
def folder_of_records(draw: st.DrawFn) -> list[ScoreRecord]:
    """Records of one folder, in which one plugin may be there twice for one architecture."""
    records = []
    for _ in range(draw(st.integers(1, 6))):
        asked = draw(st.sets(st.sampled_from("pq"), min_size=1))
        scores = {key: draw(st.just(SCORE[key]) | OTHER) for key in sorted(asked)}
        records.append(
            ScoreRecord(
                architecture=draw(st.sampled_from("abcdef")),
                environment=draw(st.sampled_from(["here", "there"])),
                passes={},
                scores={key: PluginScore.of(said, None, ()) for key, said in scores.items()},
            )
        )
    return records


def block_of(records: list[ScoreRecord]) -> Block:
    block = GrowingBlock()
    for record in records:
        block.add(record)
    return block.block()


def one_by_one(known: list[ScoreRecord], folders: list[list[ScoreRecord]]):
    """Return what is added, in order, and how much was there before; as plain as it can be."""
    held: dict[tuple[str, str], Outcome] = {}
    for record in known:
        held |= {(key, record.architecture): s.result() for key, s in record.scores.items()}
    added, present = [], 0
    for record in (record for folder in folders for record in folder):
        for key, score in record.scores.items():
            place, outcome = (key, record.architecture), score.result()
            better = isinstance(outcome, Scored) and not isinstance(held.get(place), Scored)
            if place in held and not better:
                present += 1
                continue
            held[place] = outcome
            added.append((*place, outcome, record.environment))
    return added, present


@settings(max_examples=60)
@given(st.lists(folder_of_records(), max_size=1), st.lists(folder_of_records(), max_size=3))
def test_columns_add_what_records_one_by_one_would(known, folders):
    done = additions(
        [(block_of(records), None) for records in known],
        [(block_of(records), None) for records in folders],
    )
    expected, present = one_by_one([record for part in known for record in part], folders)
    added = [
        (key, record.architecture, score.result(), record.environment)
        for addition in done
        for record in addition.records()
        for key, score in record.scores.items()
    ]
    assert Counter(map(repr, added)) == Counter(map(repr, expected))
    assert (sum(each.added for each in done), sum(each.present for each in done)) == (
        len(expected),
        present,
    )
    assert {key for each in done for key in each.environments} == {
        environment for *_, environment in expected
    }


@pytest.fixture
def sealed(tmp_path, condition, environment, make_record, monkeypatch):
    """Write a folder with one segment for every group of architectures."""
    monkeypatch.setattr(stores, "SHORT_BYTES", 0)

    def write(name, *groups, **more):
        for group in groups:
            with Store(tmp_path / name).appending(condition, environment) as log:
                log.append(*(make_record(text, **more) for text in group))
        return tmp_path / name

    return write


def segments_of(folder):
    (run,) = (folder / "runs").iterdir()
    return [path for paths in segment_paths(run).values() for path in paths]


def test_segments_that_share_nothing_are_copied_byte_for_byte(sealed, condition, tmp_path):
    parts = [sealed("one", "ab", "cd"), sealed("two", "ef")]
    with patch.object(Block, "records", side_effect=AssertionError("decoded")):
        done = merge(parts, tmp_path / "whole")
    assert (done.added, done.present) == (6, 0)
    given = [path.read_bytes() for part in parts for path in segments_of(part)]
    assert [path.read_bytes() for path in segments_of(tmp_path / "whole")] == given
    assert set(outcomes_of(Store(tmp_path / "whole").read(condition), "p:1:0")) == set("abcdef")
    assert not list(tmp_path.glob("whole/runs/*/scores.jsonl"))


def test_merging_segments_again_decodes_and_adds_nothing(sealed, tmp_path):
    parts = [sealed("one", "ab"), sealed("two", "cd")]
    merge(parts, tmp_path / "whole")
    before = segments_of(tmp_path / "whole")
    with patch.object(Block, "records", side_effect=AssertionError("decoded")):
        done = merge(parts, tmp_path / "whole")
    assert (done.added, done.present) == (0, 4)
    assert segments_of(tmp_path / "whole") == before


def test_of_segments_that_share_networks_each_network_is_there_once(sealed, condition, tmp_path):
    done = merge([sealed("one", "abc"), sealed("two", "bcd", "e")], tmp_path / "whole")
    assert (done.added, done.present) == (5, 2)
    whole = Store(tmp_path / "whole")
    assert sorted(record.architecture for record in whole.records(condition)) == list("abcde")


def test_a_score_of_a_segment_takes_the_place_of_a_failure_in_a_log(
    sealed, condition, environment, make_record, tmp_path, monkeypatch
):
    segment = sealed("one", "ab")
    monkeypatch.setattr(stores, "SHORT_BYTES", 2**20)
    failure = PluginScore.of(Failed(kind=FailureKind.TIMEOUT, reason="slow"), None, ())
    failed = make_record("a").model_copy(update={"scores": {"p:1:0": failure}})
    with Store(tmp_path / "whole").appending(condition, environment) as log:
        log.append(failed)
    merge([segment], tmp_path / "whole")
    scored = Scored(components={"score": 1.5})
    whole = outcomes_of(Store(tmp_path / "whole").read(condition), "p:1:0")
    assert whole == {"a": scored, "b": scored}


def test_different_scores_in_two_segments_are_refused(sealed, tmp_path):
    parts = [sealed("one", "abc"), sealed("two", "dcb", value=1.6)]
    with pytest.raises(UsageError, match=r"p:1:0 has two scores for [bc], 1\.6 and 1\.5"):
        merge(parts, tmp_path / "whole")
    assert not (tmp_path / "whole").exists()


def test_a_damaged_segment_is_refused_and_nothing_is_written(sealed, tmp_path):
    parts = [sealed("one", "ab"), sealed("two", "cd")]
    (path,) = segments_of(parts[1])
    path.write_bytes(path.read_bytes()[:-9] + b"x" * 9)
    with pytest.raises(DataError, match=rf"{path.name}: the segment is damaged"):
        merge(parts, tmp_path / "whole")
    assert not (tmp_path / "whole").exists()


def test_a_full_disk_leaves_no_segment_of_a_merge(sealed, make_record, tmp_path):
    whole = sealed("whole", "ab")
    before = segments_of(whole)
    parts = [sealed("one", "cd"), sealed("two", "ef")]
    full = OSError(28, "No space left on device")
    real = stores.Path.replace

    def replace(path, target):
        if "000003" in path.name:
            raise full
        return real(path, target)

    with (
        patch.object(stores.Path, "replace", replace),
        pytest.raises(InfrastructureError, match="No space left"),
    ):
        merge(parts, whole)
    assert segments_of(whole) == before
    assert not list(whole.rglob("*.tmp"))
