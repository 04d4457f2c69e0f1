import errno
import os
from io import FileIO

import pytest

from harness.core.errors import DataError, InfrastructureError
from harness.core.outcome import Scored
from harness.records.log import OpenLog
from harness.records.record import encode
from harness.records.store import Store
from tests.records.limits import file_size_limit
from tests.stored import outcomes_of


def append_all(store, condition, environment, records):
    with store.appending(condition, environment) as log:
        for record in records:
            log.append(record)


def log_of(tmp_path):
    (log,) = (tmp_path / "runs").glob("*/scores.jsonl")
    return log


def test_what_was_appended_is_read_back(tmp_path, condition, environment, make_record):
    store = Store(tmp_path)
    with store.appending(condition, environment) as log:
        log.append(make_record("a", 1.0))
        log.append(make_record("b", 2.0))
    assert outcomes_of(store.read(condition), "p:1:0") == {
        "a": Scored(components={"score": 1.0}),
        "b": Scored(components={"score": 2.0}),
    }


def test_a_record_is_on_file_before_the_log_is_closed(
    tmp_path, condition, environment, make_record
):
    store = Store(tmp_path)
    with store.appending(condition, environment) as log:
        log.append(make_record("a"))
        assert list(outcomes_of(store.read(condition), "p:1:0")) == ["a"]


def test_conditions_are_kept_apart(tmp_path, condition, environment, make_record):
    store = Store(tmp_path)
    with store.appending(condition, environment) as log:
        log.append(make_record("a"))
    other = condition.model_copy(update={"seed": 1})
    assert store.read(other).plugin_keys == ()


def test_a_line_cut_off_by_a_kill_is_dropped_and_its_architecture_scored_again(
    tmp_path, condition, environment, make_record, caplog
):
    store = Store(tmp_path)
    with store.appending(condition, environment) as log:
        log.append(make_record("a"))
        log.append(make_record("b"))
    path = log_of(tmp_path)
    path.write_bytes(path.read_bytes()[:-20])
    assert list(outcomes_of(store.read(condition), "p:1:0")) == ["a"]
    assert "is incomplete" in caplog.text
    with store.appending(condition, environment) as log:
        log.append(make_record("b", 3.0))
    assert outcomes_of(store.read(condition), "p:1:0")["b"] == Scored(components={"score": 3.0})


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


class FullDisk(FileIO):
    """A file on a disk with room for 20 bytes more."""

    def write(self, data):
        super().write(bytes(data)[:20])
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_one_sentence_and_leaves_no_half_a_line(
    tmp_path, condition, environment, make_record
):
    store = Store(tmp_path)
    with store.appending(condition, environment) as log:
        log.append(make_record("a"))
    before = log_of(tmp_path).read_bytes()
    with FullDisk(log_of(tmp_path), "ab") as stream:
        log = OpenLog(stream, log_of(tmp_path), encode)
        with pytest.raises(InfrastructureError, match="No space left on device; what was stored"):
            log.append(make_record("b"))
    assert log_of(tmp_path).read_bytes() == before
    assert list(outcomes_of(store.read(condition), "p:1:0")) == ["a"]


def test_a_file_that_may_not_grow_stops_a_run_with_its_sentence_and_nothing_else(
    tmp_path, condition, environment, make_record
):
    store = Store(tmp_path)
    append_all(store, condition, environment, [])
    half_of_the_second = len(encode(make_record("a"))) * 3 // 2
    with (
        file_size_limit(half_of_the_second),
        pytest.raises(InfrastructureError, match="File too large; what was stored so far is safe"),
    ):
        append_all(store, condition, environment, [make_record(name) for name in "abc"])
    assert list(outcomes_of(store.read(condition), "p:1:0")) == ["a"]
    append_all(store, condition, environment, [make_record("z")])
    assert list(outcomes_of(store.read(condition), "p:1:0")) == ["a", "z"]


def test_a_disk_that_is_full_from_the_start_is_one_sentence(tmp_path, condition, environment):
    with (
        file_size_limit(10),
        pytest.raises(InfrastructureError, match="cannot write to"),
        Store(tmp_path).appending(condition, environment),
    ):
        pass


def test_an_environment_is_stored_once_and_before_the_records_that_refer_to_it(
    tmp_path, condition, environment
):
    elsewhere = environment.model_copy(update={"processor": "another"})
    store = Store(tmp_path)
    with store.appending(condition, environment) as log:
        log.describe(elsewhere)
        log.describe(elsewhere)
        assert store.environments() == {known.key: known for known in (environment, elsewhere)}


def test_a_renamed_folder_is_not_taken_for_other_conditions(
    tmp_path, condition, environment, make_record
):
    store = Store(tmp_path)
    with store.appending(condition, environment) as log:
        log.append(make_record("a"))
    other = condition.model_copy(update={"seed": 1})
    os.rename(log_of(tmp_path).parent, tmp_path / "runs" / other.key)  # noqa: PTH104
    with pytest.raises(
        DataError, match=f"describes other conditions .*; rename the folder to {condition.key}"
    ):
        store.read(other)


def test_scores_in_a_renamed_folder_are_named_where_they_would_be_reused(
    tmp_path, condition, environment, make_record, caplog
):
    store = Store(tmp_path)
    with store.appending(condition, environment) as log:
        log.append(make_record("a"))
    log_of(tmp_path).parent.rename(tmp_path / "runs" / "old")
    assert store.read(condition.model_copy(update={"seed": 1})).texts() == ()
    assert not caplog.records
    assert store.read(condition).texts() == ()
    (message,) = caplog.messages
    assert message.startswith(f"{tmp_path / 'runs' / 'old'} holds scores of these conditions")
    assert message.endswith(f"name it {condition.key} again")


def test_a_results_folder_of_another_version_is_said_to_be_one(
    tmp_path, condition, environment, make_record
):
    store = Store(tmp_path)
    with store.appending(condition, environment) as log:
        log.append(make_record("a"))
    path = log_of(tmp_path).parent / "condition.json"
    path.write_text(path.read_text().replace('"schema_version": 1', '"schema_version": 2, "x": 0'))
    with pytest.raises(DataError, match=r"of another version .* \(schema version 2 instead of 1\)"):
        store.read(condition)
