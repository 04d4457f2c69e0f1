"""How numbers are written in tables that people read."""

from __future__ import annotations

from typing import assert_never

from harness.evaluation import (
    Board,
    ComputedScores,
    Entry,
    Leaderboard,
    Measured,
    Provenance,
    PublishedScores,
)
from harness.metrics.intervals import Interval
from harness.metrics.values import Defined, Undefined

__all__ = ["board_title", "cells", "heads", "number", "with_interval"]


def heads(leaderboard: Leaderboard, board: Board) -> list[str]:
    """Return the column heads of a task's table."""
    return ["plugin", *leaderboard.metrics, "scored", "distinct", *_cost_heads(board)]


def cells(leaderboard: Leaderboard, board: Board, entry: Entry) -> list[str]:
    """Return one plugin's row of a task's table."""
    return [
        entry.plugin,
        *(with_interval(entry.measured[name]) for name in leaderboard.metrics),
        _scored(entry, board.provenance),
        str(entry.distinct),
        *_cost_cells(board, entry),
    ]


def with_interval(measured: Measured) -> str:
    """Write a value with its interval, or why there is none."""
    match measured.value:
        case Undefined():
            return f"undefined: {measured.value.reason}"
        case Defined():
            value = number(measured.value.value)
            if not isinstance(measured.interval, Interval):
                return f"{value} [no interval: {measured.interval.reason}]"
            return f"{value} [{number(measured.interval.low)}, {number(measured.interval.high)}]"


def number(value: float) -> str:
    """Write a number with three decimals below ten and two above."""
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.2f}"


def board_title(board: Board) -> str:
    """Say what a task's numbers are."""
    truth = board.truth
    return f"{truth.task}: {truth.dataset} {truth.split} {truth.metric} ({truth.unit})"


def _cost_heads(board: Board) -> list[str]:
    computed = isinstance(board.provenance, ComputedScores)
    return ["ms / network", "peak MiB"] if computed else []


def _cost_cells(board: Board, entry: Entry) -> list[str]:
    if not isinstance(board.provenance, ComputedScores):
        return []
    timing = entry.timing
    peak = timing.peak_bytes if timing else None
    return [
        f"{timing.quartiles_s[1] * 1000:.1f}" if timing else "",
        f"{peak / 2**20:.0f}" if peak else "",
    ]


def _scored(entry: Entry, provenance: Provenance) -> str:
    counts = [f"{entry.scored}/{entry.drawn}"]
    counts += [f"{n} {kind}" for kind, n in sorted(entry.failures.items())]
    counts += [f"{entry.missing} {_unknown(provenance)}"] if entry.missing else []
    return ", ".join(counts)


def _unknown(provenance: Provenance) -> str:
    match provenance:
        case ComputedScores():
            return "not asked"
        case PublishedScores():
            return "not published"
        case _:
            assert_never(provenance)
