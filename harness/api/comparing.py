"""How two plugins, results folders or published scores differ; nothing is scored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias, assert_never

from harness.api.arguments import checked
from harness.api.choice import (
    Plugin,
    choose,
    choose_proxies,
    choose_suite,
    path_of,
    require_number,
    text_items,
)
from harness.api.given import Metrics, choose_metrics, score_items
from harness.catalog import LoadedPlugin, LoadedProxy
from harness.core.errors import UsageError, unknown_name
from harness.evaluation import (
    Procedure,
    Side,
    compare_sides,
    join_imported,
    read_computed,
    read_published,
)
from harness.execution.archive import archive_in
from harness.execution.given_scores import GivenScores
from harness.execution.run import Options, open_run, open_tasks
from harness.records.store import Store
from harness.reports.comparison import ComparisonTables
from harness.suite import Suite
from harness.truth import ScoreItems, is_scores_file, names_task, task, tasks_with_scores

__all__ = ["compare"]

Compared: TypeAlias = "Plugin | Mapping[str, ScoreItems]"
"""A side of a comparison: a plugin, stored or published scores, or scores from elsewhere."""

_PUBLISHED = "published"
_EVERY = "*"


@checked
def compare(
    a: Compared,
    b: Compared,
    *,
    suite: str | Path = "nb201-quick",
    tasks: str | Sequence[str] | None = None,
    metrics: Metrics | None = None,
    sample: int | None = None,
    identical: str | None = None,
    seed: int | None = None,
    batch: str | None = None,
    images: Path | str | None = None,
    device: str = "cpu",
    results: Path | str = "results",
    resamples: int | None = None,
    most: int = 5,
) -> ComparisonTables:
    """Compare two plugins on the architectures that both scored; nothing is scored.

    Example:
        ``harness.compare("synflow", "nwot", suite="smoke")``

    Args:
        a: A plugin as for `harness.run`, ``"RESULTS_FOLDER:PLUGIN"``, ``"RESULTS_FOLDER"`` for
            all its plugins, ``"published:PROXY"`` or ``"published:*"`` for published scores, or
            scores that were computed elsewhere: ``"FILE"``, ``"FILE:NAME"`` for one of its
            methods, or a mapping of one name to scores of architectures.
        b: The other side.
        suite: Suite whose tasks and architectures are used.
        tasks: Names of tasks instead of the suite's.
        metrics: Metrics, as for `harness.run`; Spearman and Kendall when absent.
        sample: Number of architectures, 2 or more, instead of the suite's own.
        identical: What makes networks identical, instead of the suite's own, as for `harness.run`.
        seed: Seed of batch, weights and draws, instead of the suite's own.
        batch: Batch source and size instead of the suite's own, e.g. ``"noise:64"``.
        images: What the batch source reads: a file or folder.
        device: ``"cpu"``, ``"cuda"`` or ``"auto"``.
        results: Results folder of a plugin that is named without one.
        resamples: Bootstrap resamples, 100 or more; the suite's when absent.
        most: Architectures to name on which the two disagree most.

    Returns:
        One comparison a task and pair of plugins.

    Raises:
        UsageError: A side cannot be understood or has no scores, or the two have nothing in common.
        DataError: Stored scores cannot be read.
    """
    require_number("resamples", resamples, 100)
    require_number("most", most, 0)
    wanted = choose_suite(suite, sample, seed, batch).changed(identical=identical)
    procedure = Procedure(
        names=choose_metrics(metrics) or ("spearman", "kendall"),
        where="--metric",
        resamples=resamples or wanted.resamples,
        level=wanted.level,
        seed=wanted.seed,
    )
    sides = (_side(a, Path(results)), _side(b, Path(results)))
    wanted = wanted.model_copy(update={"tasks": _tasks(sides, text_items(tasks), wanted)})
    options = Options(results=Path(results), device=device, images=path_of(images))
    first, second = (_scores(side, wanted, options) for side in sides)
    return ComparisonTables(
        title=f"A: {sides[0].text}, B: {sides[1].text}; identical networks: {wanted.identical}",
        comparisons=compare_sides(first, second, procedure, most),
        level=procedure.level,
        resamples=procedure.resamples,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Published:
    """Published scores of the proxies named; of all where none is."""

    text: str
    proxies: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Folder:
    """Records of a results folder: of the plugins named, of all of the suite where none is."""

    text: str
    folder: Path
    plugins: tuple[Plugin, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Imported:
    """Scores that were computed elsewhere: of the method named, of all where none is."""

    text: str
    scores: tuple[GivenScores, ...]
    method: str = ""


_Side: TypeAlias = _Published | _Folder | _Imported


def _side(given: Compared, results: Path) -> _Side:
    """Understand one side.

    Args:
        given: What the user named.
        results: Folder of a plugin that is named alone.

    Raises:
        UsageError: The folder does not exist, or nothing stands beside the colon.
    """
    if isinstance(given, Mapping):
        return _Imported(text=", ".join(map(str, given)), scores=score_items(given))
    if isinstance(given, str | Path) and (imported := _imported(str(given))) is not None:
        return imported
    if not isinstance(given, str):
        text = given if isinstance(given, Path) else choose(LoadedPlugin, [given], "")[0].name
        return _Folder(text=str(text), folder=results, plugins=(given,))
    before, colon, after = given.rpartition(":")
    if not colon and not Path(given).is_dir():
        return _Folder(text=given, folder=results, plugins=(given,))
    if not colon:
        before, after = given, _EVERY
    if not before or not after:
        raise UsageError(f"{given!r} names one side of a comparison; write FOLDER:PLUGIN")
    names = () if after == _EVERY else (after,)
    if before == _PUBLISHED:
        return _Published(text=given, proxies=names)
    if not Path(before).is_dir():
        raise UsageError(f"{given}: there is no results folder {before}")
    return _Folder(text=given, folder=Path(before), plugins=names)


def _imported(given: str) -> _Imported | None:
    """Understand a task, or a file of scores and after a colon one of its methods, if it is one."""
    if names_task(given):
        return _Imported(text=given, scores=score_items(given))
    for path, method in ((given, ""), given.rpartition(":")[::2]):
        if path and is_scores_file(path):
            return _Imported(text=given, scores=score_items(path), method=method)
    return None


def _tasks(sides: Sequence[_Side], asked: Sequence[str], suite: Suite) -> tuple[str, ...]:
    """Return the tasks asked for, or those of the suite that all sides have scores of.

    Raises:
        UsageError: Published scores are asked for and the suite has no task with any.
    """
    if asked:
        return tuple(dict.fromkeys(asked))
    if not any(isinstance(side, _Published) for side in sides):
        return suite.tasks
    known = tasks_with_scores()
    scored = tuple(name for name in suite.tasks if name in known)
    if not scored:
        fitting = [name for name in known if task(name).space == suite.space]
        raise UsageError(
            f"no task of suite {suite.name} has published scores; name one with --task, of "
            f"{suite.space} e.g. {', '.join(fitting) or 'none'}"
        )
    return scored


def _scores(side: _Side, suite: Suite, options: Options) -> Side:
    """Read the scores of a side.

    Raises:
        HarnessError: They cannot be read, or there are none.
    """
    match side:
        case _Published():
            return read_published(side.text, side.proxies, suite.tasks, suite.identical)
        case _Imported():
            return _read_imported(side, suite)
        case _Folder():
            named = _named(side)
            plugins = named or choose_proxies(suite, None, only=False)
            here = replace(options, results=side.folder, archive=archive_in(side.folder))
            return read_computed(side.text, open_run(suite, plugins, here))
        case _:
            assert_never(side)


def _read_imported(side: _Imported, suite: Suite) -> Side:
    tasks = open_tasks(suite.model_copy(update={"scores": ()}), side.scores)
    known = {method.name: method for method in tasks.imported}
    if side.method and side.method not in known:
        raise unknown_name("method", side.method, known, side.text)
    methods = [known[side.method]] if side.method else list(tasks.imported)
    truths = tuple(tasks.truths.values())
    joined = join_imported(truths, tasks.population, methods, suite.identical)
    return Side(label=side.text, tasks=joined, environments={})


def _named(side: _Folder) -> tuple[LoadedProxy, ...]:
    """Return the plugins that a side names.

    Raises:
        UsageError: One is unknown; a plugin of a file is known by the file alone.
    """
    try:
        return choose(LoadedProxy, side.plugins, "")
    except UsageError as error:
        store = Store(side.folder)
        keys = {key for known in store.conditions() for key in store.read(known).plugin_keys}
        stored = {key.partition(":")[0] for key in keys}
        if stored.isdisjoint(side.plugins):
            raise
        raise UsageError(
            f"{side.text}: {side.folder} has scores of this name, but no built-in plugin has it; "
            "give its file instead of its name"
        ) from error
