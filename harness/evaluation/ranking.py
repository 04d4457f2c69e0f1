"""Ranks contenders on one task: metrics, paired intervals, coverage and ties."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.core.errors import UsageError
from harness.core.identity import derived_seed, digest_lines
from harness.core.outcome import Failed, Scored
from harness.evaluation.contender import Contender
from harness.evaluation.leaderboard import Board, Entry, Measured
from harness.metrics.intervals import percentile_interval
from harness.metrics.metric import Metric, measure
from harness.metrics.registry import find_metric
from harness.metrics.replicates import bootstrap
from harness.metrics.resamples import Resamples, resample_weights
from harness.metrics.sample import Sample
from harness.metrics.values import Defined, FloatArray, Undefined
from harness.truth.table import TruthTable
from harness.truth.task import Direction

__all__ = ["Procedure", "rank"]


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


def rank(
    truth: TruthTable, texts: Sequence[str], contenders: Sequence[Contender], procedure: Procedure
) -> Board:
    """Measure every contender on the architectures of a population that have ground truth.

    Args:
        truth: Ground truth.
        texts: Texts of the population. The resamples are drawn from its digest and are the same
            for all contenders.
        contenders: What to rank.
        procedure: How to measure.

    Raises:
        UsageError: No architecture of the population has ground truth.
    """
    known = [text for text in texts if text in truth.values]
    if not known:
        raise UsageError(
            f"task {truth.task} has no value for any of the {len(texts)} architectures of the "
            "population; choose another task or population"
        )
    target = np.array([truth.values[text] for text in known])
    if truth.direction is Direction.LOWER:
        target = -target
    seed = derived_seed(procedure.seed, "bootstrap", truth.task, digest_lines(texts))
    resamples = resample_weights(len(known), procedure.resamples, seed)
    entries = [_entry(one, known, target, (procedure, resamples)) for one in contenders]
    headline = procedure.metrics[0].name
    return Board(
        truth=truth,
        drawn=len(known),
        best=float(target.max()),
        entries=tuple(sorted(entries, key=lambda entry: _place(entry, headline))),
    )


def _entry(
    contender: Contender,
    known: Sequence[str],
    target: FloatArray,
    how: tuple[Procedure, Resamples],
) -> Entry:
    procedure, resamples = how
    outcomes = [contender.outcomes.get(text) for text in known]
    mask = np.array([isinstance(one, Scored) for one in outcomes], dtype=np.bool_)
    scores = contender.scores([one for one in outcomes if isinstance(one, Scored)])
    sample = Sample(scores=scores, truth=target[mask])
    drawn = resamples.where(mask)
    return Entry(
        plugin=contender.name,
        version=contender.version,
        key=contender.key,
        drawn=len(known),
        scored=int(mask.sum()),
        missing=sum(1 for one in outcomes if one is None),
        failures=Counter(str(one.kind) for one in outcomes if isinstance(one, Failed)),
        distinct=len(np.unique(scores)),
        measured={
            one.name: _measured(one, sample, drawn, procedure.level) for one in procedure.metrics
        },
        timing=contender.timing(known),
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
