"""Compares methods by pairs on the architectures that both scored."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from harness.core.errors import UsageError
from harness.core.identity import derived_seed, digest_lines
from harness.evaluation.paired_scores import CostRatio, Disagreement, PairedScores, Side, pair
from harness.evaluation.procedure import Procedure, Resampled, estimate, resample
from harness.evaluation.task_scores import TaskScores
from harness.metrics.correlation import KENDALL, SPEARMAN
from harness.metrics.intervals import Difference, paired_difference
from harness.metrics.many_tasks import holm
from harness.metrics.metric import Metric, measure
from harness.metrics.sample import Resamples, Sample, resample_weights
from harness.metrics.values import Defined, Estimate, Undefined, Value

__all__ = ["Comparison", "Contrast", "compare_sides"]

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """One metric of both, on the architectures that both scored.

    Attributes:
        difference: First less second, by paired resamples.
        p_adjusted: Its p value after Holm's correction for all contrasts shown together.
    """

    metric: str
    first: Estimate
    second: Estimate
    difference: Difference | Undefined
    p_adjusted: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two plugins on the architectures of one task that both scored.

    Attributes:
        n: Number of these architectures.
        only_first: Architectures with ground truth that the first alone scored; left out.
        only_second: Likewise.
        agreement: Name of a rank correlation to its value between the two score vectors.
        disagreements: Those with the largest difference of ranks, largest first.
    """

    task: str
    truth: str
    first: str
    second: str
    n: int
    only_first: int
    only_second: int
    contrasts: tuple[Contrast, ...]
    agreement: Mapping[str, Value]
    disagreements: tuple[Disagreement, ...]
    cost: CostRatio | Undefined


def compare_sides(
    first: Side, second: Side, procedure: Procedure, most: int = 5
) -> tuple[Comparison, ...]:
    """Compare two sides task by task; nothing is scored.

    Two single plugins are compared whatever their names, otherwise those that both sides have, but
    for pairs with nothing in common, such as a plugin that supports no architecture.

    Args:
        first: One side.
        second: The other, on the same tasks.
        procedure: Metrics, resamples, level and seed.
        most: Number of architectures to show on which the two disagree most.

    Raises:
        UsageError: Truth differs, no plugin is on both sides, or no pair has an architecture in
            common.
    """
    names = _names(first, second)
    comparisons = []
    apart: dict[str, UsageError] = {}
    for ours, theirs in zip(first.tasks, second.tasks, strict=True):
        _require_equal_truth(ours, theirs)
        for both in names:
            try:
                scores = pair(ours, theirs, both)
            except UsageError as error:
                apart.setdefault(both[0], error)
                continue
            if scores is not None:
                cost = scores.cost_ratio(first.environments, second.environments)
                comparisons.append(_compare(scores, procedure, most, cost))
    if apart and not comparisons:
        raise next(iter(apart.values()))
    if apart:
        _LOG.warning("left out where both sides scored nothing in common: %s", ", ".join(apart))
    return _correct(comparisons)


def _names(first: Side, second: Side) -> list[tuple[str, str]]:
    if len(first.names) == len(second.names) == 1:
        return [(first.names[0], second.names[0])]
    shared = [name for name in first.names if name in second.names]
    if not shared:
        raise UsageError(
            f"{first.label} and {second.label} have no plugin in common: {', '.join(first.names)} "
            f"against {', '.join(second.names)}; name one plugin on each side"
        )
    return [(name, name) for name in shared]


def _require_equal_truth(first: TaskScores, second: TaskScores) -> None:
    ours, theirs = first.table, second.table
    if (ours.task, ours.digest) != (theirs.task, theirs.digest):
        raise UsageError(
            f"the truth differs: {ours.task} with digest {ours.digest[:16]} against "
            f"{theirs.task} with {theirs.digest[:16]}; compare on one truth table"
        )


def _compare(
    scores: PairedScores, procedure: Procedure, most: int, cost: CostRatio | Undefined
) -> Comparison:
    n = len(scores.architectures)
    seed = derived_seed(
        procedure.seed, "comparison", scores.table.task, digest_lines(scores.architectures)
    )
    resamples = resample_weights(n, procedure.resamples, seed)
    first, second = (
        Sample(scores=method.values, truth=scores.truth, controls=scores.controls)
        for method in (scores.first, scores.second)
    )
    between = Sample(scores=first.scores, truth=second.scores)
    return Comparison(
        task=scores.table.task,
        truth=scores.table.digest,
        first=scores.first.name,
        second=scores.second.name,
        n=n,
        only_first=scores.only_first,
        only_second=scores.only_second,
        contrasts=tuple(
            _contrast(metric, (first, second), resamples, procedure.level)
            for metric in procedure.metrics
        ),
        agreement={metric.name: measure(metric, between) for metric in (SPEARMAN, KENDALL)},
        disagreements=scores.disagreements(most),
        cost=cost,
    )


def _contrast(
    metric: Metric, samples: tuple[Sample, Sample], resamples: Resamples, level: float
) -> Contrast:
    first, second = (resample(metric, sample, resamples) for sample in samples)
    difference = _difference(first, second, level)
    alone = difference if isinstance(difference, Undefined) else Defined(value=difference.p_value)
    return Contrast(
        metric=metric.name,
        first=estimate(first, level),
        second=estimate(second, level),
        difference=difference,
        p_adjusted=alone,
    )


def _difference(
    first: Resampled | Undefined, second: Resampled | Undefined, level: float
) -> Difference | Undefined:
    if isinstance(first, Undefined):
        return Undefined(reason=f"first: {first.reason}")
    if isinstance(second, Undefined):
        return Undefined(reason=f"second: {second.reason}")
    value = first.value - second.value
    return paired_difference(value, first.replicates, second.replicates, level)


def _correct(comparisons: Sequence[Comparison]) -> tuple[Comparison, ...]:
    """Correct all p values for their number by Holm's method."""
    alone = [
        contrast.p_adjusted.value
        for comparison in comparisons
        for contrast in comparison.contrasts
        if isinstance(contrast.p_adjusted, Defined)
    ]
    adjusted = iter(holm(np.array(alone)).tolist())
    return tuple(
        dataclasses.replace(
            comparison,
            contrasts=tuple(_adjust(contrast, adjusted) for contrast in comparison.contrasts),
        )
        for comparison in comparisons
    )


def _adjust(contrast: Contrast, adjusted: Iterator[float]) -> Contrast:
    if isinstance(contrast.p_adjusted, Undefined):
        return contrast
    return dataclasses.replace(contrast, p_adjusted=Defined(value=next(adjusted)))
