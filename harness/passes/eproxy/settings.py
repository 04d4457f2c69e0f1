"""What Eproxy trains towards and how; every number of the method that is not fixed."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["IMAGE_SIDE", "MOST_CHANNELS", "Branch", "Feature", "Start", "Training"]

IMAGE_SIDE = 32
"""Images of any size are resized to this side."""

MOST_CHANNELS = 512
"""Channels of a bank of features; a target takes the first of them."""

_STRICT = ConfigDict(extra="forbid", frozen=True)
_Channels = Annotated[int, Field(ge=1, le=MOST_CHANNELS)]
_Kernel = Annotated[int, Field(ge=1, le=7, multiple_of=1)]


class Feature(StrEnum):
    """A bank of synthetic features; `harness.passes.eproxy.targets` makes them."""

    NET = "net"
    WAVE_LOW = "wave_l"
    WAVE_MIDDLE = "wave_m"
    WAVE_HIGH = "wave_h"
    DOT = "dot"


class Start(StrEnum):
    """Where weights come from: as the layer's author wants them, or drawn anew."""

    OWN = "own"
    XAVIER_UNIFORM = "xavier_uniform"
    XAVIER_NORMAL = "xavier_normal"
    KAIMING_UNIFORM = "kaiming_uniform"
    KAIMING_NORMAL = "kaiming_normal"


class Branch(BaseModel):
    """What happens to one of the feature maps.

    Attributes:
        features: Banks whose sum is the target; none for a target of zeros.
        transform_kernel: Side of the trained convolution.
        transform_channels: Its output channels.
        barrier_kernel: Side of the frozen convolution; None for no barrier, where the transform
            has the target's channels.
        target_channels: Channels of the target.
        level: Factor of the target.
    """

    model_config = _STRICT

    features: tuple[Feature, ...] = (Feature.WAVE_HIGH,)
    transform_kernel: _Kernel = 1
    transform_channels: _Channels = 128
    barrier_kernel: _Kernel | None = 3
    target_channels: _Channels = 128
    level: float = 1.0


class Training(BaseModel):
    """Everything that the loss of a network depends on, beside seed and images.

    Attributes:
        branches: One a feature map, the deepest first.
        learning_rate: Of stochastic gradient descent.
        network_start: Weights of the network and of the transforms.
        barrier_start: Weights of the barriers.
    """

    model_config = _STRICT

    branches: Annotated[tuple[Branch, ...], Field(min_length=1, max_length=3)] = (
        Branch(),
        Branch(),
        Branch(),
    )
    learning_rate: Annotated[float, Field(gt=0)] = 1.2
    network_start: Start = Start.OWN
    barrier_start: Start = Start.OWN
