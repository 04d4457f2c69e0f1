"""What there is: plugins, spaces, suites, tasks, passes, metrics, this machine."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from harness.api.arguments import checked
from harness.api.choice import text_items
from harness.api.listings import BatchInfo, PluginInfo, SpaceInfo
from harness.batches.registry import BrokenSource, known_sources
from harness.catalog import LoadedPredictor, LoadedProxy, LoadedScorer, LoadedSearch, installed
from harness.installation import Finding, examine
from harness.metrics import Metric
from harness.metrics.registry import METRICS, installed_metrics
from harness.passes.registry import PassDescription, passes
from harness.records.merge import Merged
from harness.records.merge import merge as merge_folders
from harness.spaces.registry import BrokenSpace, LoadedSpace, known_spaces, load_space
from harness.starters import write_proxy, write_space
from harness.suite import Suite, load_suite, suites
from harness.truth import (
    Task,
    tasks,
)
from harness.truth.tasks import installed_tasks

__all__ = [
    "doctor",
    "list_batches",
    "list_metrics",
    "list_passes",
    "list_plugins",
    "list_spaces",
    "list_suites",
    "list_tasks",
    "merge",
    "new_proxy",
    "new_space",
]

_LOG = logging.getLogger(__name__)


@checked
def list_plugins() -> tuple[PluginInfo, ...]:
    """List every plugin by its kind; one that cannot be used is a warning in the log.

    Example:
        ``harness.frame(harness.list_plugins())``
    """
    catalog = installed()
    for broken in catalog.broken:
        _LOG.warning("%s cannot be used: %s", broken.origin, broken.reason)
    return tuple(
        PluginInfo(
            name=loaded.name,
            kind=loaded.kind,
            version=loaded.plugin.version,
            better=loaded.better,
            summary=loaded.summary,
        )
        for kind in (LoadedProxy, LoadedPredictor, LoadedSearch, LoadedScorer)
        for loaded in catalog.of_kind(kind).values()
    )


@checked
def list_spaces(files: str | Path | Sequence[str | Path] | None = None) -> tuple[SpaceInfo, ...]:
    """List spaces: built-in ones, installed ones, and those of files.

    One that is installed and cannot be used is there with its fault, and a warning in the log.

    Example:
        ``harness.frame(harness.list_spaces())``

    Args:
        files: Space files to list too: ``file.py`` or ``file.py:NAME``, one or several.

    Raises:
        UsageError: There is no such file.
        ContractError: It holds no space.
    """
    of_tasks: dict[str, dict[str, None]] = {}
    for known in tasks():
        of_tasks.setdefault(known.space, {})[known.dataset] = None
    of_files = [load_space(file) for file in text_items(files)]
    return tuple(_described(known, of_tasks) for known in (*known_spaces(), *of_files))


@checked
def list_suites() -> tuple[Suite, ...]:
    """List the suites that come with the harness.

    Example:
        ``[suite.name for suite in harness.list_suites()]``
    """
    return tuple(load_suite(name) for name in suites())


@checked
def list_tasks() -> tuple[Task, ...]:
    """List the truth tables: what each number is, and in which unit.

    Example:
        ``[task.name for task in harness.list_tasks() if task.space == "nas-bench-201"]``
    """
    installed, broken = installed_tasks()
    for name, reason in broken.items():
        _LOG.warning("the task %s cannot be used: %s", name, reason)
    return (*tasks(), *installed)


@checked
def list_passes() -> tuple[PassDescription, ...]:
    """List what a proxy can be shown of a network, with shape and unit of each.

    Example:
        ``harness.frame(harness.list_passes())``
    """
    return passes()


@checked
def list_metrics() -> tuple[Metric, ...]:
    """List the metrics: direction, range, fewest architectures, reference and origin.

    Those of other packages come last; one that cannot be used is a warning in the log. A name may
    carry another depth or percentage, e.g. ``"best@25"`` or ``"kendall-top-5%"``.

    Example:
        ``[metric.name for metric in harness.list_metrics()]``
    """
    installed, broken = installed_metrics()
    for name, reason in broken.items():
        _LOG.warning("the metric %s cannot be used: %s", name, reason)
    return (*METRICS.values(), *installed)


@checked
def list_batches() -> tuple[BatchInfo, ...]:
    """List the batch sources; one that cannot be used is a warning in the log.

    Example:
        ``[source.name for source in harness.list_batches() if not source.needs]``
    """
    usable = []
    for known in known_sources():
        if isinstance(known, BrokenSource):
            _LOG.warning("batch source %s cannot be used: %s", known.name, known.reason)
            continue
        usable.append(
            BatchInfo(
                name=known.name,
                summary=known.summary,
                needs=known.needs,
                options=known.options,
            )
        )
    return tuple(usable)


@checked
def doctor(results: Path | str = "results") -> tuple[Finding, ...]:
    """Check Python, packages, devices, ground truth, plugins and the results folder.

    Example:
        ``assert not any(finding.verdict == "bad" for finding in harness.doctor())``

    Args:
        results: Results folder, which is made if it is not there.
    """
    return examine(Path(results))


@checked
def merge(folders: Path | str | Sequence[Path | str], into: Path | str) -> Merged:
    """Join results folders that machines or shards have written apart.

    Example:
        ``harness.merge(["shard-1", "shard-2"], into="results")``

    Args:
        folders: Results folders of parts of one run.
        into: Results folder to add them to; it may exist.

    Raises:
        UsageError: A folder holds no results, or is of other conditions or plugin versions.
        DataError: A record is damaged.
        InfrastructureError: The target cannot be written.
    """
    return merge_folders([Path(folder) for folder in text_items(folders)], Path(into))


@checked
def new_proxy(name: str, folder: Path | str = ".") -> tuple[Path, Path]:
    """Write a zero-cost proxy that works, and its test, to be changed.

    Example:
        ``harness.new_proxy("my_proxy")``

    Args:
        name: Small letters, digits and underscores.
        folder: Where the files go.

    Returns:
        The proxy and its test.

    Raises:
        UsageError: The name is no name for a plugin, or is taken, or a file is there.
        InfrastructureError: The folder cannot be written.
    """
    return write_proxy(name, Path(folder))


@checked
def new_space(name: str, folder: Path | str = ".") -> tuple[Path, Path]:
    """Write a space of small networks that works, and its test, to be changed.

    Example:
        ``harness.new_space("my_space")``

    Args:
        name: Small letters, digits and underscores.
        folder: Where the files go.

    Returns:
        The space and its test.

    Raises:
        UsageError: The name is no name for a space, or is taken, or a file is there.
        InfrastructureError: The folder cannot be written.
    """
    return write_space(name, Path(folder))


def _described(
    known: LoadedSpace | BrokenSpace, datasets: Mapping[str, Iterable[str]]
) -> SpaceInfo:
    if isinstance(known, BrokenSpace):
        _LOG.warning("the space %s cannot be used: %s", known.name, known.reason)
        return SpaceInfo(
            name=known.name, size=None, origin=known.module, summary="", fault=known.reason
        )
    space = known.space
    return SpaceInfo(
        name=space.name,
        size=space.size,
        origin=str(known.origin),
        summary=space.summary,
        datasets=tuple(datasets.get(space.name, ())),
    )
