"""Functions and classes that others call: has somebody put something else in their place?"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from operator import is_
from types import ModuleType
from typing import Any

__all__ = ["NameTable", "Replaced"]

_MODULES = (
    "builtins",
    "math",
    "random",
    "numpy",
    "numpy.linalg",
    "numpy.random",
    "torch",
    "torch.autograd",
    "torch.fft",
    "torch.func",
    "torch.linalg",
    "torch.nn",
    "torch.nn.functional",
    "torch.nn.init",
    "torch.nn.utils",
    "torch.random",
    "torch.special",
)
"""Modules of others whose names are watched; of this package, all modules are."""

_ABSENT = object()
_MADE_BY_PYTHON = frozenset(
    {"__abstractmethods__", "__annotations__", "__doc__", "__parameters__", "__slotnames__"}
)
"""Attributes of a class that Python writes when it looks at the class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """A name that stands for something else than it did.

    Attributes:
        owner: The module or class.
        name: Its attribute.
        before: What it was; `_ABSENT` for a name that a class did not have.
        after: What it is now.
    """

    owner: Any
    name: str
    before: object
    after: object

    def __str__(self) -> str:
        path = self.owner.__name__
        if isinstance(self.owner, type):
            path = f"{self.owner.__module__}.{self.owner.__qualname__}"
        return f"{path}.{self.name}"

    def put_back(self) -> None:
        """Let the name stand for what it was."""
        if self.before is _ABSENT:
            delattr(self.owner, self.name)
        else:
            setattr(self.owner, self.name, self.before)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Namespace:
    """What a module or class held when it was first looked at."""

    owner: Any
    present: Mapping[str, object]
    size: int
    names: tuple[str, ...]
    values: tuple[object, ...]

    @classmethod
    def of(cls, owner: Any) -> _Namespace:  # noqa: ANN401 - a module or a class
        present = vars(owner)
        names = tuple(name for name, value in present.items() if _is_watched(owner, name, value))
        values = tuple(present[name] for name in names)
        return cls(owner=owner, present=present, size=len(present), names=names, values=values)

    def unchanged(self) -> bool:
        """Tell fast whether all names stand for what they did, and a class has no others."""
        if isinstance(self.owner, type) and len(self.present) != self.size:
            return False
        return all(map(is_, map(self.present.get, self.names), self.values))

    def replaced(self) -> Iterator[Replaced]:
        for name, before in zip(self.names, self.values, strict=True):
            after = self.present.get(name, _ABSENT)
            if after is not before:
                yield Replaced(owner=self.owner, name=name, before=before, after=after)

    def added(self) -> Iterator[Replaced]:
        """Yield names that hide those of a base class; a module's additions hide nothing."""
        if isinstance(self.owner, type):
            for name in set(self.present) - set(self.names) - _MADE_BY_PYTHON:
                if _is_watched(self.owner, name, self.present[name]):
                    yield Replaced(
                        owner=self.owner, name=name, before=_ABSENT, after=self.present[name]
                    )


class NameTable:
    """The watched names of this process, as they were at the last `refresh`."""

    def __init__(self) -> None:
        self._namespaces: dict[int, _Namespace] = {}
        self._modules = 0
        self.refresh()

    def refresh(self) -> None:
        """Take in what was imported or replaced since."""
        for number, namespace in self._namespaces.items():
            if not namespace.unchanged():
                self._namespaces[number] = _Namespace.of(namespace.owner)
        if len(sys.modules) == self._modules:
            return
        self._modules = len(sys.modules)
        for owner in _owners():
            if id(owner) not in self._namespaces:
                self._namespaces[id(owner)] = _Namespace.of(owner)

    def replaced(self) -> list[Replaced]:
        """Return all names that stand for something else than at the last `refresh`."""
        changes: list[Replaced] = []
        for namespace in self._namespaces.values():
            if not namespace.unchanged():
                changes.extend(namespace.replaced())
                changes.extend(namespace.added())
        return changes


def _owners() -> Iterator[ModuleType | type]:
    import torch
    from torch import nn

    for name, module in list(sys.modules.items()):
        if name in _MODULES or name.startswith("harness."):
            yield module
    yield from (torch.Tensor, nn.Parameter, torch.autograd.Function)
    classes: list[type] = [nn.Module]
    while classes:
        current = classes.pop()
        if current.__module__.partition(".")[0] in ("torch", "harness"):
            yield current
        classes.extend(current.__subclasses__())


def _is_watched(owner: object, name: str, value: object) -> bool:
    """Tell whether others rely on a name: functions, classes and methods, not data."""
    if name in _MADE_BY_PYTHON:
        return False
    is_method = isinstance(value, property | staticmethod | classmethod)
    return callable(value) or (isinstance(owner, type) and is_method)
