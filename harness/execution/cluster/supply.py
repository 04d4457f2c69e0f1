"""Assignments in chunks; what must be asked again goes first."""

from __future__ import annotations

import operator
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from itertools import islice

from harness.execution.cluster.chunks import ChunkSizes
from harness.execution.cluster.remote_pool import Chunk
from harness.execution.scoring import Assignment

__all__ = ["Supply", "divided"]

_UNKNOWN = 10**9


class Supply:
    """What is still to be given out; reads assignments only as they are needed.

    Attributes:
        sizes: How large the next chunk is.
    """

    def __init__(self, assignments: Iterable[Assignment]) -> None:
        self._left = operator.length_hint(assignments, _UNKNOWN)
        self._source = iter(assignments)
        self._again: deque[Chunk] = deque()
        self.sizes = ChunkSizes()

    def next_chunk(self, slots: int) -> Chunk | None:
        """Return the next chunk for a cluster that works on so many; nothing when all are out."""
        if self._again:
            return self._again.popleft()
        chunk = tuple(islice(self._source, self.sizes.next_size(self._left, slots)))
        self._left -= len(chunk)
        return chunk or None

    def take_back(self, chunks: Iterable[Chunk]) -> None:
        """Have these given out again, before all others."""
        self._again.extend(chunks)


def divided(chunk: Chunk) -> tuple[Chunk, ...]:
    """Return smaller chunks to ask again; nothing when one plugin and one architecture are left."""
    if len(chunk) > 1:
        return tuple((one,) for one in chunk)
    (only,) = chunk
    if len(only.plugins) > 1:
        return tuple((replace(only, plugins=(name,)),) for name in only.plugins)
    return ()
