"""Simulated searches as tables; `harness.reports.search_page` writes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from harness.architecture_search import (
    HOURS,
    Objectives,
    PredictedFront,
    Prices,
    Problem,
    SearchSummary,
)
from harness.architecture_search.prices import Measured, TimeModel
from harness.architecture_search.summary import QUERIES, Progress, Reach
from harness.core.short_repr import ShortRepr
from harness.metrics.values import Defined, Value
from harness.reports.report_table import (
    Cell,
    Column,
    ReportTable,
    brackets,
    columns,
    fixed,
    optional,
    optional_estimate,
    percent,
)

__all__ = ["SearchTable"]

_SHOWN = (10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0)
_HOURS = tuple(float(f"{step}e{power}") for power in range(-3, 6) for step in (1, 3))
_MOST_HOURS = 5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class SearchTable(ShortRepr):
    """Simulated searches on one task.

    Attributes:
        problem: What was searched.
        summaries: At least one.
        share: When a search has succeeded; see `Problem.goal`.
        prices: What a query costs, where that was asked for.
        predicted: With several objectives, the fronts that guides with scores predict.
        notes: What was left out of the table, a sentence each.
    """

    problem: Problem
    summaries: Sequence[SearchSummary]
    share: float
    prices: Prices | None
    predicted: Sequence[PredictedFront] = ()
    notes: Sequence[str] = ()

    @property
    def facts(self) -> str:
        """Say in one line what was searched, and how often."""
        problem = self.problem
        of = problem.objectives
        goal = _front_facts(problem, of, self.share) if of else _value_facts(problem, self.share)
        timed = "" if self.prices is None else f"; {_price_facts(self.prices)}"
        return "; ".join([problem.truth.task + goal, *self.notes]) + (
            f"; {self.summaries[0].repeats} searches a row; brackets hold 95 % intervals over the "
            f"searches{timed}"
        )

    @property
    def tables(self) -> dict[str, ReportTable]:
        """One table for each unit of what a search spends, with one row a search."""
        return {unit: self._table(unit) for unit in self.summaries[0].progress}

    @property
    def predicted_fronts(self) -> ReportTable | None:
        """What training the whole predicted front of a guide yields; None without any."""
        if not self.predicted:
            return None
        return ReportTable(
            columns=columns(
                *("guide", "predicted front", Column(head="front found", number=percent)),
                Column(head="lacking", number=_one_decimal),
            ),
            rows=tuple(
                (front.guide, front.size, front.found, front.lacking) for front in self.predicted
            ),
        )

    @property
    def data(self) -> ReportTable:
        """One row a search, for programs."""
        common: dict[str, Cell] = {"task": self.problem.truth.task, "best": self.share}
        if (objectives := self.problem.objectives) is not None:
            common["against"] = " ".join(each.name for each in objectives.names[1:])
        common |= _price_record(self.prices)
        return ReportTable.of_records(
            [{**common, **self._record(summary)} for summary in self.summaries]
        )

    def front(self, objectives: Objectives) -> ReportTable:
        """Return the Pareto front of the table, best value first.

        For every search the share of its repeats that had the point of an architecture.
        """
        rows = np.flatnonzero(objectives.front)
        rows = rows[np.lexsort((rows, *-objectives.values[rows].T[::-1]))]
        found = [(each, each.found) for each in self.summaries if each.found is not None]
        return ReportTable(
            columns=columns(
                *("architecture", "point", *(each.name for each in objectives.names)),
                *(
                    Column(head=f"{each.searcher} {each.guide}", number=percent)
                    for each, _ in found
                ),
            ),
            rows=tuple(
                (
                    *(self.problem.architectures[row].text, int(objectives.points[row])),
                    *(
                        objective.direction.orient(float(value))
                        for objective, value in zip(
                            objectives.names, objectives.values[row], strict=True
                        )
                    ),
                    *(float(front.hits[objectives.points[row]]) for _, front in found),
                )
                for row in rows
            ),
        )

    @property
    def disturbed(self) -> ReportTable | None:
        """Runs whose measured time is no price, the longest first; None where there are none."""
        measured = None if self.prices is None else self.prices.measured
        if self.prices is None or measured is None or not measured.disturbed.any():
            return None
        rows = np.flatnonzero(measured.disturbed)
        rows = rows[np.argsort(-measured.hours[rows], kind="stable")]
        return ReportTable(
            columns=columns("architecture", "measured hours", "counted hours", number=fixed(2)),
            rows=tuple(
                (
                    self.problem.architectures[row].text,
                    float(measured.hours[row]),
                    float(self.prices.values[row]),
                )
                for row in rows
            ),
        )

    def shown(self, unit: str) -> list[float]:
        """Return after how much of a unit the regret is shown."""
        if unit != HOURS:
            budget = float(self.summaries[0].budget)
            return [*(spent for spent in _SHOWN if spent < budget), budget]
        ends = [summary.progress[unit].points[-1:] for summary in self.summaries]
        last = max((point.spent for points in ends for point in points), default=0.0)
        return [spent for spent in _HOURS if spent <= last][-_MOST_HOURS:]

    def _record(self, summary: SearchSummary) -> dict[str, Cell]:
        record: dict[str, Cell] = {
            "algorithm": summary.searcher,
            "guide": summary.guide,
            "repeats": summary.repeats,
            "budget": summary.budget,
            "reached": summary.reached,
            "seconds": summary.seconds,
        }
        if summary.found is not None:
            record["front_found"] = summary.found.share
            by_guide = {front.guide: front for front in self.predicted}
            predicted = by_guide.get(summary.guide)
            record["predicted_front"] = None if predicted is None else predicted.size
            record["predicted_front_found"] = None if predicted is None else predicted.found
            record["predicted_front_lacking"] = None if predicted is None else predicted.lacking
        for unit, progress in summary.progress.items():
            name, reach = "queries" if unit == QUERIES else "time", progress.reach
            record[name] = optional_estimate(reach.median, reach.interval)
            for spent in self.shown(unit):
                record[f"regret@{spent:g}_{name}"] = _regret(progress, spent)
        return record

    def _table(self, unit: str) -> ReportTable:
        shown, several = self.shown(unit), self.problem.objectives is not None
        head, written = ("lacking", _one_decimal) if several else ("regret", fixed(3))
        found = [Column(head="front found", number=percent)] if several else []
        return ReportTable(
            columns=columns(
                *("algorithm", "guide", f"{unit} to {self._goal}"),
                *(Column(head="reached", number=percent), *found),
                *(Column(head=f"{head} after {spent:g}", number=written) for spent in shown),
                Column(head="s / search", number=fixed(2)),
            ),
            rows=tuple(
                (
                    *(summary.searcher, summary.guide, _reach(summary.progress[unit].reach, unit)),
                    summary.reached,
                    *([] if summary.found is None else [summary.found.share]),
                    *(_regret(summary.progress[unit], spent) for spent in shown),
                    summary.seconds,
                )
                for summary in self.summaries
            ),
        )

    @property
    def _goal(self) -> str:
        if self.problem.objectives is not None:
            return f"{1 - self.share:.3g} of the hypervolume"
        return f"the best {self.share:.3g}"


def _value_facts(problem: Problem, share: float) -> str:
    return (
        f": {problem.n} architectures, best {problem.values.max():.4g}; "
        f"the best {share:.3g} of them begin at {problem.threshold(share):.4g}"
    )


def _front_facts(problem: Problem, objectives: Objectives, share: float) -> str:
    others = " and ".join(str(each) for each in objectives.names[1:])
    return (
        f" against {others}: {problem.n} architectures, "
        f"{int(objectives.front.sum())} on the Pareto front, at {objectives.size} points; a search "
        f"has succeeded when at most {share:.3g} of the front's hypervolume is lacking"
    )


def _price_facts(prices: Prices) -> str:
    """Say whether times are measured or modelled, and how good the model is where both are."""
    measured = prices.measured
    if measured is None:
        return f"the time of a training is a model's, proportional to {prices.name}"
    model = measured.model
    instead = "their median" if model is None else f"what {model.name}, scaled to them, says"
    others = [
        f"{count} {what}"
        for count, what in (
            (int(measured.disturbed.sum()), "disturbed"),
            (measured.lacking, "without a time"),
        )
        if count
    ]
    stand_in = f" ({' and '.join(others)}: {instead})" if others else ""
    sentence = f"the time of a training is measured, {prices.name}{stand_in}"
    return sentence if model is None else f"{sentence}; {_model_facts(model)}"


def _model_facts(model: TimeModel) -> str:
    rank = model.rank_correlation
    written = f"{rank.value:.3f}" if isinstance(rank, Defined) else f"undefined ({rank.reason})"
    return (
        f"as a model of it {model.name} has a rank correlation of {written} and a median relative "
        f"error of {model.median_error:.1%} over {model.n} trainings"
    )


def _price_record(prices: Prices | None) -> dict[str, Cell]:
    measured = None if prices is None else prices.measured
    model = None if measured is None else measured.model
    rank: Value | None = None if model is None else model.rank_correlation
    return {
        "price": None if prices is None else prices.name,
        "price_is": None if prices is None else "model" if measured is None else "measured",
        "disturbed": None if measured is None else _disturbed_count(measured),
        "model": None if model is None else model.name,
        "model_spearman": optional(None) if rank is None else rank,
        "model_median_error": None if model is None else model.median_error,
    }


def _disturbed_count(measured: Measured) -> int:
    return int(measured.disturbed.sum())


def _one_decimal(value: float) -> str:
    return f"{value:.1%}"


def _regret(progress: Progress, spent: float) -> Cell:
    """Return the mean regret; absent where some of the searches had ended before."""
    point = progress.at(spent)
    if point is None:
        return optional_estimate(None, None)
    return optional_estimate(point.regret, point.interval)


def _reach(reach: Reach, unit: str) -> str:
    written: Callable[[float], str] = (lambda spent: f"{spent:.3g}") if unit == HOURS else fixed(0)
    if reach.median is None:
        return "not reached by half"
    if reach.interval is None:
        return f"{written(reach.median)} [upper end not reached]"
    return f"{written(reach.median)} {brackets(reach.interval, written)}"
