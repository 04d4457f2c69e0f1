"""NAS-Bench-Graph: ``0112:gcn-gin-fc-cheb``, the text of the space.

Upstream keys an architecture by one integer: the number of one of nine ways to connect four
operations, then four decimal digits for the operations.
"""

from __future__ import annotations

import functools

from harness.core.errors import DataError
from harness.spaces import nas_bench_graph
from harness.truth.reading import quoted

__all__ = ["from_key"]


def from_key(key: object, where: str) -> str:
    """Return the text of an upstream key."""
    if isinstance(key, bool) or not isinstance(key, int) or key < 0:
        raise DataError(f"{where}: expected a key that is a natural number, found {quoted(key)}")
    try:
        return _text(key)
    except DataError as error:
        raise DataError(f"{where}: {error}") from None


@functools.lru_cache(maxsize=1 << 15)
def _text(key: int) -> str:
    return nas_bench_graph.from_key(key).text
