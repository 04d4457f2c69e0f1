"""The arrays that a metric sees: scores and truth of the same architectures, and controls."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from harness.core.errors import DataError
from harness.metrics.values import BoolArray, FloatArray

__all__ = ["Sample"]


def _no_controls() -> FloatArray:
    return np.empty((0, 0))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """Scores and truth of n architectures, row by row.

    The arrays are copied as float64, so later changes to the originals do not reach the sample.

    Attributes:
        scores: Shape (n,), finite, higher is better: the caller has corrected the sign.
        truth: Shape (n,), finite, higher is better.
        controls: Shape (n, c), finite; what partial metrics hold fixed, e.g. log parameters and
            log FLOPs. Without controls, partial metrics are undefined.

    Raises:
        DataError: Shapes do not fit together or a number is not finite.
    """

    scores: FloatArray
    truth: FloatArray
    controls: FloatArray = field(default_factory=_no_controls)

    def __post_init__(self) -> None:
        for name in ("scores", "truth", "controls"):
            array = np.array(getattr(self, name), dtype=np.float64, order="C")
            if not np.isfinite(array).all():
                place = tuple(int(axis[0]) for axis in np.nonzero(~np.isfinite(array)))
                raise DataError(
                    f"{name}{list(place)} of a sample is {array[place]}, not a finite number; "
                    "leave out architectures that a plugin did not score."
                )
            object.__setattr__(self, name, array)
        if self.scores.ndim != 1 or self.scores.shape != self.truth.shape:
            raise DataError(
                f"a sample needs two vectors of one length, not scores of shape "
                f"{self.scores.shape} and truth of shape {self.truth.shape}."
            )
        if self.controls.size and (self.controls.ndim != 2 or len(self.controls) != self.n):
            raise DataError(
                f"controls of a sample of {self.n} architectures have shape "
                f"{self.controls.shape}, not ({self.n}, number of controls)."
            )

    @property
    def n(self) -> int:
        """Number of architectures."""
        return int(self.scores.size)

    def where(self, mask: BoolArray) -> Sample:
        """Keep the architectures for which `mask`, shape (n,), is true."""
        controls = self.controls[mask] if self.controls.size else self.controls
        return Sample(scores=self.scores[mask], truth=self.truth[mask], controls=controls)
