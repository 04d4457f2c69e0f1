"""Supernets of chained blocks: NAS-Bench-Macro, and a space like that of MobileNets.

The MobileNet-like space is this project's own and has no ground truth: the skeleton of
NAS-Bench-Macro with three layers a stage. A layer is an inverted residual block with kernel 3, 5
or 7 and expansion 3 or 6, or nothing at all unless it opens a stage. An architecture's text has
one word a layer, such as ``k3e6`` or ``identity``.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final, TypeAlias

from torch import nn

from harness.core.architecture import Dataset
from harness.core.errors import DataError
from harness.spaces.nas_bench_macro import OPERATIONS
from harness.spaces.networks.nas_bench_macro import InvertedResidual, Layer, layer, skeleton
from harness.spaces.supernets.mixture import Mixture
from harness.spaces.supernets.supernet import Choice, Removal, Selection, Supernet

__all__ = ["SUPERNETS"]

_MACRO_LAYERS = (2, 3, 3)
_MOBILE_LAYERS = (3, 3, 3)
_MOBILE_BLOCKS = tuple(f"k{kernel}e{expansion}" for kernel in (3, 5, 7) for expansion in (3, 6))

_Option: TypeAlias = Callable[[str, int, int], nn.Module]
"""Builds an option by name for its input channels and its stride."""


def _build(
    layers: Sequence[int],
    choices: Sequence[Choice],
    option: _Option,
    dataset: Dataset,
    removal: Removal,
) -> nn.Module:
    left = iter(choices)
    stages = [
        [_mixed(choice, option, removal) for choice in itertools.islice(left, number)]
        for number in layers
    ]
    return skeleton(stages, dataset)


def _mixed(choice: Choice, option: _Option, removal: Removal) -> Layer:
    def build(channels: int, stride: int) -> nn.Module:
        options = {name: option(name, channels, stride) for name in choice.options}
        return Mixture(choice.name, options, removal)

    return build


def _block(name: str, channels: int, stride: int) -> nn.Module:
    if name == "identity":
        return nn.Identity()
    kernel, expansion = int(name[1]), int(name[3])
    return InvertedResidual(channels, kernel=kernel, expansion=expansion, stride=stride)


def _macro_text(choices: Sequence[Choice], selection: Selection) -> str:
    return "".join(str(OPERATIONS.index(selection[choice.name][0])) for choice in choices)


def _macro_selection(choices: Sequence[Choice], text: str) -> Selection:
    return {
        choice.name: (OPERATIONS[int(digit)],) for choice, digit in zip(choices, text, strict=True)
    }


def _mobile_text(choices: Sequence[Choice], selection: Selection) -> str:
    return " ".join(selection[choice.name][0] for choice in choices)


def _mobile_selection(choices: Sequence[Choice], text: str) -> Selection:
    words = text.split()
    if len(words) != len(choices) or any(
        word not in choice.options for word, choice in zip(words, choices, strict=True)
    ):
        raise DataError(
            f"MobileNet-like architecture {text[:80]!r} is not {len(choices)} words such as k3e6, "
            "with 'identity' only where a layer opens no stage"
        )
    return {choice.name: (word,) for choice, word in zip(choices, words, strict=True)}


def _layers(number: int) -> str:
    return f"layer {number}"


def _macro() -> Supernet:
    choices = tuple(
        Choice(name=_layers(number), options=OPERATIONS)
        for number in range(1, sum(_MACRO_LAYERS) + 1)
    )
    return Supernet(
        name="nas-bench-macro",
        version="1",
        space="nas-bench-macro",
        choices=choices,
        build=partial(_build, _MACRO_LAYERS, choices, layer),
        text=partial(_macro_text, choices),
        selection=partial(_macro_selection, choices),
    )


def _mobile() -> Supernet:
    opening = {1, *(1 + end for end in itertools.accumulate(_MOBILE_LAYERS))}
    choices = tuple(
        Choice(
            name=_layers(number),
            options=_MOBILE_BLOCKS if number in opening else (*_MOBILE_BLOCKS, "identity"),
        )
        for number in range(1, sum(_MOBILE_LAYERS) + 1)
    )
    return Supernet(
        name="mobilenet-like",
        version="1",
        space="",
        choices=choices,
        build=partial(_build, _MOBILE_LAYERS, choices, _block),
        text=partial(_mobile_text, choices),
        selection=partial(_mobile_selection, choices),
    )


SUPERNETS: Final[Mapping[str, Supernet]] = {
    supernet.name: supernet for supernet in (_macro(), _mobile())
}
