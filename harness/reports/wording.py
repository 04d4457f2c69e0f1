"""How numbers are written in tables that people read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from harness.core.pipe_table import shortened
from harness.evaluation import (
    Board,
    ComputedScores,
    Entry,
    Leaderboard,
    Placement,
    Provenance,
    PublishedScores,
)
from harness.metrics.values import Defined, Estimate, Interval, Undefined
from harness.reports.failures import kinds_with_reasons

__all__ = [
    "board_title",
    "cells",
    "heads",
    "number",
    "p_value",
    "place",
    "place_with_interval",
    "truth_notes",
    "undefined_notes",
    "with_interval",
]


def heads(leaderboard: Leaderboard, board: Board) -> list[str]:
    """Return the column heads of a task's table."""
    placed = f"place [{leaderboard.level:.0%}]"
    return ["plugin", placed, *leaderboard.metrics, "scored", "distinct", *_cost_heads(board)]


def cells(leaderboard: Leaderboard, board: Board, entry: Entry) -> list[str]:
    """Return one plugin's row of a task's table; `undefined_notes` say why values are absent."""
    return [
        entry.plugin,
        place_with_interval(entry.placement),
        *(_short(entry.measured[name]) for name in leaderboard.metrics),
        _scored(entry, board.provenance),
        str(entry.distinct),
        *_cost_cells(board, entry),
    ]


def with_interval(measured: Estimate) -> str:
    """Write a value with its interval, or why there is none."""
    match measured.value:
        case Undefined():
            return f"undefined: {measured.value.reason}"
        case Defined():
            value = number(measured.value.value)
            if not isinstance(measured.interval, Interval):
                return f"{value} [no interval: {measured.interval.reason}]"
            return f"{value} [{number(measured.interval.low)}, {number(measured.interval.high)}]"


def undefined_notes(leaderboard: Leaderboard, entries: Sequence[Entry]) -> list[str]:
    """Say why values of a table are undefined, one sentence a metric and reason.

    Those of plugins that failed on everything are left out: `failure_notes` say why.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for name in leaderboard.metrics:
        for entry in (one for one in entries if one.scored or not one.failures):
            value = entry.measured[name].value
            if isinstance(value, Undefined):
                found.setdefault((name, value.reason), []).append(entry.plugin)
    every = len(entries)
    return [
        f"{name} is undefined for {'all' if len(plugins) == every > 1 else ', '.join(plugins)}: "
        f"{reason}."
        for (name, reason), plugins in found.items()
    ]


def place_with_interval(placement: Placement | None) -> str:
    """Write a place with its interval; nothing for an entry without one."""
    if placement is None:
        return ""
    low, high = placement.interval.low, placement.interval.high
    return f"{place(placement.place)} [{place(low)}, {place(high)}]"


def place(value: float) -> str:
    """Write a place, which is whole or, where two tie, half."""
    return f"{value:g}"


def p_value(value: float) -> str:
    """Write a p value with two digits, or as a bound."""
    return "< 0.0001" if value < 1e-4 else f"{value:.2g}"


def number(value: float) -> str:
    """Write a number with three decimals below ten and two above."""
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.2f}"


def board_title(board: Board) -> str:
    """Say what a task's numbers are."""
    truth = board.truth
    return f"{truth.task}: {truth.dataset} {truth.split} {truth.metric} ({truth.unit})"


def truth_notes(board: Board) -> list[str]:
    """Say what a reader of a task's numbers should know of its truth, one sentence each."""
    truth, origin = board.truth, board.provenance
    notes = []
    if isinstance(origin, ComputedScores) and not truth.is_about(origin.dataset):
        notes.append(
            f"Networks and images are of data set {origin.dataset}; the values are of "
            f"{truth.dataset}."
        )
    if truth.without_value:
        count = truth.without_value
        notes.append(
            f"The table names {count} more architecture{'s' if count > 1 else ''} without a value, "
            "left out."
        )
    return notes


def _short(measured: Estimate) -> str:
    return "undefined" if isinstance(measured.value, Undefined) else with_interval(measured)


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
    counts += [shortened(text) for text in kinds_with_reasons(entry.failures)]
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
