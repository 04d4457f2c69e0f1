"""The pages of single spaces, data sets, tasks, methods and predictors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from statistics import median

from harness.core.errors import HarnessError
from harness.metrics import Metric, find_metric
from harness.own_code.offers import python_file
from harness.reports.site import tables
from harness.reports.site.agreement import likenesses
from harness.reports.site.content import Content, DatasetEntry, Method, SpaceEntry
from harness.reports.site.findings import method_findings, rank_text
from harness.reports.site.page import Page
from harness.reports.site.plots import draw_intervals, draw_scatter
from harness.reports.site.records import BoardRow, TaskBoard, defined

__all__ = ["dataset_page", "method_page", "predictor_page", "space_page", "task_pages"]


def space_page(entry: SpaceEntry, content: Content) -> Page:
    """Return the page of a space, with its first board."""
    main = entry.boards[0] if entry.boards else None
    others = [board for board in entry.boards if board is not main]
    agreement = content.agreement.get(main.task) if main else None
    return Page(
        path=f"spaces/{entry.name}.html",
        template="space.html",
        title=entry.name,
        kind="space",
        summary=entry.summary,
        shown={
            "entry": entry,
            "main": _board_parts(main) if main else None,
            "others": others,
            "alike": tables.alike_table(entry.name, agreement) if agreement else None,
            "processors": content.processors,
            "tasks": tables.task_table(entry.name, entry.tasks) if entry.tasks else None,
        },
    )


def dataset_page(entry: DatasetEntry) -> Page:
    """Return the page of a data set."""
    spaces = dict.fromkeys(task.space for task in entry.tasks)
    return Page(
        path=f"data/{entry.name}.html",
        template="dataset.html",
        title=entry.name,
        kind="data set",
        summary=f"{len(entry.tasks)} tasks of {', '.join(spaces)}",
        shown={
            "entry": entry,
            "spaces": list(spaces),
            "tasks": tables.task_table(f"on-{entry.name}", entry.tasks),
            "bests": [(board, _best(board)) for board in entry.boards],
        },
    )


def task_pages(content: Content) -> Iterator[Page]:
    """Yield a page for every task with a board."""
    by_task: dict[str, list[TaskBoard]] = {}
    for board in content.boards:
        by_task.setdefault(board.task, []).append(board)
    truth = {task.name: task for entry in content.spaces.values() for task in entry.tasks}
    for name, own in by_task.items():
        yield Page(
            path=f"tasks/{name}.html",
            template="task.html",
            title=name,
            kind="task",
            summary=f"All methods on {own[0].networks} networks of {own[0].space}",
            shown={
                "task": truth.get(name),
                "parts_of_boards": [_board_parts(board) for board in own],
                "processors": content.processors,
            },
        )


def _board_parts(board: TaskBoard) -> Mapping[str, object]:
    rows = board.compared.values()
    return {
        "board": board,
        "table": tables.board_table(board),
        "best": _best(board),
        "scatter": draw_scatter(
            f"cost-{board.suite}-{board.task}",
            f"Spearman on {board.task} against the time of a network",
            [(row.plugin, row.seconds, defined(row.of("spearman"))) for row in rows],
            "spearman",
        ),
        "measures": [known for name in board.metrics if (known := _metric(name)) is not None],
        "pairs": {
            name: max(row.pairs.get(name, 0) for row in board.rows)
            for name in board.metrics
            if any(name in row.pairs for row in board.rows)
        },
        "environments": sorted({row.environment for row in rows if row.environment}),
    }


def _metric(name: str) -> Metric | None:
    """Return the definition of a metric; None of one that is not of this installation.

    A file that a record names is not executed: the record may be somebody else's.
    """
    try:
        return None if python_file(name) else find_metric(name)
    except HarnessError:
        return None


def _best(board: TaskBoard) -> BoardRow | None:
    known = [row for row in board.compared.values() if defined(row.of("spearman")) is not None]
    return max(known, key=lambda row: defined(row.of("spearman")) or 0.0, default=None)


def method_page(method: Method, content: Content) -> Page:
    """Return the page of a method: where it works, its definition, and whom it agrees with."""
    boards = [*content.ranked_boards.values()]
    boards += [board for board in content.boards if board not in boards]
    table = tables.method_table(method.name, boards)
    likeness = likenesses(method.name, content.agreement)
    return Page(
        path=f"methods/{method.name}.html",
        template="method.html",
        title=method.name,
        kind=method.kind,
        summary=method.summary,
        shown={
            "method": method,
            **_overview(method.name, content),
            "table": table if table.table.rows else None,
            "likeness": tables.likeness_table(method.name, likeness) if likeness else None,
            "published": tables.published_table(method.name, method.published)
            if method.published
            else None,
            "verdicts": list(dict.fromkeys(value.verdict for value in method.published)),
            "tried": next((board for board in boards if method.name in board.compared), None),
        },
    )


def _overview(name: str, content: Content) -> Mapping[str, object]:
    """Return what is known of a method over the spaces of the overall ranking."""
    overall = content.overall
    ranked = overall.by_name.get(name) if overall else None
    found = {task: board.compared.get(name) for task, board in content.ranked_boards.items()}
    rows = {task: row for task, row in found.items() if row is not None}
    times = [row.seconds for row in rows.values() if row.seconds is not None]
    metrics = ("spearman", "partial-spearman-depth")
    return {
        "ranked": ranked,
        "rank": rank_text(ranked.mean_rank) if ranked else "",
        "ranked_of": len(overall.proxies) if overall else 0,
        "ms": 1000 * median(times) if times else None,
        "findings": method_findings(name, content),
        "plot": draw_intervals(
            "by-space",
            f"{name} by space: correlation with the truth",
            [(task, [row.of(metric) for metric in metrics]) for task, row in rows.items()],
            ("Spearman", "Spearman given parameters, FLOPs and depth"),
        ),
    }


def predictor_page(method: Method, content: Content) -> Page:
    """Return the page of a predictor."""
    rows = [row for row in content.judged if row.name == method.name]
    return Page(
        path=f"predictors/{method.name}.html",
        template="method.html",
        title=method.name,
        kind=method.kind,
        summary=method.summary,
        shown={
            "method": method,
            "judged": tables.predictor_table(
                f"predictor-{method.name}", rows, content, f"{method.name} on spaces left out"
            )
            if rows
            else None,
        },
    )
