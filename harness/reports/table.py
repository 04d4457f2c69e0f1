"""A leaderboard as flat rows, for CSV, JSON and pandas."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from harness.evaluation import (
    Board,
    ComputedScores,
    Entry,
    Leaderboard,
    Provenance,
    PublishedScores,
)
from harness.metrics.values import Defined, Interval
from harness.reports.failures import failure_cell

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Cell", "columns", "frame", "rows"]

Cell = str | int | float | None


def rows(leaderboard: Leaderboard) -> list[dict[str, Cell]]:
    """Return one row a task and plugin, unrounded; undefined values are ``None``."""
    return [
        _row(leaderboard, board, entry) for board in leaderboard.boards for entry in board.entries
    ]


def columns(leaderboard: Leaderboard) -> list[str]:
    """Return the names of the columns in order."""
    found = rows(leaderboard)
    return list(found[0]) if found else []


def frame(leaderboard: Leaderboard) -> pd.DataFrame:
    """Return the rows as a pandas frame."""
    import pandas as pd

    return pd.DataFrame(rows(leaderboard), columns=columns(leaderboard))


def _row(leaderboard: Leaderboard, board: Board, entry: Entry) -> dict[str, Cell]:
    timing = entry.timing
    row: dict[str, Cell] = {
        "suite": leaderboard.suite,
        "task": board.truth.task,
        "truth": board.truth.digest,
        "population": board.population,
        "population_digest": board.population_digest,
        "plugin": entry.plugin,
        "version": entry.version,
        "key": entry.key,
        **_origin(board.provenance, leaderboard.seed),
        "drawn": entry.drawn,
        "scored": entry.scored,
        "missing": entry.missing,
        "failures": failure_cell(entry.failures),
        "distinct": entry.distinct,
    }
    placement = entry.placement
    row["place"] = placement.place if placement else None
    row["place_low"] = placement.interval.low if placement else None
    row["place_high"] = placement.interval.high if placement else None
    for name, measured in entry.measured.items():
        value, interval = measured.value, measured.interval
        row[name] = value.value if isinstance(value, Defined) else None
        row[f"{name}_low"] = interval.low if isinstance(interval, Interval) else None
        row[f"{name}_high"] = interval.high if isinstance(interval, Interval) else None
    row["seconds"] = timing.quartiles_s[1] if timing else None
    row["seconds_q1"] = timing.quartiles_s[0] if timing else None
    row["seconds_q3"] = timing.quartiles_s[2] if timing else None
    row["gpu_seconds"] = timing.gpu_s if timing else None
    row["peak_bytes"] = timing.peak_bytes if timing else None
    row["environment"] = timing.environment if timing else None
    return row


def _origin(provenance: Provenance, seed: int) -> dict[str, Cell]:
    match provenance:
        case ComputedScores():
            return {
                "condition": provenance.condition,
                "batch": provenance.batch,
                "seed": seed,
                "device": provenance.device,
            }
        case PublishedScores():
            return {"sources": " ".join(provenance.sources), "seed": seed}
        case _:
            assert_never(provenance)
