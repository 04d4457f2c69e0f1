"""The arrays that a metric sees: scores, truth and controls, and bootstrap resamples of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from harness.core.errors import DataError, UsageError
from harness.metrics.values import BoolArray, Counts, FloatArray, IntArray

__all__ = ["Resamples", "Sample", "resample_weights", "whole"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """Scores and truth of n architectures, row by row.

    The arrays are copied as float64, so later changes to the originals do not reach the sample.

    Attributes:
        scores: Shape (n,), finite, higher is better: the caller has corrected the sign.
        truth: Shape (n,), finite, higher is better.
        controls: Columns of shape (n,), finite, by name: what metrics hold fixed, e.g. the number
            of parameters. Metrics that need one that is absent are undefined.

    Raises:
        DataError: Shapes do not fit together or a number is not finite.
    """

    scores: FloatArray
    truth: FloatArray
    controls: Mapping[str, FloatArray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("scores", "truth"):
            object.__setattr__(self, name, _finite(name, getattr(self, name)))
        controls = {name: _finite(name, column) for name, column in self.controls.items()}
        object.__setattr__(self, "controls", controls)
        if self.scores.ndim != 1 or self.scores.shape != self.truth.shape:
            raise DataError(
                f"a sample needs two vectors of one length, not scores of shape "
                f"{self.scores.shape} and truth of shape {self.truth.shape}."
            )
        for name, column in controls.items():
            if column.shape != self.scores.shape:
                raise DataError(
                    f"control {name} of a sample of {self.n} architectures has shape "
                    f"{column.shape}, not ({self.n},)."
                )

    @property
    def n(self) -> int:
        """Number of architectures."""
        return int(self.scores.size)


def _finite(name: str, column: FloatArray) -> FloatArray:
    array = np.array(column, dtype=np.float64, order="C")
    if not np.isfinite(array).all():
        place = tuple(int(axis[0]) for axis in np.nonzero(~np.isfinite(array)))
        raise DataError(
            f"{name}{list(place)} of a sample is {array[place]}, not a finite number; "
            "leave out architectures that a plugin did not score."
        )
    return array


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


def resample_weights(n: int, resamples: int, seed: int) -> Resamples:
    """Draw `resamples` times n of n architectures with replacement.

    Args:
        n: Number of architectures, at least 1.
        resamples: Number of resamples, at least 1. They take 2 n bytes each.
        seed: Seed of the generator, not negative; equal seeds give equal weights.

    Returns:
        Weights whose rows each sum to n.

    Raises:
        UsageError: There is nothing to draw.
    """
    if min(n, resamples) < 1:
        raise UsageError(f"cannot draw {resamples} resamples of {n}.")
    generator = np.random.Generator(np.random.PCG64(seed))
    counts = np.empty((resamples, n), dtype=np.uint16)
    for row in counts:
        row[:] = np.bincount(generator.integers(0, n, size=n), minlength=n)
    return Resamples(counts=counts)


def whole(n: int) -> Resamples:
    """Return the one resample that holds each of n architectures once: the sample itself."""
    return Resamples(counts=np.ones((1, n), dtype=np.uint16))
