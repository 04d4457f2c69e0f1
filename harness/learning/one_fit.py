"""One predictor on one task: the identity of a fit, and the fit."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from harness.catalog import LoadedPredictor
from harness.core.identity import derived_seed, digest
from harness.learning.draws import Draw
from harness.learning.fits import Fits
from harness.learning.pool import Pool
from harness.metrics.values import IntArray
from harness.predictor import Inputs, Labelled
from harness.records.fit import FitFailed, FitRecord, Predicted

__all__ = ["Fitting"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fitting:
    """A predictor with the encoded architectures of a task.

    Attributes:
        inputs: All architectures of the pool, in its order.
        environment: Key of the environment.
        seed: Seed of the experiment.
    """

    pool: Pool
    loaded: LoadedPredictor
    inputs: Inputs
    environment: str
    seed: int
    fits: Fits = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fits", Fits(self.loaded))

    def key(self, draw: Draw, size: int) -> str:
        """Return a digest of everything that the predictions depend on."""
        parts = [self.loaded.key, self.pool.truth.digest, self.inputs.features.digest]
        seed = self._seed(draw, size)
        return digest([*parts, draw.digest(size), seed, *self.pool.space_code])

    def fit(self, draw: Draw, size: int) -> FitRecord:
        """Learn from `size` labels and predict the evaluation population."""
        return FitRecord(
            key=self.key(draw, size),
            predictor=self.loaded.key,
            task=self.pool.truth.task,
            repeat=draw.repeat,
            labels=size,
            evaluated=len(draw.evaluation),
            draw=draw.digest(size),
            features=self.inputs.features.digest,
            environment=self.environment,
            result=self._result(draw, size),
        )

    def _seed(self, draw: Draw, size: int) -> int:
        return derived_seed(self.seed, "fit", self.loaded.name, str(draw.repeat), str(size))

    def _result(self, draw: Draw, size: int) -> Predicted | FitFailed:
        labelled = Labelled(
            inputs=self.inputs.rows(draw.labelled(size)),
            labels=self.pool.labels[draw.labelled(size)],
            unlabelled=self.inputs.rows(self._unlabelled(draw, size)),
        )
        unseen = self.inputs.rows(draw.evaluation)
        return self.fits.result(labelled, unseen, self._seed(draw, size))

    def _unlabelled(self, draw: Draw, size: int) -> IntArray:
        if not self.loaded.plugin.semi_supervised:
            return np.empty(0, dtype=np.int64)
        return np.setdiff1d(np.arange(self.pool.n), draw.labelled(size))
