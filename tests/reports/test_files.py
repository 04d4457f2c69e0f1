import csv
import logging

from harness.reports.leaderboard import write_leaderboard
from tests.reports.boards import board_of, varied
from tests.score_tables import computed, method

VALUES = [1.0, 2.0, 4.0, 3.0]


def test_several_tasks_have_files_of_standings_and_of_pairs(tmp_path):
    tasks = varied()
    paths = write_leaderboard(board_of(tasks), tasks, tmp_path)
    assert [path.name for path in paths] == [
        "all-40-seed0.md",
        "all-40-seed0.csv",
        "all-40-seed0.json",
        "all-40-seed0.tex",
        "all-40-seed0.html",
        "all-40-seed0-standings.csv",
        "all-40-seed0-pairs.csv",
    ]
    with paths[5].open(newline="") as stream:
        ranks = list(csv.DictReader(stream))
    assert {"climbing", "partly"} <= {row["plugin"] for row in ranks}


def test_one_task_has_no_files_of_standings(tmp_path):
    tasks = varied()[:1]
    paths = write_leaderboard(board_of(tasks), tasks, tmp_path)
    assert not [path for path in paths if "standings" in path.name or "pairs" in path.name]


def test_a_folder_that_cannot_be_written_is_one_logged_sentence(tmp_path, caplog):
    (tmp_path / "leaderboards").write_text("a file where the folder should be")
    tasks = varied()
    assert write_leaderboard(board_of(tasks), tasks, tmp_path) == []
    ((_, level, message),) = caplog.record_tuples
    assert level == logging.ERROR
    assert message.startswith(f"cannot write {tmp_path}/leaderboards/")
    assert message.endswith("; choose another folder with --results")


def test_files_that_a_board_lacks_do_not_stay_from_an_earlier_one_of_its_name(tmp_path):
    tasks = varied()
    write_leaderboard(board_of(tasks), tasks, tmp_path)
    paths = write_leaderboard(board_of(tasks[:1]), tasks[:1], tmp_path)
    assert {path.name for path in paths[0].parent.iterdir()} == {path.name for path in paths}


def test_a_leaderboard_says_which_plugins_of_the_one_before_it_leaves_out(tmp_path, caplog):
    methods = [method(name, VALUES) for name in ("first", "second", "third")]
    for kept in (methods, methods[:1], methods):
        tasks = [computed(kept, VALUES)]
        write_leaderboard(board_of(tasks), tasks, tmp_path)
    (message,) = caplog.messages
    assert "also had the plugins second, third, which the new leaderboard leaves out" in message


def test_a_leaderboard_says_which_tasks_of_the_one_before_it_leaves_out(tmp_path, caplog):
    methods = [method("first", VALUES)]
    tasks = [computed(methods, VALUES, task) for task in ("task-a", "task-b")]
    write_leaderboard(board_of(tasks), tasks, tmp_path)
    write_leaderboard(board_of(tasks[:1]), tasks[:1], tmp_path)
    (message,) = caplog.messages
    assert "also had the task task-b, which the new leaderboard leaves out" in message


def test_what_is_no_leaderboard_is_written_over(tmp_path, caplog):
    tasks = [computed([method("first", VALUES)], VALUES)]
    paths = write_leaderboard(board_of(tasks), tasks, tmp_path)
    before = [path.read_bytes() for path in paths]
    for path in paths:
        path.write_bytes(b"\xff,\n")
    write_leaderboard(board_of(tasks), tasks, tmp_path)
    assert [path.read_bytes() for path in paths] == before
    assert caplog.messages == []
