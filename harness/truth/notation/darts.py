"""DARTS and NAS-Bench-301: the text is that of the space, which sorts the two choices of a node.

NASLib writes two cells of eight pairs ``(input, id)``; the ids are 0 max_pool_3x3,
1 avg_pool_3x3, 2 skip_connect, 3 sep_conv_3x3, 4 sep_conv_5x5, 5 dil_conv_3x3, 6 dil_conv_5x5.
"""

from __future__ import annotations

from harness.core.errors import DataError
from harness.spaces import darts
from harness.truth.notation.literal import integers
from harness.truth.notation.written import text_in
from harness.truth.reading import quoted

__all__ = ["from_compact", "from_genotype"]


def from_compact(cells: object, where: str) -> str:
    """Return the text of NASLib's normal and reduction cell."""
    if not isinstance(cells, tuple | list) or not all(
        isinstance(cell, tuple | list) for cell in cells
    ):
        raise DataError(f"{where}: expected two cells of pairs, found {quoted(cells)}")
    pairs = tuple(tuple(integers(pair, where) for pair in cell) for cell in cells)
    return text_in(darts.SPACE, str(pairs), where)


def from_genotype(text: str, where: str) -> str:
    """Return the text of a printed genotype; it is parsed, never evaluated."""
    return text_in(darts.SPACE, text, where)
