"""What Eproxy trains towards and how; every number of the method that is not fixed."""

from __future__ import annotations

import functools
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from harness.core.architecture import Architecture, Dataset, NetworkSource
from harness.core.errors import UnsupportedError
from harness.passes.observation import Pass, PassContext
from harness.spaces.registry import space

__all__ = [
    "IMAGE_SIDE",
    "LARGEST",
    "MOST_CHANNELS",
    "RELATIVE_SIZE",
    "Branch",
    "Feature",
    "Start",
    "Training",
]

IMAGE_SIDE = 32
"""Images of any size are resized to this side."""

MOST_CHANNELS = 512
"""Channels of a bank of features; a target takes the first of them."""

_STRICT = ConfigDict(extra="forbid", frozen=True)
_Channels = Annotated[int, Field(ge=1, le=MOST_CHANNELS)]
_Kernel = Annotated[int, Field(ge=1, le=7, multiple_of=1)]
_SEPARABLE = "|sep_conv_5x5~0|sep_conv_5x5~1|+|sep_conv_5x5~0|sep_conv_5x5~2|"

LARGEST = {
    "nas-bench-201": "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|"
    "+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|",
    "nas-bench-101": "conv3x3:0|conv3x3:01|conv3x3:02|conv3x3:03|conv3x3:4|output:5",
    "nas-bench-macro": "22222222",
    "darts": f"normal={_SEPARABLE}+{_SEPARABLE};reduce={_SEPARABLE}+{_SEPARABLE}",
    "transnas-bench-101-micro": "64-41414-3_33_333",
    "transnas-bench-101-macro": "64-222113-basic",
}
"""The network with the most multiply-accumulates, for images of 32 x 32 pixels, of each space."""


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


def _relative_size(context: PassContext) -> float:
    subject = context.subject
    if subject.space.name not in LARGEST:
        raise UnsupportedError(
            f"the largest network of {subject.space.name} is not known, so nothing is relative "
            f"to it; known: {', '.join(LARGEST)}"
        )
    own = _multiply_accumulates(subject.space, subject.architecture, subject.dataset)
    return own / _most(subject.space.name, subject.dataset)


@functools.lru_cache(maxsize=32)
def _most(name: str, dataset: Dataset) -> int:
    of = space(name)
    return _multiply_accumulates(of, of.parse(LARGEST[name]), dataset)


def _multiply_accumulates(
    source: NetworkSource, architecture: Architecture, dataset: Dataset
) -> int:
    from harness.spaces.networks.counting import measure

    network = source.network(architecture, dataset)
    return measure(network, (dataset.channels, IMAGE_SIDE, IMAGE_SIDE)).multiply_accumulates


RELATIVE_SIZE = Pass(name="relative_size", compute=_relative_size)
"""Multiply-accumulates of one image of 32 x 32 pixels, over those of the largest network.

Shape: float, 0 to 1. Unit: share of the largest network.
"""
