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

_EVERY = 10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Learned:
    """A predictor that is fitted on queries.

    Attributes:
        loaded: The predictor.
        pool: Architectures in the order of the problem's; its labels are not read.
        labels: It is fitted once, on so many queries, the first; None fits it anew on all queries
            after every ten.
    """

    loaded: LoadedPredictor
    pool: Pool
    labels: int | None = None
    _inputs: Inputs = field(init=False)
    _fits: Fits = field(init=False)

    def __post_init__(self) -> None:
        inputs = inputs_of(self.pool.subjects, self.loaded.plugin.encoding)
        object.__setattr__(self, "_inputs", inputs)
        object.__setattr__(self, "_fits", Fits(self.loaded))

    @property
    def name(self) -> str:
        """Name of the predictor, and its labels where they are limited."""
        return (
            self.loaded.name if self.labels is None else f"{self.loaded.name}, {self.labels} labels"
        )

    def outdated(self, asked_at: int, queried: int) -> bool:
        """Say whether it was asked ten queries ago, or before it had its labels."""
        if self.labels is None:
            return queried >= asked_at + _EVERY
        return asked_at < self.labels <= queried

    def scores(self, queried: Mapping[int, float], seed: int) -> FloatArray | None:
        """Return predictions of all architectures, or None before it has enough labels."""
        if len(queried) < (self.labels or _EVERY) or len(set(queried.values())) < 2:
            return None
        numbers = np.array(list(queried)[: self.labels], dtype=np.int64)
        rest = np.setdiff1d(np.arange(self.pool.n), numbers)
        semi = self.loaded.plugin.semi_supervised
        labelled = Labelled(
            inputs=self._inputs.rows(numbers),
            labels=np.array([queried[number] for number in numbers]),
            unlabelled=self._inputs.rows(rest if semi else rest[:0]),
        )
        return self._fits.fit(labelled, self._inputs, seed).predicted.values
