"""How many architectures go to a cluster together, from what they have taken so far."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["ChunkSizes"]

_TARGET_S = 2.0
"""Sending a chunk and its records takes milliseconds: a thousandth of this."""
_MOST = 256
_SPREAD = 2
"""Chunks per worker that the rest is cut into at least, so that all workers end together."""
_NEW = 0.5


@dataclass(slots=True)
class ChunkSizes:
    """Sizes of chunks that take about two seconds each, and smaller ones towards the end."""

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
        of_two_seconds = int(_TARGET_S / self._each_s) if self._each_s > 0 else _MOST
        fair = left // (_SPREAD * max(slots, 1))
        return max(1, min(of_two_seconds, fair, _MOST))
