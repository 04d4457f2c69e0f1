"""NAS-Bench-101: the text is that of the space, which keeps the vertices as they are written.

NASLib's tuple is the n x n adjacency matrix row by row, then n operation ids: 0 input, 1 output,
2 maxpool3x3, 3 conv1x1-bn-relu, 4 conv3x3-bn-relu. (The meaning of the ids was checked against the
published runs of isomorphic cells: 35 of 35 agree, and at most 4 of 35 under another assignment.)
Several cells of a file can be isomorphic; they have different texts.
"""

from __future__ import annotations

import json

from harness.core.errors import DataError
from harness.spaces import nas_bench_1shot1, nas_bench_101
from harness.truth.notation.literal import integers
from harness.truth.notation.written import text_in
from harness.truth.reading import quoted

__all__ = ["from_ids", "from_matrix", "one_shot_from_matrix"]


def from_ids(flat: object, where: str) -> str:
    """Return the text of a flattened matrix that is followed by operation ids."""
    return text_in(nas_bench_101.SPACE, str(integers(flat, where)), where)


def from_matrix(matrix: object, operations: object, where: str) -> str:
    """Return the text of a matrix, a list of rows, and a list of operation names."""
    return text_in(nas_bench_101.SPACE, _matrix_text(matrix, operations, where), where)


def one_shot_from_matrix(matrix: object, operations: object, where: str) -> str:
    """Return the text of a cell in the second space of NAS-Bench-1Shot1."""
    return text_in(nas_bench_1shot1.SECOND, _matrix_text(matrix, operations, where), where)


def _matrix_text(matrix: object, operations: object, where: str) -> str:
    if not isinstance(matrix, list) or not isinstance(operations, list):
        raise DataError(f"{where}: expected a matrix and operations, found {quoted(matrix)}")
    rows = [list(integers(row, where)) for row in matrix]
    if not all(isinstance(operation, str) for operation in operations):
        raise DataError(f"{where}: expected names of operations, found {quoted(operations)}")
    return json.dumps([rows, operations])
