"""``harness stored``: leaderboards of scores that others published; nothing is computed anew."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli import completion, settings

if TYPE_CHECKING:
    from harness.evaluation import Board, Leaderboard, Procedure, TaskScores

    Ranked = tuple[TaskScores, Board]

__all__ = ["stored"]

_SUITE = "stored"
_FOLDER = Path("leaderboards") / _SUITE
_COLLECTION = "nas-bench-suite-zero"
_ALMOST = 0.99  # coverage from which on a proxy takes part in the leaderboard of several tasks

Tasks = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[TASK]...",
        help="Names of tasks; all with stored scores when absent.",
        autocompletion=completion.task_names,
    ),
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

    Each task has a leaderboard of its own; several have one together, with standings over them,
    among the architectures that every proxy with 99 % coverage scored.
    Needs no network and no images. Exit code 3 when a file is missing or damaged; the other
    tasks are shown all the same. Example: harness stored nb201-cifar10-validation-connected
    """
    from harness.cli.output import say
    from harness.evaluation import Procedure
    from harness.reports.leaderboard import print_leaderboard

    procedure = Procedure(resamples=resamples)
    found, faults = _ranked(_chosen(tasks or []), data_dir, procedure, results)
    together = _together(found, procedure, every=not tasks)
    if together:
        shown = _leaderboard(together, procedure)
        if len(together) > 1:
            _write(shown, together, results)
        print_leaderboard(shown)
        say(f"wrote {len(found) + (len(together) > 1)} leaderboards to {results / _FOLDER}")
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


def _ranked(
    names: list[str], data_dir: Path | None, procedure: Procedure, results: Path
) -> tuple[list[Ranked], list[str]]:
    """Rank and write every task; return what was ranked, and the faults of the others."""
    from harness.cli.output import progress_bar
    from harness.core.errors import DataError, InfrastructureError
    from harness.evaluation import load_published, rank_task
    from harness.truth import Places

    places = Places.from_environment(data_dir)
    found, faults = [], []
    with progress_bar("ranking") as update:
        for done, name in enumerate(names):
            update(done, len(names))
            try:
                contest = load_published(name, places)
            except (DataError, InfrastructureError) as error:
                faults.append(f"{name}: {error}")
                continue
            alone = [(contest, rank_task(contest, procedure))]
            _write(_leaderboard(alone, procedure), alone, results)
            found += alone
    return found, faults


def _leaderboard(members: list[Ranked], procedure: Procedure) -> Leaderboard:
    from harness.evaluation import assemble

    boards = [board for _, board in members]
    edition = _edition([board.truth.task for board in boards])
    return assemble(_SUITE, edition, boards, procedure)


def _write(leaderboard: Leaderboard, members: list[Ranked], results: Path) -> None:
    from harness.reports.leaderboard import write_leaderboard

    write_leaderboard(leaderboard, [contest for contest, _ in members], results)


def _together(found: list[Ranked], procedure: Procedure, *, every: bool) -> list[Ranked]:
    """Return what is ranked together: the tasks named, or else those of the collection.

    The other tasks have scores of the same networks, some of them with the same truth: they would
    count twice. The few architectures that an almost complete proxy lacks are left out for all.
    """
    members = _collection() if every else {board.truth.task for _, board in found}
    chosen = [one for one in found if one[1].truth.task in members]
    return chosen if len(chosen) < 2 else [_among_shared(one, procedure) for one in chosen]


def _among_shared(one: Ranked, procedure: Procedure) -> Ranked:
    from harness.evaluation import rank_task

    contest = one[0].among_shared(_ALMOST)
    return one if contest is one[0] else (contest, rank_task(contest, procedure))


def _edition(names: list[str]) -> str:
    """Name a leaderboard after its task, its collection, or the number and digest of its tasks."""
    from harness.core.identity import digest_lines

    if len(names) == 1:
        return names[0]
    if set(names) == _collection():
        return _COLLECTION
    return f"{len(names)}-tasks-{digest_lines(names)[:8]}"


def _collection() -> set[str]:
    from harness.truth import tasks

    return {one.name for one in tasks(_COLLECTION)}
