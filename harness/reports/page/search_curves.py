"""The page of simulated searches on one task: regret against queries and against time."""

from __future__ import annotations

from collections.abc import Sequence

from harness.architecture_search import SearchSummary
from harness.architecture_search.tables import cells, heads
from harness.reports.page.curves import Picture, Section, curves_document, point

__all__ = ["searches_page"]


def searches_page(task: str, facts: str, summaries: Sequence[SearchSummary], share: float) -> str:
    """Return searches as HTML: for every unit a picture of each algorithm, and one table.

    Args:
        task: Name of the task.
        facts: What was searched and how often, in one line.
        summaries: At least one.
        share: Which part of the table counts as the best.
    """
    sections = [_section(facts, summaries, share, unit) for unit in summaries[0].progress]
    return curves_document(f"Searches on {task}", sections)


def _section(facts: str, summaries: Sequence[SearchSummary], share: float, unit: str) -> Section:
    algorithms = dict.fromkeys(one.searcher for one in summaries)
    return Section(
        title=f"Regret after so many {unit}",
        lead=f"{facts}.",
        pictures=[
            _picture(name, [one for one in summaries if one.searcher == name], unit)
            for name in algorithms
        ],
        bars="Bars are intervals of the mean over the searches.",
        caption=f"Mean regret after so many {unit}",
        heads=heads(summaries, share, unit),
        cells=cells(summaries, unit),
        headings=2,
    )


def _picture(algorithm: str, summaries: Sequence[SearchSummary], unit: str) -> Picture:
    return Picture(
        title=f"{algorithm}: regret against {unit}",
        across=unit,
        finding=_finding(summaries, unit),
        scale="sqrt",
        rows=[
            point(summary.guide, one.spent, one.regret, one.interval, unit)
            for summary in summaries
            for one in summary.progress[unit].points
        ],
    )


def _finding(summaries: Sequence[SearchSummary], unit: str) -> str:
    """Say which guide has the least regret at the end of its searches."""
    known = [one for one in summaries if one.progress[unit].points]
    if not known:
        return "No moment is shared by all searches."
    ends = {one.guide: one.progress[unit].points[-1] for one in known}
    best = min(ends, key=lambda name: ends[name].regret)
    end = ends[best]
    return f"Least regret at the end: {best}, {end.regret:.3f} after {end.spent:.0f} {unit}."
