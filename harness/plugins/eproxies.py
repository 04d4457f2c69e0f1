"""Eproxy at given settings.

    score = (sum over branches b of error_b / 2^b) * (1 - alpha * MACs / MACs_max), lower is better

error_b is the mean squared error with which branch b, 0 the deepest, predicts its target in the
tenth step of training the untrained network: a trained convolution, ReLU and batch norm and then a
random convolution that is never trained, the barrier, on a feature map of 8 x 8 pixels.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, ValidationError

from harness.core.errors import UsageError
from harness.core.file_faults import first_fault
from harness.core.identity import Json
from harness.passes.eproxy import RELATIVE_SIZE, Training, training_loss
from harness.passes.observation import Observation
from harness.plugin import Direction, Stability, ZeroCostProxy
from harness.spaces.knowledge import why_no_largest

__all__ = ["VERSION", "Settings", "eproxy", "settings_of", "sized_eproxy"]

VERSION = "2"
_LOSS, _SIZE = "loss", "size"
_STABILITY = Stability(score=0.05, median=0.003, spearman=0.04)
"""A step of training at rate 1.2 magnifies rounding tenfold and more, in float64 too."""


class Settings(Training):
    """A training and how much the size of the network counts.

    Attributes:
        alpha: Above 0, large networks are preferred; 0 leaves the loss alone.
    """

    alpha: Annotated[float, Field(ge=-1, lt=1)] = 0.0

    @property
    def training(self) -> Training:
        """The part that the loss depends on."""
        return Training.model_validate(self.model_dump(exclude={"alpha"}))


def settings_of(content: Json) -> Settings:
    """Read settings.

    Raises:
        UsageError: A key or a value is wrong.
    """
    try:
        return Settings.model_validate(content)
    except ValidationError as error:
        key, fault = first_fault(error)
        raise UsageError(
            f"settings of Eproxy, {key}: {fault}; search for settings anew, or correct it"
        ) from error


def eproxy(name: str, summary: str, training: Training) -> ZeroCostProxy:
    """Return the proxy of a training, with alpha 0."""
    loss = training_loss(training)
    return ZeroCostProxy(
        name=name,
        version=VERSION,
        summary=summary,
        direction=Direction.LOWER,
        passes=(loss,),
        score=lambda seen: seen[loss].total,
        stability=_STABILITY,
    )


def sized_eproxy(settings: Settings) -> ZeroCostProxy:
    """Return the proxy of some settings, which stores loss and size apart.

    Settings that differ in alpha alone make one proxy with one set of scores, read in two ways.
    """
    training = settings.training
    loss = training_loss(training)

    def score(seen: Observation) -> Mapping[str, float]:
        return {_LOSS: seen[loss].total, _SIZE: seen[RELATIVE_SIZE]}

    def aggregate(columns: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        return columns[_LOSS] * (1 - settings.alpha * columns[_SIZE])

    return ZeroCostProxy(
        name="eproxy-searched",
        version=VERSION,
        summary="Eproxy with searched settings.",
        direction=Direction.LOWER,
        passes=(loss, RELATIVE_SIZE),
        score=score,
        components=(_LOSS, _SIZE),
        aggregate=aggregate,
        separable=True,
        lacks=why_no_largest,
        stability=_STABILITY,
    )
