"""Bootstrap resamples of architectures, as how often each architecture was drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from harness.core.errors import UsageError
from harness.metrics.values import BoolArray, Counts, IntArray

__all__ = ["Resamples", "resample_blocks", "resample_weights", "whole"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Resamples:
    """Integer weights of B resamples of n architectures; one set serves every plugin on a task.

    Attributes:
        counts: Shape (B, n), uint16: how often resample b drew architecture i.
        totals: Shape (B,): draws per resample; less than n where columns were left out.

    Raises:
        UsageError: `counts` is not a matrix or has an entry outside 0 to 65535.
    """

    counts: Counts
    totals: IntArray = field(init=False)

    def __post_init__(self) -> None:
        if self.counts.ndim != 2:
            shape = self.counts.shape
            raise UsageError(f"weights have shape {shape}, not (resamples, architectures).")
        if self.counts.dtype != np.uint16 and self.counts.size:
            for extreme in (int(self.counts.min()), int(self.counts.max())):
                if not 0 <= extreme < 2**16:
                    raise UsageError(f"weights hold {extreme}; they count from 0 to 65535.")
        counts = np.require(self.counts, np.uint16, ["C", "W"])
        object.__setattr__(self, "counts", counts)
        object.__setattr__(self, "totals", counts.sum(axis=1, dtype=np.int64))

    @property
    def n(self) -> int:
        """Number of architectures, drawn or not."""
        return int(self.counts.shape[1])

    def __len__(self) -> int:
        return int(self.counts.shape[0])

    def where(self, mask: BoolArray) -> Resamples:
        """Keep the columns for which `mask`, shape (n,), is true.

        Use it for a plugin that did not score every architecture: the others get weight zero,
        and the draws stay paired with those of the other plugins.
        """
        return Resamples(counts=self.counts[:, mask])

    def rows(self, start: int, stop: int) -> Resamples:
        """View the resamples from `start` up to `stop`."""
        return Resamples(counts=self.counts[start:stop])


def resample_weights(n: int, resamples: int, seed: int) -> Resamples:
    """Draw `resamples` times n of n architectures with replacement.

    Args:
        n: Number of architectures, at least 1.
        resamples: Number of resamples, at least 1. They take 2 n bytes each.
        seed: Seed of the generator, not negative; equal seeds give equal weights.

    Returns:
        Weights whose rows each sum to n.
    """
    return next(resample_blocks(n, resamples, seed, rows=resamples))


def resample_blocks(n: int, resamples: int, seed: int, rows: int) -> Iterator[Resamples]:
    """Yield the rows of `resample_weights` in blocks of at most `rows`, for flat memory."""
    if min(n, resamples, rows) < 1:
        raise UsageError(f"cannot draw {resamples} resamples of {n} in blocks of {rows}.")
    generator = np.random.Generator(np.random.PCG64(seed))
    for start in range(0, resamples, rows):
        counts = np.empty((min(rows, resamples - start), n), dtype=np.uint16)
        for row in counts:
            row[:] = np.bincount(generator.integers(0, n, size=n), minlength=n)
        yield Resamples(counts=counts)


def whole(n: int) -> Resamples:
    """Return the one resample that holds each of n architectures once: the sample itself."""
    return Resamples(counts=np.ones((1, n), dtype=np.uint16))
