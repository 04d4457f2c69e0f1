"""What programs print that measure over the archive, to be kept in ``results/measured``.

First the archive that it rests on, then tables in Markdown, which ``website/tables.py`` puts on
pages. Every line is printed as soon as it is known.
"""

from __future__ import annotations

import sys
from pathlib import Path

import harness

__all__ = ["say", "say_archive", "say_head", "say_row"]


def say(line: str = "") -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def say_archive(results: Path) -> None:
    """Print how much the archive of a results folder holds."""
    say(f"Archive of {harness.archive(into=results / 'archive').outcomes:,} outcomes.")


def say_head(*heads: str, texts: int = 1) -> None:
    """Begin a table; its first columns hold texts, the others numbers."""
    say()
    say_row(*heads)
    say_row(*["---"] * texts, *["---:"] * (len(heads) - texts))


def say_row(*cells: str) -> None:
    """Print a row of a table."""
    say(f"| {' | '.join(cells)} |")
