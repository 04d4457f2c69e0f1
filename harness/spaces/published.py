"""Texts of architectures from the ways in which upstream files write them.

The text of an architecture is its identity in truth tables: that of its space. Every function takes
what a file holds, unchecked, and the place that it came from, and raises a `DataError` that names
the place.

===============  ==================================================================================
NAS-Bench-101    The vertices are kept as they are written, so that isomorphic cells have texts of
                 their own. NASLib's tuple is the n x n adjacency matrix row by row, then n ids: 0
                 input, 1 output, 2 maxpool3x3, 3 conv1x1-bn-relu, 4 conv3x3-bn-relu. (Checked
                 against the published runs of isomorphic cells: 35 of 35 agree, and at most 4 of
                 35 under another assignment.)
DARTS            NASLib writes two cells of eight pairs ``(input, id)``; the ids are 0
                 max_pool_3x3, 1 avg_pool_3x3, 2 skip_connect, 3 sep_conv_3x3, 4 sep_conv_5x5, 5
                 dil_conv_3x3, 6 dil_conv_5x5
TransNAS micro   ``64-41414-a_bc_def``: the edges (0,1), (0,2) (1,2), (0,3) (1,3) (2,3); 0 none, 1
                 skip_connect, 2 nor_conv_1x1, 3 nor_conv_3x3
TransNAS macro   ``64-4111-basic``: 4 to 6 modules, 1 keeps shape and channels, 2 doubles the
                 channels, 3 halves the resolution, 4 does both
NAS-Bench-Macro  ``01201222``, one digit a layer, 0 identity, 1 MB k3 e3, 2 MB k5 e6
NAS-Bench-Graph  ``0112:gcn-gin-fc-cheb``; upstream keys it by the number of one of nine ways to
                 connect four operations, then four decimal digits for these
===============  ==================================================================================
"""

from __future__ import annotations

import ast
import functools
import json
from collections.abc import Callable

from harness.core.architecture import Space
from harness.core.errors import DataError, unknown_name
from harness.core.short_repr import quote
from harness.spaces import (
    darts,
    nas_bench_1shot1,
    nas_bench_101,
    nas_bench_201,
    nas_bench_graph,
    nas_bench_macro,
    transnas_bench_101_macro,
    transnas_bench_101_micro,
)
from harness.spaces.four_node_cells import EDGES

__all__ = [
    "BENCHMARKS",
    "darts_from_genotype",
    "darts_from_pairs",
    "integers",
    "literal",
    "nas_bench_1shot1_from_matrix",
    "nas_bench_101_from_ids",
    "nas_bench_101_from_matrix",
    "nas_bench_201_from_ids",
    "nas_bench_201_from_nested_ids",
    "nas_bench_graph_from_key",
    "nas_bench_macro_from_digits",
    "text_in",
    "text_of",
    "transnas_macro",
    "transnas_macro_from_ids",
    "transnas_micro",
    "transnas_micro_from_ids",
    "transnas_micro_from_nas_bench_201_ids",
]

_LONGEST = 4000
_IDS_OF_NAS_BENCH_201 = (1, 0, 3, 2)
TextWriter = Callable[[object, str], str]


def literal(text: object, where: str) -> object:
    """Read a text of numbers, strings, tuples and lists; nothing else is understood.

    Raises:
        DataError: It is no text, no literal, or longer than any architecture.
    """
    if not isinstance(text, str) or len(text) > _LONGEST:
        raise DataError(f"{where}: expected a short text, found {quote(text)}")
    try:
        value: object = ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        raise DataError(f"{where}: {quote(text)} is no Python literal") from None
    return value


def integers(value: object, where: str) -> tuple[int, ...]:
    """Return a tuple or list of integers.

    Raises:
        DataError: It is none, or a member is no integer.
    """
    if not isinstance(value, tuple | list):
        raise DataError(f"{where}: expected a list of integers, found {quote(value)}")
    for member in value:
        if isinstance(member, bool) or not isinstance(member, int):
            raise DataError(
                f"{where}: expected an integer, found {quote(member)} in {quote(value)}"
            )
    return tuple(value)


def text_in(space: Space, written: str, where: str) -> str:
    """Return the space's own text of an architecture in any notation that the space reads.

    Raises:
        DataError: The space does not read it; the message begins with the place.
    """
    try:
        return space.parse(written).text
    except DataError as error:
        raise DataError(f"{where}: {error}") from None


def darts_from_pairs(cells: object, where: str) -> str:
    """Return the text of NASLib's normal and reduction cell."""
    if not isinstance(cells, tuple | list) or not all(
        isinstance(cell, tuple | list) for cell in cells
    ):
        raise DataError(f"{where}: expected two cells of pairs, found {quote(cells)}")
    pairs = tuple(tuple(integers(pair, where) for pair in cell) for cell in cells)
    return text_in(darts.SPACE, str(pairs), where)


def darts_from_genotype(text: str, where: str) -> str:
    """Return the text of a printed genotype; it is parsed, never evaluated."""
    return text_in(darts.SPACE, text, where)


def nas_bench_101_from_ids(flat: object, where: str) -> str:
    """Return the text of a flattened matrix that is followed by operation ids."""
    return text_in(nas_bench_101.SPACE, str(integers(flat, where)), where)


def nas_bench_101_from_matrix(matrix: object, operations: object, where: str) -> str:
    """Return the text of a matrix, a list of rows, and a list of operation names."""
    return text_in(nas_bench_101.SPACE, _matrix_text(matrix, operations, where), where)


def nas_bench_1shot1_from_matrix(matrix: object, operations: object, where: str) -> str:
    """Return the text of a cell in the second space of NAS-Bench-1Shot1."""
    return text_in(nas_bench_1shot1.SECOND, _matrix_text(matrix, operations, where), where)


def _matrix_text(matrix: object, operations: object, where: str) -> str:
    if not isinstance(matrix, list) or not isinstance(operations, list):
        raise DataError(f"{where}: expected a matrix and operations, found {quote(matrix)}")
    rows = [list(integers(row, where)) for row in matrix]
    if not all(isinstance(operation, str) for operation in operations):
        raise DataError(f"{where}: expected names of operations, found {quote(operations)}")
    return json.dumps([rows, operations])


def nas_bench_201_from_ids(ids: object, where: str) -> str:
    """Return the text of six ids, 0 skip_connect, 1 none, 2 conv3x3, 3 conv1x1, 4 avg_pool.

    The order of edges is (0,1) (0,2) (0,3) (1,2) (1,3) (2,3).
    """
    try:
        return _text_of_ids(integers(ids, where))
    except DataError as error:
        raise DataError(f"{where}: {error}") from None


def nas_bench_201_from_nested_ids(ids: object, where: str) -> str:
    """Return the text of ``[[a], [b, c], [d, e, f]]``, the ids by target node.

    0 none, 1 skip_connect, 2 nor_conv_1x1, 3 nor_conv_3x3, 4 avg_pool_3x3.
    """
    if not isinstance(ids, tuple | list):
        raise DataError(f"{where}: expected lists of ids, found {quote(ids)}")
    try:
        return _text_of_nested_ids(tuple(integers(node, where) for node in ids))
    except DataError as error:
        raise DataError(f"{where}: {error}") from None


@functools.lru_cache(maxsize=1 << 15)
def _text_of_ids(ids: tuple[int, ...]) -> str:
    return nas_bench_201.from_naslib_ids(ids).text


@functools.lru_cache(maxsize=1 << 15)
def _text_of_nested_ids(ids: tuple[tuple[int, ...], ...]) -> str:
    return nas_bench_201.from_nested_ids(ids).text


def nas_bench_graph_from_key(key: object, where: str) -> str:
    """Return the text of an upstream key."""
    if isinstance(key, bool) or not isinstance(key, int) or key < 0:
        raise DataError(f"{where}: expected a key that is a natural number, found {quote(key)}")
    try:
        return _text_of_key(key)
    except DataError as error:
        raise DataError(f"{where}: {error}") from None


@functools.lru_cache(maxsize=1 << 15)
def _text_of_key(key: int) -> str:
    return nas_bench_graph.from_key(key).text


def nas_bench_macro_from_digits(text: object, where: str) -> str:
    """Return the text, which the file writes the same way."""
    if not isinstance(text, str):
        raise DataError(f"{where}: expected eight digits, found {quote(text)}")
    return text_in(nas_bench_macro.SPACE, text, where)


def transnas_micro(text: object, where: str) -> str:
    """Return the text of a micro architecture that is written like that already."""
    if not isinstance(text, str) or not text.startswith("64-41414-"):
        raise DataError(f"{where}: expected '64-41414-a_bc_def', found {quote(text)}")
    return text_in(transnas_bench_101_micro.SPACE, text, where)


def transnas_macro(text: object, where: str) -> str:
    """Return the text of a macro architecture that is written like that already."""
    if not isinstance(text, str) or not text.endswith("-basic"):
        raise DataError(f"{where}: expected '64-MODULES-basic', found {quote(text)}")
    return text_in(transnas_bench_101_macro.SPACE, text, where)


def transnas_micro_from_ids(ids: object, where: str) -> str:
    """Return the text of NASLib's six ids in the order of edges and operations above."""
    first, *others = _six(ids, where)
    digits = "".join(map(str, others))
    return transnas_micro(f"64-41414-{first}_{digits[:2]}_{digits[2:]}", where)


def transnas_micro_from_nas_bench_201_ids(ids: object, where: str) -> str:
    """Return the text of six ids that follow NASLib's NAS-Bench-201 instead.

    There the edges are (0,1) (0,2) (0,3) (1,2) (1,3) (2,3), and 0 is skip_connect, 1 none,
    2 nor_conv_3x3, 3 nor_conv_1x1. (Found by comparing numbers of parameters: read so, their
    ranks agree with those of the other files, and not at all if read the other way.)
    """
    by_edge = dict(zip(sorted(EDGES), _six(ids, where), strict=True))
    return transnas_micro_from_ids([_IDS_OF_NAS_BENCH_201[by_edge[edge]] for edge in EDGES], where)


def transnas_macro_from_ids(ids: object, where: str) -> str:
    """Return the text of NASLib's modules; zeros at the end are padding."""
    modules = "".join(map(str, integers(ids, where))).rstrip("0")
    return transnas_macro(f"64-{modules}-basic", where)


def _six(ids: object, where: str) -> tuple[int, ...]:
    numbers = integers(ids, where)
    if len(numbers) != len(EDGES) or any(number not in range(4) for number in numbers):
        raise DataError(f"{where}: expected six ids from 0 to 3, found {quote(ids)}")
    return numbers


BENCHMARKS: dict[str, TextWriter] = {
    "nasbench101": nas_bench_101_from_ids,
    "nasbench201": nas_bench_201_from_ids,
    "nasbench301": darts_from_pairs,
    "transbench101_macro": transnas_macro_from_ids,
    "transbench101_micro": transnas_micro_from_ids,
}
_IN_NAS_BENCH_201_IDS = frozenset({"svhn", "ninapro", "scifar100"})


def text_of(benchmark: str, dataset: str) -> TextWriter:
    """Return the function that writes the text of a benchmark's architectures.

    The TransNAS cells of the three data sets that were added by NAS-Bench-Suite-Zero follow
    the ids of NAS-Bench-201, unlike those of TransNAS's own tasks.

    Raises:
        DataError: There is no such benchmark.
    """
    if benchmark not in BENCHMARKS:
        raise DataError(str(unknown_name("benchmark", benchmark, BENCHMARKS)))
    if benchmark == "transbench101_micro" and dataset in _IN_NAS_BENCH_201_IDS:
        return transnas_micro_from_nas_bench_201_ids
    return BENCHMARKS[benchmark]
