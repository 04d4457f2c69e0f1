"""All supernets by name; a supernet's module is imported when it is first asked for."""

from __future__ import annotations

import importlib
from typing import Protocol, runtime_checkable

from harness.core.errors import UsageError, unknown_name
from harness.spaces.registry import space as find_space
from harness.spaces.supernets.supernet import Supernet

__all__ = ["HasSupernet", "supernet", "supernet_names", "supernet_of"]

_MODULES = {
    "nas-bench-201": "nas_bench_201",
    "nas-bench-1shot1-1": "nas_bench_1shot1",
    "nas-bench-1shot1-2": "nas_bench_1shot1",
    "nas-bench-1shot1-3": "nas_bench_1shot1",
    "nas-bench-macro": "chains",
    "mobilenet-like": "chains",
    "darts": "darts",
    "darts-s1": "darts",
    "darts-s2": "darts",
    "darts-s3": "darts",
    "darts-s4": "darts",
}


@runtime_checkable
class HasSupernet(Protocol):
    """A space from outside that has a supernet of its own."""

    @property
    def supernet(self) -> Supernet:
        """The supernet that holds all of the space."""
        ...


def supernet_names() -> tuple[str, ...]:
    """Return the names of all supernets; one that is named like a space holds all of it."""
    return tuple(_MODULES)


def supernet(name: str) -> Supernet:
    """Return a supernet by name.

    Raises:
        UsageError: There is no such supernet.
    """
    if name not in _MODULES:
        raise unknown_name("supernet", name, _MODULES)
    module = importlib.import_module(f"harness.spaces.supernets.{_MODULES[name]}")
    registered: Supernet = module.SUPERNETS[name]
    return registered


def supernet_of(space: str) -> Supernet:
    """Return the supernet that holds all of a space.

    Raises:
        UsageError: The space has none.
    """
    if space in _MODULES:
        return supernet(space)
    searched = find_space(space)
    if isinstance(searched, HasSupernet):
        return searched.supernet
    raise UsageError(
        f"space {space} has no supernet, so its operations cannot be scored; choose a task of "
        f"one of {', '.join(_MODULES)}"
    )
