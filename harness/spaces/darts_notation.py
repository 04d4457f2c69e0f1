"""Notations of a DARTS architecture: the project's line, the genotype literal, NASLib's pairs.

==========  ======================================================================================
line        ``normal=|op~i|op~i|+|op~i|op~i|+|op~i|op~i|+|op~i|op~i|;reduce=...`` with the four
            nodes between ``+`` and, for each of two choices, an operation and what it reads
genotype    ``Genotype(normal=[('op', i), ...], normal_concat=[2, 3, 4, 5], reduce=..., ...)`` as
            quark0/darts prints it, with ``NAME =`` before it or not, its parts named or in order;
            ``range(2, 6)``, or another sequence of these numbers, may stand for the list
dict        ``{'normal': [('op', i), ...], 'normal_concat': ..., 'reduce': ..., ...}``, the same
pairs       ``(((i, k), ...), ((i, k), ...))``, in round or square brackets, of NASLib and
            NAS-Bench-Suite-Zero, where k numbers the operations in the order of `OPERATIONS`
==========  ======================================================================================

In all of them 0 and 1 are the inputs of a cell and 2 to 5 its nodes. Everything reads into a
`Genotype`. What does not fit raises a `DataError` of one sentence that quotes the faulty part.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence

from harness.core.counts import joined
from harness.core.errors import DataError
from harness.spaces.darts_topology import (
    NODES,
    OPERATIONS,
    READABLE_OPERATIONS,
    Cell,
    Choice,
    Genotype,
    sort_choices,
)
from harness.spaces.literal import arguments_of, evaluate_literal, parse_literal, quote

__all__ = ["from_naslib_pairs", "read_text", "to_line"]

_SPACE = "DARTS"
_CHOICES = 2 * len(NODES)
_ASSIGNED = re.compile(r"\s*[A-Za-z_]\w*\s*=\s*(?=Genotype\()", re.ASCII)
_PARTS = ("normal", "normal_concat", "reduce", "reduce_concat")


def read_text(text: str) -> Genotype:
    """Read any of the notations; the beginning tells which one it is."""
    assigned = _ASSIGNED.match(text)
    stripped = text[assigned.end() if assigned else 0 :].strip()
    if stripped.startswith("normal="):
        return _read_line(stripped)
    if stripped.startswith("Genotype("):
        return _from_parts(_genotype_parts(_expression(stripped), stripped), stripped)
    if stripped[:1] == "{":
        return _from_parts(_value(_expression(stripped), stripped), stripped)
    if stripped[:1] in ("(", "["):
        return from_naslib_pairs(_sequence(_value(_expression(stripped), stripped), stripped))
    raise DataError(
        f"{_SPACE} architecture {quote(text)} begins with none of 'normal=', 'Genotype(', "
        "'(', '[' and '{'"
    )


def from_naslib_pairs(cells: Sequence[object]) -> Genotype:
    """Translate the normal and the reduction cell, given as eight pairs (input, number)."""
    if len(cells) != 2:
        raise DataError(f"{_SPACE} pairs {quote(cells)} are {len(cells)} cells, expected 2")
    normal, reduce = (_cell(cell, _from_pair) for cell in cells)
    return Genotype(normal=normal, reduce=reduce)


def to_line(genotype: Genotype) -> str:
    """Write ``normal=|op~i|op~i|+...;reduce=|op~i|op~i|+...``."""
    return f"normal={_cell_text(genotype.normal)};reduce={_cell_text(genotype.reduce)}"


def _cell_text(cell: Cell) -> str:
    """Write one cell, ``|op~i|op~i|+|op~i|op~i|+|op~i|op~i|+|op~i|op~i|``."""
    terms = [f"{name}~{source}" for name, source in cell]
    return "+".join(f"|{terms[first]}|{terms[first + 1]}|" for first in range(0, _CHOICES, 2))


def _read_line(text: str) -> Genotype:
    normal, semicolon, reduce = text.removeprefix("normal=").partition(";")
    if not semicolon or not reduce.startswith("reduce="):
        raise DataError(f"{_SPACE} architecture {quote(text)} has no ';reduce=' after 'normal='")
    return Genotype(normal=_read_cell(normal), reduce=_read_cell(reduce.removeprefix("reduce=")))


def _read_cell(text: str) -> Cell:
    terms: list[object] = []
    for node in text.split("+"):
        inner = node[1:-1].split("|")
        if len(node) < len("||") or node[0] != "|" or node[-1] != "|" or len(inner) != 2:
            raise DataError(f"node {quote(node)} of a {_SPACE} cell is not '|op~i|op~i|'")
        terms += inner
    return _cell(terms, _from_term)


def _genotype_parts(call: ast.expr, text: str) -> Mapping[str, object]:
    try:
        if isinstance(call, ast.Call):
            return arguments_of(call, _PARTS)
    except ValueError:
        pass
    raise DataError(
        f"{_SPACE} genotype {quote(text)} is not 'Genotype(...)' of the parts {joined(_PARTS)}, "
        "each of names and numbers"
    )


def _from_parts(value: object, text: str) -> Genotype:
    if not isinstance(value, Mapping) or value.keys() != set(_PARTS):
        raise DataError(f"{_SPACE} genotype {quote(text)} does not have the parts {joined(_PARTS)}")
    for name in ("normal_concat", "reduce_concat"):
        if list(_sequence(value[name], text)) != list(NODES):
            raise DataError(
                f"{name} {quote(value[name])} of a {_SPACE} genotype is not [2, 3, 4, 5]"
            )
    return Genotype(
        normal=_cell(value["normal"], _from_named), reduce=_cell(value["reduce"], _from_named)
    )


def _cell(items: object, read: Callable[[object], tuple[object, object]]) -> Cell:
    sequence = _sequence(items, items)
    if len(sequence) != _CHOICES:
        raise DataError(
            f"{_SPACE} cell {quote(items)} has {len(sequence)} choices, expected {_CHOICES}"
        )
    choices = (_choice(*read(item), slot, item) for slot, item in enumerate(sequence))
    return sort_choices(tuple(choices))


def _choice(name: object, source: object, slot: int, item: object) -> Choice:
    node = NODES[slot // 2]
    if not isinstance(name, str) or name not in READABLE_OPERATIONS:
        raise DataError(
            f"choice {quote(item)} of a {_SPACE} cell has no operation of "
            f"{', '.join(READABLE_OPERATIONS)}"
        )
    if not isinstance(source, int) or isinstance(source, bool) or not 0 <= source < node:
        raise DataError(
            f"choice {quote(item)} of node {node} of a {_SPACE} cell does not read one of "
            f"0 to {node - 1}"
        )
    return name, source


def _from_term(item: object) -> tuple[object, object]:
    name, _, source = str(item).partition("~")
    return name, int(source) if source in tuple("01234") else source


def _from_named(item: object) -> tuple[object, object]:
    name, source = _pair(item)
    return name, source


def _from_pair(item: object) -> tuple[object, object]:
    source, number = _pair(item)
    if not isinstance(number, int) or isinstance(number, bool):
        return number, source
    return (OPERATIONS[number] if 0 <= number < len(OPERATIONS) else number), source


def _pair(item: object) -> tuple[object, object]:
    sequence = _sequence(item, item)
    if len(sequence) != 2:
        raise DataError(f"choice {quote(item)} of a {_SPACE} cell is no pair")
    return sequence[0], sequence[1]


def _sequence(value: object, whole: object) -> Sequence[object]:
    if not isinstance(value, list | tuple):
        raise DataError(f"{quote(value)} in {_SPACE} cells {quote(whole)} is no sequence")
    return value


def _expression(text: str) -> ast.expr:
    try:
        return parse_literal(text)
    except ValueError:
        raise DataError(f"{_SPACE} cells {quote(text)} are no Python literal") from None


def _value(expression: ast.expr, whole: str) -> object:
    try:
        return evaluate_literal(expression)
    except ValueError:
        raise DataError(f"{_SPACE} cells {quote(whole)} are no Python literal") from None
