"""The macro space of TransNAS-Bench-101 (Duan et al., CVPR 2021): 3,256 stacks of residual blocks.

A network is a stack of four to six modules of two residual blocks each. A module has one of four
types: 1 keeps shape, 2 doubles the channels, 3 halves the resolution, 4 does both. One to four
modules halve the resolution and one to three double the channels. The text of an `Architecture` is
the published string, e.g. ``64-4111-basic``: base channels, module types, kind of block.
"""

from __future__ import annotations

import itertools
import re
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
from harness.spaces.literal import integers, quote

if TYPE_CHECKING:
    import numpy as np
    from torch import nn

__all__ = ["SPACE", "module_types"]

_NAME = "transnas-bench-101-macro"
_TYPES = "1234"
_LENGTHS = (4, 5, 6)
_STRING = re.compile(r"64-([1-4]+)-basic", re.ASCII)
_PADDED = re.compile(r"([1-4]+)0*", re.ASCII)
_OPERATIONS = {
    "1": "basic_block",
    "2": "basic_block_double_channels",
    "3": "basic_block_half_resolution",
    "4": "basic_block_double_channels_half_resolution",
}


def module_types(architecture: Architecture) -> str:
    """Return the types of the modules in their order, e.g. ``"4111"``.

    Raises:
        DataError: The architecture is of another space or its text is no module string.
    """
    require_member(architecture, _NAME)
    return _read_text(architecture.text)


class _TransNasBench101Macro:
    """The 3,256 stacks; implements `Space`."""

    name: Final = _NAME
    family: Final = "CNN"
    kin: Final = "transnas-bench-101-micro"
    summary: Final = "3,256 stacks of residual blocks"
    size: Final = 3_256
    subsets: Final = ("all",)
    dataset: Final = DATASETS["class_scene"]
    largest: Final = 1_505_384_448

    def parse(self, text: str) -> Architecture:
        """Read the module string or NASLib's tuple, with or without zeros for padding.

        Raises:
            DataError: The text is neither, or no architecture of the space.
        """
        return _architecture(_read_text(text))

    def enumerate(self, subset: str = "all") -> Iterator[Architecture]:
        """Yield stacks of four, five and six modules, each in the order of their types.

        Raises:
            UsageError: No such subset.
        """
        require_subset(subset, self)
        return (
            _architecture("".join(types))
            for length in _LENGTHS
            for types in itertools.product(_TYPES, repeat=length)
            if _fits("".join(types))
        )

    def sample(self, generator: np.random.Generator) -> Architecture:
        """Draw one of the 3,256 stacks uniformly, by rejection."""
        strings = [len(_TYPES) ** length for length in _LENGTHS]
        shares = [count / sum(strings) for count in strings]
        while True:
            length = int(generator.choice(_LENGTHS, p=shares))
            types = "".join(generator.choice(list(_TYPES), size=length))
            if _fits(types):
                return _architecture(types)

    def neighbours(self, architecture: Architecture) -> tuple[Architecture, ...]:
        """Return the stacks in which one module has another type, is missing or is added."""
        types = module_types(architecture)
        changed = [
            *(types[:at] + other + types[at + 1 :] for at in range(len(types)) for other in _TYPES),
            *(types[:at] + types[at + 1 :] for at in range(len(types))),
            *(types[:at] + other + types[at:] for at in range(len(types) + 1) for other in _TYPES),
        ]
        others = [
            neighbour
            for neighbour in dict.fromkeys(changed)
            if neighbour != types and _fits(neighbour)
        ]
        return tuple(_architecture(neighbour) for neighbour in others)

    def canonical(self, architecture: Architecture, kind: str = "computation") -> str:
        """Return the text itself: no two stacks are isomorphic, and nothing in them is dead."""
        require_kind(kind, IDENTITIES, _NAME)
        return _architecture(module_types(architecture)).text

    def graph(self, architecture: Architecture) -> CellGraph:
        """Return the stack as a chain: input, one node a module, output."""
        names = [_OPERATIONS[digit] for digit in module_types(architecture)]
        return CellGraph(
            operations=("input", *names, "output"),
            edges=tuple((node, node + 1) for node in range(len(names) + 1)),
        )

    def network(self, architecture: Architecture, dataset: Dataset) -> nn.Module:
        """Build the untrained network; its head depends on the data set's name."""
        from harness.spaces.networks.transnas_bench_101_macro import build

        return build(module_types(architecture), dataset)


SPACE: Final[Space] = _TransNasBench101Macro()


def _architecture(types: str) -> Architecture:
    return Architecture(space=_NAME, text=f"64-{types}-basic")


def _fits(types: str) -> bool:
    halvings = types.count("3") + types.count("4")
    doublings = types.count("2") + types.count("4")
    return len(types) in _LENGTHS and 1 <= halvings <= 4 and 1 <= doublings <= 3


def _read_text(text: str) -> str:
    stripped = text.strip()
    quoted = quote(text)
    if stripped[:1] in ("(", "["):
        ids = integers(stripped) or ()
        match = _PADDED.fullmatch("".join(map(str, ids))) if max(ids, default=0) < 10 else None
    else:
        match = _STRING.fullmatch(stripped)
    if match is None:
        raise DataError(
            f"TransNAS-Bench-101 macro architecture {quoted} is neither '64-TYPES-basic' nor a "
            "tuple of module types from 1 to 4"
        )
    types = match[1]
    if not _fits(types):
        raise DataError(
            f"TransNAS-Bench-101 macro architecture {quoted} is not four to six modules of which "
            "one to four halve the resolution and one to three double the channels"
        )
    return types
