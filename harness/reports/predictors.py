"""Sample-efficiency curves of predictors: their tables, their page, and their files.

A file is named by its first predictor, the protocol, and a digest of what else decides which
curves are in it: the same command writes the same file, another one writes another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import assert_never

from harness.core.identity import Json, digest
from harness.core.short_repr import ShortRepr
from harness.learning import (
    AlreadyReached,
    Curve,
    Fitted,
    Needed,
    NotReached,
    PickPoint,
    Reached,
    differences,
)
from harness.learning.picks import LEVELS
from harness.metrics import Defined, Undefined
from harness.reports.calibration import calibration_record
from harness.reports.page.curves import Picture, Section, chart_point, curves_document
from harness.reports.report_table import (
    Cell,
    Column,
    ReportTable,
    columns,
    fixed,
    optional_estimate,
    percent,
    tenths,
)
from harness.reports.writers import forms, markdown, write_files

__all__ = ["PredictorCurves", "predictor_page", "write_predictor_curves"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class PredictorCurves(ShortRepr):
    """Predictors on one task, and proxies beside them.

    Attributes:
        fitted: What the curves were computed from.
        curves: At least one.
        picks: Of the same predictors and proxies, one a number of labels.
        baselines: Name to key of the proxies without labels that have a curve too.
    """

    fitted: Fitted
    curves: Sequence[Curve]
    picks: Sequence[PickPoint]
    baselines: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Names the task."""
        return f"Predictors on {self.fitted.pool.truth.task}"

    @property
    def facts(self) -> str:
        """On what the numbers rest."""
        pool, experiment = self.fitted.pool, self.fitted.experiment
        (evaluated,) = {len(draw.evaluation) for draw in self.fitted.draws}
        which = (
            f"on the {evaluated} architectures outside the largest draw of each repeat"
            if experiment.evaluate_on is None
            else f"on {evaluated} architectures that are the same in all repeats and never labelled"
        )
        scores = pool.subjects.scores.proxies
        zero_cost = f"; zero-cost scores: {', '.join(scores)}" if scores else ""
        reasons = (f"{name} ({reason})" for name, reason in self.fitted.skipped.items())
        skipped = f"; skipped: {', '.join(reasons)}" if self.fitted.skipped else ""
        truth = pool.truth
        left_out = f", {truth.without_value} more without a value" if truth.without_value else ""
        return (
            f"{truth.task}: {truth.dataset} {truth.split} {truth.metric}, {pool.n} architectures"
            f"{left_out} (identical: {truth.identical}, digest {pool.digest}, truth "
            f"{truth.digest[:16]}); {experiment.repeats} nested labelled draws with seed "
            f"{experiment.seed}, evaluated {which}; brackets hold 95% intervals of the mean "
            f"over draws{zero_cost}{skipped}"
        )

    @property
    def tables(self) -> list[ReportTable]:
        """One table a metric, with one row a predictor."""
        metrics = dict.fromkeys(curve.metric for curve in self.curves)
        return [
            _table(metric, [curve for curve in self.curves if curve.metric == metric])
            for metric in metrics
        ]

    @property
    def difference_table(self) -> ReportTable:
        """How much higher every other predictor is than the first, on the same draws."""
        sizes = [point.labels for point in self.curves[0].points] if self.curves else []
        return ReportTable(
            title="Paired differences",
            notes=(
                "Over the draws, from the predictor that was named first: an interval without 0 "
                "tells the two apart, also where the intervals of their means overlap.",
            ),
            columns=columns(
                *("metric", "predictor", "less"),
                *(f"at {size} labels" for size in sizes),
                number=fixed(3),
            ),
            rows=tuple(
                (curve.metric, curve.predictor, first.predictor, *differences(curve, first))
                for curve in self.curves
                if (first := self._first(curve.metric)) is not curve
            ),
        )

    def _first(self, metric: str) -> Curve:
        return next(curve for curve in self.curves if curve.metric == metric)

    @property
    def pick_table(self) -> ReportTable:
        """What the highest prediction is worth, and how sure the predictor was."""
        return ReportTable(
            title="Picks and calibration",
            notes=(
                "Of the architecture with the highest prediction, means over draws: the share of "
                "the task that is better, as it is and as the predictor expects, and what the best "
                "that was predicted has more. Of all predictions: the share of the truth inside "
                "central intervals, and the continuous ranked probability score as a share of that "
                "of who knows nothing.",
            ),
            columns=columns(
                *("predictor", "labels"),
                Column(head="above the pick", number=tenths),
                Column(head="expected", number=tenths),
                Column(head="regret", number=fixed(3)),
                *(Column(head=f"inside {level:.0%}", number=percent) for level in LEVELS),
                Column(head="CRPS", number=fixed(3)),
            ),
            rows=tuple(
                (
                    *(point.predictor, point.labels, point.above),
                    *(sure.expected_above if (sure := point.calibration) else None, point.regret),
                    *(sure.inside if sure else (None,) * len(LEVELS)),
                    sure.crps if sure else None,
                )
                for point in self.picks
            ),
        )

    @property
    def further_tables(self) -> list[ReportTable]:
        """What is said of all metrics together; one predictor alone has no differences."""
        compared = [self.difference_table] if self.difference_table.rows else []
        return [*compared, self.pick_table]

    @property
    def data(self) -> ReportTable:
        """One row a predictor, metric and number of labels, for programs."""
        keys = {
            name: records[0].predictor
            for name, sizes in self.fitted.records.items()
            for records in sizes.values()
        } | dict(self.baselines)
        picks = {(point.predictor, point.labels): point for point in self.picks}
        return ReportTable.of_records(
            [
                _record(self.fitted, curve, index, keys[curve.predictor])
                | _difference_record(curve, self._first(curve.metric), index)
                | _pick_record(picks[curve.predictor, curve.points[index].labels])
                for curve in self.curves
                for index in range(len(curve.points))
            ]
        )


def write_predictor_curves(predicted: PredictorCurves, results: Path) -> list[Path]:
    """Write all forms into ``predictors/TASK`` and return their paths.

    Raises:
        InfrastructureError: A file would lie outside the folder.
    """
    tables = [*predicted.tables, *predicted.further_tables]
    page = markdown([f"# {predicted.title}", f"{predicted.facts}.", *tables])
    contents = forms(predicted.data, page)
    contents[".html"] = predictor_page(predicted)
    folder = Path("predictors") / Path(predicted.fitted.pool.truth.task).stem
    return write_files(results, folder / _stem(predicted), contents)


def predictor_page(predicted: PredictorCurves) -> str:
    """Return the curves as HTML, one picture and one table a metric."""
    sections = [
        _section(
            predicted.facts,
            [curve for curve in predicted.curves if curve.metric == table.title],
            table,
        )
        for table in predicted.tables
    ]
    sections += [_plain_section(table) for table in predicted.further_tables]
    return curves_document(predicted.title, sections)


def _table(metric: str, curves: Sequence[Curve]) -> ReportTable:
    """Return one row a curve; one number of labels has no area."""
    first = curves[0]
    sizes = [point.labels for point in first.points]
    estimates = [f"{metric} at {size}" for size in sizes] + (["area"] if len(sizes) > 1 else [])
    return ReportTable(
        title=metric,
        columns=columns(
            *("predictor", *estimates, f"labels to {first.level:g}"),
            *(f"fit s at {sizes[-1]}", "predict s"),
            number=fixed(3),
        ),
        rows=tuple(
            (
                curve.predictor,
                *(point.mean for point in curve.points),
                *([curve.area] if len(curve.points) > 1 else []),
                _needed(curve.needed),
                *(curve.points[-1].fit_s, curve.points[-1].predict_s),
            )
            for curve in curves
        ),
    )


def _section(lead: str, curves: Sequence[Curve], table: ReportTable) -> Section:
    metric = table.title
    picture = Picture(
        title=f"{metric} against labels",
        across="labels",
        finding=_finding(curves),
        rows=[row for curve in curves for row in _points(curve)],
    )
    return Section(
        title=f"{metric} after so many labels",
        lead=lead,
        pictures=[picture],
        bars="Bars are 95% intervals of the mean over the draws.",
        caption=f"{metric}, mean over the draws",
        heads=table.heads,
        cells=table.texts,
    )


def _plain_section(table: ReportTable) -> Section:
    return Section(
        title=table.title,
        lead=" ".join(table.notes),
        pictures=[],
        bars="",
        caption=table.title,
        heads=table.heads,
        cells=table.texts,
        headings=2,
    )


def _finding(curves: Sequence[Curve]) -> str:
    """Say which predictor is the highest at the largest draw."""
    last = [(curve.predictor, curve.points[-1]) for curve in curves]
    ends = {
        name: (point.mean.value.value, point.labels)
        for name, point in last
        if isinstance(point.mean.value, Defined)
    }
    if not ends:
        return "No predictor has a value at the largest draw."
    best = max(ends, key=lambda name: ends[name][0])
    value, labels = ends[best]
    return f"Highest after {labels} labels: {best}, {value:.3f}."


def _points(curve: Curve) -> list[Json]:
    return [
        chart_point(
            curve.predictor, point.labels, point.mean.value.value, point.mean.interval, "labels"
        )
        for point in curve.points
        if isinstance(point.mean.value, Defined)
    ]


def _record(fitted: Fitted, curve: Curve, index: int, key: str) -> dict[str, Cell]:
    point, truth = curve.points[index], fitted.pool.truth
    defined = [value.value for value in point.repeats if isinstance(value, Defined)]
    reasons = (value.reason for value in point.repeats if isinstance(value, Undefined))
    return {
        "task": truth.task,
        "truth": truth.digest,
        "population_digest": fitted.pool.digest,
        "predictor": curve.predictor,
        "key": key,
        "metric": curve.metric,
        "labels": point.labels,
        "repeats": len(point.repeats),
        "undefined": len(point.repeats) - len(defined),
        "reason": next(reasons, ""),
        "evaluated": len(fitted.draws[0].evaluation),
        "identical": fitted.pool.truth.identical,
        "draws": " ".join(draw.digest(point.labels) for draw in fitted.draws),
        "mean": point.mean,
        "lowest": min(defined, default=None),
        "highest": max(defined, default=None),
        "area": curve.area,
        f"labels_to_{curve.level:g}": _needed(curve.needed),
        "fit_seconds": point.fit_s,
        "predict_seconds": point.predict_s,
    }


def _difference_record(curve: Curve, first: Curve, index: int) -> dict[str, Cell]:
    if curve is first:
        return {"less": "", "difference": optional_estimate(None, None)}
    return {"less": first.predictor, "difference": differences(curve, first)[index]}


def _pick_record(point: PickPoint) -> dict[str, Cell]:
    return {
        **{"above_pick": point.above, "pick_regret": point.regret},
        **calibration_record(point.calibration),
        "calibrated": point.calibrated,
    }


def _needed(needed: Needed) -> str:
    match needed:
        case Reached():
            return f"{needed.labels:.0f}"
        case AlreadyReached():
            return f"at most {needed.labels}"
        case NotReached():
            return f"more than {needed.labels}"
        case Undefined():
            return f"undefined: {needed.reason}"
        case _:
            assert_never(needed)


def _stem(predicted: PredictorCurves) -> str:
    """Name the file; what was measured is not part of the name, only what was asked for."""
    experiment = predicted.fitted.experiment
    evaluated = "rest" if experiment.evaluate_on is None else str(experiment.evaluate_on)
    names = list(dict.fromkeys(curve.predictor for curve in predicted.curves))
    others = f"-and-{len(names) - 1}-more" if len(names) > 1 else ""
    asked = ("truth", "population_digest", "key", "metric", "labels", "draws")
    content = digest([[str(record[name]) for name in asked] for record in predicted.data.records])
    protocol = f"{experiment.repeats}x{evaluated}-seed{experiment.seed}"
    return f"{names[0]}{others}-{protocol}-{content[:8]}"
