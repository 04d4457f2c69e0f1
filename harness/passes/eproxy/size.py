"""How large a network is beside the largest one of its space."""

from __future__ import annotations

import functools

from harness.core.architecture import Architecture, Dataset, NetworkSource
from harness.core.errors import UnsupportedError
from harness.passes.eproxy.settings import IMAGE_SIDE
from harness.passes.observation import Pass, PassContext
from harness.spaces.registry import space

__all__ = ["LARGEST", "RELATIVE_SIZE"]

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
    from harness.passes.counting import measure

    network = source.network(architecture, dataset)
    return measure(network, (dataset.channels, IMAGE_SIDE, IMAGE_SIDE)).multiply_accumulates


RELATIVE_SIZE = Pass(name="relative_size", compute=_relative_size)
"""Multiply-accumulates of one image of 32 x 32 pixels, over those of the largest network.

Shape: float, 0 to 1. Unit: share of the largest network.
"""
