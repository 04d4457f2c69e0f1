"""A comparison of plugins by pairs: what differs, how alike two orders are, where they disagree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.core.identity import Json
from harness.core.short_repr import ShortRepr
from harness.evaluation import SIGNIFICANCE, Comparison, Contrast, CostRatio
from harness.metrics.intervals import Difference
from harness.metrics.values import Defined, Estimate, Interval, Undefined, Value
from harness.reports.report_table import (
    Cell,
    Column,
    Reasons,
    ReportTable,
    columns,
    fixed,
    general,
    optional_estimate,
    p_value,
)
from harness.reports.writers import markdown

__all__ = ["ComparisonTables"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ComparisonTables(ShortRepr):
    """Plugins compared by pairs.

    Attributes:
        title: Names the two sides.
        comparisons: One a task and pair.
        level: Of the intervals.
        resamples: Behind each of them.
    """

    title: str
    comparisons: Sequence[Comparison]
    level: float
    resamples: int

    @property
    def tables(self) -> list[ReportTable]:
        """Quality, agreement, and for a single pair the architectures it disagrees on most."""
        pairs = {(each.first, each.second) for each in self.comparisons}
        single = len(pairs) == 1
        return [
            self._quality(single=single),
            _agreement(self.comparisons, single=single),
            *(_disagreements(self.comparisons) if single else []),
        ]

    @property
    def markdown(self) -> str:
        """The same as Markdown that can be pasted into an issue or a pull request."""
        return markdown([f"# {self.title}", *self.tables])

    @property
    def data(self) -> ReportTable:
        """One row a task, pair and metric, for programs."""
        return ReportTable.of_records(
            [
                {
                    "task": comparison.task,
                    "truth": comparison.truth,
                    "first": comparison.first,
                    "second": comparison.second,
                    "both_scored": comparison.n,
                    "only_first": comparison.only_first,
                    "only_second": comparison.only_second,
                    "metric": contrast.metric,
                    "value_first": contrast.first,
                    "value_second": contrast.second,
                    "difference": _difference(contrast),
                    "p_value": _p_value(contrast),
                    "p_adjusted": contrast.p_adjusted,
                    **{f"agreement_{name}": value for name, value in comparison.agreement.items()},
                    "cost_ratio": _cost_ratio(comparison),
                }
                for comparison in self.comparisons
                for contrast in comparison.contrasts
            ]
        )

    @property
    def json(self) -> list[Json]:
        """One object a task and pair, unrounded; what is undefined carries its reason."""
        return [_comparison_json(comparison) for comparison in self.comparisons]

    def _quality(self, *, single: bool) -> ReportTable:
        rows = tuple(
            (comparison.task, *_pair(comparison, single=single), *_contrast_cells(contrast))
            for comparison in self.comparisons
            for contrast in comparison.contrasts
        )
        return ReportTable(
            title="Quality",
            columns=columns(
                *("task", *_pair_heads(single=single), "metric"),
                *(Column(head=side, reasons=Reasons.ALL, whole=True) for side in ("A", "B")),
                Column(head=f"A - B [{self.level:.0%}]", reasons=Reasons.ALL, whole=True),
                *("p", "p (Holm)"),
            ),
            rows=rows,
            notes=(
                f"Differences are paired: both sides on the same {self.resamples} bootstrap "
                "resamples of the architectures that both scored. Holm's correction is for the "
                f"{len(rows)} rows.{_resolution(len(rows), self.resamples)}",
            ),
        )


def _resolution(rows: int, resamples: int) -> str:
    """Say that the correction leaves nothing significant whatever the scores, where it does."""
    smallest = min(1.0, 2 * rows / (resamples + 1))
    if smallest < SIGNIFICANCE:
        return ""
    return (
        f" With {resamples} resamples and {rows} rows no corrected p can be below "
        f"{p_value(smallest)}: compare fewer, or use more --resamples."
    )


def _contrast_cells(contrast: Contrast) -> tuple[Cell, ...]:
    adjusted = contrast.p_adjusted
    p = _p_value(contrast)
    return (
        contrast.metric,
        contrast.first,
        contrast.second,
        _difference(contrast),
        "" if p is None else p_value(p),
        p_value(adjusted.value) if isinstance(adjusted, Defined) else "",
    )


def _difference(contrast: Contrast) -> Estimate:
    difference = contrast.difference
    if isinstance(difference, Undefined):
        return Estimate(value=difference, interval=difference)
    return optional_estimate(difference.value, difference.interval)


def _p_value(contrast: Contrast) -> float | None:
    difference = contrast.difference
    return difference.p_value if isinstance(difference, Difference) else None


def _agreement(comparisons: Sequence[Comparison], *, single: bool) -> ReportTable:
    names = list(dict.fromkeys(name for each in comparisons for name in each.agreement))
    rows = tuple(
        (
            comparison.task,
            *_pair(comparison, single=single),
            *(comparison.agreement[name] for name in names),
            *(comparison.n, comparison.only_first, comparison.only_second),
            _cost_ratio(comparison),
        )
        for comparison in comparisons
    )
    reasons = dict.fromkeys(
        each.cost.reason for each in comparisons if isinstance(each.cost, Undefined)
    )
    return ReportTable(
        title="Agreement and cost",
        columns=columns(
            *("task", *_pair_heads(single=single)),
            *(Column(head=f"{name} of A and B", reasons=Reasons.NONE) for name in names),
            *("both scored", "only A", "only B", Column(head="cost A / B", number=fixed(2))),
        ),
        rows=rows,
        notes=(f"No cost ratio: {'; '.join(reasons)}.",) if reasons else (),
    )


def _disagreements(comparisons: Sequence[Comparison]) -> list[ReportTable]:
    """Return one table for all tasks on which the same architectures are apart."""
    alike: dict[tuple[tuple[str, float, float], ...], list[Comparison]] = {}
    for comparison in comparisons:
        key = tuple(
            (disagreement.architecture, disagreement.first, disagreement.second)
            for disagreement in comparison.disagreements
        )
        if key:
            alike.setdefault(key, []).append(comparison)
    return [_disagreement_table(group) for group in alike.values()]


def _disagreement_table(group: Sequence[Comparison]) -> ReportTable:
    first = group[0]
    ranks = (Column(head=f"place by {side}", number=general) for side in ("A", "B"))
    return ReportTable(
        title=f"Where A and B disagree most, of {first.n} architectures",
        columns=columns("architecture", *ranks, *(comparison.task for comparison in group)),
        rows=tuple(
            (
                disagreement.architecture,
                *(disagreement.first, disagreement.second),
                *(comparison.disagreements[row].truth for comparison in group),
            )
            for row, disagreement in enumerate(first.disagreements)
        ),
    )


def _pair_heads(*, single: bool) -> tuple[str, ...]:
    return () if single else ("plugin",)


def _pair(comparison: Comparison, *, single: bool) -> tuple[str, ...]:
    return () if single else (comparison.first,)


def _cost_ratio(comparison: Comparison) -> float | None:
    return comparison.cost.value if isinstance(comparison.cost, CostRatio) else None


def _comparison_json(comparison: Comparison) -> Json:
    return {
        "task": comparison.task,
        "truth": comparison.truth,
        "first": comparison.first,
        "second": comparison.second,
        "both_scored": comparison.n,
        "only_first": comparison.only_first,
        "only_second": comparison.only_second,
        "metrics": {each.metric: _contrast_json(each) for each in comparison.contrasts},
        "agreement": {name: _json(value) for name, value in comparison.agreement.items()},
        "cost_ratio": _cost_json(comparison.cost),
        "disagreements": [
            {
                "architecture": disagreement.architecture,
                "place_first": disagreement.first,
                "place_second": disagreement.second,
                "truth": disagreement.truth,
            }
            for disagreement in comparison.disagreements
        ],
    }


def _contrast_json(contrast: Contrast) -> dict[str, Json]:
    return {
        "first": _estimate_json(contrast.first),
        "second": _estimate_json(contrast.second),
        "difference": _difference_json(contrast.difference),
        "p_adjusted": _json(contrast.p_adjusted),
    }


def _estimate_json(estimate: Estimate) -> dict[str, Json]:
    return {"value": _json(estimate.value), "interval": _json(estimate.interval)}


def _difference_json(difference: Difference | Undefined) -> Json:
    if isinstance(difference, Undefined):
        return _json(difference)
    return {
        "value": difference.value,
        "interval": _json(difference.interval),
        "p_value": difference.p_value,
    }


def _cost_json(cost: CostRatio | Undefined) -> Json:
    if isinstance(cost, Undefined):
        return _json(cost)
    return {"value": cost.value, "architectures": cost.n}


def _json(known: Value | Interval) -> Json:
    match known:
        case Undefined(reason=reason):
            return {"undefined": reason}
        case Interval(low=low, high=high):
            return [low, high]
        case Defined(value=value):
            return value
