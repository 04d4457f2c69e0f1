"""Notations of a NAS-Bench-101 cell.

========  ========================================================================================
text      the harness's own: one term for every vertex after the input, joined by ``|``, e.g.
          ``conv3x3:0|conv1x1:01|maxpool3x3:1|output:023``
numbers   NASLib's tuple: the adjacency matrix row by row and then one number per vertex: 0 input,
          1 output, 2 maxpool3x3, 3 conv1x1-bn-relu, 4 conv3x3-bn-relu
pair      ``[matrix, names]`` of the benchmark's own API, whose matrix may be of integers, of truth
          values, or of ``0.`` and ``1.``
dict      the same under ``module_adjacency`` and ``module_operations``, as the API's results have
          it; their other parts, such as training times, are passed over
========  ========================================================================================

A term of the harness's text is the operation, a colon and one digit for every vertex from which an
edge comes, ascending; vertex 0 is the input and the last term the output. What is in brackets is
told by its structure; round or square ones mean the same. What does not fit raises a `DataError` of
one sentence that quotes the faulty part.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from harness.core.errors import DataError
from harness.spaces.literal import quote, read_literal
from harness.spaces.nas_bench_101_cell import OPERATIONS, Cell, fault

__all__ = ["read_text", "to_text"]

_SPACE = "NAS-Bench-101"
_MATRIX, _NAMES = "module_adjacency", "module_operations"
_NASLIB_NAMES = ("input", "output", "maxpool3x3", "conv1x1-bn-relu", "conv3x3-bn-relu")
_SHORT_NAMES = {operation: operation.removesuffix("-bn-relu") for operation in OPERATIONS}
_LONG_NAMES = {short: operation for operation, short in _SHORT_NAMES.items()}


def read_text(text: str) -> Cell:
    """Read any of the notations; the first character tells the harness's text from the others.

    Raises:
        DataError: The text is none of them, or the cell breaks a rule of the benchmark.
    """
    stripped = text.strip()
    cell = (
        _from_literal(_literal(stripped), stripped)
        if stripped[:1] in ("(", "[", "{")
        else _from_terms(stripped)
    )
    broken = fault(cell)
    if broken is not None:
        raise DataError(f"{_SPACE} cell {quote(text)} {broken}")
    return cell


def to_text(cell: Cell) -> str:
    """Write the harness's own text."""
    names = [*(_SHORT_NAMES[operation] for operation in cell.operations), "output"]
    return "|".join(
        f"{name}:{''.join(map(str, sources))}"
        for name, sources in zip(names, cell.parents, strict=True)
    )


def _from_terms(text: str) -> Cell:
    terms = text.split("|")
    names, parents = [], []
    for vertex, term in enumerate(terms, start=1):
        name, colon, digits = term.partition(":")
        known = name == "output" if vertex == len(terms) else name in _LONG_NAMES
        if not known or not colon or list(digits) != sorted(set(digits) & set(_below(vertex))):
            expected = "output" if vertex == len(terms) else "|".join(_LONG_NAMES)
            raise DataError(
                f"term {quote(term)} of a {_SPACE} cell is not '{expected}', a colon and "
                f"ascending vertices below {vertex}"
            )
        names.append(name)
        parents.append(tuple(int(digit) for digit in digits))
    return Cell(operations=tuple(_LONG_NAMES[name] for name in names[:-1]), parents=tuple(parents))


def _below(vertex: int) -> str:
    return "0123456789"[:vertex]


def _from_literal(value: object, whole: str) -> Cell:
    match value:
        case {"module_adjacency": matrix, "module_operations": names}:
            return _from_matrix_and_names(matrix, names, whole)
        case dict():
            raise DataError(f"{_SPACE} cell {quote(whole)} has no {_MATRIX} and {_NAMES}")
        case [list() | tuple() as matrix, list() | tuple() as names]:
            return _from_matrix_and_names(matrix, names, whole)
        case [list() | tuple(), *_]:
            raise DataError(f"{_SPACE} cell {quote(whole)} is not [matrix, names]")
        case _:
            return _from_naslib(_integers(value, whole), whole)


def _from_naslib(numbers: Sequence[int], whole: str) -> Cell:
    # n * n entries of the matrix and n operations
    vertices = (math.isqrt(4 * len(numbers) + 1) - 1) // 2
    if vertices < 2 or vertices * (vertices + 1) != len(numbers):
        raise DataError(
            f"{_SPACE} numbers {quote(whole)} are {len(numbers)}, not n * n + n with n > 1"
        )
    ids = numbers[vertices * vertices :]
    for number in ids:
        if not 0 <= number < len(_NASLIB_NAMES):
            raise DataError(
                f"operation {number} in {_SPACE} numbers {quote(whole)} is not from 0 to 4"
            )
    rows = [numbers[row * vertices : (row + 1) * vertices] for row in range(vertices)]
    return _from_rows(rows, [_NASLIB_NAMES[number] for number in ids], whole)


def _from_matrix_and_names(matrix: object, names: object, whole: str) -> Cell:
    rows = [[_entry(entry, whole) for entry in _list(row, whole)] for row in _list(matrix, whole)]
    names = _list(names, whole)
    if len(rows) < 2 or {len(row) for row in rows} != {len(names)} or len(rows) != len(names):
        raise DataError(
            f"matrix of {_SPACE} cell {quote(whole)} is not square of side {len(names)}, the "
            f"number of names, and at least 2"
        )
    return _from_rows(rows, names, whole)


def _from_rows(rows: Sequence[Sequence[int]], names: Sequence[object], whole: str) -> Cell:
    expected = {0: ("input",), len(names) - 1: ("output",)}
    for vertex, name in enumerate(names):
        if name not in expected.get(vertex, OPERATIONS):
            raise DataError(
                f"operation {quote(name)} of vertex {vertex} in {_SPACE} cell {quote(whole)} "
                f"is not {' or '.join(expected.get(vertex, OPERATIONS))}"
            )
    for source, row in enumerate(rows):
        for target, entry in enumerate(row):
            if entry not in ((0, 1) if source < target else (0,)):
                raise DataError(
                    f"entry {entry} in row {source}, column {target} of {_SPACE} cell "
                    f"{quote(whole)} is no edge from a lower to a higher vertex"
                )
    vertices = range(len(rows))
    return Cell(
        operations=tuple(str(name) for name in names[1:-1]),
        parents=tuple(
            tuple(source for source in vertices if rows[source][target]) for target in vertices[1:]
        ),
    )


def _integers(value: object, whole: str) -> list[int]:
    numbers = []
    for entry in _list(value, whole):
        if not isinstance(entry, int) or isinstance(entry, bool):
            raise DataError(f"{quote(entry)} in {_SPACE} cell {quote(whole)} is no integer")
        numbers.append(entry)
    return numbers


def _entry(value: object, whole: str) -> int:
    """Return an entry of a matrix, in which truth values and 0. and 1. may stand for 0 and 1."""
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return int(value)
    raise DataError(f"{quote(value)} in {_SPACE} cell {quote(whole)} is no integer")


def _list(value: object, whole: str) -> Sequence[object]:
    if not isinstance(value, list | tuple):
        raise DataError(f"{quote(value)} in {_SPACE} cell {quote(whole)} is no list")
    return value


def _literal(text: str) -> object:
    try:
        return read_literal(text)
    except ValueError:
        raise DataError(f"{_SPACE} cell {quote(text)} is no literal of numbers and names") from None
