import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from harness.core.direction import Direction
from harness.truth import Places, load
from harness.truth.locate import Content
from harness.truth.parsed_cache import cached_reading
from harness.truth.reading import Reading
from harness.truth.task import Split, Task
from harness.truth.unit import Unit
from tests.truth.conftest import published

READING = Reading(
    values={"z": 0.1 + 0.2, "a": 5e-324, "é|~0": -1e300}, runs={"a": (1.0, 2.0), "z": (0.1,)}
)
TASK = Task(
    name="hand-made",
    space="nowhere",
    dataset="none",
    split=Split.TEST,
    metric="accuracy",
    unit=Unit.NUMBER,
    direction=Direction.HIGHER,
    n=3,
    source="table",
    reader="none",
    arguments={"column": "first"},
    epochs=None,
    collections=(),
    note="",
)


@dataclass
class Folder:
    """A cache folder, and how often something had to be parsed."""

    folder: Path
    parsed: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def copy(self) -> Path:
        return self.folder / "parsed" / "hand-made.parquet"

    def get(self, task: Task = TASK, data: bytes = b"file", reading: Reading = READING) -> Reading:
        def parse() -> Reading:
            with self.lock:
                self.parsed += 1
            return reading

        content = Content(source=published(data), path=Path("file"), data=data)
        return cached_reading(task, content, Places(cache_dir=self.folder), parse)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    pytest.importorskip("pyarrow")
    return Folder(folder=tmp_path / "cache")


def test_a_copy_equals_what_was_parsed_to_the_last_bit_and_in_its_order(folder: Folder) -> None:
    assert folder.get() == READING
    again = folder.get()
    assert again == READING
    assert list(again.values) == ["z", "a", "é|~0"]
    assert folder.parsed == 1


def test_a_table_from_the_copy_equals_a_fresh_one(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    places = Places(cache_dir=tmp_path, offline=True)
    fresh = load("nb201-analog-baseline", places=places)
    assert [path.name for path in (tmp_path / "parsed").iterdir()] == [
        "nb201-analog-baseline.parquet"
    ]
    copied = load("nb201-analog-baseline", places=places)
    assert copied == fresh
    assert list(copied.values) == list(fresh.values)


@pytest.mark.parametrize(
    "changed",
    [
        {"data": b"another file"},
        {"task": replace(TASK, arguments={"column": "second"})},
        {"task": replace(TASK, reader="another")},
        {"task": replace(TASK, unit=Unit.SECONDS)},
    ],
)
def test_a_copy_of_another_file_or_reading_is_not_used(folder: Folder, changed: dict) -> None:
    folder.get()
    other = Reading(values={"a": 1.0, "b": 2.0, "c": 3.0}, runs={})
    assert folder.get(**changed, reading=other) == other
    assert folder.get(**changed) == other
    assert folder.parsed == 2


def test_a_copy_made_by_other_code_is_not_used(folder: Folder, monkeypatch) -> None:
    folder.get()
    monkeypatch.setattr("harness.truth.parsed_cache._code_digest", lambda: "other")
    folder.get()
    assert folder.parsed == 2


def _with_another_value(data: bytes) -> bytes:
    from struct import pack

    assert pack("<d", 0.1 + 0.2) in data
    return data.replace(pack("<d", 0.1 + 0.2), pack("<d", 0.4))


def _with_another_run(data: bytes) -> bytes:
    from struct import pack

    assert pack("<d", 2.0) in data
    return data.replace(pack("<d", 2.0), pack("<d", 3.0))


DAMAGES: list[Callable[[bytes], bytes]] = [
    lambda data: b"",
    lambda data: data[: len(data) // 2],
    lambda data: b"PAR1" + b"\xff" * 64 + b"PAR1",
    lambda data: data.replace(b"hand", b"foot").replace(b"value", b"velue"),
    _with_another_value,
    _with_another_run,
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_copy_is_ignored_and_written_anew(folder: Folder, damage, monkeypatch) -> None:
    from pyarrow import parquet

    # Plain pages, so that the bytes of a number can be found and changed.
    plain = parquet.write_table
    monkeypatch.setattr(
        parquet,
        "write_table",
        lambda table, path: plain(table, path, compression="none", use_dictionary=False),
    )
    folder.get()
    good = folder.copy.read_bytes()
    folder.copy.write_bytes(damage(good))
    assert folder.copy.read_bytes() != good
    assert folder.get() == READING
    assert folder.parsed == 2
    assert folder.copy.read_bytes() == good
    assert folder.get() == READING
    assert folder.parsed == 2


def test_a_copy_with_a_row_less_is_ignored(folder: Folder) -> None:
    from pyarrow import parquet

    folder.get()
    parquet.write_table(parquet.read_table(folder.copy).slice(1), folder.copy)
    assert folder.get() == READING
    assert folder.parsed == 2


def test_a_reading_of_another_length_than_the_task_s_is_not_copied(folder: Folder) -> None:
    folder.get(reading=Reading(values={"a": 1.0}, runs={}))
    assert not folder.copy.exists()


def test_writers_at_the_same_time_leave_one_good_copy_and_nothing_else(folder: Folder) -> None:
    folder.get()
    folder.copy.unlink()
    barrier = threading.Barrier(8)
    readings: list[Reading] = []

    def work() -> None:
        barrier.wait()
        readings.extend(folder.get() for _ in range(5))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert readings == [READING] * 40
    assert [path.name for path in folder.copy.parent.iterdir()] == [folder.copy.name]
    parsed = folder.parsed
    assert folder.get() == READING
    assert folder.parsed == parsed


def test_a_cache_that_cannot_be_written_changes_nothing(folder: Folder) -> None:
    folder.folder.write_text("a file where the folder would be")
    assert folder.get() == READING
    assert folder.get() == READING
    assert folder.parsed == 2


def test_without_pyarrow_there_is_no_copy(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    folder = Folder(folder=tmp_path)
    assert folder.get() == READING
    assert folder.get() == READING
    assert folder.parsed == 2
    assert list(tmp_path.iterdir()) == []
