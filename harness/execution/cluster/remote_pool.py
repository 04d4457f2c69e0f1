"""What runs on a worker of the cluster: chunks are handed on to supervised processes of its own."""

from __future__ import annotations

import multiprocessing
import platform
import shutil
import tempfile
import time
import weakref
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from harness.catalog import FromFile, FromSettings, Origin
from harness.core.errors import HarnessError, InfrastructureError, UsageError
from harness.execution.cluster.chunks import Chunk
from harness.execution.scoring import Assignment
from harness.execution.work import Delivery, Work
from harness.execution.worker_pool import WorkerPool
from harness.own_code import read_source
from harness.own_code.own_modules import own_modules_of
from harness.spaces.registry import SpaceOrigin

__all__ = [
    "PluginFiles",
    "RemotePool",
    "ScoredChunk",
    "open_remote_pool",
    "read_plugin_files",
    "score_chunk",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginFiles:
    """Source that exists on the driver's machine alone.

    Attributes:
        plugins: Text of files of plugins, and of the space, by their paths there.
        modules: Text of the user's own modules that they import, by path in a folder of modules.
    """

    plugins: Mapping[str, str] = field(default_factory=dict)
    modules: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredChunk:
    """What became of a chunk.

    Attributes:
        wall_s: Seconds that it took on its worker, without the start of the process.
    """

    delivery: Delivery
    wall_s: float


class RemotePool:
    """The work as it lies on a worker of the cluster, and the processes that do it there.

    It is a value of Dask's: a worker that needs it gets a copy, and when the run is over, or its
    driver is gone, Dask drops it and the processes end with it. Each thread of the worker that
    scores has a process of its own, so that the limits of time and memory hold here too.
    """

    def __init__(self, work: Work, files: PluginFiles) -> None:
        self._work = work
        self._files = files
        self._idle: list[tuple[str, WorkerPool]] = []
        self._settled, folder = work, None
        if files.plugins or files.modules:  # a killed worker leaves its folder behind
            folder = Path(tempfile.mkdtemp(prefix="harness-plugins-"))
            self._settled = _with_files(work, files, folder)
        weakref.finalize(self, _clear, self._idle, folder)

    def __reduce__(self) -> tuple[type[RemotePool], tuple[Work, PluginFiles]]:
        return RemotePool, (self._work, self._files)

    def score(self, chunk: Chunk) -> ScoredChunk:
        """Score the architectures of a chunk one after the other.

        Raises:
            InfrastructureError: No process can be started here.
        """
        parts = [
            self._score(outside, group)
            for outside, group in groupby(chunk, key=attrgetter("outside"))
        ]
        records = tuple(record for part in parts for record in part.delivery.records)
        return ScoredChunk(
            delivery=replace(parts[0].delivery, records=records),
            wall_s=sum(part.wall_s for part in parts),
        )

    def _score(self, outside: str, assignments: Iterable[Assignment]) -> ScoredChunk:
        pool = self._take(outside)
        start = time.perf_counter()
        try:
            records = tuple(pool.score(assignments))
        except BaseException:
            pool.stop()
            raise
        wall_s = time.perf_counter() - start
        self._idle.append((outside, pool))
        delivery = Delivery(environment=pool.environment, records=records)
        return ScoredChunk(delivery=delivery, wall_s=wall_s)

    def _take(self, outside: str) -> WorkerPool:
        """Return a process that is free for a plugin from outside, or for those of this package."""
        with suppress(IndexError):
            free, pool = self._idle.pop()
            if free == outside:
                return pool
            pool.stop()  # its plugin is done, as far as this thread is asked
        multiprocessing.current_process().daemon = False  # a nanny's worker may have no child
        pool = WorkerPool(self._settled.of(outside), 1)
        pool.start()
        return pool


def open_remote_pool(work: Work, files: PluginFiles) -> RemotePool:
    """Return the pool; the task that Dask repeats where a worker that held it was lost."""
    return RemotePool(work, files)


def score_chunk(chunk: Chunk, pool: RemotePool) -> ScoredChunk:
    """Score a chunk in the pool of this worker.

    Raises:
        InfrastructureError: It cannot; the message begins with the name of the machine.
    """
    try:
        return pool.score(chunk)
    except HarnessError as error:
        raise InfrastructureError(f"on {platform.node()}: {error}") from error


def read_plugin_files(work: Work) -> PluginFiles:
    """Read the plugin files of some work, and the user's own modules that they import.

    Raises:
        UsageError: A module is no Python source, or a file is gone.
    """
    plugins: dict[str, str] = {}
    modules: dict[str, str] = {}
    files = [_file_of(origin) for origin in work.settings.origins.values()]
    space = work.settings.space
    for file in (space.file if isinstance(space, SpaceOrigin) else None, *files):
        if file is None:
            continue
        source = plugins[str(file)] = read_source(file, "plugin")
        for name, module in own_modules_of(source).items():
            if module.source is None:
                raise UsageError(
                    f"{file} imports {name}, which is no Python source ({module.path}) and does "
                    "not travel to a cluster; install it as a package on every worker"
                )
            end = "/__init__.py" if module.is_package else ".py"
            modules[name.replace(".", "/") + end] = module.source
    return PluginFiles(plugins=plugins, modules=modules)


def _with_files(work: Work, files: PluginFiles, folder: Path) -> Work:
    """Write what exists on the driver's machine alone, and let the work name it."""
    for name, source in files.modules.items():
        _write(folder / "modules" / name, source)
    origins = {
        name: _placed(origin, files, folder, number)
        for number, (name, origin) in enumerate(work.settings.origins.items())
    }
    space = work.settings.space
    if isinstance(space, SpaceOrigin) and space.file is not None:
        copy = folder / "space" / space.file.name
        _write(copy, files.plugins[str(space.file)])
        space = replace(space, file=copy, modules=folder / "modules")
    return replace(work, settings=replace(work.settings, origins=origins, space=space))


def _file_of(origin: Origin) -> Path | None:
    match origin:
        case FromFile(path=path) | FromSettings(searched=FromFile(path=path)):
            return path
        case _:
            return None


def _placed(origin: Origin, files: PluginFiles, folder: Path, number: int) -> Origin:
    match origin:
        case FromFile(path=path) if str(path) in files.plugins:
            copy = folder / f"{number}" / path.name
            _write(copy, files.plugins[str(path)])
            return FromFile(path=copy, modules=folder / "modules")
        case FromSettings(searched=FromFile() as file):
            placed = _placed(file, files, folder, number)
            return replace(origin, searched=placed) if isinstance(placed, FromFile) else origin
        case _:
            return origin


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _clear(pools: list[tuple[str, WorkerPool]], folder: Path | None) -> None:
    for _, pool in pools:
        pool.stop()
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)
