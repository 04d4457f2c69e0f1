import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from harness.core.errors import InfrastructureError
from harness.core.files import (
    csv_text,
    logged_if_unwritable,
    put,
    temporary_name,
    write_at_once,
)


def test_a_file_is_written_with_its_folders_and_without_a_trace(tmp_path):
    path = tmp_path / "a/b/table.csv"
    write_at_once(path, "x\n", "try again")
    write_at_once(path, "y\n", "try again")
    assert path.read_bytes() == b"y\n"
    assert [entry.name for entry in path.parent.iterdir()] == ["table.csv"]


def test_threads_that_write_one_file_at_once_do_not_take_it_from_each_other(tmp_path, monkeypatch):
    both = threading.Barrier(2, timeout=10)
    write = Path.write_text

    def together(path, *args, **options):
        written = write(path, *args, **options)
        both.wait()  # either is written before either is renamed
        return written

    monkeypatch.setattr(Path, "write_text", together)
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda text: put(tmp_path / "a.json", text), ("same", "same")))
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]
    assert (tmp_path / "a.json").read_text() == "same"


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "table.csv"
    write_at_once(path, "old\n", "try again")

    def full(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(InfrastructureError, match=r"table\.csv: No space left.*; free some"):
        write_at_once(path, "new\n", "free some")
    assert path.read_text() == "old\n"
    assert [entry.name for entry in tmp_path.iterdir()] == ["table.csv"]


def test_a_folder_that_is_a_file_is_one_sentence(tmp_path):
    (tmp_path / "results").write_text("")
    with pytest.raises(InfrastructureError, match="choose another folder"):
        write_at_once(tmp_path / "results/table.csv", "x", "choose another folder")


def test_what_is_shown_too_may_be_logged_in_place_of_raised(tmp_path, caplog):
    (tmp_path / "results").write_text("")
    with logged_if_unwritable():
        write_at_once(tmp_path / "results/table.csv", "x", "choose another folder")
    assert caplog.messages == [
        f"cannot write {tmp_path}/results/table.csv: File exists; choose another folder"
    ]


def test_rows_become_lines_and_absent_values_nothing():
    assert csv_text([{"a": 1.5, "b": None}, {"a": None, "b": "x,y"}]) == 'a,b\n1.5,\n,"x,y"\n'
    assert csv_text([]) == ""


def test_temporary_names_of_two_machines_or_containers_with_equal_numbers_of_processes_differ():
    assert temporary_name(Path("a.json")) != temporary_name(Path("a.json"))
