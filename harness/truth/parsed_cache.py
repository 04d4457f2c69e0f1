"""Parsed copies of published files, so that a table is parsed from its own format once a machine.

A copy is a Parquet file, ``parsed/TASK.parquet`` in the cache folder, and there is none without
the package pyarrow. It counts only as long as its key agrees: the digest of the published file,
which is verified before, the task's reader with its arguments and unit, and the source code of
everything that reads. What was read back must have the digests that were written beside it. A copy
that is stale, damaged or cannot be written is as good as none.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import cast

import numpy as np
from numpy.typing import NDArray

from harness.core.files import replacing
from harness.core.identity import Json, digest, digest_lines
from harness.truth.locate import Content, content
from harness.truth.own_reading import find_reader
from harness.truth.places import Places
from harness.truth.reading import Reading
from harness.truth.source import Source, source
from harness.truth.table import content_digest
from harness.truth.task import Task

__all__ = ["cached_reading", "copied_column", "read_task"]

_FOLDER = "parsed"
_METADATA = b"nas-proxy-harness"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Copy:
    path: Path
    key: str
    n: int
    arrow: ModuleType
    parquet: ModuleType


def cached_reading(
    task: Task, file: Content, places: Places, parse: Callable[[], Reading]
) -> Reading:
    """Return what the file holds for the task: from a good copy, else by `parse`, then copied.

    Args:
        task: The task.
        file: Its published file, verified.
        places: Says where the cache is.
        parse: Reads the published file.
    """
    copy = _copy(task, file.source, places)
    if copy is None:
        return parse()
    known = _read(copy)
    if known is not None:
        return known
    reading = parse()
    if len(reading.values) == copy.n:
        _write(copy, reading)
    return reading


def read_task(task: Task, places: Places) -> tuple[Reading, Content]:
    """Find the file of a task, or download it, and read it or its parsed copy.

    Raises:
        DataError: The file is not the published one, or holds something unexpected.
        InfrastructureError: It is absent and cannot be downloaded.
    """
    file = content(source(task.source), places)
    reader = find_reader(task.reader, f"task {task.name}")

    def parse() -> Reading:
        return cast(Reading, reader(file, task.arguments, task.unit))

    return cached_reading(task, file, places, parse), file


def copied_column(
    task: Task, texts: Sequence[str], places: Places
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Return the values of some architectures, NaN where there is none, and all of the column.

    They are those of the parsed copy, which counts by its key alone: its digests are not computed,
    which takes most of the time of reading it.

    Returns:
        None without a copy that belongs to the published file.
    """
    copy = _copy(task, source(task.source), places)
    if copy is None or not copy.path.is_file():
        return None
    try:
        compute = importlib.import_module("pyarrow.compute")
        with copy.parquet.ParquetFile(copy.path) as file:
            metadata = file.schema_arrow.metadata or {}
            if json.loads(metadata.get(_METADATA, b"{}")).get("key") != copy.key:
                return None
            table = file.read(columns=["text", "value"])
        indices = compute.index_in(copy.arrow.array(texts), value_set=table.column("text"))
        rows = indices.fill_null(-1).to_numpy(zero_copy_only=False)
        values = np.asarray(table.column("value").to_numpy(), dtype=np.float64)
    except (copy.arrow.ArrowException, KeyError, TypeError, ValueError, OSError):
        return None
    return np.where(rows < 0, np.nan, values[rows]), values


def _copy(task: Task, origin: Source, places: Places) -> _Copy | None:
    cache = places.cache()
    if cache is None:
        return None
    try:
        arrow = importlib.import_module("pyarrow")
        parquet = importlib.import_module("pyarrow.parquet")
    except ImportError:
        return None
    reader: list[Json] = [task.reader, dict(task.arguments), str(task.unit), _code_digest()]
    return _Copy(
        path=cache / _FOLDER / f"{task.name}.parquet",
        key=digest([*_digests(origin), task.name, *reader]),
        n=task.n,
        arrow=arrow,
        parquet=parquet,
    )


def _digests(origin: Source) -> list[Json]:
    """Return the digests of a file and of the one that has its architectures."""
    others = _digests(source(origin.architectures)) if origin.architectures else []
    return [origin.sha256, *others]


@functools.cache
def _code_digest() -> str:
    """Digest of all code that a reading can depend on: it stands for the version of a reader."""
    package = Path(__file__).parents[1]
    return digest_lines(
        hashlib.sha256(file.read_bytes()).hexdigest()
        for part in ("core", "spaces", "truth")
        for file in (package / part).rglob("*.py")
    )


def _read(copy: _Copy) -> Reading | None:
    if not copy.path.is_file():
        return None
    try:
        with copy.parquet.ParquetFile(copy.path) as file:
            table = file.read()
        written = json.loads((table.schema.metadata or {}).get(_METADATA, b"{}"))
        texts, values, runs = (table.column(name).to_pylist() for name in ("text", "value", "runs"))
        reading = Reading(
            values=dict(zip(texts, values, strict=True)),
            runs={
                text: tuple(values_of_runs)
                for text, values_of_runs in zip(texts, runs, strict=True)
                if values_of_runs
            },
            without_value=int(written.get("without_value", 0)),
        )
    except (copy.arrow.ArrowException, KeyError, TypeError, ValueError, OSError) as error:
        _log.info("the parsed copy %s is damaged (%s) and is written anew", copy.path, error)
        return None
    if table.num_rows == copy.n and written == _metadata(copy, reading):
        return reading
    _log.info("the parsed copy %s is stale or damaged and is written anew", copy.path)
    return None


def _write(copy: _Copy, reading: Reading) -> None:
    arrow = copy.arrow
    columns = {
        "text": arrow.array(list(reading.values), arrow.string()),
        "value": arrow.array(list(reading.values.values()), arrow.float64()),
        "runs": arrow.array(map(reading.runs.get, reading.values), arrow.list_(arrow.float64())),
    }
    table = arrow.table(columns)
    metadata = {_METADATA: json.dumps(_metadata(copy, reading))}
    try:
        copy.path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(copy.path) as temporary:
            copy.parquet.write_table(table.replace_schema_metadata(metadata), temporary)
    except OSError as error:
        _log.info("the parsed copy %s cannot be written: %s", copy.path, error)


def _metadata(copy: _Copy, reading: Reading) -> dict[str, str]:
    runs = {
        f"{text}\t{index}": value
        for text, values in reading.runs.items()
        for index, value in enumerate(values)
    }
    digests = {"values": content_digest(reading.values), "runs": content_digest(runs)}
    return {"key": copy.key, "without_value": str(reading.without_value), **digests}
