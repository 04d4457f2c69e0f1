"""All spaces by name; a space's module is imported when it is first asked for."""

from __future__ import annotations

import importlib

from harness.core.architecture import Space
from harness.core.errors import unknown_name

__all__ = ["space", "space_names"]

_MODULES = {
    "nas-bench-201": "nas_bench_201",
    "nas-bench-101": "nas_bench_101",
    "nas-bench-1shot1-1": "nas_bench_1shot1_1",
    "nas-bench-1shot1-2": "nas_bench_1shot1_2",
    "nas-bench-1shot1-3": "nas_bench_1shot1_3",
    "nas-bench-macro": "nas_bench_macro",
    "darts": "darts",
    "transnas-bench-101-micro": "transnas_bench_101_micro",
    "transnas-bench-101-macro": "transnas_bench_101_macro",
    "nas-bench-graph": "nas_bench_graph",
}


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
    registered: Space = importlib.import_module(f"harness.spaces.{_MODULES[name]}").SPACE
    return registered
