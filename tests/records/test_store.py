import os

import pytest

from harness.core.errors import DataError, InfrastructureError
from harness.core.outcome import Scored
from harness.records.store import Store


def log_of(tmp_path):
    (found,) = (tmp_path / "runs").glob("*/scores.jsonl")
    return found


def test_what_was_appended_is_read_back(tmp_path, condition, environment, make_record):
    store = Store(tmp_path)
    with store.appending(condition, environment) as log:
        log.append(make_record("a", 1.0))
        log.append(make_record("b", 2.0))
    stored = store.read(condition).of("p:1:0")
    assert {text: one.outcome for text, one in stored.items()} == {
        "a": Scored(components={"score": 1.0}),
        "b": Scored(components={"score": 2.0}),
    }


def test_a_record_is_on_file_before_the_log_is_closed(
    tmp_path, condition, environment, make_record
):
    store = Store(tmp_path)
    with store.appending(condition, environment) as log:
        log.append(make_record("a"))
        assert store.read(condition).missing("p:1:0", ["a", "b"]) == ["b"]


def test_conditions_are_kept_apart(tmp_path, condition, environment, make_record):
    store = Store(tmp_path)
    with store.appending(condition, environment) as log:
        log.append(make_record("a"))
    other = condition.model_copy(update={"seed": 1})
    assert store.read(other).of("p:1:0") == {}


def test_a_line_cut_off_by_a_kill_is_dropped_and_its_architecture_scored_again(
    tmp_path, condition, environment, make_record, caplog
):
    store = Store(tmp_path)
    with store.appending(condition, environment) as log:
        log.append(make_record("a"))
        log.append(make_record("b"))
    path = log_of(tmp_path)
    path.write_bytes(path.read_bytes()[:-20])
    assert store.read(condition).missing("p:1:0", ["a", "b"]) == ["b"]
    assert "is incomplete" in caplog.text
    with store.appending(condition, environment) as log:
        log.append(make_record("b", 3.0))
    assert store.read(condition).of("p:1:0")["b"].outcome == Scored(components={"score": 3.0})


def test_a_damaged_line_is_named_and_nothing_is_skipped(
    tmp_path, condition, environment, make_record
):
    store = Store(tmp_path)
    with store.appending(condition, environment) as log:
        for name in "abc":
            log.append(make_record(name))
    path = log_of(tmp_path)
    lines = path.read_text().splitlines(keepends=True)
    lines[1] = lines[1].replace("1.5", "9.5")
    path.write_text("".join(lines))
    with pytest.raises(DataError, match=r"scores\.jsonl:2: the record is damaged"):
        store.read(condition)


def test_two_runs_cannot_write_to_one_log(tmp_path, condition, environment):
    store = Store(tmp_path)
    with (
        store.appending(condition, environment),
        pytest.raises(InfrastructureError, match="another run is writing"),
        Store(tmp_path).appending(condition, environment),
    ):
        pass


def test_a_results_folder_that_is_a_file_is_one_sentence(tmp_path, condition, environment):
    (tmp_path / "results").write_text("")
    with (
        pytest.raises(InfrastructureError, match="cannot write to the results folder"),
        Store(tmp_path / "results").appending(condition, environment),
    ):
        pass


def test_a_full_disk_is_one_sentence_and_keeps_what_was_stored(
    tmp_path, condition, environment, make_record, monkeypatch
):
    store = Store(tmp_path)
    with store.appending(condition, environment) as log:
        log.append(make_record("a"))
    with store.appending(condition, environment) as log:

        class Full:
            def write(self, data):
                raise OSError(28, "No space left on device")

        monkeypatch.setattr(log, "_stream", Full())
        with pytest.raises(InfrastructureError, match="No space left on device; what was stored"):
            log.append(make_record("b"))
    assert list(store.read(condition).of("p:1:0")) == ["a"]


def test_a_renamed_folder_is_not_taken_for_other_conditions(
    tmp_path, condition, environment, make_record
):
    store = Store(tmp_path)
    with store.appending(condition, environment) as log:
        log.append(make_record("a"))
    other = condition.model_copy(update={"seed": 1})
    os.rename(log_of(tmp_path).parent, tmp_path / "runs" / other.key)  # noqa: PTH104
    with pytest.raises(DataError, match="describes other conditions"):
        store.read(other)
