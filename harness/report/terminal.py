"""A leaderboard for the terminal: one row a plugin, one column a task."""

from __future__ import annotations

import sys
from typing import assert_never

from harness.evaluation import Board, ComputedScores, Entry, Leaderboard, PublishedScores
from harness.metrics.values import Defined
from harness.report.wording import with_interval

__all__ = ["print_leaderboard"]


def print_leaderboard(leaderboard: Leaderboard) -> None:
    """Print the headline metric of every plugin on every task, best on the first task first."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    headline, first = leaderboard.metrics[0], leaderboard.boards[0]
    common = _common_prefix([one.truth.task for one in leaderboard.boards])
    title = (
        f"{leaderboard.suite}: {headline} [{leaderboard.level:.0%} interval], "
        f"{first.population_size} architectures ({first.population}), {_provenance(first)}"
    )
    table = Table(title=title, title_justify="left", header_style="bold", box=None)
    table.add_column("plugin")
    for board in leaderboard.boards:
        table.add_column(board.truth.task.removeprefix(common), justify="right")
    computed = isinstance(first.provenance, ComputedScores)
    facts = ("kendall", "scored", "ms / network") if computed else ("kendall", "scored")
    for name in facts:
        table.add_column(name, justify="right")
    for entry in first.entries:
        on_tasks = [_entry(board, entry.plugin) for board in leaderboard.boards]
        texts = [entry.plugin, *(with_interval(one.measured[headline]) for one in on_tasks)]
        table.add_row(*(Text(text) for text in [*texts, *_facts(entry)[: len(facts)]]))
    wide = not sys.stdout.isatty()
    Console(width=200 if wide else None).print(table)


def _provenance(board: Board) -> str:
    match board.provenance:
        case ComputedScores(batch=batch):
            return f"batch {batch}"
        case PublishedScores(sources=sources):
            return f"scores published in {', '.join(sources)}"
        case _:
            assert_never(board.provenance)


def _facts(entry: Entry) -> list[str]:
    tau = entry.measured["kendall"].value
    return [
        f"{tau.value:.3f}" if isinstance(tau, Defined) else "undefined",
        f"{entry.scored}/{entry.drawn}",
        f"{entry.timing.quartiles_s[1] * 1000:.1f}" if entry.timing else "",
    ]


def _entry(board: Board, plugin: str) -> Entry:
    return next(one for one in board.entries if one.plugin == plugin)


def _common_prefix(names: list[str]) -> str:
    words = [name.split("-")[:-1] for name in names]
    shared = []
    for parts in zip(*words, strict=False):
        if len(set(parts)) > 1:
            break
        shared.append(parts[0])
    return "".join(f"{part}-" for part in shared)
