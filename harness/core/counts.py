"""Counts as messages name them."""

from __future__ import annotations

__all__ = ["counted"]


def counted(number: int, noun: str) -> str:
    """Return a number and a noun, e.g. ``"1 plugin"`` or ``"12 plugins"``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
