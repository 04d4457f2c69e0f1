"""All spaces by name; a space's module is imported when it is first asked for."""

from __future__ import annotations

import importlib

from harness.core.architecture import Space
from harness.core.errors import unknown_name

__all__ = ["require_space", "space", "space_names"]

_PLACES = {
    "nas-bench-201": "nas_bench_201:SPACE",
    "nas-bench-101": "nas_bench_101:SPACE",
    "nas-bench-1shot1-1": "nas_bench_1shot1:FIRST",
    "nas-bench-1shot1-2": "nas_bench_1shot1:SECOND",
    "nas-bench-1shot1-3": "nas_bench_1shot1:THIRD",
    "nas-bench-macro": "nas_bench_macro:SPACE",
    "darts": "darts:SPACE",
    "transnas-bench-101-micro": "transnas_bench_101_micro:SPACE",
    "transnas-bench-101-macro": "transnas_bench_101_macro:SPACE",
    "nas-bench-graph": "nas_bench_graph:SPACE",
}


def space_names() -> tuple[str, ...]:
    """Return the names of all spaces."""
    return tuple(_PLACES)


def require_space(name: str, where: str = "") -> None:
    """Refuse a name that no space has.

    Args:
        name: The name.
        where: File and key that held it, for the message.

    Raises:
        UsageError: There is no such space.
    """
    if name not in _PLACES:
        raise unknown_name("space", name, _PLACES, where)


def space(name: str) -> Space:
    """Return a space by name.

    Raises:
        UsageError: There is no such space.
    """
    require_space(name)
    module, _, constant = _PLACES[name].partition(":")
    registered: Space = getattr(importlib.import_module(f"harness.spaces.{module}"), constant)
    return registered
