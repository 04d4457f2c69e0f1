"""Searches simulated on a truth table: what they may search, what guides them, what they cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from harness.api.choice import Plugin, choose, choose_proxies, choose_suite
from harness.api.picking import Searches
from harness.api.results import SimulationResult
from harness.api.running import steps
from harness.api.table_figures import TableFigures
from harness.architecture_search import (
    USUAL_MODELS,
    Figure,
    Fixed,
    Guide,
    Learned,
    Objective,
    Objectives,
    PredictedFront,
    Prices,
    Problem,
    Scorer,
    SearchSummary,
    Unguided,
    predict_front,
    require_walkable,
    simulate,
    summarise,
)
from harness.candidates import Limit, apply_limits
from harness.catalog import LoadedPlugin, LoadedPredictor, LoadedProxy, installed
from harness.core.errors import UsageError
from harness.core.identity import Json, digest
from harness.core.names import is_path
from harness.evaluation import TaskScores, join_stored, load_published
from harness.execution.archive import archive_in
from harness.execution.run import Options, Run, open_run
from harness.execution.task_truth import load_architectures
from harness.learning import Pool, load_pool, pool_of, recorded_scores
from harness.reports.search_page import write_searches
from harness.reports.searches import SearchTable
from harness.spaces.identical import ROWS
from harness.spaces.registry import space
from harness.truth import TruthTable, Unit, task, tasks_with_scores

__all__ = ["Terms", "simulations"]

_REPEATS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a search of a table is after, and what it costs.

    Attributes:
        best: When a search has succeeded; see `Problem.goal`.
        against: Names of further objectives.
        limits: Limits on what is searched.
        time: Where the time of a training comes from; None for what is usual.
        scores: Suite whose stored runs proxy scores are taken from, not published ones.
        labels: Numbers of queries that predictors are fitted on, once each; none fits them anew on
            all queries.
    """

    best: float
    against: tuple[str, ...]
    limits: tuple[Limit, ...]
    time: str | None
    scores: str | None
    labels: tuple[int, ...] = ()


def simulations(searches: Searches, guides: Sequence[Plugin], terms: Terms) -> SimulationResult:
    """Search a truth table by every algorithm with every guide, and write files and a page."""
    ground = _Ground.of(searches, terms)
    require_walkable(ground.problem, searches.algorithms)
    chosen = [each for guide in guides for each in ground.guides(guide, terms.labels)]
    if terms.labels and not any(isinstance(guide, Learned) for guide in chosen):
        raise UsageError("--labels is for a --guide that learns from them; name a predictor")
    if max(terms.labels, default=0) >= searches.queries:
        raise UsageError(
            f"--labels {max(terms.labels)} leaves none of {searches.queries} --queries; give fewer "
            "labels, or more queries"
        )
    prices = ground.prices(terms.time)
    summaries = _searched(searches, ground.problem, chosen, terms.best, prices)
    table = SearchTable(
        problem=ground.problem,
        summaries=summaries,
        share=terms.best,
        prices=prices,
        predicted=_predicted(ground.problem, chosen),
        notes=ground.notes,
    )
    depends: list[Json] = [ground.problem.truth.digest, [guide.name for guide in chosen]]
    depends += [searches.seed, terms.best, prices.name if prices else "none", terms.scores]
    depends += [str(terms.against)] if terms.against else []
    depends += [each for each in (searches.batch, str(searches.images or "")) if each]
    stem = digest(depends)[:8]
    return SimulationResult(
        searches=table, files=tuple(write_searches(table, stem, searches.results))
    )


def _searched(
    searches: Searches,
    problem: Problem,
    guides: Sequence[Guide],
    best: float,
    prices: Prices | None,
) -> list[SearchSummary]:
    repeats = _REPEATS if searches.repeats is None else searches.repeats
    if repeats < 2:
        raise UsageError("--repeats 1: intervals over searches need two of them or more")
    pairs = [(algorithm, guide) for algorithm in searches.algorithms for guide in guides]
    told = steps(searches.progress, "searching")
    summaries: list[SearchSummary] = []
    for number, (algorithm, guide) in enumerate(pairs):
        traces = []
        for repeat in range(repeats):
            told(number * repeats + repeat, len(pairs) * repeats)
            seed = searches.seed + repeat
            traces.append(simulate(problem, algorithm, guide, searches.queries, seed))
        summaries.append(summarise(problem, (algorithm, guide.name), traces, best, prices))
    return summaries


def _predicted(problem: Problem, guides: Sequence[Guide]) -> list[PredictedFront]:
    """Return the fronts that guides predict before anything is queried."""
    if problem.objectives is None:
        return []
    return [
        predict_front(problem.objectives, guide.name, guide.values)
        for guide in guides
        if isinstance(guide, Fixed)
    ]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Ground:
    """What is searched, and what is known of it.

    Attributes:
        problem: The architectures within the limits.
        figures: Of these.
        stored: The suite whose stored runs proxy scores are taken from; none for published ones.
        notes: How they came about, a sentence each.
    """

    searches: Searches
    problem: Problem
    figures: TableFigures
    stored: Run | None
    notes: tuple[str, ...] = field(default=())

    @classmethod
    def of(cls, searches: Searches, terms: Terms) -> _Ground:
        """Take the architectures of the task that have all objectives and are within the limits."""
        truth = load_architectures(searches.task, searches.places)
        stored = None if terms.scores is None else _stored_run(searches, terms.scores)
        everything = TableFigures(
            space=space(truth.space),
            texts=sorted(truth.values),
            scores=_proxy_scores(searches, stored, sorted(truth.values)),
            places=searches.places,
        )
        texts, notes = _searchable(everything, terms)
        truth, figures = truth.among(texts), everything.at(texts)
        return cls(
            searches=searches,
            problem=Problem(
                space=figures.space,
                truth=truth,
                objectives=_objectives(truth, figures, terms.against),
            ),
            figures=figures,
            stored=stored,
            notes=notes,
        )

    @cached_property
    def _pool(self) -> Pool:
        places, truth = self.searches.places, self.problem.truth
        if self.stored is None:
            return load_pool(self.searches.task, places, truth, ROWS)  # a search walks texts
        texts = sorted(truth.values)
        return pool_of(truth, texts, recorded_scores(self.stored, texts), ROWS)

    def guides(self, name: Plugin, labels: Sequence[int]) -> list[Guide]:
        """Return what guides a search: of a predictor, one guide a number of labels."""
        guides: list[Guide] = []
        for guide in self._guides(name):
            if labels and isinstance(guide, Learned):
                guides += [replace(guide, labels=number) for number in labels]
            else:
                guides.append(guide)
        return guides

    def _guides(self, name: Plugin) -> list[Guide]:
        if name == "none":
            return [Unguided()]
        if isinstance(name, str) and Path(name).suffix not in (".py", ".json"):
            return [self._guide(name, installed().loaded.get(name))]
        given: Iterable[LoadedPlugin[Any]] = choose(LoadedPlugin, [name], "--guide")
        return [self._guide(loaded.name, loaded) for loaded in given]

    def _guide(self, text: str, loaded: LoadedPlugin[Any] | None) -> Guide:
        match loaded:
            case LoadedPredictor():
                return Learned(loaded=loaded, pool=self._pool)
            case LoadedProxy() if loaded.plugin.score_cells is not None:
                values = Scorer.of(loaded).architectures(self.problem.architectures)
                return Fixed(name=loaded.name, values=values)
        scores = self.figures.scores
        if scores is not None and text in scores.by_name:
            return Fixed.of(self.problem, scores, scores.by_name[text])
        if self.figures.knows(text):
            figure = self.figures.guidance(text, "--guide")
            return Fixed(name=figure.name, values=figure.values)
        names = ["none", *self.figures.proxies, *installed().of_kind(LoadedPredictor)]
        raise self.figures.unknown("guide with scores of this task", text, names, "--guide")

    def prices(self, name: str | None) -> Prices | None:
        """Return what trainings cost: as `name` says, or measured, or by the usual model."""
        if name == "none":
            return None
        model = next((figure for figure in USUAL_MODELS if self.figures.knows(figure)), None)
        if name is None and not is_path(self.searches.task):
            name = task(self.searches.task).training_time
        name = name or model
        if name is None:
            return None
        figure = self.figures.figure(name, "--time")
        if not self.figures.is_task(name):
            return Prices.modelled(figure)
        return self._measured(figure, self.figures.table(name, "--time"), model)

    def _measured(self, seconds: Figure, table: TruthTable, model: str | None) -> Prices:
        if table.unit is not Unit.SECONDS:
            raise UsageError(
                f"--time {seconds.name} has values in {table.unit}, and the time of a training is "
                "in seconds; name a task of training times, a figure, or none"
            )
        above = None if is_path(seconds.name) else task(seconds.name).disturbed_above
        figure = None if model is None else self.figures.figure(model, "--time")
        return Prices.of_times(seconds, above, figure)


def _searchable(figures: TableFigures, terms: Terms) -> tuple[list[str], tuple[str, ...]]:
    """Return the architectures that may be searched, and what was left out, a sentence each."""
    columns = {
        limit.figure: figures.figure(limit.figure, limit.option).values for limit in terms.limits
    }
    limited = apply_limits(terms.limits, columns)
    kept = limited.kept if terms.limits else np.ones(len(figures.texts), dtype=np.bool_)
    notes = [*limited.rejected]
    for name in terms.against:
        lacking = kept & np.isnan(figures.figure(name, "--against").values)
        if lacking.any():
            notes.append(f"{int(lacking.sum())} left out without a value of {name}")
        kept = kept & ~lacking
    if not kept.any():
        raise UsageError(
            f"no architecture within the limits has values of {' and '.join(terms.against)}; "
            "widen the limits, or name another objective"
        )
    texts = [text for text, within in zip(figures.texts, kept, strict=True) if within]
    return texts, tuple(notes)


def _objectives(
    truth: TruthTable, figures: TableFigures, against: Sequence[str]
) -> Objectives | None:
    """Return the values with further objectives; None where there are none."""
    if not against:
        return None
    names = [Objective(name=truth.task, unit=truth.unit.value, direction=truth.direction)]
    columns = [truth.oriented(figures.texts)]
    for name in against:
        objective, figure = figures.objective(name, "--against")
        names.append(objective)
        columns.append(objective.direction.orient(figure.values))
    if len({objective.name for objective in names}) < len(names):
        raise UsageError(
            f"the objectives {', '.join(each.name for each in names)} name one twice; leave one out"
        )
    return Objectives(names=tuple(names), values=np.column_stack(columns))


def _stored_run(searches: Searches, suite: str) -> Run:
    """Return what runs of a suite have stored, and its archive, to be joined with the task."""
    wanted = choose_suite(suite, batch=searches.batch)
    proxies = choose_proxies(wanted, None, only=False)
    options = Options(
        results=searches.results,
        images=searches.images,
        archive=archive_in(searches.results),
    )
    wanted = wanted.model_copy(update={"tasks": (searches.task,)})
    prepared = open_run(wanted, proxies, options)
    return replace(prepared, suite=wanted.changed(identical=ROWS))


def _proxy_scores(
    searches: Searches, stored: Run | None, texts: Sequence[str]
) -> TaskScores | None:
    """Return the task with scores of proxies, published or of a suite's runs, if it has any."""
    if stored is not None:
        recorded_scores(stored, texts)  # refuses runs that hold none
        return join_stored(stored)[0]
    known = searches.task in tasks_with_scores()
    return load_published(searches.task, searches.places, ROWS) if known else None
