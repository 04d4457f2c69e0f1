"""The pages that list methods, predictors, spaces and data sets."""

from __future__ import annotations

from collections.abc import Sequence

from harness.reports.report_table import ReportTable, columns
from harness.reports.site import tables
from harness.reports.site.content import Content
from harness.reports.site.page import Page
from harness.reports.site.shown import ShownTable

__all__ = ["list_pages"]


def list_pages(content: Content) -> tuple[Page, ...]:
    """Return all lists."""
    return _methods(content), _predictors(content), _spaces(content), _datasets(content)


def _methods(content: Content) -> Page:
    overall = content.overall.by_name if content.overall else {}
    table = ReportTable(
        title="All methods",
        columns=columns("method", "kind", tables.MEAN_RANK, "reads", "summary"),
        rows=tuple(
            (
                method.name,
                method.kind,
                overall[method.name].mean_rank if method.name in overall else None,
                str(method.needs or ""),
                method.summary,
            )
            for method in content.methods.values()
        ),
    )
    summary = "Zero-cost proxies, searched proxies and operation scorers"
    return _list_page("methods", "Methods", summary, table)


def _predictors(content: Content) -> Page:
    table = ReportTable(
        title="All predictors",
        columns=columns("predictor", "summary"),
        rows=tuple((method.name, method.summary) for method in content.predictors.values()),
    )
    judged = [
        tables.predictor_table(
            f"predictors-{labels}-labels",
            [row for row in content.judged if row.labels == labels],
            content,
            f"With {labels} labels of a space, all others left out in turn",
        )
        for labels in sorted({row.labels for row in content.judged})
    ]
    summary = "Methods that learn from labels, and how they did on spaces that were left out"
    return _list_page("predictors", "Predictors", summary, table, judged)


def _spaces(content: Content) -> Page:
    table = ReportTable(
        title="All search spaces",
        columns=columns(
            *("space", "networks are", "architectures", "tasks", "networks on its board"), "holds"
        ),
        rows=tuple(
            (
                entry.name,
                entry.family,
                entry.size,
                len(entry.tasks),
                entry.boards[0].networks if entry.boards else None,
                entry.summary,
            )
            for entry in content.spaces.values()
        ),
    )
    summary = "Kinds of networks, ground truth and boards"
    return _list_page("spaces", "Search spaces", summary, table)


def _datasets(content: Content) -> Page:
    table = ReportTable(
        title="All data sets",
        columns=columns("data set", "tasks", "boards", "spaces"),
        rows=tuple(
            (
                entry.name,
                len(entry.tasks),
                len(entry.boards),
                ", ".join(dict.fromkeys(task.space for task in entry.tasks)),
            )
            for entry in content.datasets.values()
        ),
    )
    return _list_page("data", "Data sets", "What networks were trained and evaluated on", table)


def _list_page(
    folder: str,
    title: str,
    summary: str,
    table: ReportTable,
    judged: Sequence[ShownTable] = (),
) -> Page:
    return Page(
        path=f"{folder}/index.html",
        template="list.html",
        title=title,
        kind="list",
        summary=summary,
        shown={"table": ShownTable(key=f"all-{folder}", table=table), "judged": judged},
    )
