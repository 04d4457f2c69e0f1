"""Overall rankings of plugins over tasks: their tables, and what the tests between them find."""

from __future__ import annotations

from harness.evaluation import OVERALL, SIGNIFICANCE, Friedman, Leaderboard, OverallRanking
from harness.metrics.many_tasks import smallest_signed_rank_p
from harness.metrics.values import Interval, Undefined
from harness.reports.report_table import (
    Cell,
    Column,
    ReportTable,
    columns,
    fixed,
    optional_estimate,
    p_value,
)
from harness.reports.writers import Part, markdown_table

__all__ = [
    "overall_ranking_data",
    "overall_ranking_parts",
    "overall_ranking_sentences",
    "overall_ranking_table",
    "paired_test_data",
]


def overall_ranking_table(standings: OverallRanking, level: float) -> ReportTable:
    """Return the table of one scope; below it is what its tests find, and who is not ranked."""
    interval = _first_interval(standings)
    mean_rank = "mean rank" if isinstance(interval, Undefined) else f"mean rank [{level:.0%}]"
    return ReportTable(
        title=_scope_title(standings),
        columns=columns(
            "plugin", Column(head=mean_rank, number=fixed(2)), f"mean {standings.metric}"
        ),
        rows=tuple(
            (row.plugin, optional_estimate(row.mean_rank, row.interval), row.mean_value)
            for row in standings.table
        ),
        notes=tuple(overall_ranking_sentences(standings)),
    )


def overall_ranking_parts(leaderboard: Leaderboard) -> list[Part]:
    """Return the section of a Markdown page; nothing where no scope has several tasks."""
    if not leaderboard.overall:
        return []
    parts: list[Part] = [
        "## Standings",
        "Mean ranks are over tasks, among the plugins that are complete on all of them; spaces "
        "weigh alike. Their intervals resample tasks, clustered by space. The tests count every "
        "task once and take tasks as independent, which those of one space are not.",
    ]
    for standings in leaderboard.overall:
        table = overall_ranking_table(standings, leaderboard.level)
        rows = [markdown_table(table)] if table.rows else []
        parts += [f"### {table.title}", *rows, *table.notes]
    return parts


def overall_ranking_data(leaderboard: Leaderboard) -> ReportTable:
    """Return one row a scope and plugin, best mean rank first.

    Plugins that are not complete on all tasks of a scope come last, without a rank.
    """
    return ReportTable.of_records(
        [
            record
            for standings in leaderboard.overall
            for record in _records(leaderboard.suite, standings)
        ]
    )


def paired_test_data(leaderboard: Leaderboard) -> ReportTable:
    """Return one row a scope and pair of plugins."""
    return ReportTable.of_records(
        [
            {
                "suite": leaderboard.suite,
                "scope": standings.scope,
                "metric": standings.metric,
                "first": test.first,
                "second": test.second,
                "p_value": test.p_value,
                "p_adjusted": test.p_adjusted,
            }
            for standings in leaderboard.overall
            for test in standings.tests
        ]
    )


def _scope_title(standings: OverallRanking) -> str:
    """Name a scope with the number of its tasks."""
    tasks = f"{len(standings.tasks)} tasks"
    if standings.scope == OVERALL:
        return f"overall: {tasks} of {len(standings.spaces)} spaces"
    return f"{standings.scope}: {tasks}"


def overall_ranking_sentences(standings: OverallRanking) -> list[str]:
    """Say what the tests of a scope find, why something is undefined, and who is not ranked."""
    tested = [_interval_note(standings), _friedman(standings), _different_pairs(standings)]
    apart = [_incomplete(standings), _left_out(standings)]
    sentences = [*(tested if standings.table else []), *apart]
    return [sentence for sentence in sentences if sentence]


def _interval_note(standings: OverallRanking) -> str:
    interval = _first_interval(standings)
    return f"No interval: {interval.reason}." if isinstance(interval, Undefined) else ""


def _friedman(standings: OverallRanking) -> str:
    friedman = standings.friedman
    if isinstance(friedman, Undefined):
        return f"No test: {friedman.reason}."
    plugins = len(standings.table)
    p = p_value(friedman.p_value)
    return (
        f"Friedman's test that the {plugins} rank alike: chi-square {friedman.statistic:.2f} with "
        f"{plugins - 1} degrees of freedom, p {p if p.startswith('<') else f'= {p}'}; Nemenyi's "
        f"critical difference of mean ranks {friedman.critical_difference:.2f}."
    )


def _different_pairs(standings: OverallRanking) -> str:
    """Say which pairs differ after Holm's correction; empty where nothing was tested.

    Where not even differences of one sign on all tasks could be significant, it says so instead:
    that no pair differs would then be no finding.
    """
    pairs, tasks = len(standings.tests), len(standings.tasks)
    if not pairs:
        return ""
    smallest = smallest_signed_rank_p(tasks)
    if smallest * pairs >= SIGNIFICANCE:
        return (
            f"Wilcoxon's test cannot tell any pair apart here: on {tasks} tasks its smallest p is "
            f"{p_value(smallest)}, times {pairs} pairs (Holm)."
        )
    against: dict[str, list[str]] = {}
    for test in standings.tests:
        if test.p_adjusted < SIGNIFICANCE:
            against.setdefault(test.first, []).append(test.second)
    differing = sum(len(others) for others in against.values())
    listed = "; ".join(f"{name} from {', '.join(others)}" for name, others in against.items())
    return (
        f"{differing} of {pairs} pairs differ at {SIGNIFICANCE} (Wilcoxon's signed-rank test, "
        f"Holm){': ' if listed else ''}{listed}."
    )


def _incomplete(standings: OverallRanking) -> str:
    if not standings.incomplete:
        return ""
    tasks = len(standings.tasks)
    listed = ", ".join(f"{name} ({n})" for name, n in standings.incomplete.items())
    return f"Not ranked, since complete on fewer than {tasks} tasks: {listed}."


def _left_out(standings: OverallRanking) -> str:
    if not standings.left_out:
        return ""
    listed = ", ".join(standings.left_out)
    return f"Tasks left out, where fewer than half of the plugins are complete: {listed}."


def _first_interval(standings: OverallRanking) -> Interval | Undefined:
    if not standings.table:
        return Undefined(reason="no plugin is complete on all tasks")
    return standings.table[0].interval


def _records(suite: str, standings: OverallRanking) -> list[dict[str, Cell]]:
    friedman = standings.friedman if isinstance(standings.friedman, Friedman) else None
    tasks = len(standings.tasks)
    scope: dict[str, Cell] = {
        "suite": suite,
        "scope": standings.scope,
        "metric": standings.metric,
        "spaces": len(standings.spaces),
        "tasks": tasks,
        "friedman": friedman.statistic if friedman else None,
        "friedman_p": friedman.p_value if friedman else None,
        "critical_difference": friedman.critical_difference if friedman else None,
    }
    ranked: list[dict[str, Cell]] = [
        {
            **scope,
            "plugin": row.plugin,
            "complete": tasks,
            "mean_rank": optional_estimate(row.mean_rank, row.interval),
            "mean_value": row.mean_value,
        }
        for row in standings.table
    ]
    unranked: list[dict[str, Cell]] = [
        {
            **scope,
            "plugin": name,
            "complete": complete,
            "mean_rank": optional_estimate(None, None),
            "mean_value": None,
        }
        for name, complete in standings.incomplete.items()
    ]
    return ranked + unranked
