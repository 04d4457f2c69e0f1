"""What scores are made of: R2 of their ranks by size, depth, width and operators, as drawn."""

from __future__ import annotations

from collections.abc import Sequence

from harness.core.identity import Json
from harness.evaluation import PARTS, Entry
from harness.metrics.values import Defined, Undefined
from harness.reports.report_table import Column, Reasons, ReportTable, columns, fixed

__all__ = ["explained_caption", "explained_rows", "explained_table"]

_NAMES = {"params": "parameters"}


def explained_table(entries: Sequence[Entry]) -> ReportTable:
    """Return one row a plugin that has R2 of any part, best explained first."""
    known = [entry for entry in entries if _is_known(entry)]
    known.sort(key=lambda entry: (-_together(entry), entry.plugin))
    heads = [Column(head=_name(part), number=fixed(2), reasons=Reasons.NONE) for part in PARTS]
    lacking = {
        f"{_name(part)}: {value.reason}."
        for entry in known
        for part, value in entry.explained.items()
        if isinstance(value, Undefined)
    }
    return ReportTable(
        columns=columns("plugin", *heads),
        rows=tuple((entry.plugin, *(entry.explained[part] for part in PARTS)) for entry in known),
        notes=tuple(sorted(lacking)),
    )


def explained_rows(table: ReportTable) -> list[Json]:
    """Return one row a plugin and part that has a value, for the chart."""
    return [
        {"plugin": str(name), "part": column.head, "value": cell.value}
        for name, *cells in table.rows
        for column, cell in zip(table.columns[1:], cells, strict=True)
        if isinstance(cell, Defined)
    ]


def explained_caption(table: ReportTable) -> str:
    """Say which scores size and shape explain most and least."""
    known = [(str(row[0]), row[-1].value) for row in table.rows if isinstance(row[-1], Defined)]
    if not known:
        return "Nothing explains any score."
    others = [(name, value) for name, value in known if name not in PARTS] or known
    (most, high), (least, low) = others[0], others[-1]
    half = sum(value >= 0.5 for _, value in others)
    return (
        f"All together explain most of {most} ({high:.2f}) and least of {least} ({low:.2f}); of "
        f"{half} of {len(others)} plugins they explain at least half."
    )


def _name(part: str) -> str:
    return _NAMES.get(part, part)


def _is_known(entry: Entry) -> bool:
    return any(isinstance(value, Defined) for value in entry.explained.values())


def _together(entry: Entry) -> float:
    value = entry.explained["together"]
    return value.value if isinstance(value, Defined) else 0.0
