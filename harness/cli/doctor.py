"""``harness doctor``: is this machine ready, and what is missing?"""

from __future__ import annotations

from pathlib import Path

import typer

from harness.cli import settings

__all__ = ["doctor"]


def doctor(results: settings.Results = Path("results")) -> None:
    """Check Python, packages, devices, ground truth, plugins and the results folder.

    Example: harness doctor
    """
    from harness.cli.output import print_table
    from harness.installation import examine

    findings = examine(results)
    print_table(("", "what", "found"), [(one.verdict, one.what, one.found) for one in findings])
    if any(one.verdict == "bad" for one in findings):
        raise typer.Exit(3)
