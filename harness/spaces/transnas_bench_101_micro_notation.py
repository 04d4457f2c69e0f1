"""Notations of a TransNAS-Bench-101 micro cell.

===============  =================================================================================
cell string      ``64-41414-a_bc_def``, one digit for each of `EDGES`: 0 none, 1 skip, 2 conv 1x1,
                 3 conv 3x3
ids              ``(a, b, c, d, e, f)``, the same digits as a tuple or list: NASLib's for the seven
                 tasks
graph ids        six numbers that NASLib uses where it builds the cell itself, for svhn, ninapro
                 and scifar100: 0 skip, 1 none, 2 conv 3x3, 3 conv 1x1, on the edges (0,1) (0,2)
                 (0,3) (1,2) (1,3) (2,3). They look like the ids; only their table tells them apart
===============  =================================================================================

Everything reads into the tuple of operation names on `EDGES`. What does not fit raises a
`DataError` of one sentence that quotes the faulty part.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import SupportsIndex

from harness.core.errors import DataError
from harness.spaces.four_node_cells import EDGES, Operations
from harness.spaces.literal import integers
from harness.spaces.transnas_bench_101_micro_topology import OPERATIONS

__all__ = ["from_graph_ids", "from_ids", "read_text", "to_cell_string", "to_graph_ids", "to_ids"]

_SPACE = "TransNAS-Bench-101 micro"
_SKELETON = "64-41414"
_CELL_STRING = re.compile(r"64-41414-([0-3])_([0-3])([0-3])_([0-3])([0-3])([0-3])", re.ASCII)
_GRAPH_OPERATIONS = ("skip_connect", "none", "nor_conv_3x3", "nor_conv_1x1")
_GRAPH_EDGES = tuple(sorted(EDGES))
_QUOTED_CHARACTERS = 80


def read_text(text: str) -> Operations:
    """Read the cell string or the tuple of ids."""
    stripped = text.strip()
    if stripped[:1] in ("(", "["):
        ids = integers(stripped)
    else:
        string = _CELL_STRING.fullmatch(stripped)
        ids = None if string is None else tuple(int(digit) for digit in string.groups())
    if ids is None:
        raise DataError(
            f"{_SPACE} architecture {_quoted(text)} is neither '{_SKELETON}-a_bc_def' nor "
            "'(a, b, c, d, e, f)' with digits from 0 to 3"
        )
    return from_ids(ids)


def from_ids(ids: Sequence[int]) -> Operations:
    """Translate the six digits of the cell string."""
    return _named(ids, OPERATIONS)


def from_graph_ids(ids: Sequence[int]) -> Operations:
    """Translate the six numbers of NASLib's own graph; see the module."""
    named = dict(zip(_GRAPH_EDGES, _named(ids, _GRAPH_OPERATIONS), strict=True))
    return tuple(named[edge] for edge in EDGES)


def to_cell_string(cell: Operations) -> str:
    """Write ``64-41414-a_bc_def``."""
    first, second, third, fourth, fifth, sixth = to_ids(cell)
    return f"{_SKELETON}-{first}_{second}{third}_{fourth}{fifth}{sixth}"


def to_ids(cell: Operations) -> tuple[int, ...]:
    """Translate into the digits of the cell string; the inverse of `from_ids`."""
    return tuple(OPERATIONS.index(name) for name in cell)


def to_graph_ids(cell: Operations) -> tuple[int, ...]:
    """Translate into the numbers of NASLib's own graph; the inverse of `from_graph_ids`."""
    named = dict(zip(EDGES, cell, strict=True))
    return tuple(_GRAPH_OPERATIONS.index(named[edge]) for edge in _GRAPH_EDGES)


def _named(ids: Sequence[int], numbered: tuple[str, ...]) -> Operations:
    if len(ids) != len(EDGES):
        raise DataError(f"{_SPACE} ids {_quoted(ids)} are {len(ids)} numbers, expected 6")
    return tuple(_operation(number, numbered, ids) for number in ids)


def _operation(number: object, numbered: tuple[str, ...], ids: object) -> str:
    place = f"operation {_quoted(number)} in {_SPACE} ids {_quoted(ids)}"
    if not isinstance(number, SupportsIndex) or isinstance(number, bool):
        raise DataError(f"{place} is no integer")
    if not 0 <= number.__index__() < len(numbered):
        raise DataError(f"{place} is not from 0 to {len(numbered) - 1}")
    return numbered[number]


def _quoted(value: object) -> str:
    text = str(value)
    return repr(text if len(text) <= _QUOTED_CHARACTERS else f"{text[:_QUOTED_CHARACTERS]}...")
