"""A NAS-Bench-201 cell (Dong and Yang, ICLR 2020): its operations and notations.

===========  =====================================================================================
cell string  ``|op~0|+|op~0|op~1|+|op~0|op~1|op~2|`` as published, with or without blanks, or in
             ``Structure(4 nodes with ...)`` as AutoDL prints it
ids          NASLib's six numbers on the edges (0,1) (0,2) (0,3) (1,2) (1,3) (2,3)
nested ids   one list of numbers a node, which name operations in another order
pairs        AutoDL's ``((('op', 0),), (('op', 0), ('op', 1)), ...)``, one list of pairs a node
edges        NNI's ``{"0_1": "op", "0_2": "op", ...}``, an operation for each edge, in any order;
             a convolution there is ``conv_3x3``
===========  =====================================================================================

What is in brackets is told by its structure; round or square ones mean the same. Everything reads
into and writes from the tuple of operation names on `EDGES`. What does not fit raises a `DataError`
of one sentence that quotes the faulty part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from harness.core.errors import DataError
from harness.spaces.four_node_cells import EDGES, Operations, numbered_operation
from harness.spaces.literal import quote, read_literal

__all__ = [
    "OPERATIONS",
    "from_naslib_ids",
    "from_nested_ids",
    "read_cell_string",
    "read_text",
    "to_cell_string",
]

OPERATIONS = ("none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3")
_SPACE = "NAS-Bench-201"
_BLANKS = re.compile(r"\s*([+|~])\s*", re.ASCII)
_STRUCTURE = re.compile(r"Structure\(4 nodes with (.*)\)", re.ASCII | re.DOTALL)
_EDGE_KEYS = tuple(f"{source}_{target}" for source, target in EDGES)
_NNI_OPERATIONS = {"conv_1x1": "nor_conv_1x1", "conv_3x3": "nor_conv_3x3"}
_NASLIB_EDGES = tuple(sorted(EDGES))
_NASLIB_OPERATIONS = (
    "skip_connect",
    "none",
    "nor_conv_3x3",
    "nor_conv_1x1",
    "avg_pool_3x3",
)


def read_text(text: str) -> Operations:
    """Read any of the notations; the first character tells the string, edges and the others."""
    stripped = text.strip()
    structure = _STRUCTURE.fullmatch(stripped)
    if structure is not None:
        stripped = structure[1].strip()
    match stripped[:1]:
        case "|":
            has_blanks = len(stripped.split()) > 1
            return read_cell_string(_BLANKS.sub(r"\1", stripped) if has_blanks else stripped)
        case "(" | "[" if structure is None:
            return _from_brackets(_literal(stripped), stripped)
        case "{" if structure is None:
            return _from_edges(_literal(stripped), stripped)
        case _:
            raise DataError(
                f"{_SPACE} architecture {quote(text)} begins with none of '|', '(', '[' and '{{'"
            )


def read_cell_string(text: str) -> Operations:
    """Read ``|op~0|+|op~0|op~1|+|op~0|op~1|op~2|``."""
    nodes = text.split("+")
    if len(nodes) != 3:
        raise DataError(f"{_SPACE} cell {quote(text)} has {len(nodes)} nodes, expected 3")
    return tuple(
        operation
        for edges, node in enumerate(nodes, start=1)
        for operation in _read_node(node, edges)
    )


def from_naslib_ids(ids: Sequence[int]) -> Operations:
    """Translate six of NASLib's numbers, on its edges (0,1) (0,2) (0,3) (1,2) (1,3) (2,3)."""
    if len(ids) != len(EDGES):
        raise DataError(f"{_SPACE} ids {quote(ids)} are {len(ids)} numbers, expected 6")
    named = {
        edge: numbered_operation(number, _NASLIB_OPERATIONS, _SPACE, ids)
        for edge, number in zip(_NASLIB_EDGES, ids, strict=True)
    }
    return tuple(named[edge] for edge in EDGES)


def from_nested_ids(ids: Sequence[Sequence[int]]) -> Operations:
    """Translate one list of numbers for each of the nodes 1, 2 and 3."""
    if [len(node) for node in ids] != [1, 2, 3]:
        raise DataError(f"{_SPACE} ids {quote(ids)} are not lists of 1, 2 and 3 numbers")
    return tuple(
        numbered_operation(number, OPERATIONS, _SPACE, ids) for node in ids for number in node
    )


def to_cell_string(cell: Operations) -> str:
    """Write ``|op~0|+|op~0|op~1|+|op~0|op~1|op~2|``."""
    first, second, third, fourth, fifth, sixth = cell
    return f"|{first}~0|+|{second}~0|{third}~1|+|{fourth}~0|{fifth}~1|{sixth}~2|"


def _from_brackets(value: object, whole: str) -> Operations:
    if not isinstance(value, list | tuple):
        raise DataError(f"{quote(value)} in {_SPACE} ids {quote(whole)} is no list")
    if not any(isinstance(node, list | tuple) for node in value):
        return from_naslib_ids(value)
    for node in value:
        if not isinstance(node, list | tuple):
            raise DataError(f"{quote(node)} in {_SPACE} ids {quote(whole)} is no list")
    if any(isinstance(item, list | tuple) for node in value for item in node):
        return _from_pairs(value, whole)
    return from_nested_ids(value)


def _from_pairs(nodes: Sequence[Sequence[object]], whole: str) -> Operations:
    named: dict[object, object] = {}
    for target, node in enumerate(nodes, start=1):
        for pair in node:
            match pair:
                case [str(name), int(source)] if (source, target) not in named:
                    named[source, target] = name
                case _:
                    raise DataError(
                        f"{quote(pair)} in {_SPACE} cell {quote(whole)} is not an operation "
                        "and one node before its own"
                    )
    return _on_edges(named, EDGES, whole)


def _from_edges(value: object, whole: str) -> Operations:
    named = cast("Mapping[object, object]", value)
    return _on_edges(
        {edge: _NNI_OPERATIONS.get(str(name), name) for edge, name in named.items()},
        _EDGE_KEYS,
        whole,
    )


def _on_edges(named: Mapping[object, object], edges: Sequence[object], whole: str) -> Operations:
    if named.keys() != set(edges):
        raise DataError(
            f"{_SPACE} cell {quote(whole)} does not have the edges "
            f"{', '.join(map(str, edges))} and no others"
        )
    for name in named.values():
        if name not in OPERATIONS:
            raise DataError(
                f"{quote(name)} in {_SPACE} cell {quote(whole)} is no operation of "
                f"{', '.join(OPERATIONS)}"
            )
    return tuple(str(named[edge]) for edge in edges)


def _read_node(text: str, edges: int) -> Iterator[str]:
    if len(text) < len("||") or text[0] != "|" or text[-1] != "|":
        raise DataError(f"node {quote(text)} of a {_SPACE} cell is not enclosed in '|'")
    terms = text[1:-1].split("|")
    if len(terms) != edges:
        raise DataError(
            f"node {quote(text)} of a {_SPACE} cell has {len(terms)} edges, expected {edges}"
        )
    for source, term in enumerate(terms):
        operation, _, label = term.partition("~")
        if operation not in OPERATIONS or label != str(source):
            raise DataError(
                f"edge {quote(term)} of a {_SPACE} cell is not 'OPERATION~{source}' with an "
                f"operation of {', '.join(OPERATIONS)}"
            )
        yield operation


def _literal(text: str) -> object:
    try:
        return read_literal(text)
    except ValueError:
        raise DataError(
            f"{_SPACE} ids {quote(text)} are no Python literal of numbers or names"
        ) from None
