"""Assignments in chunks: how large they are, and what must be asked again goes first."""

from __future__ import annotations

import operator
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import islice

from harness.execution.scoring import Assignment

__all__ = ["Chunk", "ChunkSizes", "Supply", "divide_chunk"]

Chunk = tuple[Assignment, ...]

_UNKNOWN = 10**9

_TARGET_S = 2.0
"""Sending a chunk and its records takes milliseconds: a thousandth of this."""
_CHUNKS_PER_S = 100
"""A scheduler spends about 1.3 ms on a chunk and .1 ms on each architecture in it
(`tests.benchmarks.cluster_plan`); more than 200 workers get longer chunks, not more of them."""
_MOST = 256
_SPREAD = 2
"""Chunks per worker that the rest is cut into at least, so that all workers end together."""
_NEW = 0.5


@dataclass(slots=True)
class ChunkSizes:
    """Sizes of chunks that take about two seconds, longer on many workers, shorter at the end."""

    _each_s: float | None = field(default=None, init=False)

    def learn(self, architectures: int, wall_s: float) -> None:
        """Take in what a chunk took on its worker; the latest ones count most."""
        each_s = wall_s / architectures
        known = each_s if self._each_s is None else self._each_s
        self._each_s = _NEW * each_s + (1 - _NEW) * known

    def next_size(self, left: int, slots: int) -> int:
        """Return the number of architectures of the next chunk; 1 until something is known.

        Args:
            left: Architectures that were not given out yet.
            slots: Chunks that the cluster works on at the same time.
        """
        if self._each_s is None:
            return 1
        target_s = max(_TARGET_S, slots / _CHUNKS_PER_S)
        long_enough = int(target_s / self._each_s) if self._each_s > 0 else _MOST
        fair = left // (_SPREAD * max(slots, 1))
        return max(1, min(long_enough, fair, _MOST))


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

    def next_chunks(self, count: int, slots: int) -> list[Chunk]:
        """Return so many chunks, fewer when all are out, for a cluster that works on `slots`."""
        chunks: list[Chunk] = []
        while len(chunks) < count and (chunk := self.next_chunk(slots)):
            chunks.append(chunk)
        return chunks

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


def divide_chunk(chunk: Chunk) -> tuple[Chunk, ...]:
    """Return smaller chunks to ask again; nothing when one plugin and one architecture are left."""
    if len(chunk) > 1:
        return tuple((assignment,) for assignment in chunk)
    (only,) = chunk
    if len(only.plugins) > 1:
        return tuple((replace(only, plugins=(name,)),) for name in only.plugins)
    return ()
