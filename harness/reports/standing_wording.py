"""How standings over tasks are put into words."""

from __future__ import annotations

from collections.abc import Sequence

from harness.evaluation import OVERALL, SIGNIFICANCE, Standing, Standings
from harness.metrics.many_tasks import smallest_signed_rank_p
from harness.metrics.values import Interval, Undefined
from harness.reports.wording import number, p_value

__all__ = [
    "different_pairs",
    "friedman_sentence",
    "incomplete_sentence",
    "interval_note",
    "left_out_sentence",
    "scope_title",
    "standing_cells",
    "standing_heads",
    "standing_sentences",
]


def scope_title(standings: Standings) -> str:
    """Name a scope with the number of its tasks."""
    tasks = f"{len(standings.tasks)} tasks"
    if standings.scope == OVERALL:
        return f"overall: {tasks} of {len(standings.spaces)} spaces"
    return f"{standings.scope}: {tasks}"


def standing_heads(standings: Standings, level: float) -> list[str]:
    """Return the column heads of a scope's table."""
    interval = _first_interval(standings)
    ranks = "mean rank" if isinstance(interval, Undefined) else f"mean rank [{level:.0%}]"
    return ["plugin", ranks, f"mean {standings.metric}"]


def standing_cells(one: Standing) -> list[str]:
    """Return one plugin's row of a scope's table."""
    ranks = f"{one.mean_rank:.2f}"
    if isinstance(one.interval, Interval):
        ranks += f" [{one.interval.low:.2f}, {one.interval.high:.2f}]"
    return [one.plugin, ranks, number(one.mean_value)]


def standing_sentences(standings: Standings) -> list[str]:
    """Say what the tests of a scope find, why something is undefined, and who is not ranked."""
    tested = [interval_note(standings), friedman_sentence(standings), different_pairs(standings)]
    apart = [incomplete_sentence(standings), left_out_sentence(standings)]
    sentences = [*(tested if standings.table else []), *apart]
    return [one for one in sentences if one]


def interval_note(standings: Standings) -> str:
    """Say why mean ranks have no interval; empty where they have one."""
    interval = _first_interval(standings)
    return f"No interval: {interval.reason}." if isinstance(interval, Undefined) else ""


def friedman_sentence(standings: Standings) -> str:
    """Say what Friedman's test finds, or why there is none."""
    found = standings.friedman
    if isinstance(found, Undefined):
        return f"No test: {found.reason}."
    plugins = len(standings.table)
    return (
        f"Friedman's test that the {plugins} rank alike: chi-square {found.statistic:.2f} with "
        f"{plugins - 1} degrees of freedom, p {_equals(found.p_value)}; Nemenyi's critical "
        f"difference of mean ranks {found.critical_difference:.2f}."
    )


def different_pairs(standings: Standings) -> str:
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
    for one in standings.tests:
        if one.p_adjusted < SIGNIFICANCE:
            against.setdefault(one.first, []).append(one.second)
    differing = sum(len(others) for others in against.values())
    listed = "; ".join(f"{name} from {', '.join(others)}" for name, others in against.items())
    return (
        f"{differing} of {pairs} pairs differ at {SIGNIFICANCE} (Wilcoxon's signed-rank test, "
        f"Holm){': ' if listed else ''}{listed}."
    )


def incomplete_sentence(standings: Standings) -> str:
    """Name the plugins that are not ranked; empty where all are."""
    if not standings.incomplete:
        return ""
    tasks = len(standings.tasks)
    listed = ", ".join(f"{name} ({n})" for name, n in standings.incomplete.items())
    return f"Not ranked, since complete on fewer than {tasks} tasks: {listed}."


def left_out_sentence(standings: Standings) -> str:
    """Name the tasks that do not count; empty where all do."""
    if not standings.left_out:
        return ""
    listed = ", ".join(standings.left_out)
    return f"Tasks left out, where fewer than half of the plugins are complete: {listed}."


def _first_interval(standings: Standings) -> Interval | Undefined:
    rows: Sequence[Standing] = standings.table
    return rows[0].interval if rows else Undefined(reason="no plugin is complete on all tasks")


def _equals(value: float) -> str:
    text = p_value(value)
    return text if text.startswith("<") else f"= {text}"
