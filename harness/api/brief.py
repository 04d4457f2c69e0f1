"""A short `repr` for results, which says how many rows their tables have."""

from __future__ import annotations

from harness.core.counts import counted
from harness.core.short_repr import ShortRepr

__all__ = ["Brief"]


class Brief(ShortRepr):
    """A result whose `repr` says how much of everything it holds."""

    __slots__ = ()

    def _held(self, value: object) -> str:
        from harness.api.frames import table_of

        table, subject = table_of(value), getattr(value, "suite", getattr(value, "task", ""))
        rows = "" if table is None else f", {counted(len(table.rows), 'row')}"
        return f"<{type(value).__name__}{f' of {subject}' if subject else ''}{rows}>"
