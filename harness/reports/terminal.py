"""A leaderboard for the terminal: one row a plugin, one column a task, then the standings."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, assert_never

from harness.core.pipe_table import shortened
from harness.evaluation import (
    Board,
    ComputedScores,
    Entry,
    Leaderboard,
    PublishedScores,
    Standings,
    failures_without_reasons,
)
from harness.metrics.values import Defined
from harness.reports.failures import board_notes
from harness.reports.standing_wording import (
    scope_title,
    standing_cells,
    standing_heads,
    standing_sentences,
)
from harness.reports.wording import number, place_with_interval, truth_notes, with_interval

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

__all__ = ["print_leaderboard"]

_COLUMNS = 6
"""Most tasks that are shown side by side; of more, the standings alone are shown."""


def print_leaderboard(leaderboard: Leaderboard) -> None:
    """Print the headline metric of every plugin on every task, failures, and the standings.

    Where the tasks are too many for columns, the standings speak for them.
    """
    from rich.console import Console
    from rich.text import Text

    console = Console(width=None if sys.stdout.isatty() else 200, highlight=False)
    if len(leaderboard.boards) <= _COLUMNS:
        console.print(_boards(leaderboard))
    for board in leaderboard.boards:
        for note in truth_notes(board):
            console.print(Text(f" {board.truth.task}: {note}"))
    for note in board_notes(leaderboard.boards):
        console.print(Text(f" {note}"))
    for standings in leaderboard.standings:
        _print_standings(console, standings, leaderboard.level)


def _boards(leaderboard: Leaderboard) -> Table:
    from rich.text import Text

    headline, first = leaderboard.metrics[0], leaderboard.boards[0]
    common = _common_prefix([one.truth.task for one in leaderboard.boards])
    title = (
        f"{leaderboard.suite}: {headline} [{leaderboard.level:.0%} interval], "
        f"{first.population_size} architectures ({first.population}), {_provenance(first)}"
    )
    tasks = [one.truth.task.removeprefix(common) for one in leaderboard.boards]
    table = _table(title, ["plugin", *tasks, *_fact_heads(leaderboard)])
    for entry in first.entries:
        found = [_entry(board, entry.plugin) for board in leaderboard.boards]
        values = [_value(one, headline) if one else "" for one in found]
        texts = [entry.plugin, *values, *_facts(leaderboard, entry)]
        table.add_row(*(Text(text) for text in texts))
    return table


def _print_standings(console: Console, standings: Standings, level: float) -> None:
    from rich.text import Text

    if standings.table:
        table = _table(scope_title(standings), standing_heads(standings, level))
        for one in standings.table:
            table.add_row(*(Text(cell) for cell in standing_cells(one)))
        console.print(table)
    else:
        console.print(Text(scope_title(standings), style="italic"))
    for sentence in standing_sentences(standings):
        console.print(Text(f" {sentence}"))


def _table(title: str, heads: list[str]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(title), title_justify="left", header_style="bold", box=None)
    for place, name in enumerate(heads):
        table.add_column(Text(name), justify="right" if place else "left")
    return table


def _provenance(board: Board) -> str:
    match board.provenance:
        case ComputedScores(batch=batch):
            return f"batch {batch}"
        case PublishedScores(sources=sources):
            return f"scores published in {', '.join(sources)}"
        case _:
            assert_never(board.provenance)


def _fact_heads(leaderboard: Leaderboard) -> list[str]:
    first = leaderboard.boards[0]
    placed = [f"place [{leaderboard.level:.0%}]"] if len(leaderboard.boards) == 1 else []
    computed = isinstance(first.provenance, ComputedScores)
    return [*placed, *leaderboard.metrics[1:2], "scored", *(["ms / network"] if computed else [])]


def _facts(leaderboard: Leaderboard, entry: Entry) -> list[str]:
    first = leaderboard.boards[0]
    placed = [place_with_interval(entry.placement)] if len(leaderboard.boards) == 1 else []
    others = [entry.measured[name].value for name in leaderboard.metrics[1:2]]
    written = [number(one.value) if isinstance(one, Defined) else "undefined" for one in others]
    costs = []
    if isinstance(first.provenance, ComputedScores):
        costs = [f"{entry.timing.quartiles_s[1] * 1000:.1f}" if entry.timing else ""]
    return [*placed, *written, f"{entry.scored}/{entry.drawn}", *costs]


def _value(entry: Entry, headline: str) -> str:
    if not entry.scored and entry.failures:  # a note below says why
        return f"no score: {failures_without_reasons(entry.failures)}"
    return shortened(with_interval(entry.measured[headline]))


def _entry(board: Board, plugin: str) -> Entry | None:
    return next((one for one in board.entries if one.plugin == plugin), None)


def _common_prefix(names: list[str]) -> str:
    words = [name.split("-")[:-1] for name in names]
    shared = []
    for parts in zip(*words, strict=False):
        if len(set(parts)) > 1:
            break
        shared.append(parts[0])
    return "".join(f"{part}-" for part in shared)
