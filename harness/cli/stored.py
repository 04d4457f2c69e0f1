"""``harness stored``: leaderboards of scores that others published; nothing is computed anew."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli import settings

if TYPE_CHECKING:
    from harness.evaluation import Leaderboard

__all__ = ["stored"]

Tasks = Annotated[
    list[str] | None,
    typer.Argument(metavar="[TASK]...", help="Names of tasks; all with stored scores when absent."),
]


def stored(
    tasks: Tasks = None,
    results: settings.Results = Path("results"),
    data_dir: settings.DataFolder = None,
    resamples: Annotated[
        int, typer.Option(min=100, help="Bootstrap resamples behind an interval.")
    ] = 1000,
) -> None:
    """Rank the proxy scores that NAS-Bench-Suite-Zero published beside the ground truth.

    Needs no network and no images. Exit code 3 when a file is missing or damaged; the other
    tasks are shown all the same. Example: harness stored nb201-cifar10-validation-connected
    """
    from harness.cli.output import say
    from harness.report.terminal import print_leaderboard

    found, faults = _evaluate(_chosen(tasks or []), data_dir, resamples, results)
    for leaderboard, paths in found:
        print_leaderboard(leaderboard)
        for path in paths:
            say(f"wrote {path}")
    for fault in faults:
        say(f"error: {fault}")
    if faults:
        raise typer.Exit(3)


def _chosen(names: list[str]) -> list[str]:
    from harness.core.errors import unknown_name
    from harness.truth import tasks_with_scores

    known = tasks_with_scores()
    for name in names:
        if name not in known:
            raise unknown_name("task with stored scores", name, known)
    return list(dict.fromkeys(names)) or list(known)


def _evaluate(
    names: list[str], data_dir: Path | None, resamples: int, results: Path
) -> tuple[list[tuple[Leaderboard, list[Path]]], list[str]]:
    from harness.cli.output import progress_bar
    from harness.core.errors import DataError, InfrastructureError
    from harness.evaluation import Procedure, leaderboard, stored_contest
    from harness.report.files import write_reports
    from harness.truth import Places

    places = Places.from_environment(data_dir)
    procedure = Procedure(resamples=resamples)
    found, faults = [], []
    with progress_bar("ranking") as update:
        for done, name in enumerate(names):
            update(done, len(names))
            try:
                contest = stored_contest(name, places)
            except (DataError, InfrastructureError) as error:
                faults.append(f"{name}: {error}")
                continue
            # Written at once: the scores of all tasks together would take too much memory.
            ranked = leaderboard("stored", name, [contest], procedure)
            found.append((ranked, write_reports(ranked, [contest], results)))
    return found, faults
