"""How well predictors rank a task after some labels, of it or of other tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from harness.api.arguments import checked
from harness.api.choice import (
    Plugin,
    Plugins,
    choose,
    choose_proxies,
    choose_suite,
    path_of,
    plugin_items,
    refuse_options,
    require_number,
    text_items,
)
from harness.api.given import Scores, score_items
from harness.api.leaving_one_space_out import leave_one_space_out as predict_other_spaces
from harness.api.results import (
    PredictResult,
    Progress,
    TaskCurves,
    TransferResult,
)
from harness.api.running import steps
from harness.catalog import LoadedPredictor, LoadedProxy
from harness.core.errors import UsageError
from harness.execution.archive import archive_in
from harness.execution.given_scores import GivenScores, read_scores
from harness.execution.population import require_values
from harness.execution.run import Options, open_run
from harness.learning import (
    SIZES,
    Experiment,
    Fitted,
    Pool,
    curves,
    fit_all,
    load_pool,
    pick_points,
    pool_of,
    scored_texts,
)
from harness.learning.label_free_baselines import (
    Unlabelled,
    level_curves,
    level_picks,
    unlabelled,
    unlabelled_cells,
    unlabelled_imported,
)
from harness.learning.leave_one_space_out import SpacesPlan
from harness.learning.transfer import Cell, transfer
from harness.learning.transfer_pair import Plan
from harness.learning.zero_cost import with_imported
from harness.metrics import Undefined
from harness.records.fit import FitFailed
from harness.reports.leave_one_space_out import SpacesMatrix
from harness.reports.predictors import PredictorCurves, write_predictor_curves
from harness.reports.transfer import TransferMatrix, write_transfer
from harness.spaces.identical import IDENTICAL
from harness.spaces.registry import space
from harness.truth import ImportedScores, Places, is_scores_file, load, names_task

__all__ = ["predict"]

_LABELS = (32, 100, 400, 1024)
_TARGET_LABELS = (0, 10, 50)
_SOURCE_LABELS = 400
_ACROSS_TASKS = "xgboost-graf"


@checked
def predict(
    tasks: str | Path | Sequence[str | Path],
    *,
    sources: str | Path | Sequence[str | Path] | None = None,
    leave_one_space_out: bool = False,
    plugins: Plugins | None = None,
    labels: int | Sequence[int] | Literal["curve"] | None = None,
    source_labels: int | None = None,
    repeats: int = 10,
    evaluate_on: int | None = None,
    scores: Scores | None = None,
    batch: str | None = None,
    images: Path | str | None = None,
    beside: Plugins | None = None,
    identical: str = IDENTICAL,
    seed: int = 0,
    results: Path | str = "results",
    data_dir: Path | str | None = None,
    progress: Progress | None = None,
) -> PredictResult | TransferResult | SpacesMatrix:
    """Fit predictors on labelled draws and rank the architectures left.

    With `sources`, one predictor learns from labels of each source and some of each task, and
    ranks the rest of the task. With `leave_one_space_out`, predictors learn from all other spaces.
    What was fitted before is not fitted again.

    Example:
        ``harness.predict("nb201-analog-baseline", plugins="ridge-onehot", labels=[32, 100])``

    Args:
        tasks: Name of a task, path of the ``.toml`` file of one's own, or several of these; with
            `leave_one_space_out` names of suites that were run, or paths of their TOML files.
        sources: Tasks to learn from, as ``--from`` on the command line.
        leave_one_space_out: Judge the first task of each suite with its space left out, see
            docs/leave-one-space-out.md.
        plugins: Predictors: names, ``.py`` files or `harness.predictor.Predictor` objects; three
            usual ones when absent, or with `sources` one, which reads what all spaces have.
        labels: Numbers of labels of the task, at least 2 each, or ``"curve"`` for 8 to 1024 as far
            as it goes; 32, 100, 400 and 1024 when absent. With `sources` or `leave_one_space_out`
            0 is a number too, and 0, 10 and 50 are the usual ones.
        source_labels: With `sources`: labels of a source, at least 8; 400 when absent.
        repeats: Labelled draws of each size, at least 1.
        evaluate_on: Size of a fixed set that is never labelled; all that is left when absent.
        scores: Zero-cost scores instead of published ones: a suite, whose stored runs have them,
            and scores that were computed elsewhere, as for `harness.run`, which have a curve
            without labels too.
        batch: Batch source and size of the suite's stored runs; the suite's own when absent.
        images: What the batch source reads: a file or folder.
        beside: Zero-cost proxies to draw beside, without labels: with scores of the task, or such
            as read the cell's graph.
        identical: What makes networks identical, of which every one is drawn once, with the mean
            of its labels: a kind of `Space.canonical`, or ``"rows"`` to merge none.
        seed: Seed of draws and predictors.
        results: Folder for fits and tables.
        data_dir: Folder of ground truth, laid out as ``OWNER+NAME/PATH``.
        progress: Called with a `harness.api.results.Step` after every fit, or before every pair.

    Returns:
        Curves by task, or with `sources` the matrix of sources and tasks, or with
        `leave_one_space_out` that of predictors and spaces.

    Raises:
        UsageError: There is no such task or predictor, or options do not fit together.
        DataError: A truth table cannot be read.
        InfrastructureError: The results folder cannot be written, or is in use.
    """
    require_number("repeats", repeats, 1)
    if leave_one_space_out:
        refuse_options(
            "a prediction with --leave-one-space-out",
            **{"from": sources, "evaluate-on": evaluate_on, "scores": scores},
            **{"source-labels": source_labels, "data-dir": data_dir},
            batch=batch,
            images=images,
            identical=None if identical == IDENTICAL else identical,
        )
        return predict_other_spaces(
            _names(tasks),
            plugins=plugin_items(plugins),
            beside=plugin_items(beside),
            plan=SpacesPlan(labels=_target_labels(labels), repeats=repeats, seed=seed),
            results=Path(results),
            progress=progress,
        )
    session = _Session(
        tasks=_names(tasks),
        beside=plugin_items(beside),
        repeats=repeats,
        identical=identical,
        seed=seed,
        results=Path(results),
        places=Places.from_environment(path_of(data_dir)),
        progress=progress,
    )
    if sources is None:
        refuse_options("a prediction without --from", source_labels=source_labels)
        suite, given = _suite_and_scores(scores)
        if suite is None:
            refuse_options("a prediction without --scores SUITE", batch=batch, images=images)
        stored = _Stored(suite=suite, given=given, batch=batch, images=path_of(images))
        return session.curves(plugin_items(plugins), labels, evaluate_on, stored)
    way = "a prediction with --from"
    refuse_options(way, evaluate_on=evaluate_on, scores=scores, batch=batch, images=images)
    plan = replace(_plan(labels, source_labels, repeats, seed), identical=identical)
    return session.transfer(_names(sources), plugin_items(plugins) or (_ACROSS_TASKS,), plan)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """Where zero-cost scores are taken from: published where there is nothing else.

    Attributes:
        suite: Suite whose records have them.
        given: Those that were computed elsewhere.
        batch: Batch source and size of the records; None for the suite's own.
        images: What the batch source reads.
    """

    suite: str | None
    given: tuple[GivenScores, ...]
    batch: str | None
    images: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Session:
    """What predictions with and without sources have in common."""

    tasks: tuple[str, ...]
    beside: tuple[Plugin, ...]
    repeats: int
    identical: str
    seed: int
    results: Path
    places: Places
    progress: Progress | None

    def curves(
        self,
        plugins: Sequence[Plugin],
        labels: int | Sequence[int] | Literal["curve"] | None,
        evaluate_on: int | None,
        stored: _Stored,
    ) -> PredictResult:
        """Fit on labels of each task alone."""
        pools = [self._pool(task, stored) for task in self.tasks]
        experiments = [
            Experiment(
                sizes=_sizes(pool, labels, evaluate_on),
                repeats=self.repeats,
                evaluate_on=evaluate_on,
                seed=self.seed,
            )
            for pool, _ in pools
        ]
        failed: dict[str, str] = {}
        measured = []
        for (pool, imported), experiment in zip(pools, experiments, strict=True):
            predictors = choose(LoadedPredictor, plugins or _usual(pool))
            proxies = [
                unlabelled(proxy, pool, published=stored.suite is None)
                for proxy in choose(LoadedProxy, self.beside, "--beside")
            ]
            proxies += [unlabelled_imported(method, pool) for method in imported]
            task = self._task_curves(pool, predictors, experiment, proxies)
            measured.append(task)
            failed |= _failed_predictors(task.predicted.fitted)
        return PredictResult(tasks=tuple(measured), failed=failed)

    def transfer(
        self, sources: tuple[str, ...], plugins: Sequence[Plugin], plan: Plan
    ) -> TransferResult:
        """Fit one predictor on labels of sources and of the tasks."""
        if len({*self.tasks, *sources}) < 2:
            raise UsageError("a transfer needs two different tasks or more")
        predictors = choose(LoadedPredictor, plugins)
        if len(predictors) != 1:
            raise UsageError("a prediction with --from is of one predictor; give one --plugin")
        proxies = choose(LoadedProxy, self.beside, "--beside")
        names = dict.fromkeys([*sources, *self.tasks])
        pools = {name: load_pool(name, self.places, identical=self.identical) for name in names}
        targets = [pools[name] for name in self.tasks]
        told = steps(self.progress, "transferring")
        pairs = [(pools[name], target) for name in sources for target in targets]
        fitted = transfer(pairs, predictors[0], plan, self.results, told)
        unlabelled_pools = [
            unlabelled(proxy, pool, published=True) for proxy in proxies for pool in targets
        ]
        cells = (*fitted, *unlabelled_cells(unlabelled_pools, plan))
        matrix = TransferMatrix(cells=cells, predictor=predictors[0].name, plan=plan)
        return TransferResult(
            matrix=matrix,
            failed=_failed_transfer(fitted, matrix.predictor, plan),
            files=tuple(write_transfer(matrix, self.results)),
        )

    def _pool(self, task: str, stored: _Stored) -> tuple[Pool, tuple[ImportedScores, ...]]:
        """Return a task's architectures with their zero-cost scores, and what was imported."""
        if stored.suite is None:
            pool = load_pool(task, self.places, identical=self.identical)
        else:
            truth = load(task, places=self.places)
            wanted = choose_suite(stored.suite, batch=stored.batch)
            proxies = choose_proxies(wanted, None, only=False)
            options = Options(
                results=self.results, images=stored.images, archive=archive_in(self.results)
            )
            prepared = open_run(wanted, proxies, options)
            require_values(task, truth, prepared.population)
            texts, scores = scored_texts(prepared, truth)
            pool = pool_of(truth, texts, scores, self.identical)
        imported = read_scores(stored.given, space(pool.truth.space))
        table = with_imported(pool.subjects.scores, imported, pool.texts)
        if not imported:
            return pool, imported
        return pool_of(pool.truth, pool.texts, table, self.identical), imported

    def _task_curves(
        self,
        pool: Pool,
        predictors: Sequence[LoadedPredictor],
        experiment: Experiment,
        proxies: Sequence[Unlabelled],
    ) -> TaskCurves:
        told = steps(self.progress, "fitting")
        fitted = fit_all(pool, predictors, experiment, self.results, told)
        predicted = PredictorCurves(
            fitted=fitted,
            curves=(*curves(fitted), *level_curves(fitted, proxies)),
            picks=(*pick_points(fitted), *level_picks(fitted, proxies)),
            baselines={proxy.name: proxy.key for proxy in proxies},
        )
        files = write_predictor_curves(predicted, self.results)
        return TaskCurves(predicted=predicted, files=tuple(files))


def _suite_and_scores(scores: Scores | None) -> tuple[str | None, tuple[GivenScores, ...]]:
    """Tell suites from scores that were computed elsewhere.

    Raises:
        UsageError: There are several suites.
    """
    if scores is None or isinstance(scores, Mapping):
        return None, score_items(scores)
    texts = text_items(scores)
    suites = [text for text in texts if not (is_scores_file(text) or names_task(text))]
    if len(suites) > 1:
        raise UsageError(f"--scores names {len(suites)} suites ({', '.join(suites)}); give one")
    given = score_items([text for text in texts if text not in suites])
    return (suites[0] if suites else None), given


def _names(tasks: str | Path | Sequence[str | Path]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text_items(tasks)))


def _numbers(labels: int | Sequence[int]) -> tuple[int, ...]:
    return (labels,) if isinstance(labels, int) else tuple(labels)


def _usual(pool: Pool) -> list[str]:
    if pool.subjects.scores.proxies:
        return ["random_forest-zc", "xgboost-onehot+zc", "xgboost-onehot+graf+zc"]
    return ["random_forest-onehot", "random_forest-graf", "xgboost-onehot+graf"]


def _sizes(
    pool: Pool, labels: int | Sequence[int] | Literal["curve"] | None, evaluate_on: int | None
) -> tuple[int, ...]:
    if isinstance(labels, str):
        most = pool.n - (evaluate_on if evaluate_on is not None else max(10, pool.n // 5))
        return tuple(size for size in SIZES if size <= most)
    return _LABELS if labels is None else _numbers(labels)


def _plan(
    labels: int | Sequence[int] | Literal["curve"] | None,
    source_labels: int | None,
    repeats: int,
    seed: int,
) -> Plan:
    require_number("source-labels", source_labels, 8)
    return Plan(
        source_labels=_SOURCE_LABELS if source_labels is None else source_labels,
        target_labels=_target_labels(labels),
        repeats=repeats,
        seed=seed,
    )


def _target_labels(labels: int | Sequence[int] | Literal["curve"] | None) -> tuple[int, ...]:
    if isinstance(labels, str):
        raise UsageError(f"--labels {labels}: give numbers with commas between them")
    return _TARGET_LABELS if labels is None else tuple(sorted(set(_numbers(labels))))


def _failed_predictors(fitted: Fitted) -> dict[str, str]:
    """Return the predictors all of whose fits failed, and the reason of the first."""
    reasons = {}
    for name, sizes in fitted.records.items():
        results = [record.result for records in sizes.values() for record in records]
        failed = [result.reason for result in results if isinstance(result, FitFailed)]
        if len(failed) == len(results):
            reasons[f"{name} failed on all {len(results)} fits"] = failed[0]
    return reasons


def _failed_transfer(cells: Sequence[Cell], predictor: str, plan: Plan) -> dict[str, str]:
    """Return the predictor where all of its fits failed, and the reason of the first."""
    first = cells[0].mean.value
    if any(cell.failed < plan.repeats for cell in cells) or not isinstance(first, Undefined):
        return {}
    return {f"{predictor} failed on all {len(cells) * plan.repeats} fits": first.reason}
