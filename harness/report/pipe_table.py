"""A table in Markdown."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["pipe_table"]


def pipe_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table whose first column is text and whose others are numbers."""
    lines = [list(heads), ["---", *["---:"] * (len(heads) - 1)]]
    lines += [[_escape(cell) for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
