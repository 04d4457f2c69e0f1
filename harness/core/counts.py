"""Counts, and lists of names, as messages have them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

__all__ = ["counted", "joined", "listed"]


def counted(number: int, noun: str) -> str:
    """Return a number and a noun, e.g. ``"1 plugin"`` or ``"12 plugins"``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def joined(names: Sequence[str]) -> str:
    """Return two names or more as a sentence has them, e.g. ``"a, b and c"``."""
    return f"{', '.join(names[:-1])} and {names[-1]}"


def listed(names: Iterable[str], most: int = 5) -> str:
    """Return the first names and how many there are more, e.g. ``"a, b and 3 more"``."""
    shown = list(names)
    more = f" and {len(shown) - most} more" if len(shown) > most else ""
    return f"{', '.join(shown[:most])}{more}"
