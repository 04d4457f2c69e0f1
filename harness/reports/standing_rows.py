"""Standings over tasks as flat rows, for CSV and JSON."""

from __future__ import annotations

from harness.evaluation import Friedman, Leaderboard, Standings
from harness.metrics.values import Interval
from harness.reports.table import Cell

__all__ = ["paired_test_rows", "standings_rows"]


def standings_rows(leaderboard: Leaderboard) -> list[dict[str, Cell]]:
    """Return one row a scope and plugin, best mean rank first; ``None`` where there is no value.

    Plugins that are not complete on all tasks of a scope come last, without a rank.
    """
    return [row for one in leaderboard.standings for row in _rows(leaderboard, one)]


def paired_test_rows(leaderboard: Leaderboard) -> list[dict[str, Cell]]:
    """Return one row a scope and pair of plugins."""
    return [
        {
            "suite": leaderboard.suite,
            "scope": standings.scope,
            "metric": standings.metric,
            "first": one.first,
            "second": one.second,
            "p_value": one.p_value,
            "p_adjusted": one.p_adjusted,
        }
        for standings in leaderboard.standings
        for one in standings.tests
    ]


def _rows(leaderboard: Leaderboard, standings: Standings) -> list[dict[str, Cell]]:
    friedman = standings.friedman if isinstance(standings.friedman, Friedman) else None
    tasks = len(standings.tasks)
    scope: dict[str, Cell] = {
        "suite": leaderboard.suite,
        "scope": standings.scope,
        "metric": standings.metric,
        "spaces": len(standings.spaces),
        "tasks": tasks,
        "friedman": friedman.statistic if friedman else None,
        "friedman_p": friedman.p_value if friedman else None,
        "critical_difference": friedman.critical_difference if friedman else None,
    }
    ranked: list[dict[str, Cell]] = []
    for one in standings.table:
        interval = one.interval if isinstance(one.interval, Interval) else None
        ranked.append(
            {
                **scope,
                "plugin": one.plugin,
                "complete": tasks,
                "mean_rank": one.mean_rank,
                "mean_rank_low": interval.low if interval else None,
                "mean_rank_high": interval.high if interval else None,
                "mean_value": one.mean_value,
            }
        )
    empty = dict.fromkeys(("mean_rank", "mean_rank_low", "mean_rank_high", "mean_value"))
    unranked: list[dict[str, Cell]] = [
        {**scope, "plugin": name, "complete": n, **empty}
        for name, n in standings.incomplete.items()
    ]
    return ranked + unranked
