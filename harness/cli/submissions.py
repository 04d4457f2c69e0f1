"""The command ``submit``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import harness
from harness.cli.options import Results
from harness.cli.output import say_files, shown_progress
from harness.core.output import data_output

__all__ = ["submit"]


def submit(
    submission: Annotated[
        str,
        typer.Argument(
            help="A .py file with one proxy, the name of an installed package that offers one, or "
            "a folder that --scores-only wrote."
        ),
    ],
    out: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Folder for scores and comment, new or empty.")
    ] = Path("submission"),
    results: Results = Path("results"),
    scores_only: Annotated[
        bool,
        typer.Option("--scores-only", help="End with the scores; no ground truth is needed."),
    ] = False,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Worker processes; one a core when absent.")
    ] = None,
) -> None:
    """Check, score and rank a proxy as a pull request does, and print the comment on it.

    Its code can read libraries and its own file alone. Exit code 0: accepted; 1: refused, with the
    reasons in the comment. Example: harness submit my_proxy.py
    """
    given = locals()
    with shown_progress() as progress:
        done = harness.submit(**given, progress=progress)
    data_output().write(done.comment)
    say_files(done.files)
    if not done.accepted:
        raise typer.Exit(1)
