"""A short `repr` for what may be long, in messages, notebooks and consoles."""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import fields
from pathlib import Path
from typing import Any, cast

__all__ = ["ShortRepr", "quote"]

_QUOTED_CHARACTERS = 80


def quote(value: object) -> str:
    """Write a value for a message, cut where it is long."""
    text = repr(value)
    return text if len(text) <= _QUOTED_CHARACTERS else f"{text[:_QUOTED_CHARACTERS]}..."


class ShortRepr:
    """A dataclass whose `repr` says how much of everything it holds."""

    __slots__ = ()

    def __repr__(self) -> str:
        values = ((part.name, getattr(self, part.name)) for part in fields(cast(Any, self)))
        shown = ", ".join(f"{name}={self._shown(value)}" for name, value in values)
        return f"{type(self).__name__}({shown})"

    def _shown(self, value: object) -> str:
        match value:
            case None | str() | int() | float() | Path():
                return repr(value)
            case Sized():
                return f"<{len(value)}>"
            case _:
                return self._held(value)

    def _held(self, value: object) -> str:
        return f"<{type(value).__name__}>"
