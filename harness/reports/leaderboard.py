"""A leaderboard in all its forms: printed, and as Markdown, CSV, JSON, LaTeX and HTML."""

from __future__ import annotations

import csv
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import assert_never

from harness.core.counts import listed
from harness.core.output import data_output
from harness.evaluation import Board, ComputedScores, Leaderboard, PublishedScores, TaskScores
from harness.reports.failures import board_notes
from harness.reports.leaderboard_tables import (
    agreement_notes,
    board_table,
    complete_and_incomplete,
    headline_panels,
    headline_table,
    identity_text,
    leaderboard_data,
    truth_notes,
)
from harness.reports.overall_ranking import (
    overall_ranking_data,
    overall_ranking_parts,
    overall_ranking_table,
    paired_test_data,
)
from harness.reports.page import page
from harness.reports.report_table import number
from harness.reports.writers import (
    Part,
    forms,
    latex,
    markdown,
    print_notes,
    rich_table,
    write_files,
)

__all__ = [
    "leaderboard_latex",
    "leaderboard_markdown",
    "leaderboard_stem",
    "print_leaderboard",
    "write_leaderboard",
]

_LOG = logging.getLogger(__name__)

_MOST_TASKS = 6
"""Most tasks that a terminal shows side by side; of more, the overall rankings alone."""


def print_leaderboard(leaderboard: Leaderboard) -> None:
    """Print the headline metric of every plugin on every task, failures, and overall rankings.

    Where the tasks are too many for columns, the overall rankings speak for them.
    """
    from rich.console import Console
    from rich.text import Text

    output = data_output()
    console = Console(file=output, width=None if output.isatty() else 200, highlight=False)
    if len(leaderboard.boards) <= _MOST_TASKS:
        console.print(rich_table(headline_table(leaderboard, _headline_title(leaderboard))))
    for board in leaderboard.boards:
        print_notes(console, [f"{board.truth.task}: {note}" for note in truth_notes(board)])
    print_notes(console, agreement_notes(leaderboard.boards))
    print_notes(console, board_notes(leaderboard.boards))
    for standings in leaderboard.overall:
        table = overall_ranking_table(standings, leaderboard.level)
        if table.rows:
            console.print(rich_table(table))
        else:
            console.print(Text(table.title, style="italic"))
        print_notes(console, table.notes)


def write_leaderboard(
    leaderboard: Leaderboard, tasks: Sequence[TaskScores], results: Path
) -> list[Path]:
    """Write all forms under ``leaderboards/SUITE`` and return their paths.

    Overall rankings, and the tests of every two plugins, have files of their own.

    Args:
        leaderboard: What is written.
        tasks: What its boards were ranked from, in their order; the page draws their scores.
        results: Results folder.

    Raises:
        InfrastructureError: A file would lie outside the folder.
    """
    overall = overall_ranking_data(leaderboard) if leaderboard.overall else None
    pairs = paired_test_data(leaderboard) if leaderboard.overall else None
    contents = {
        **forms(leaderboard_data(leaderboard), leaderboard_markdown(leaderboard)),
        ".tex": leaderboard_latex(leaderboard),
        ".html": page(leaderboard, tasks),
        "-standings.csv": forms(overall)[".csv"] if overall else None,
        "-pairs.csv": forms(pairs)[".csv"] if pairs and pairs.rows else None,
    }
    stem = leaderboard_stem(leaderboard.suite, leaderboard.edition)
    _tell_of_dropped(leaderboard, results / stem.with_name(f"{stem.name}.csv"))
    return write_files(results, stem, contents)


def _tell_of_dropped(leaderboard: Leaderboard, path: Path) -> None:
    """Say which tasks and plugins of the leaderboard that is overwritten are not on the new one."""
    boards = leaderboard.boards
    now = {
        "task": {board.truth.task for board in boards},
        "plugin": {entry.plugin for board in boards for entry in board.entries},
    }
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        dropped = {kind: sorted({row[kind] for row in rows} - names) for kind, names in now.items()}
    except (OSError, ValueError, KeyError, csv.Error):  # there is none yet, or it is none
        return
    for kind, names in dropped.items():
        if names:
            _LOG.warning(
                "%s also had the %s %s, which the new leaderboard leaves out; scores are kept, and "
                "harness report with what was left out ranks it again",
                *(path, f"{kind}s" if len(names) > 1 else kind, listed(names)),
            )


def leaderboard_stem(suite: str, edition: str) -> Path:
    """Return where the files of an edition are below a results folder, without their endings."""
    name = edition.replace("/", "-").replace("@", "-seed").replace(":", "-")
    return Path("leaderboards") / suite / name


def leaderboard_markdown(leaderboard: Leaderboard) -> str:
    """Return the Markdown page: one table a task, incomplete entries apart."""
    return markdown(_parts(leaderboard))


def leaderboard_latex(leaderboard: Leaderboard) -> str:
    """Return the headline metric with its interval as tables of LaTeX, a few tasks each."""
    comments = [
        f"Leaderboard of {leaderboard.suite}: {leaderboard.metrics[0]}, brackets hold "
        f"{leaderboard.level:.0%} intervals from {leaderboard.resamples} bootstrap resamples, "
        f"seed {leaderboard.seed}.",
        "Needs \\usepackage{booktabs}.",
        *(
            f"{board.truth.task}: {board.rows} architectures of {board.population}, digest "
            f"{board.population_digest}, {identity_text(board)}, truth {board.truth.digest}"
            + "".join(f"; {note}" for note in truth_notes(board))
            for board in leaderboard.boards
        ),
    ]
    return latex(list(headline_panels(leaderboard)), comments)


def _parts(leaderboard: Leaderboard) -> list[Part]:
    parts: list[Part] = [
        f"# Leaderboard of {leaderboard.suite}",
        f"Brackets hold {leaderboard.level:.0%} intervals from {leaderboard.resamples} paired "
        f"bootstrap resamples of the architectures (seed {leaderboard.seed}). Scores count as "
        "higher is better after each plugin's declared direction. Ties at best@k and regret@k are "
        "broken at random in expectation. Places are among the plugins that scored everything.",
        *overall_ranking_parts(leaderboard),
    ]
    for board in leaderboard.boards:
        parts += _board_parts(leaderboard, board)
    return parts


def _board_parts(leaderboard: Leaderboard, board: Board) -> list[Part]:
    truth = board.truth
    complete, incomplete = complete_and_incomplete(board)
    facts = (
        f"Population {board.population}: {board.population_size} architectures, digest "
        f"`{board.population_digest}`, of which {board.rows} have ground truth, "
        f"best {number(board.best)}"
    )
    if truth.noise_ceiling is not None:
        facts += f", noise ceiling (run-to-run Spearman) {number(truth.noise_ceiling)}"
    facts += f"; {identity_text(board)}"
    sentences = [f"{facts}; truth `{truth.digest}`.", *truth_notes(board)]
    sentences += agreement_notes([board])
    parts: list[Part] = [
        f"## {truth.task}: {truth.dataset} {truth.split} {truth.metric} ({truth.unit})",
        " ".join([*sentences, _provenance(leaderboard, board)]),
    ]
    if complete:
        parts.append(board_table(leaderboard, board, complete))
    if incomplete:
        parts += [
            "Incomplete: these scored only a part, so their values are of another population.",
            board_table(leaderboard, board, incomplete),
        ]
    return parts


def _provenance(leaderboard: Leaderboard, board: Board) -> str:
    origin = board.provenance
    match origin:
        case ComputedScores():
            return (
                f"Scores computed with batch {origin.batch}, seed {leaderboard.seed}, on "
                f"{origin.device}, condition `{origin.condition}`; times are medians per network, "
                "shared passes included."
            )
        case PublishedScores():
            if origin.imported:
                return f"Scores {origin}; what they took is unknown unless the file says so."
            return (
                f"Scores as {origin}; those that the publisher stored as failed are counted and "
                "left out."
            )
        case _:
            assert_never(origin)


def _headline_title(leaderboard: Leaderboard) -> str:
    first = leaderboard.boards[0]
    match first.provenance:
        case ComputedScores(batch=batch):
            origin = f"batch {batch}"
        case PublishedScores() as provenance:
            origin = f"scores {provenance}"
        case _:
            assert_never(first.provenance)
    return (
        f"{leaderboard.suite}: {leaderboard.metrics[0]} [{leaderboard.level:.0%} interval], "
        f"{first.population_size} architectures ({first.population}), {identity_text(first)}, "
        f"{origin}"
    )
