"""Memory that is used for one network after the other."""

from __future__ import annotations

import ctypes

__all__ = ["keep_freed_memory", "release_freed_memory"]

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_LARGEST_THRESHOLD = 32 * 1024 * 1024
"""What the C library of GNU accepts at most for allocations of their own."""


def keep_freed_memory() -> bool:
    """Make this process keep freed memory instead of returning it to the system.

    Every network needs its feature maps anew, and to get a page from the system takes longer than
    to fill it: without this a sixth of the time of gradient proxies goes there. It is meant for
    processes that do nothing but score, and stays until they end.

    Returns:
        Whether the C library knows how; otherwise nothing happens.
    """
    try:
        set_option = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return False
    largest = ctypes.c_int(2**31 - 1)
    kept = set_option(_MMAP_THRESHOLD, _LARGEST_THRESHOLD) and set_option(_TRIM_THRESHOLD, largest)
    return bool(kept)


def release_freed_memory() -> None:
    """Return freed memory to the system, so that a peak that follows is of the work that follows.

    Does nothing where the C library does not offer it.
    """
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError, TypeError):
        return
