"""How well two trainings of the same architectures agree."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

__all__ = ["noise_ceiling"]

_SMALLEST_SAMPLE = 3


def noise_ceiling(runs: Mapping[str, tuple[float, ...]]) -> float | None:
    """Return the mean Spearman correlation between two runs, over all pairs of runs.

    A pair counts the architectures that have both of its runs; ties get their mean rank.

    Returns:
        None where no pair of runs has three architectures, or a run has one value only.
    """
    longest = max(map(len, runs.values()), default=0)
    correlations = []
    for first, second in itertools.combinations(range(longest), 2):
        both = np.array(
            [
                (accuracies[first], accuracies[second])
                for accuracies in runs.values()
                if len(accuracies) > second
            ],
            dtype=np.float64,
        )
        if len(both) < _SMALLEST_SAMPLE or np.ptp(both, axis=0).min() == 0:
            continue
        correlations.append(float(np.corrcoef(_ranks(both[:, 0]), _ranks(both[:, 1]))[0, 1]))
    return float(np.mean(correlations)) if correlations else None


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts).astype(np.float64)
    mean_rank: NDArray[np.float64] = last - (counts - 1) / 2
    return mean_rank[inverse]
