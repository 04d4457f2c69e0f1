"""A value that is computed when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Generic, TypeVar

__all__ = ["Deferred"]

Value = TypeVar("Value")
Derived = TypeVar("Derived")


class Deferred(Generic[Value]):
    """What is dear and often not needed, such as the traced graphs of all networks of a task.

    Another process gets the value, not the way to compute it.
    """

    def __init__(self, compute: Callable[[], Value]) -> None:
        self._compute = compute

    def __reduce__(self) -> tuple[Callable[[Value], Deferred[Value]], tuple[Value]]:
        """Compute the value, which is what is pickled."""
        return _computed, (self.value,)

    @cached_property
    def value(self) -> Value:
        """The value; computed once."""
        return self._compute()

    def then(self, derive: Callable[[Value], Derived]) -> Deferred[Derived]:
        """Return what follows from the value, deferred too."""
        return Deferred(lambda: derive(self.value))


def _computed(value: Value) -> Deferred[Value]:
    return Deferred(lambda: value)
