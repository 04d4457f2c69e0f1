"""Notations of a NAS-Bench-101 cell: the harness's own text, NASLib's tuple, matrix and names.

The harness's text has one term for every vertex after the input, joined by ``|``. A term is the
operation, a colon and one digit for every vertex from which an edge comes, ascending::

    conv3x3:0|conv1x1:01|maxpool3x3:1|output:023

Vertex 0 is the input and the last term the output; a vertex without incoming edges has no digits.
NASLib's tuple is the adjacency matrix row by row and then one number per vertex: 0 input,
1 output, 2 maxpool3x3, 3 conv1x1-bn-relu, 4 conv3x3-bn-relu. The third notation is the list
``[matrix, names]`` of the benchmark's own API, which is JSON.

What does not fit raises a `DataError` of one sentence that quotes the faulty part.
"""

from __future__ import annotations

import ast
import json
import math
from collections.abc import Sequence

from harness.core.errors import DataError
from harness.spaces.nas_bench_101_cell import OPERATIONS, Cell, fault

__all__ = ["read_text", "to_matrix_text", "to_naslib_text", "to_text"]

_SPACE = "NAS-Bench-101"
_QUOTED_CHARACTERS = 80
_LITERAL_CHARACTERS = 1_000
_NASLIB_NAMES = ("input", "output", "maxpool3x3", "conv1x1-bn-relu", "conv3x3-bn-relu")
_SHORT_NAMES = {operation: operation.removesuffix("-bn-relu") for operation in OPERATIONS}
_LONG_NAMES = {short: operation for operation, short in _SHORT_NAMES.items()}


def read_text(text: str) -> Cell:
    """Read any of the three notations; the first character tells which one it is.

    Raises:
        DataError: The text is none of the three, or the cell breaks a rule of the benchmark.
    """
    stripped = text.strip()
    match stripped[:1]:
        case "(":
            cell = _from_naslib(_literal(stripped), stripped)
        case "[":
            cell = _from_matrix_and_names(_literal(stripped), stripped)
        case _:
            cell = _from_terms(stripped)
    broken = fault(cell)
    if broken is not None:
        raise DataError(f"{_SPACE} cell {_quoted(text)} {broken}")
    return cell


def to_text(cell: Cell) -> str:
    """Write the harness's own text."""
    names = [*(_SHORT_NAMES[operation] for operation in cell.operations), "output"]
    return "|".join(
        f"{name}:{''.join(map(str, sources))}"
        for name, sources in zip(names, cell.parents, strict=True)
    )


def to_naslib_text(cell: Cell) -> str:
    """Write NASLib's tuple, ``(0, 1, ..., 0, 4, 3, 1)``."""
    numbers = [_NASLIB_NAMES.index(name) for name in ("input", *cell.operations, "output")]
    return str((*(number for row in _matrix(cell) for number in row), *numbers))


def to_matrix_text(cell: Cell) -> str:
    """Write ``[matrix, names]`` as JSON."""
    return json.dumps([_matrix(cell), ["input", *cell.operations, "output"]])


def _matrix(cell: Cell) -> list[list[int]]:
    edges = set(cell.edges)
    vertices = range(cell.output + 1)
    return [[int((source, target) in edges) for target in vertices] for source in vertices]


def _from_terms(text: str) -> Cell:
    terms = text.split("|")
    names, parents = [], []
    for vertex, term in enumerate(terms, start=1):
        name, colon, digits = term.partition(":")
        known = name == "output" if vertex == len(terms) else name in _LONG_NAMES
        if not known or not colon or list(digits) != sorted(set(digits) & set(_below(vertex))):
            expected = "output" if vertex == len(terms) else "|".join(_LONG_NAMES)
            raise DataError(
                f"term {_quoted(term)} of a {_SPACE} cell is not '{expected}', a colon and "
                f"ascending vertices below {vertex}"
            )
        names.append(name)
        parents.append(tuple(int(digit) for digit in digits))
    return Cell(operations=tuple(_LONG_NAMES[name] for name in names[:-1]), parents=tuple(parents))


def _below(vertex: int) -> str:
    return "0123456789"[:vertex]


def _from_naslib(value: object, whole: str) -> Cell:
    numbers = _integers(value, whole)
    # n * n entries of the matrix and n operations
    vertices = (math.isqrt(4 * len(numbers) + 1) - 1) // 2
    if vertices < 2 or vertices * (vertices + 1) != len(numbers):
        raise DataError(
            f"{_SPACE} numbers {_quoted(whole)} are {len(numbers)}, not n * n + n with n > 1"
        )
    ids = numbers[vertices * vertices :]
    for number in ids:
        if not 0 <= number < len(_NASLIB_NAMES):
            raise DataError(
                f"operation {number} in {_SPACE} numbers {_quoted(whole)} is not from 0 to 4"
            )
    rows = [numbers[row * vertices : (row + 1) * vertices] for row in range(vertices)]
    return _from_rows(rows, [_NASLIB_NAMES[number] for number in ids], whole)


def _from_matrix_and_names(value: object, whole: str) -> Cell:
    match value:
        case [list(matrix), list(names)]:
            rows = [_integers(row, whole) for row in matrix]
        case _:
            raise DataError(f"{_SPACE} cell {_quoted(whole)} is not [matrix, names]")
    if len(rows) < 2 or {len(row) for row in rows} != {len(names)} or len(rows) != len(names):
        raise DataError(
            f"matrix of {_SPACE} cell {_quoted(whole)} is not square of side {len(names)}, the "
            f"number of names, and at least 2"
        )
    return _from_rows(rows, names, whole)


def _from_rows(rows: Sequence[Sequence[int]], names: Sequence[object], whole: str) -> Cell:
    expected = {0: ("input",), len(names) - 1: ("output",)}
    for vertex, name in enumerate(names):
        if name not in expected.get(vertex, OPERATIONS):
            raise DataError(
                f"operation {_quoted(name)} of vertex {vertex} in {_SPACE} cell {_quoted(whole)} "
                f"is not {' or '.join(expected.get(vertex, OPERATIONS))}"
            )
    for source, row in enumerate(rows):
        for target, entry in enumerate(row):
            if entry not in ((0, 1) if source < target else (0,)):
                raise DataError(
                    f"entry {entry} in row {source}, column {target} of {_SPACE} cell "
                    f"{_quoted(whole)} is no edge from a lower to a higher vertex"
                )
    vertices = range(len(rows))
    return Cell(
        operations=tuple(str(name) for name in names[1:-1]),
        parents=tuple(
            tuple(source for source in vertices if rows[source][target]) for target in vertices[1:]
        ),
    )


def _integers(value: object, whole: str) -> list[int]:
    if not isinstance(value, list | tuple):
        raise DataError(f"{_quoted(value)} in {_SPACE} cell {_quoted(whole)} is no list of numbers")
    for entry in value:
        if type(entry) is not int:
            raise DataError(f"{_quoted(entry)} in {_SPACE} cell {_quoted(whole)} is no integer")
    return list(value)


def _literal(text: str) -> object:
    broken = DataError(f"{_SPACE} cell {_quoted(text)} is no literal of numbers and names")
    if len(text) > _LITERAL_CHARACTERS:
        raise broken
    try:
        value: object = ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        raise broken from None
    return value


def _quoted(value: object) -> str:
    text = str(value)
    return repr(text if len(text) <= _QUOTED_CHARACTERS else f"{text[:_QUOTED_CHARACTERS]}...")
