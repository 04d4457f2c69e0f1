"""Scores of networks of one's own as tables."""

from __future__ import annotations

from collections.abc import Sequence

from harness.execution.network_scores import NetworkScore
from harness.reports.report_table import Cell, Column, ReportTable, columns, fixed

__all__ = ["network_score_data", "network_score_table"]


def network_score_table(scores: Sequence[NetworkScore]) -> ReportTable:
    """Return one row a network and proxy for people; networks are named where there are several."""
    several = len({score.network for score in scores}) > 1
    heads: tuple[str | Column, ...] = (
        "proxy",
        Column(head="score", number=lambda value: f"{value:.6g}"),
        *("better", "status"),
        *(Column(head=head, number=fixed(1)) for head in ("ms", "peak MiB")),
        *("forward", "backward", "reason"),
    )
    return ReportTable(
        columns=columns(*(("network", *heads) if several else heads)),
        rows=tuple(
            (*((score.network,) if several else ()), score.proxy, *_cells(score))
            for score in scores
        ),
    )


def network_score_data(scores: Sequence[NetworkScore]) -> ReportTable:
    """Return one row a network and proxy for programs."""
    return ReportTable.of_records([_record(score) for score in scores])


def _cells(score: NetworkScore) -> tuple[Cell, ...]:
    cost = score.cost
    peak = None if cost is None or cost.peak_bytes is None else cost.peak_bytes / 2**20
    return (
        score.score,
        str(score.direction),
        score.status,
        None if cost is None else cost.wall_s * 1e3,
        peak,
        None if cost is None else cost.forwards,
        None if cost is None else cost.backwards,
        score.reason,
    )


def _record(score: NetworkScore) -> dict[str, Cell]:
    cost = score.cost
    return {
        "network": score.network,
        "proxy": score.proxy,
        "score": score.score,
        "status": score.status,
        "reason": score.reason,
        "direction": str(score.direction),
        "seconds": None if cost is None else cost.wall_s,
        "cpu_seconds": None if cost is None else cost.cpu_s,
        "gpu_seconds": None if cost is None else cost.gpu_s,
        "peak_bytes": None if cost is None else cost.peak_bytes,
        "forwards": None if cost is None else cost.forwards,
        "backwards": None if cost is None else cost.backwards,
    }
