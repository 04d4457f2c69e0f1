"""A gate's judgement on standard output and in files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.regression_gate import Judgement

__all__ = ["print_judgement", "write_text"]


def print_judgement(judgement: Judgement) -> None:
    """Print tables on a terminal and Markdown otherwise."""
    from harness.regression_gate.summary import findings_table, headline, summary, values_table
    from harness.reports.writers import print_table

    if not sys.stdout.isatty():
        sys.stdout.write(summary(judgement))
        return
    print_table(values_table(judgement))
    if judgement.findings:
        sys.stdout.write("\n")
        print_table(findings_table(judgement))
    sys.stdout.write(f"\n{headline(judgement)}\n")


def write_text(path: Path, text: str, *, append: bool) -> None:
    """Write a text, or add it to what another step has written.

    Raises:
        InfrastructureError: The file cannot be written.
    """
    from harness.core.errors import InfrastructureError

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a" if append else "w", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        raise InfrastructureError(
            f"cannot write {path}: {error.strerror}; choose another file with --summary"
        ) from error
