"""Memory that processes may use on this machine, limits of containers considered."""

from __future__ import annotations

from pathlib import Path

__all__ = ["machine_memory_bytes"]

_LIMITS_OF_CONTAINERS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)


def machine_memory_bytes() -> int:
    """Return what all processes together may use."""
    import psutil

    return min([int(psutil.virtual_memory().total), *_container_limits()])


def _container_limits() -> list[int]:
    limits = []
    for path in _LIMITS_OF_CONTAINERS:
        try:
            text = path.read_text().strip()
        except OSError:
            continue
        if text.isdigit():
            limits.append(int(text))
    return limits
