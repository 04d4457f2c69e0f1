"""Leaderboards of scores that others published."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from harness.api.results import ReportResult
from harness.core.errors import DataError, InfrastructureError, unknown_name
from harness.core.identity import digest_lines
from harness.evaluation import (
    Board,
    Leaderboard,
    Procedure,
    TaskScores,
    assemble,
    rank_task,
)
from harness.reports.leaderboard import write_leaderboard
from harness.truth import shorter_trainings, tasks, tasks_with_scores

__all__ = ["report_published"]

_SUITE = "stored"
"""Name of the suite of published scores in files, whose folder it names."""
_COLLECTION = "nas-bench-suite-zero"
_ALMOST = 0.99  # coverage from which on a proxy takes part in the leaderboard of several tasks

Ranked: TypeAlias = tuple[TaskScores, Board]


def report_published(
    names: Sequence[str],
    load: Callable[[str], TaskScores],
    procedure: Procedure,
    results: Path,
    progress: Callable[[int, int], None],
) -> ReportResult:
    """Rank every task alone and several together, and write all leaderboards.

    Args:
        names: Names of tasks; all with published scores where there is none.
        load: Reads the scores of a task, e.g. `harness.evaluation.load_published`.
        procedure: How the proxies are measured.
        results: Results folder.
        progress: Called with the number of tasks done and to do.

    Raises:
        UsageError: A task has no published scores.
        InfrastructureError: The results folder cannot be written.
    """
    ranked: list[Ranked] = []
    faults, files, by_task = {}, [], []
    chosen = _chosen(names)
    for done, name in enumerate(chosen):
        progress(done, len(chosen))
        try:
            scores = load(name)
        except (DataError, InfrastructureError) as error:
            faults[name] = str(error)
            continue
        ranked.append((scores, rank_task(scores, procedure)))
        by_task.append(_leaderboard(ranked[-1:], procedure))
        files += write_leaderboard(by_task[-1], [scores], results)
    together = _together(ranked, procedure, every=not names)
    leaderboard = _leaderboard(together, procedure) if together else None
    if leaderboard is not None and len(together) > 1:
        files += write_leaderboard(leaderboard, [scores for scores, _ in together], results)
    return ReportResult(
        leaderboard=leaderboard, by_task=tuple(by_task), faults=faults, files=tuple(files)
    )


def _chosen(names: Sequence[str]) -> list[str]:
    known = tasks_with_scores()
    trained = [task.name for task in tasks() if shorter_trainings(task.name)]
    for name in names:
        if name not in known and name not in trained:
            raise unknown_name("task with stored scores", name, [*known, *trained])
    return list(dict.fromkeys(names)) or list(known)


def _leaderboard(members: Sequence[Ranked], procedure: Procedure) -> Leaderboard:
    boards = [board for _, board in members]
    edition = _edition([board.truth.task for board in boards])
    return assemble(_SUITE, edition, boards, procedure)


def _together(ranked: Sequence[Ranked], procedure: Procedure, *, every: bool) -> list[Ranked]:
    """Return what is ranked together: the tasks named, or else those of the collection.

    The other tasks have scores of the same networks, some of them with the same truth: they would
    count twice. The few architectures that an almost complete proxy lacks are left out for all.
    """
    members = _collection() if every else {board.truth.task for _, board in ranked}
    chosen = [(scores, board) for scores, board in ranked if board.truth.task in members]
    if len(chosen) < 2:
        return chosen
    return [_among_shared(scores, board, procedure) for scores, board in chosen]


def _among_shared(scores: TaskScores, board: Board, procedure: Procedure) -> Ranked:
    shared = scores.among_shared(_ALMOST)
    return (scores, board) if shared is scores else (shared, rank_task(shared, procedure))


def _edition(names: Sequence[str]) -> str:
    """Name a leaderboard after its task, its collection, or the number and digest of its tasks."""
    if len(names) == 1:
        return names[0]
    if set(names) == _collection():
        return _COLLECTION
    return f"{len(names)}-tasks-{digest_lines(names)[:8]}"


def _collection() -> set[str]:
    return {task.name for task in tasks(_COLLECTION)}
