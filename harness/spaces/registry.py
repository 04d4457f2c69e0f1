"""All spaces by name; a space's module is imported when it is first asked for."""

from __future__ import annotations

import importlib

from harness.core.architecture import Space
from harness.core.errors import unknown_name

__all__ = ["space", "space_names"]

_MODULES = {"nas-bench-201": "nas_bench_201"}


def space_names() -> tuple[str, ...]:
    """Return the names of all spaces."""
    return tuple(_MODULES)


def space(name: str) -> Space:
    """Return a space by name.

    Raises:
        UsageError: There is no such space.
    """
    if name not in _MODULES:
        raise unknown_name("space", name, _MODULES)
    found: Space = importlib.import_module(f"harness.spaces.{_MODULES[name]}").SPACE
    return found
