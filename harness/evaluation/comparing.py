"""Compares plugins by pairs on the architectures that both scored."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

import numpy as np

from harness.core.errors import UsageError
from harness.core.identity import derived_seed, digest_lines
from harness.evaluation.comparison import Comparison, Contrast, CostRatio
from harness.evaluation.paired_scores import Meeting, meet
from harness.evaluation.procedure import Procedure
from harness.evaluation.resampled import Resampled, measured, resampled
from harness.evaluation.side import Party
from harness.evaluation.task_scores import Contest
from harness.metrics.comparison import Difference, paired_difference
from harness.metrics.correlation import KENDALL, SPEARMAN
from harness.metrics.many_tasks import holm
from harness.metrics.metric import Metric, measure
from harness.metrics.resamples import Resamples, resample_weights
from harness.metrics.sample import Sample
from harness.metrics.values import Defined, Undefined

__all__ = ["compare_parties"]


def compare_parties(
    first: Party, second: Party, procedure: Procedure, most: int = 5
) -> tuple[Comparison, ...]:
    """Compare two sides task by task; nothing is scored.

    Two single plugins are compared whatever their names, otherwise those that both sides have.

    Args:
        first: One side.
        second: The other, on the same tasks.
        procedure: Metrics, resamples, level and seed.
        most: Number of architectures to show on which the two disagree most.

    Raises:
        UsageError: Truth differs, no plugin is on both sides, or a pair has no architecture in
            common.
    """
    pairs = _pairs(first, second)
    found = []
    for one, other in zip(first.contests, second.contests, strict=True):
        _require_equal_truth(one, other)
        for names in pairs:
            meeting = meet(one, other, names)
            if meeting is not None:
                cost = meeting.cost_ratio(first.environments, second.environments)
                found.append(_comparison(meeting, (procedure, most), cost))
    return _corrected(found)


def _pairs(first: Party, second: Party) -> list[tuple[str, str]]:
    if len(first.names) == len(second.names) == 1:
        return [(first.names[0], second.names[0])]
    shared = [name for name in first.names if name in second.names]
    if not shared:
        raise UsageError(
            f"{first.label} and {second.label} have no plugin in common: {', '.join(first.names)} "
            f"against {', '.join(second.names)}; name one plugin on each side"
        )
    return [(name, name) for name in shared]


def _require_equal_truth(first: Contest, second: Contest) -> None:
    if (first.truth.task, first.truth.digest) != (second.truth.task, second.truth.digest):
        raise UsageError(
            f"the truth differs: {first.truth.task} with digest {first.truth.digest[:16]} against "
            f"{second.truth.task} with {second.truth.digest[:16]}; compare on one truth table"
        )


def _comparison(
    meeting: Meeting, how: tuple[Procedure, int], cost: CostRatio | Undefined
) -> Comparison:
    procedure, most = how
    seed = derived_seed(
        procedure.seed, "comparison", meeting.truth.task, digest_lines(meeting.texts)
    )
    resamples = resample_weights(len(meeting.texts), procedure.resamples, seed)
    first, second = (Sample(scores=one, truth=meeting.target) for one in meeting.scores)
    between = Sample(scores=meeting.scores[0], truth=meeting.scores[1])
    return Comparison(
        task=meeting.truth.task,
        truth=meeting.truth.digest,
        first=meeting.first.name,
        second=meeting.second.name,
        n=len(meeting.texts),
        only_first=meeting.only_first,
        only_second=meeting.only_second,
        contrasts=tuple(
            _contrast(one, (first, second), resamples, procedure.level) for one in procedure.metrics
        ),
        agreement={one.name: measure(one, between) for one in (SPEARMAN, KENDALL)},
        disagreements=meeting.disagreements(most),
        cost=cost,
    )


def _contrast(
    metric: Metric, samples: tuple[Sample, Sample], resamples: Resamples, level: float
) -> Contrast:
    first, second = (resampled(metric, one, resamples) for one in samples)
    found = _difference(first, second, level)
    alone = found if isinstance(found, Undefined) else Defined(value=found.p_value)
    return Contrast(
        metric=metric.name,
        first=measured(first, level),
        second=measured(second, level),
        difference=found,
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


def _corrected(found: Sequence[Comparison]) -> tuple[Comparison, ...]:
    """Correct all p values for their number by Holm's method."""
    alone = [
        one.p_adjusted.value
        for comparison in found
        for one in comparison.contrasts
        if isinstance(one.p_adjusted, Defined)
    ]
    adjusted = iter(holm(np.array(alone)).tolist())
    return tuple(
        dataclasses.replace(
            comparison, contrasts=tuple(_adjusted(one, adjusted) for one in comparison.contrasts)
        )
        for comparison in found
    )


def _adjusted(contrast: Contrast, adjusted: Iterator[float]) -> Contrast:
    if isinstance(contrast.p_adjusted, Undefined):
        return contrast
    return dataclasses.replace(contrast, p_adjusted=Defined(value=next(adjusted)))
