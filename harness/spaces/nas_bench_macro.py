"""The space NAS-Bench-Macro (Su et al., CVPR 2021): 6,561 chains of eight layers.

An architecture's text has one digit per layer, as in the release: 0 identity, 1 inverted residual
block with kernel 3 and expansion 3, 2 the same with kernel 5 and expansion 6. Layers 1, 3 and 6
open a stage: they halve the resolution and double the channels, where "identity" is a convolution
1x1. The other identities do nothing, so their place among the later layers of a stage does not
matter: the 6,561 texts stand for 3,969 networks, and the release stores one result for each.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from harness.core.architecture import (
    IDENTITIES,
    Architecture,
    CellGraph,
    Dataset,
    Space,
    require_kind,
    require_member,
    require_subset,
)
from harness.core.errors import DataError
from harness.spaces.datasets import DATASETS
from harness.spaces.literal import quote

if TYPE_CHECKING:
    import numpy as np
    from torch import nn

__all__ = ["OPERATIONS", "SPACE", "operations"]

OPERATIONS = ("identity", "ir_3x3_t3", "ir_5x5_t6")

_NAME = "nas-bench-macro"
_LAYERS_PER_STAGE = (2, 3, 3)
_LAYERS = sum(_LAYERS_PER_STAGE)
_DIGITS = "012"


def operations(architecture: Architecture) -> tuple[str, ...]:
    """Return the operations of the eight layers.

    Raises:
        DataError: The architecture is of another space or its text is no architecture.
    """
    return tuple(OPERATIONS[int(digit)] for digit in _digits(architecture))


class _NasBenchMacro:
    """The 6,561 architectures; implements `Space`."""

    name: Final = _NAME
    family: Final = "CNN"
    summary: Final = "6,561 chains of eight layers"
    size: Final = 6_561
    subsets: Final = ("all", "unique")
    dataset: Final = DATASETS["cifar10"]
    largest: Final = "22222222"

    def parse(self, text: str) -> Architecture:
        """Read eight digits from 0 to 2.

        Raises:
            DataError: The text is anything else.
        """
        return _architecture(_checked(text.strip()))

    def enumerate(self, subset: str = "all") -> Iterator[Architecture]:
        """Yield architectures in the order of their texts.

        Args:
            subset: ``"all"``, or ``"unique"`` for the 3,969 canonical ones.

        Raises:
            UsageError: No such subset.
        """
        require_subset(subset, self)
        texts = ("".join(digits) for digits in itertools.product(_DIGITS, repeat=_LAYERS))
        return (
            _architecture(text) for text in texts if subset == "all" or _canonical(text) == text
        )

    def sample(self, generator: np.random.Generator) -> Architecture:
        """Draw one of the 6,561 architectures uniformly."""
        return _architecture(
            "".join(_DIGITS[number] for number in generator.integers(len(_DIGITS), size=_LAYERS))
        )

    def neighbours(self, architecture: Architecture) -> tuple[Architecture, ...]:
        """Return the 16 architectures that differ in one layer."""
        text = _digits(architecture)
        return tuple(
            _architecture(f"{text[:layer]}{other}{text[layer + 1 :]}")
            for layer, present in enumerate(text)
            for other in _DIGITS
            if other != present
        )

    def canonical(self, architecture: Architecture, kind: str = "computation") -> str:
        """Return the text in which idle identities are the last layers of their stage.

        No layer is dead, and the release calls the same architectures unique.
        """
        require_kind(kind, IDENTITIES, _NAME)
        return _canonical(_digits(architecture))

    def graph(self, architecture: Architecture) -> CellGraph:
        """Return the chain of input, the eight operations and output."""
        return CellGraph(
            operations=("input", *operations(architecture), "output"),
            edges=tuple(itertools.pairwise(range(_LAYERS + 2))),
        )

    def network(self, architecture: Architecture, dataset: Dataset) -> nn.Module:
        """Build the untrained network as the release does."""
        from harness.spaces.networks.nas_bench_macro import build

        text = _digits(architecture)
        stages = [tuple(OPERATIONS[int(digit)] for digit in stage) for stage in _stages(text)]
        return build(stages, dataset)


SPACE: Final[Space] = _NasBenchMacro()


def _architecture(text: str) -> Architecture:
    return Architecture(space=_NAME, text=text)


def _digits(architecture: Architecture) -> str:
    require_member(architecture, _NAME)
    return _checked(architecture.text)


def _checked(text: str) -> str:
    if len(text) != _LAYERS or not set(text) <= set(_DIGITS):
        raise DataError(
            f"NAS-Bench-Macro architecture {quote(text)} is not {_LAYERS} digits from 0 to 2"
        )
    return text


def _canonical(text: str) -> str:
    stages = []
    for stage in _stages(text):
        blocks = stage[1:].replace("0", "")
        stages.append((stage[0] + blocks).ljust(len(stage), "0"))
    return "".join(stages)


def _stages(text: str) -> list[str]:
    ends = list(itertools.accumulate(_LAYERS_PER_STAGE))
    return [text[end - layers : end] for layers, end in zip(_LAYERS_PER_STAGE, ends, strict=True)]
