"""A guide that learns from what was queried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from harness.catalog import LoadedPredictor
from harness.learning import Fits, Pool
from harness.metrics.values import FloatArray
from harness.predictor import Inputs, Labelled, inputs_of

__all__ = ["Learned"]

_FEWEST = 10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Learned:
    """A predictor that is fitted anew on all queries so far, ten of them at least.

    Attributes:
        loaded: The predictor.
        pool: Architectures in the order of the problem's; its labels are not read.
    """

    loaded: LoadedPredictor
    pool: Pool
    learns: bool = True
    _inputs: Inputs = field(init=False)
    _fits: Fits = field(init=False)

    def __post_init__(self) -> None:
        inputs = inputs_of(self.pool.subjects, self.loaded.plugin.encoding)
        object.__setattr__(self, "_inputs", inputs)
        object.__setattr__(self, "_fits", Fits(self.loaded))

    @property
    def name(self) -> str:
        """Name of the predictor."""
        return self.loaded.name

    def scores(self, queried: Mapping[int, float], seed: int) -> FloatArray | None:
        """Return predictions of all architectures, or None for fewer than ten queries."""
        if len(queried) < _FEWEST or len(set(queried.values())) < 2:
            return None
        numbers = np.array(list(queried), dtype=np.int64)
        rest = np.setdiff1d(np.arange(self.pool.n), numbers)
        semi = self.loaded.plugin.semi_supervised
        labelled = Labelled(
            inputs=self._inputs.rows(numbers),
            labels=np.array(list(queried.values())),
            unlabelled=self._inputs.rows(rest if semi else rest[:0]),
        )
        return self._fits.fit(labelled, self._inputs, seed).predicted.values
