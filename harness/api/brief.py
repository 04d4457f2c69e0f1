"""A short `repr` for results, which may hold megabytes."""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import fields
from pathlib import Path
from typing import Any, cast

__all__ = ["Brief"]


class Brief:
    """A dataclass whose `repr` says how much of everything it holds."""

    __slots__ = ()

    def __repr__(self) -> str:
        values = ((part.name, getattr(self, part.name)) for part in fields(cast(Any, self)))
        shown = ", ".join(f"{name}={_shown(value)}" for name, value in values)
        return f"{type(self).__name__}({shown})"


def _shown(value: object) -> str:
    from harness.api.frames import table_of

    match value:
        case None | str() | int() | Path():
            return repr(value)
        case Sized():
            return f"<{len(value)}>"
        case _:
            table, subject = table_of(value), getattr(value, "suite", getattr(value, "task", ""))
            rows = "" if table is None else f", {len(table.rows)} rows"
            return f"<{type(value).__name__}{f' of {subject}' if subject else ''}{rows}>"
