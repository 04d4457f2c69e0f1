"""Writes the page: what it shows as HTML, and beside it the data that its charts are drawn from.

A chart is a specification in the folder ``charts`` and rows of data; of all charts the script
knows only the scatter, which the reader can change.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from typing import assert_never

from harness.core.identity import Json
from harness.core.names import is_path
from harness.evaluation import Board, ComputedScores, Leaderboard, PublishedScores, TaskScores
from harness.reports.leaderboard_tables import agreement_notes, identity_text, truth_notes
from harness.reports.page.points import LIMIT
from harness.reports.page.sections import Page, sections
from harness.reports.page.shell import render, specification
from harness.reports.page.table import milliseconds
from harness.reports.report_table import number

__all__ = ["page", "reproduce_commands"]

_FILTERS: Mapping[str, Callable[..., object]] = {
    "milliseconds": milliseconds,
    "number": number,
    "identity_text": identity_text,
    "truth_notes": truth_notes,
    "agreement_notes": agreement_notes,
}


def page(leaderboard: Leaderboard, tasks: Sequence[TaskScores]) -> str:
    """Return a leaderboard as HTML.

    Args:
        leaderboard: The boards and standings.
        tasks: What the boards were ranked from, in their order.
    """
    shown = sections(leaderboard, tasks)
    return render(
        "page.html",
        _data(leaderboard, shown),
        _FILTERS,
        leaderboard=leaderboard,
        page=shown,
        limit=LIMIT,
        commands=reproduce_commands(leaderboard),
        environments=_environments(leaderboard),
        plugins={entry.plugin for board in leaderboard.boards for entry in board.entries},
        populations={board.population_digest for board in leaderboard.boards},
        metrics=leaderboard.measures,
    )


def reproduce_commands(leaderboard: Leaderboard) -> tuple[str, ...]:
    """Return the command lines that make the leaderboard again."""
    lines: list[list[str]] = []
    published: list[str] = []
    for board in leaderboard.boards:
        match board.provenance:
            case ComputedScores(batch=batch):
                lines.append(_run(leaderboard, board, batch))
            case PublishedScores(imported=True):
                lines.append(["harness", "run", leaderboard.suite, *_scores(board)])
            case PublishedScores():
                published.append(board.truth.task)
            case _:
                assert_never(board.provenance)
    if published:
        kind = leaderboard.boards[0].truth.identical
        lines.append(["harness", "report", "--published", *published, "--identical", kind])
    return tuple(dict.fromkeys(shlex.join(words) for words in lines))


def _run(leaderboard: Leaderboard, board: Board, batch: str) -> list[str]:
    words = ["harness", "run", leaderboard.suite, "--seed", str(leaderboard.seed)]
    words += ["--batch", batch, "--identical", board.truth.identical, *_scores(board)]
    # The population's name holds the size of a draw; the whole of a subset needs none.
    drawn = re.search(r"/\d+@", board.population)
    return [*words, "--sample", str(board.population_size)] if drawn else words


def _scores(board: Board) -> list[str]:
    """Return the options that bring imported scores, as far as they are of files."""
    files = dict.fromkeys(entry.imported for entry in board.entries if entry.imported)
    return [word for file in files if is_path(file) for word in ("--scores", file)]


def _environments(leaderboard: Leaderboard) -> list[str]:
    entries = (entry for board in leaderboard.boards for entry in board.entries)
    return sorted({entry.timing.environment for entry in entries if entry.timing})


def _data(leaderboard: Leaderboard, shown: Page) -> Json:
    used = sorted({"scatter", *(chart.name for chart in shown.charts)})
    return {
        "charts": {name: specification(name) for name in used},
        "headline": leaderboard.metrics[0],
        "rows": {chart.key: chart.rows for chart in shown.charts},
        "cohorts": [
            {"architectures": cohort.points.architectures, "scores": cohort.points.scores}
            for cohort in shown.cohorts
        ],
        "scatters": {
            task.board.truth.task: {
                "cohort": task.scatter.cohort,
                "truth": task.scatter.truth,
                "title": task.scatter.title,
                "captions": task.scatter.captions,
            }
            for task in shown.tasks
        },
    }
