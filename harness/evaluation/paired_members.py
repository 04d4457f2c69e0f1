"""How far any two proxies of a table are apart, by resamples of networks that all of them share."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from harness.core.identity import derived_seed
from harness.metrics.correlation import SPEARMAN
from harness.metrics.intervals import Difference, paired_difference
from harness.metrics.metric import measure
from harness.metrics.replicates import Replicates, bootstrap
from harness.metrics.sample import Resamples, Sample, resample_weights
from harness.metrics.scored_table import ScoredTable
from harness.metrics.values import BoolArray, Defined

__all__ = ["PairedMembers", "paired_members"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedMembers:
    """Two proxies of a table, on the networks that both have scored.

    Attributes:
        networks: Number of these.
        difference: Spearman's correlation of the first less that of the second.
    """

    task: str
    first: str
    second: str
    networks: int
    difference: Difference


def paired_members(table: ScoredTable, resamples: int, seed: int) -> tuple[PairedMembers, ...]:
    """Compare every two members of a table, by name; pairs without an interval are left out.

    Args:
        table: Scores and truth.
        resamples: Resamples of networks behind an interval.
        seed: Seed of these.
    """
    drawn = resample_weights(
        len(table.truth), resamples, derived_seed(seed, "pairs of proxies", table.task)
    )
    known = {name: np.isfinite(table.scores[name]) for name in table.members}
    whole = {name: _resampled(table, name, known[name], drawn) for name in table.members}
    pairs = []
    for first, second in itertools.combinations(table.members, 2):
        both = known[first] & known[second]
        values, replicates = zip(
            *(
                whole[name]
                if known[name].sum() == both.sum()
                else _resampled(table, name, both, drawn)
                for name in (first, second)
            ),
            strict=True,
        )
        difference = paired_difference(values[0] - values[1], *replicates)
        if isinstance(difference, Difference):
            pairs.append(
                PairedMembers(
                    task=table.task,
                    first=first,
                    second=second,
                    networks=int(both.sum()),
                    difference=difference,
                )
            )
    return tuple(pairs)


def _resampled(
    table: ScoredTable, name: str, known: BoolArray, drawn: Resamples
) -> tuple[float, Replicates]:
    sample = Sample(scores=table.scores[name][known], truth=table.truth[known])
    value = measure(SPEARMAN, sample)
    number = value.value if isinstance(value, Defined) else np.nan
    return number, bootstrap(SPEARMAN, sample, drawn.where(known))
