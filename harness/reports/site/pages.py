"""All pages of a site, and those that are not of a single thing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.reports.report_table import ReportTable, columns
from harness.reports.site import tables
from harness.reports.site.comparison import COMPARED, comparison_page
from harness.reports.site.content import Content
from harness.reports.site.entries import (
    dataset_page,
    method_page,
    predictor_page,
    space_page,
    task_pages,
)
from harness.reports.site.evidence import Evidence, weigh
from harness.reports.site.findings import overall_findings
from harness.reports.site.lists import list_pages
from harness.reports.site.page import Page
from harness.reports.site.plots import ScatterPlot, draw_scatter
from harness.reports.site.records import defined
from harness.reports.site.shown import ShownTable

__all__ = ["pages_of"]

_ANY = "any kind"
"""Stands for all kinds of networks together."""


def pages_of(content: Content) -> tuple[Page, ...]:
    """Return all pages; the search is the last."""
    every: list[Page] = [
        _start(content),
        _matrix(content),
        _choose(content),
        comparison_page(content),
        *list_pages(content),
        _traps(content),
        *([_changes(content)] if content.changes else []),
        *(space_page(entry, content) for entry in content.spaces.values()),
        *(dataset_page(entry) for entry in content.datasets.values()),
        *task_pages(content),
        *(method_page(method, content) for method in content.methods.values()),
        *(predictor_page(method, content) for method in content.predictors.values()),
    ]
    return (*every, _search(every, content))


def _start(content: Content) -> Page:
    boards = content.ranked_boards
    overall = content.overall
    evidence = weigh(overall, boards, overall.tasks) if overall else ()
    networks = f"{len(boards)} tables" if boards else "no tables"
    return Page(
        path="index.html",
        template="start.html",
        title="How well untrained networks predict trained ones",
        kind="start",
        summary="Overall ranking of all training-free methods, and what it means",
        shown={
            "counts": {
                "methods": len(content.methods),
                "predictors": len(content.predictors),
                "spaces": sum(bool(entry.tasks) for entry in content.spaces.values()),
                "tasks": sum(len(entry.tasks) for entry in content.spaces.values()),
                "boards": len(content.boards),
                "traps": len(content.traps),
            },
            "findings": overall_findings(content),
            "ranking": tables.evidence_table(
                "ranking",
                evidence,
                content,
                f"Overall ranking over {networks}",
                content.combine_command,
            ),
            "scatter": _costs_of(evidence),
            "overall": overall,
            "boards": boards,
        },
    )


def _costs_of(evidence: Sequence[Evidence]) -> ScatterPlot | None:
    return draw_scatter(
        "cost",
        "Mean rank over all spaces against the time of a network",
        [(own.name, own.seconds, defined(own.mean_rank)) for own in evidence],
        "mean rank",
        lower_is_better=True,
    )


def _matrix(content: Content) -> Page:
    metrics = [*COMPARED, "ms / network"]
    return Page(
        path="matrix.html",
        template="matrix.html",
        title="Every method on every space",
        kind="comparison",
        summary="Correlations with intervals, the same with size and depth held fixed, and times",
        shown={
            "matrices": [(name, tables.matrix_table(name, content)) for name in metrics],
            "commands": [board.command for board in content.matrix_boards.values()],
            "ranked": content.overall is not None,
        },
    )


def _choose(content: Content) -> Page:
    boards = content.ranked_boards
    families = {_ANY: list(boards)} if boards else {}
    families |= {
        family: [task for task in boards if content.spaces[boards[task].space].family == family]
        for family in content.families
    }
    sections = [_section(family, tasks, content) for family, tasks in families.items()]
    return Page(
        path="choose.html",
        template="choose.html",
        title="Which proxy for my space",
        kind="choice",
        summary="Proxies by kind of network, time that a network may take, and what they read",
        shown={"sections": sections, "processors": sorted(set(content.processors.values()))},
    )


def _section(family: str, tasks: Sequence[str], content: Content) -> Mapping[str, object]:
    overall = content.overall
    evidence = weigh(overall, content.ranked_boards, tasks) if overall else ()
    key, title = (
        f"choose-{family.replace(' ', '-')}",
        f"{family[0].upper()}{family[1:]}: proxies, best first",
    )
    return {
        "family": family,
        "tasks": tasks,
        "spaces": len({overall.kin[task] for task in tasks}) if overall else 0,
        "table": tables.evidence_table(key, evidence, content, title),
    }


def _traps(content: Content) -> Page:
    table = ReportTable(
        title="Traps of published files",
        columns=columns("trap", "tasks", "says", "holds", "evidence", "what the harness does"),
        rows=tuple(
            (
                *(trap.name, ", ".join(trap.tasks), trap.says, trap.holds),
                *(trap.evidence, trap.handling),
            )
            for trap in content.traps
        ),
    )
    return Page(
        path="traps.html",
        template="traps.html",
        title="Traps of published files",
        kind="traps",
        summary="What a file or its page says, what it holds instead, and how that is known",
        shown={
            "traps": content.traps,
            "table": ShownTable(key="traps", table=table, command="harness data traps"),
        },
    )


def _changes(content: Content) -> Page:
    return Page(
        path="changes.html",
        template="changes.html",
        title="Changes since the release before",
        kind="changes",
        summary="What the newest version changes",
        shown={"changes": content.changes},
    )


def _search(pages: Sequence[Page], content: Content) -> Page:
    entries = [(page.kind, page.title, page.path, page.summary) for page in pages]
    entries += [
        ("trap", trap.name, f"traps.html#{trap.name}", f"{trap.says} {trap.holds}")
        for trap in content.traps
    ]
    boards = {board.task for board in content.boards}
    entries += [
        ("task", task.name, f"spaces/{task.space}.html#tasks", f"{task.dataset}: {task.metric}")
        for entry in content.spaces.values()
        for task in entry.tasks
        if task.name not in boards
    ]
    return Page(
        path="search.html",
        template="search.html",
        title="Search",
        kind="search",
        summary="All pages, tasks and traps",
        shown={"entries": entries},
    )
