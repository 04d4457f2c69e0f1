import csv
import json

import pytest

from harness import frame
from harness.core.outcome import Failed, FailureKind
from harness.reports.failures import board_notes
from harness.reports.leaderboard import (
    leaderboard_markdown,
    print_leaderboard,
    write_leaderboard,
)
from harness.reports.leaderboard_tables import leaderboard_data
from harness.reports.page import page
from tests.reports.boards import HOSTILE, board_of
from tests.reports.test_page import Elements
from tests.score_tables import computed, method

LONG = "ValueError: " + "very " * 60 + "long"
VALUES = [1.0, 2.0, 4.0, 3.0]


def failing(reason, task="task-a"):
    failed = Failed(kind=FailureKind.RAISED, reason=reason)
    methods = [method("good", VALUES), method("bad", [None] * 4, outcomes=[failed] * 4)]
    return computed(methods, VALUES, task)


def written(form, reason, folder):
    tasks = [failing(reason)]
    paths = write_leaderboard(board_of(tasks), tasks, folder)
    (path,) = [path for path in paths if path.suffix == form]
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("form", [".md", ".csv", ".json", ".html"])
def test_the_first_reason_is_in_every_form_for_people_and_programs(form, tmp_path):
    text = written(form, "KeyError: no such layer", tmp_path)
    assert "KeyError: no such layer" in text


def test_the_terminal_names_the_cause_below_the_table_once_for_all_tasks(capsys):
    tasks = [failing("KeyError: no such layer", task) for task in ("task-a", "task-b")]
    print_leaderboard(board_of(tasks))
    shown = capsys.readouterr().out
    assert shown.count(" bad 0/4, 4 raised: KeyError: no such layer\n") == 1
    assert "no score: 4 raised" in shown
    assert "fewer than the minimum" not in shown


def test_more_tasks_than_columns_still_name_the_cause(capsys):
    print_leaderboard(board_of([failing("no layer", f"task-{number}") for number in range(7)]))
    assert " bad 0/4, 4 raised: no layer\n" in capsys.readouterr().out


def test_failures_on_some_tasks_alone_are_said_with_their_names():
    fine = computed([method("good", VALUES), method("bad", VALUES)], VALUES, "task-b")
    boards = board_of([failing("no layer"), fine]).boards
    assert board_notes(boards) == ["bad 0/4, 4 raised: no layer (task-a)"]


def test_programs_get_the_whole_reason_beside_its_count():
    leaderboard = board_of([failing(LONG)])
    assert [record["failures"] for record in leaderboard_data(leaderboard).records] == [
        "",
        f"raised:4 ({LONG})",
    ]
    assert list(frame(leaderboard)["failures"]) == ["", f"raised:4 ({LONG})"]


def test_where_nothing_failed_the_failures_of_programs_are_empty(tmp_path):
    tasks = [computed([method("good", VALUES)], VALUES)]
    paths = {path.suffix: path for path in write_leaderboard(board_of(tasks), tasks, tmp_path)}
    with paths[".csv"].open(newline="") as stream:
        assert [record["failures"] for record in csv.DictReader(stream)] == [""]
    assert [record["failures"] for record in json.loads(paths[".json"].read_text())] == [""]


def test_markdown_shortens_the_cell_and_says_all_below():
    text = leaderboard_markdown(board_of([failing(LONG)]))
    (cell,) = [line for line in text.splitlines() if line.startswith("| bad ")]
    assert "0/4, 4 raised: ValueError: very" in cell
    assert LONG not in cell
    assert f"bad has no score: 4 raised: {LONG}." in text
    assert "is undefined for bad" not in text


def test_a_hostile_reason_is_text_in_markdown():
    text = leaderboard_markdown(board_of([failing(f"a | b {HOSTILE}")]))
    assert "<script" not in text
    assert all(line.count(" | ") == 7 for line in text.splitlines() if line.startswith("| bad "))


def test_a_hostile_reason_is_text_on_the_page():
    tasks = [failing(HOSTILE)]
    elements = Elements(page(board_of(tasks), tasks))
    # One script of data, one of the library and one of the page: none of a reason.
    assert len(elements.of("script")) == 3


def test_the_page_shortens_a_long_reason_and_opens_to_all_of_it():
    tasks = [failing(LONG)]
    text = page(board_of(tasks), tasks)
    details = text[text.index('<details class="detail reason">') :]
    details = details[: details.index("</details>")]
    summary, whole = details.split("</summary>")
    assert summary.endswith("…")
    assert whole == f"4 raised: {LONG}"
