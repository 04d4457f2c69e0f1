"""Notations of a NAS-Bench-201 cell: the published string, NASLib's tuple, nested lists.

Everything reads into and writes from the tuple of operation names on `EDGES`. What does not fit
raises a `DataError` of one sentence that quotes the faulty part.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import SupportsIndex, TypeVar

from harness.core.errors import DataError
from harness.spaces.four_node_cells import EDGES, Operations
from harness.spaces.nas_bench_201_topology import OPERATIONS

__all__ = [
    "from_naslib_ids",
    "from_nested_ids",
    "read_cell_string",
    "read_text",
    "to_cell_string",
    "to_naslib_ids",
    "to_nested_ids",
]

_SPACE = "NAS-Bench-201"
_QUOTED_CHARACTERS = 80
_LITERAL_CHARACTERS = 200
_NASLIB_EDGES = tuple(sorted(EDGES))
_NASLIB_OPERATIONS = (
    "skip_connect",
    "none",
    "nor_conv_3x3",
    "nor_conv_1x1",
    "avg_pool_3x3",
)

_Kind = TypeVar("_Kind")


def read_text(text: str) -> Operations:
    """Read any of the three notations; the first character tells which one it is."""
    stripped = text.strip()
    match stripped[:1]:
        case "|":
            return read_cell_string(stripped)
        case "(":
            return from_naslib_ids(_checked(_literal(stripped), tuple, stripped))
        case "[":
            nodes = _checked(_literal(stripped), list, stripped)
            return from_nested_ids([_checked(node, list, stripped) for node in nodes])
        case _:
            raise DataError(
                f"{_SPACE} architecture {_quoted(text)} begins with none of '|', '(' and '['"
            )


def read_cell_string(text: str) -> Operations:
    """Read ``|op~0|+|op~0|op~1|+|op~0|op~1|op~2|``."""
    nodes = text.split("+")
    if len(nodes) != 3:
        raise DataError(f"{_SPACE} cell {_quoted(text)} has {len(nodes)} nodes, expected 3")
    return tuple(
        operation
        for edges, node in enumerate(nodes, start=1)
        for operation in _read_node(node, edges)
    )


def from_naslib_ids(ids: Sequence[int]) -> Operations:
    """Translate six of NASLib's numbers, on its edges (0,1) (0,2) (0,3) (1,2) (1,3) (2,3)."""
    if len(ids) != len(EDGES):
        raise DataError(f"{_SPACE} ids {_quoted(ids)} are {len(ids)} numbers, expected 6")
    named = {
        edge: _operation(number, _NASLIB_OPERATIONS, ids)
        for edge, number in zip(_NASLIB_EDGES, ids, strict=True)
    }
    return tuple(named[edge] for edge in EDGES)


def from_nested_ids(ids: Sequence[Sequence[int]]) -> Operations:
    """Translate one list of numbers for each of the nodes 1, 2 and 3."""
    if [len(node) for node in ids] != [1, 2, 3]:
        raise DataError(f"{_SPACE} ids {_quoted(ids)} are not lists of 1, 2 and 3 numbers")
    return tuple(_operation(number, OPERATIONS, ids) for node in ids for number in node)


def to_cell_string(cell: Operations) -> str:
    """Write ``|op~0|+|op~0|op~1|+|op~0|op~1|op~2|``."""
    first, second, third, fourth, fifth, sixth = cell
    return f"|{first}~0|+|{second}~0|{third}~1|+|{fourth}~0|{fifth}~1|{sixth}~2|"


def to_naslib_ids(cell: Operations) -> tuple[int, ...]:
    """Translate into NASLib's numbers; the inverse of `from_naslib_ids`."""
    named = dict(zip(EDGES, cell, strict=True))
    return tuple(_NASLIB_OPERATIONS.index(named[edge]) for edge in _NASLIB_EDGES)


def to_nested_ids(cell: Operations) -> tuple[tuple[int, ...], ...]:
    """Translate into one tuple of numbers a node; the inverse of `from_nested_ids`."""
    numbers = tuple(OPERATIONS.index(operation) for operation in cell)
    return numbers[:1], numbers[1:3], numbers[3:]


def _read_node(text: str, edges: int) -> Iterator[str]:
    if len(text) < len("||") or text[0] != "|" or text[-1] != "|":
        raise DataError(f"node {_quoted(text)} of a {_SPACE} cell is not enclosed in '|'")
    terms = text[1:-1].split("|")
    if len(terms) != edges:
        raise DataError(
            f"node {_quoted(text)} of a {_SPACE} cell has {len(terms)} edges, expected {edges}"
        )
    for source, term in enumerate(terms):
        operation, _, label = term.partition("~")
        if operation not in OPERATIONS or label != str(source):
            raise DataError(
                f"edge {_quoted(term)} of a {_SPACE} cell is not 'OPERATION~{source}' with an "
                f"operation of {', '.join(OPERATIONS)}"
            )
        yield operation


def _operation(number: object, numbered: tuple[str, ...], ids: object) -> str:
    place = f"operation {_quoted(number)} in {_SPACE} ids {_quoted(ids)}"
    if not isinstance(number, SupportsIndex) or isinstance(number, bool):
        raise DataError(f"{place} is no integer")
    if not 0 <= number.__index__() < len(numbered):
        raise DataError(f"{place} is not from 0 to {len(numbered) - 1}")
    return numbered[number]


def _literal(text: str) -> object:
    fault = DataError(f"{_SPACE} ids {_quoted(text)} are no Python literal of numbers")
    if len(text) > _LITERAL_CHARACTERS:
        raise fault
    try:
        value: object = ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        raise fault from None
    return value


def _checked(value: object, kind: type[_Kind], whole: str) -> _Kind:
    if not isinstance(value, kind):
        raise DataError(f"{_quoted(value)} in {_SPACE} ids {_quoted(whole)} is no {kind.__name__}")
    return value


def _quoted(value: object) -> str:
    text = str(value)
    return repr(text if len(text) <= _QUOTED_CHARACTERS else f"{text[:_QUOTED_CHARACTERS]}...")
