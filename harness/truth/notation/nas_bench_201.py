"""NAS-Bench-201: the text is the benchmark's own cell string, built by the space."""

from __future__ import annotations

import functools

from harness.core.errors import DataError
from harness.spaces import nas_bench_201
from harness.truth.notation.literal import integers
from harness.truth.reading import quoted

__all__ = ["from_naslib_ids", "from_nested_ids"]


def from_naslib_ids(ids: object, where: str) -> str:
    """Return the text of six ids, 0 skip_connect, 1 none, 2 conv3x3, 3 conv1x1, 4 avg_pool.

    The order of edges is (0,1) (0,2) (0,3) (1,2) (1,3) (2,3).
    """
    try:
        return _of_naslib(integers(ids, where))
    except DataError as error:
        raise DataError(f"{where}: {error}") from None


def from_nested_ids(ids: object, where: str) -> str:
    """Return the text of ``[[a], [b, c], [d, e, f]]``, the ids by target node.

    0 none, 1 skip_connect, 2 nor_conv_1x1, 3 nor_conv_3x3, 4 avg_pool_3x3.
    """
    if not isinstance(ids, tuple | list):
        raise DataError(f"{where}: expected lists of ids, found {quoted(ids)}")
    try:
        return _of_nested(tuple(integers(node, where) for node in ids))
    except DataError as error:
        raise DataError(f"{where}: {error}") from None


@functools.lru_cache(maxsize=1 << 15)
def _of_naslib(ids: tuple[int, ...]) -> str:
    return nas_bench_201.from_naslib_ids(ids).text


@functools.lru_cache(maxsize=1 << 15)
def _of_nested(ids: tuple[tuple[int, ...], ...]) -> str:
    return nas_bench_201.from_nested_ids(ids).text
