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
    from harness.cli.output import print_table
    from harness.regression_gate.judgement import plugin_of, task_of
    from harness.regression_gate.summary import headline, summary, value_cells, value_heads

    if not sys.stdout.isatty():
        sys.stdout.write(summary(judgement))
        return
    print_table(value_heads(judgement), value_cells(judgement))
    found = [
        (one.severity, plugin_of(one), task_of(one), one.sentence) for one in judgement.findings
    ]
    if found:
        sys.stdout.write("\n")
        print_table(("", "plugin", "task", "finding"), found)
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
