"""How large a network is beside the largest one of its space, `MACs_max` of the release."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, cast

from harness.core.architecture import Architecture, Dataset, NetworkSource
from harness.core.errors import UnsupportedError
from harness.passes.eproxy.settings import IMAGE_SIDE
from harness.passes.observation import Pass, PassContext
from harness.spaces.knowledge import largest_of, why_no_largest

if TYPE_CHECKING:
    from collections.abc import Hashable

__all__ = ["RELATIVE_SIZE"]


def _relative_size(context: PassContext) -> float:
    subject = context.subject
    if reason := why_no_largest(subject.space):
        raise UnsupportedError(f"{reason}, so nothing is relative to it")
    own = _multiply_accumulates(subject.space, subject.architecture, subject.dataset)
    return own / _most(cast("Hashable", subject.space), subject.dataset)


@functools.lru_cache(maxsize=32)
def _most(space: NetworkSource, dataset: Dataset) -> int:
    largest = largest_of(space)
    if isinstance(largest, int):
        return largest
    return _multiply_accumulates(space, Architecture(space=space.name, text=largest), dataset)


def _multiply_accumulates(
    source: NetworkSource, architecture: Architecture, dataset: Dataset
) -> int:
    from harness.passes.counting import measure

    network = source.network(architecture, dataset)
    return measure(network, (dataset.channels, IMAGE_SIDE, IMAGE_SIDE)).multiply_accumulates


RELATIVE_SIZE = Pass(name="relative_size", compute=_relative_size, version="2")
"""Multiply-accumulates of one image of 32 x 32 pixels, over those of the largest network.

Where the release has a number for the largest network, it is the divisor. Some networks have more:
up to 1.02 times as many in NAS-Bench-101, 1.18 in NAS-Bench-201, 1.37 in TransNAS-Bench-101 macro.
Those of DARTS have about half of it at most, for the release's are wider and deeper, and those of
NAS-Bench-MR an eighth.

Shape: float, positive. Unit: share of the largest network.
"""
