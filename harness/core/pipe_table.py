"""A table in Markdown, and texts that fit into its cells."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["escaped", "pipe_table", "shortened"]

_LONGEST = 100
"""Characters of a text in a cell."""


def pipe_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table whose first column is text and whose others are numbers."""
    lines = [list(heads), ["---", *["---:"] * (len(heads) - 1)]]
    lines += [[escaped(cell) for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def shortened(text: str, longest: int = _LONGEST) -> str:
    """Cut off what is too long for people to read in a table; programs get all of it elsewhere."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def escaped(text: str) -> str:
    """Return a text that neither ends a cell nor opens an element of HTML."""
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
