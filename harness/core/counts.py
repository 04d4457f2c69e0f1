"""Counts as messages name them."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["counted", "listed"]


def counted(number: int, noun: str) -> str:
    """Return a number and a noun, e.g. ``"1 plugin"`` or ``"12 plugins"``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listed(names: Iterable[str], most: int = 5) -> str:
    """Return the first names and how many there are more, e.g. ``"a, b and 3 more"``."""
    shown = list(names)
    more = f" and {len(shown) - most} more" if len(shown) > most else ""
    return f"{', '.join(shown[:most])}{more}"
