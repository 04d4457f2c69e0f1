"""Proxies over several seeds of weights, images and draws, on the same architectures."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from harness.core.direction import Direction
from harness.core.errors import UsageError, unknown_name
from harness.core.identity import derived_seed
from harness.evaluation.failures import FailureCount, count_failures, failures_text
from harness.evaluation.leaderboard import Measured
from harness.evaluation.placing import merit
from harness.evaluation.procedure import Procedure
from harness.evaluation.ranking import contest_resamples
from harness.evaluation.resampled import Resampled, measured
from harness.evaluation.task_scores import Contest, Performance
from harness.metrics import (
    Difference,
    Sample,
    Undefined,
    Value,
    bootstrap_over_seeds,
    find_metric,
    measure,
    measure_over_seeds,
    paired_difference,
    seed_deviation,
)
from harness.metrics.values import BoolArray

__all__ = ["OverSeeds", "over_seeds"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OverSeeds:
    """One proxy on one task, over several seeds.

    Attributes:
        metric: What is measured.
        seeds: Number of seeds.
        drawn: Architectures with ground truth.
        scored: Those that every seed has scored; the others take no part.
        failures: By kind, those of all seeds together and the reason of the first.
        mean: Mean of the metric over seeds; its interval resamples seeds and architectures.
        each: The metric of every seed.
        deviation: Standard deviation of the metric between seeds.
        agreement: Mean Spearman correlation of the scores of two seeds.
        lead: How far it is ahead of the proxy that it is held against, on the architectures and
            seeds of both, in the unit of the metric and above 0 where it is the better one; absent
            where it is that proxy or none is.
    """

    task: str
    plugin: str
    metric: str
    seeds: int
    drawn: int
    scored: int
    failures: Mapping[str, FailureCount]
    mean: Measured
    each: tuple[Value, ...]
    deviation: Value
    agreement: Value
    lead: Difference | Undefined | None


def over_seeds(
    contests: Sequence[Contest], procedure: Procedure, against: str = ""
) -> tuple[OverSeeds, ...]:
    """Measure every contender of one task by the headline metric over seeds, best mean first.

    Args:
        contests: The same task, architectures and contenders under each of at least two seeds.
        procedure: Headline metric, resamples, level, and seed of the resamples.
        against: Name of the contender that the others are held against.

    Raises:
        UsageError: There are fewer than two contests, they are of different architectures, or
            nobody has the name `against`.
    """
    if len(contests) < 2 or len({one.population_digest for one in contests}) > 1:
        raise UsageError("a mean over seeds needs at least two seeds of one population")
    first = contests[0]
    shown = {
        contender.name: tuple(one.performance(one.contenders[place]) for one in contests)
        for place, contender in enumerate(first.contenders)
    }
    if against and against not in shown:
        raise unknown_name("plugin", against, shown, "--against")
    scale = _Scale(contest=first, procedure=procedure)
    found = [
        _measured(scale, name, performances, None if against in ("", name) else shown[against])
        for name, performances in shown.items()
    ]
    found.sort(key=lambda one: (-merit(procedure.headline, one.mean), one.plugin))
    return tuple(found)


_Seeds = tuple[Performance, ...]
"""A contender under every seed."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Scale:
    """How contenders of one task are measured."""

    contest: Contest
    procedure: Procedure

    def distribution(self, samples: Sequence[Sample], mask: BoolArray) -> Resampled | Undefined:
        """Return the mean over seeds and its bootstrap over seeds and the architectures in `mask`.

        Seeds and architectures are drawn alike for all contenders, so that differences are paired.
        """
        procedure, contest = self.procedure, self.contest
        mean = measure_over_seeds(procedure.headline, samples)
        if isinstance(mean, Undefined):
            return mean
        resamples = contest_resamples(contest, procedure).where(mask)
        seed = derived_seed(procedure.seed, "seeds", contest.truth.task, contest.population_digest)
        replicates = bootstrap_over_seeds(procedure.headline, samples, resamples, seed)
        return Resampled(value=mean.value, replicates=replicates)


def _measured(scale: _Scale, name: str, seeds: _Seeds, others: _Seeds | None) -> OverSeeds:
    metric, mask = scale.procedure.headline, _mask(seeds)
    samples = _samples(seeds, mask)
    failures = count_failures(itertools.chain.from_iterable(one.outcomes for one in seeds))
    mean = scale.distribution(samples, mask)
    if isinstance(mean, Undefined) and failures and mask.sum() < metric.minimum_n:
        mean = Undefined(reason=f"{failures_text(failures)}; {mean.reason}")
    return OverSeeds(
        task=scale.contest.truth.task,
        plugin=name,
        metric=metric.name,
        seeds=len(seeds),
        drawn=len(mask),
        scored=int(mask.sum()),
        failures=failures,
        mean=measured(mean, scale.procedure.level),
        each=tuple(measure(metric, one) for one in samples),
        deviation=seed_deviation(metric, samples),
        agreement=_agreement(samples),
        lead=None if others is None else _lead(scale, seeds, others),
    )


def _lead(scale: _Scale, seeds: _Seeds, others: _Seeds) -> Difference | Undefined:
    mask = _mask([*seeds, *others])
    ours = scale.distribution(_samples(seeds, mask), mask)
    theirs = scale.distribution(_samples(others, mask), mask)
    if isinstance(ours, Undefined):
        return ours
    if isinstance(theirs, Undefined):
        return theirs
    if scale.procedure.headline.direction is Direction.LOWER:
        ours, theirs = theirs, ours
    value = ours.value - theirs.value
    level = scale.procedure.level
    return paired_difference(value, ours.replicates, theirs.replicates, level)


def _mask(performances: Sequence[Performance]) -> BoolArray:
    """Return which architectures, shape ``(n,)``, all of them have scored."""
    masks = [one.mask for one in performances]
    return np.logical_and.reduce(masks)  # type: ignore[no-any-return]


def _samples(seeds: _Seeds, mask: BoolArray) -> list[Sample]:
    """Return the scores and the truth of the architectures in `mask` under every seed."""
    samples = []
    for one in seeds:
        kept, whole = mask[one.mask], one.sample
        controls = whole.controls[kept] if whole.controls.size else whole.controls
        samples.append(
            Sample(scores=whole.scores[kept], truth=whole.truth[kept], controls=controls)
        )
    return samples


def _agreement(samples: Sequence[Sample]) -> Value:
    """Return the mean Spearman correlation of the scores of two seeds."""
    pairs = [
        Sample(scores=one.scores, truth=other.scores)
        for one, other in itertools.combinations(samples, 2)
    ]
    return measure_over_seeds(find_metric("spearman"), pairs)
