"""Agreement of scores and truth over the pairs of architectures that are alike, of every resample.

The rows are sorted so that those that are like a row, and come after it, follow it without a gap:
members of one stratum, or what is at most a tenth larger. Each pair is looked at once for a block
of resamples, which the inner loops add up as vectors. Pairs of copies of one architecture are tied
in both and count for nothing.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from harness.metrics.kernels.compiler import compiled
from harness.metrics.values import Counts, FloatArray, IntArray

__all__ = ["alike_agreement"]

Drawn: TypeAlias = npt.NDArray[np.int32]

_BLOCK = 256
"""Resamples whose counts of all architectures stay in the processor's cache."""


@compiled
def alike_agreement(
    counts: Counts, scores: FloatArray, truth: FloatArray, stops: IntArray
) -> IntArray:
    """Count pairs by what scores and truth say of them.

    Args:
        counts: Shape (n, B): weights of the resamples, each with fewer than 2^31 draws.
        scores: Shape (n,).
        truth: Shape (n,).
        stops: Shape (n,): row i is compared with the rows from i + 1 up to, without, ``stops[i]``.

    Returns:
        Shape (4, B): concordant pairs, discordant ones, those tied in truth alone and those tied
        in scores alone.
    """
    n, resamples = counts.shape
    sums = np.zeros((5, resamples), dtype=np.int64)
    partners = np.zeros((5, _BLOCK), dtype=np.int32)
    kinds = np.array([[0, 2, 1], [3, 4, 3], [1, 2, 0]])
    for first in range(0, resamples, _BLOCK):
        size = min(_BLOCK, resamples - first)
        block = counts[:, first : first + size].astype(np.int32)
        for row in range(n):
            partners[:] = 0
            for other in range(row + 1, stops[row]):
                by_score = int(scores[other] > scores[row]) - int(scores[other] < scores[row])
                by_truth = int(truth[other] > truth[row]) - int(truth[other] < truth[row])
                kind = kinds[by_score + 1, by_truth + 1]
                _add(partners[kind], block[other])
            for kind in range(4):
                for column in range(size):
                    weight = np.int64(block[row, column])
                    sums[kind, first + column] += weight * partners[kind, column]
    return sums[:4]


@compiled
def _add(total: Drawn, counts: Drawn) -> None:
    for column in range(counts.size):
        total[column] += counts[column]
