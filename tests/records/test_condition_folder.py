"""Reading a folder that a run seals at the same moment."""

import pytest

from harness.core.outcome import Scored
from harness.records import condition_folder
from harness.records.store import Store, seal_finished_logs, seal_log
from tests.stored import outcomes_of

NAMES = "abcd"


@pytest.fixture
def log(tmp_path, condition, environment, make_record):
    with Store(tmp_path).appending(condition, environment) as opened:
        opened.append(*(make_record(name) for name in NAMES))
    (path,) = tmp_path.glob("runs/*/scores.jsonl")
    return path


MOMENTS = [("state", 1), ("segment_paths", 2), ("numbered_logs", 2)]
"""Functions that look into the folder, and how often they have when something happens."""


def meanwhile(monkeypatch, moment, action):
    """Let something happen once, right after a function has looked into the folder."""
    name, last = moment
    look, calls = getattr(condition_folder, name), []

    def with_action(folder):
        answer = look(folder)
        calls.append(folder)
        if len(calls) == last:
            action()
        return answer

    monkeypatch.setattr(condition_folder, name, with_action)


def readings(tmp_path, condition):
    opened = Store(tmp_path)
    return {
        "read": lambda: opened.read(condition).texts(),
        "records": lambda: tuple(record.architecture for record in opened.records(condition)),
        "blocks": lambda: tuple(
            text for block, _ in opened.blocks(condition) for text in block.load_texts()
        ),
    }


@pytest.mark.parametrize("how", ["read", "records", "blocks"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_log_that_is_sealed_while_it_is_read_is_read_once_and_whole(
    tmp_path, condition, log, monkeypatch, moment, how
):
    meanwhile(monkeypatch, moment, lambda: seal_log(log))
    assert "".join(readings(tmp_path, condition)[how]()) == NAMES


@pytest.mark.parametrize("how", ["read", "records", "blocks"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_log_whose_sealing_ends_while_it_is_read_is_read_once_and_whole(
    tmp_path, condition, log, monkeypatch, moment, how
):
    log.rename(log.with_name("scores-000001.jsonl"))
    meanwhile(monkeypatch, moment, lambda: seal_finished_logs(log.parent))
    assert "".join(readings(tmp_path, condition)[how]()) == NAMES


def test_what_another_run_stores_between_reading_and_writing_is_known_before_writing(
    tmp_path, condition, environment, make_record, log
):
    first, second = Store(tmp_path), Store(tmp_path)
    scores = first.read(condition)
    with second.appending(condition, environment) as other:
        other.append(make_record("e", 2.0))
    with first.appending(condition, environment, scores) as opened:
        assert opened.reread
        assert outcomes_of(scores, "p:1:0")["e"] == Scored(components={"score": 2.0})
    with first.appending(condition, environment, scores) as again:
        assert not again.reread
