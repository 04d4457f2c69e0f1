"""Ranks contenders on one task: metrics, paired intervals, coverage and ties."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.core.identity import derived_seed
from harness.core.outcome import Failed
from harness.evaluation.contender import Contender
from harness.evaluation.contest import Contest
from harness.evaluation.leaderboard import Board, Entry, Leaderboard, Measured
from harness.metrics.intervals import percentile_interval
from harness.metrics.metric import Metric, measure
from harness.metrics.registry import find_metric
from harness.metrics.replicates import bootstrap
from harness.metrics.resamples import Resamples, resample_weights
from harness.metrics.sample import Sample
from harness.metrics.values import Defined, Undefined

__all__ = ["Procedure", "contest_resamples", "leaderboard", "rank"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """How contenders are measured.

    Attributes:
        top: The k of best@k and regret@k.
        resamples: Bootstrap resamples behind an interval.
        level: Coverage of an interval, e.g. 0.95.
        seed: Seed of the resamples.
    """

    top: int = 10
    resamples: int = 1000
    level: float = 0.95
    seed: int = 0

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """The metrics of every board, the first of which orders it."""
        names = ("spearman", "kendall", f"best@{self.top}", f"regret@{self.top}")
        return tuple(find_metric(name) for name in names)


def rank(contest: Contest, procedure: Procedure) -> Board:
    """Measure every contender on the architectures of a contest that have ground truth.

    The resamples are drawn from the digest of the population and are the same for all contenders.
    """
    resamples = contest_resamples(contest, procedure)
    entries = [_entry(contest, one, (procedure, resamples)) for one in contest.contenders]
    headline = procedure.metrics[0].name
    return Board(
        truth=contest.truth,
        population=contest.population,
        population_digest=contest.population_digest,
        population_size=len(contest.texts),
        provenance=contest.provenance,
        drawn=len(contest.known),
        best=float(contest.target.max()),
        entries=tuple(sorted(entries, key=lambda entry: _place(entry, headline))),
    )


def leaderboard(
    suite: str, edition: str, contests: Sequence[Contest], procedure: Procedure
) -> Leaderboard:
    """Rank every contest of a suite."""
    return Leaderboard(
        suite=suite,
        edition=edition,
        seed=procedure.seed,
        resamples=procedure.resamples,
        level=procedure.level,
        metrics=tuple(one.name for one in procedure.metrics),
        boards=tuple(rank(one, procedure) for one in contests),
        standings=(),
    )


def contest_resamples(contest: Contest, procedure: Procedure) -> Resamples:
    """Return the resamples that all contenders of a contest share."""
    seed = derived_seed(procedure.seed, "bootstrap", contest.truth.task, contest.population_digest)
    return resample_weights(len(contest.known), procedure.resamples, seed)


def _entry(contest: Contest, contender: Contender, how: tuple[Procedure, Resamples]) -> Entry:
    procedure, resamples = how
    shown = contest.performance(contender)
    drawn = resamples.where(shown.mask)
    return Entry(
        plugin=contender.name,
        version=contender.version,
        key=contender.key,
        drawn=len(shown.outcomes),
        scored=int(shown.mask.sum()),
        missing=sum(1 for one in shown.outcomes if one is None),
        failures=Counter(str(one.kind) for one in shown.outcomes if isinstance(one, Failed)),
        distinct=len(np.unique(shown.sample.scores)),
        measured={
            one.name: _measured(one, shown.sample, drawn, procedure.level)
            for one in procedure.metrics
        },
        placement=None,
        timing=contender.timing(contest.known),
    )


def _measured(one: Metric, sample: Sample, resamples: Resamples, level: float) -> Measured:
    value = measure(one, sample)
    match value:
        case Defined():
            replicates = bootstrap(one, sample, resamples)
            return Measured(value=value, interval=percentile_interval(replicates, level))
        case Undefined():
            return Measured(value=value, interval=value)


def _place(entry: Entry, headline: str) -> tuple[bool, float, str]:
    value = entry.measured[headline].value
    number = value.value if isinstance(value, Defined) else -np.inf
    return entry.scored < entry.drawn, -number, entry.plugin
