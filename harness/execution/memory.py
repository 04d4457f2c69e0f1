"""What a worker process may hold in memory when nobody says."""

from __future__ import annotations

from pathlib import Path

__all__ = ["default_memory_bytes"]

_OF_THE_GROUP = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)


def default_memory_bytes(workers: int) -> int:
    """Return a worker's share of the memory that this process may use, containers considered.

    It stops a leaking plugin before the system ends a process of its own choice.
    """
    import psutil

    total = int(psutil.virtual_memory().total)
    return min([total, *_limits_of_the_group()]) // workers


def _limits_of_the_group() -> list[int]:
    found = []
    for path in _OF_THE_GROUP:
        try:
            text = path.read_text().strip()
        except OSError:
            continue
        if text.isdigit():
            found.append(int(text))
    return found
