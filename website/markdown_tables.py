"""Tables in Markdown: writing them, and reading those that programs have written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]], texts: int = 1) -> str:
    """Return a table; its first columns hold texts, the others numbers."""
    numbers = len(head) - texts
    lines = [head, ["---"] * texts + ["---:"] * numbers, *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def short(text: str) -> str:
    """Write correlations with two or three digits without their leading zeros."""
    return re.sub(r"\b0\.(?=\d\d)", ".", text)


def rows_of(table: str) -> list[Mapping[str, str]]:
    """Read a table: of every row its cells, by the heads of their columns."""
    lines = table.split("\n")
    head, _, *rows = ([cell.strip() for cell in line[1:-1].split("|")] for line in lines)
    return [dict(zip(head, own, strict=True)) for own in rows]
