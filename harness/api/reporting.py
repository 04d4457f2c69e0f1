"""Reports of what is stored, of a suite or published."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from harness.api.arguments import checked
from harness.api.choice import (
    Plugins,
    choose_proxies,
    choose_suite,
    path_of,
    refuse_options,
    require_number,
    text_items,
)
from harness.api.given import Metrics, Scores, choose_metrics, rank_names, score_items
from harness.api.published import report_published
from harness.api.results import Progress, ReportResult
from harness.api.running import steps
from harness.catalog import LoadedProxy
from harness.core.counts import counted
from harness.core.errors import DataError, UsageError
from harness.evaluation import Procedure, join_stored, load_published, procedure_of, rank_run
from harness.execution.archive import archive_in
from harness.execution.run import Options, Run, open_run
from harness.execution.task_truth import names_only
from harness.reports.leaderboard import write_leaderboard
from harness.spaces.identical import IDENTICAL
from harness.truth import Places

__all__ = ["report"]

_LOG = logging.getLogger(__name__)


@checked
def report(
    suite: str | Path | None = None,
    *,
    published: bool | str | Sequence[str] = False,
    plugins: Plugins | None = None,
    only: bool = True,
    metrics: Metrics | None = None,
    scores: Scores | None = None,
    sample: int | None = None,
    identical: str | None = None,
    seed: int | None = None,
    batch: str | None = None,
    images: Path | str | None = None,
    device: str | None = None,
    results: Path | str = "results",
    data_dir: Path | str | None = None,
    resamples: int | None = None,
    progress: Progress | None = None,
) -> ReportResult:
    """Rank stored scores of a suite, or published ones, and write the leaderboards.

    Nothing is scored. Each task with published scores has a leaderboard of its own, and several
    have one together, among the architectures that every proxy with 99 % coverage scored.

    Example:
        ``harness.report("smoke")`` or ``harness.report(published="nb101-cifar10-suite-zero")``

    Args:
        suite: Name of a suite, or the path of its TOML file.
        published: Instead of a suite: names of tasks with published scores, or True for all.
        plugins: One plugin or several, instead of the suite's own, as for `harness.run`.
        only: False ranks the suite's own plugins beside those given.
        metrics: One metric or several, instead of the suite's own, as for `harness.run`.
        scores: Scores that were computed elsewhere, as for `harness.run`.
        sample: Number of architectures, 2 or more, instead of the suite's own.
        identical: What makes networks identical, instead of the suite's own, as for `run`.
        seed: Seed of batch, weights and draws, instead of the suite's own.
        batch: Batch source and size instead of the suite's own, e.g. ``"noise:64"``.
        images: What the batch source reads: a file or folder.
        device: ``"cpu"``, ``"cuda"`` or ``"auto"``.
        results: Folder for records and leaderboards.
        data_dir: With `published`: folder of ground truth, laid out as ``OWNER+NAME/PATH``.
        resamples: With `published`: bootstrap resamples, 100 or more; 1000 when absent.
        progress: With `published`: called with a `harness.api.results.Step` before every task.

    Returns:
        The leaderboard and its files; tasks that cannot be read are in ``faults``.

    Raises:
        UsageError: There is no such suite, plugin or task, or options do not fit together.
        DataError: Nothing is stored of the suite.
    """
    tasks = () if isinstance(published, bool) else text_items(published)
    if published or tasks:
        refuse_options(
            "a report of published scores",
            suite=suite,
            plugin=plugins,
            scores=scores,
            sample=sample,
            seed=seed,
            batch=batch,
            images=images,
            device=device,
        )
        require_number("resamples", resamples, 100)
        procedure = Procedure(
            names=choose_metrics(metrics), where="--metric", resamples=resamples or 1000
        )
        places = Places.from_environment(path_of(data_dir))
        kind = identical or IDENTICAL
        load = partial(load_published, places=places, identical=kind, shorter=bool(tasks))
        return report_published(tasks, load, procedure, Path(results), steps(progress, "ranking"))
    if suite is None:
        raise UsageError("a report needs a suite, or --published for published scores")
    refuse_options("a report of a suite", data_dir=data_dir, resamples=resamples)
    wanted = choose_suite(suite, sample, seed, batch).changed(identical=identical)
    given, measured = score_items(scores), choose_metrics(metrics)
    if names_only(wanted):
        refuse_options("a suite of names", plugin=plugins)
        named, files = rank_names(wanted, given, measured, Path(results))
        return ReportResult(leaderboard=named, files=tuple(files))
    proxies = choose_proxies(wanted, plugins, only=only)
    options = Options(
        results=Path(results),
        device=device or "cpu",
        images=path_of(images),
        archive=archive_in(Path(results)),
    )
    prepared = open_run(wanted, proxies, options, given)
    stored, absent = _divided(prepared)
    if not stored and not given:
        raise _nothing_stored(prepared, str(suite), options.results)
    if absent:
        _LOG.warning(
            "nothing is stored in %s of %s; they are left out%s",
            *(options.results, ", ".join(absent), _of_other_code(prepared)),
        )
    prepared = replace(prepared, plugins=stored)
    joined = join_stored(prepared)
    leaderboard = rank_run(prepared, joined, procedure_of(wanted, measured))
    files = write_leaderboard(leaderboard, joined, options.results)
    return ReportResult(leaderboard=leaderboard, files=tuple(files))


def _divided(opened: Run) -> tuple[tuple[LoadedProxy, ...], list[str]]:
    """Return the plugins of which something is stored of the population, and names of others."""
    texts = opened.population.texts
    known = [bool(opened.scores.column(each.key, texts).status.any()) for each in opened.plugins]
    pairs = list(zip(opened.plugins, known, strict=True))
    return tuple(each for each, has in pairs if has), [each.name for each, has in pairs if not has]


def _nothing_stored(opened: Run, suite: str, results: Path) -> DataError:
    """Return the refusal of a leaderboard on which nothing would have a value."""
    return DataError(
        f"nothing is stored in {results} for the "
        f"{counted(len(opened.population.texts), 'architecture')} and "
        f"{counted(len(opened.plugins), 'plugin')} of suite {opened.suite.name} under these "
        f"settings; run harness run {suite} first, with the same --results{_of_other_code(opened)}"
    )


def _of_other_code(opened: Run) -> str:
    """Name the plugins that were scored in another version, or before their code was edited."""
    keys = opened.scores.plugin_keys
    known = {key.partition(":")[0] for key in keys}
    others = [each.name for each in opened.plugins if each.key not in keys and each.name in known]
    if not others:
        return ""
    return (
        f"; stored scores of {', '.join(others)} are of another version or other code, and do not "
        "count"
    )
