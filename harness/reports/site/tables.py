"""The tables of a site."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from harness.metrics.values import Estimate
from harness.reports.page.table import milliseconds
from harness.reports.report_table import (
    Cell,
    Column,
    ReportTable,
    columns,
    fixed,
    general,
)
from harness.reports.site.agreement import Agreement, Likeness
from harness.reports.site.content import Content, Method, PublishedValue
from harness.reports.site.evidence import Evidence
from harness.reports.site.records import BoardRow, PredictorRow, TaskBoard
from harness.reports.site.shown import ShownTable
from harness.truth import Task, source

__all__ = [
    "CONTROLLED",
    "MEAN_RANK",
    "alike_table",
    "board_table",
    "evidence_table",
    "likeness_table",
    "matrix_table",
    "method_table",
    "predictor_table",
    "published_table",
    "task_table",
]

CONTROLLED = (
    "partial-spearman-depth",
    "stratified-kendall",
    "stratified-kendall-params",
    "kendall-within-10%",
)
"""Metrics in which size and depth are held fixed."""

_ALIKE = 0.95
"""Agreement from which on two methods say the same."""

_MS = Column(head="ms / network", number=milliseconds)
_PLACE = Column(head="place", number=general)
MEAN_RANK = Column(head="mean rank", number=fixed(1))
"""Column of mean ranks."""


def evidence_table(
    key: str, rows: Sequence[Evidence], content: Content, title: str, command: str = ""
) -> ShownTable:
    """Return proxies over some spaces, best mean rank first."""
    return ShownTable(
        key=key,
        table=ReportTable(
            title=title,
            columns=columns(
                *("method", MEAN_RANK, "mean spearman", "lowest spearman", "where"),
                *("tables", _MS, "reads"),
            ),
            rows=tuple(
                (
                    *(row.name, row.mean_rank, row.mean, row.lowest, row.lowest_task),
                    *(row.tables, _milliseconds(row.seconds), _needs(content, row.name)),
                )
                for row in rows
            ),
        ),
        bar=1,
        command=command,
    )


def matrix_table(metric: str, content: Content) -> ShownTable:
    """Return every method on every space of the overall ranking, best mean rank first.

    Where none is recorded, every method on every board, by name.

    Args:
        metric: A metric of the boards, or ``"ms / network"``.
        content: Everything.
    """
    boards = content.matrix_boards
    if content.overall:
        names = [row.name for row in content.overall.proxies]
    else:
        names = sorted({name for board in boards.values() for name in board.compared})
    cost = metric == _MS.head
    heads = [Column(head=name, number=milliseconds if cost else fixed(2)) for name in boards]
    rows: list[tuple[Cell, ...]] = []
    for name in names:
        known = [board.compared.get(name) for board in boards.values()]
        rows.append((name, *(_matrix_cell(row, metric) for row in known)))
    return ShownTable(
        key=f"matrix-{metric.replace(' / ', '-per-').replace('%', '')}",
        table=ReportTable(
            title=f"{metric} of every method on every space",
            columns=columns("method", *heads),
            rows=tuple(rows),
        ),
        shaded=not cost,
    )


def board_table(board: TaskBoard) -> ShownTable:
    """Return a whole board."""
    return ShownTable(
        key=f"board-{board.suite}-{board.task}",
        table=ReportTable(
            title=f"All methods on {board.task}, {board.networks} networks",
            columns=columns(
                "method",
                _PLACE,
                *board.metrics,
                "scored",
                _MS,
                Column(head="peak MiB", number=fixed(0)),
                "R² of size and operators",
                "failures",
            ),
            rows=tuple(
                (
                    row.plugin,
                    row.place,
                    *(row.of(metric) for metric in board.metrics),
                    row.scored,
                    _milliseconds(row.seconds),
                    row.peak_bytes / 2**20 if row.peak_bytes else None,
                    row.explained.get("together"),
                    row.failures,
                )
                for row in board.rows
            ),
        ),
        bar=2,
        command=board.command,
    )


def method_table(name: str, boards: Iterable[TaskBoard]) -> ShownTable:
    """Return one method on every task that it has a board of."""
    found = [
        (board, row)
        for board in boards
        for row in board.rows
        if row.plugin == name and (row.scored or row.failures)
    ]
    return ShownTable(
        key=f"method-{name}",
        table=ReportTable(
            title=f"{name} on every task",
            columns=columns(
                *("task", "space", "spearman"),
                _PLACE,
                *(*CONTROLLED, "scored", "networks", _MS, "failures"),
            ),
            rows=tuple(
                (
                    *(board.task, board.space, row.of("spearman"), row.place),
                    *(row.of(metric) for metric in CONTROLLED),
                    *(row.scored, row.drawn, _milliseconds(row.seconds), row.failures),
                )
                for board, row in found
            ),
        ),
        bar=2,
    )


def likeness_table(name: str, rows: Sequence[Likeness]) -> ShownTable:
    """Return how alike all other methods rank networks."""
    return ShownTable(
        key=f"agreement-{name}",
        table=ReportTable(
            title=f"Spearman's correlation of scores with those of {name}",
            columns=columns("method", "mean", "lowest", "highest", "spaces"),
            rows=tuple(
                (other.name, other.mean, other.lowest, other.highest, other.spaces)
                for other in rows
            ),
        ),
        shaded=True,
    )


def alike_table(space: str, agreement: Agreement) -> ShownTable:
    """Return the methods that say the same on a space, most alike first."""
    return ShownTable(
        key=f"alike-{space}",
        table=ReportTable(
            title=f"Spearman's correlation of scores on {agreement.networks} networks of {space}",
            columns=columns("method", "and", "agreement"),
            rows=tuple(pair for pair in agreement.pairs if pair[2] >= _ALIKE),
        ),
    )


def published_table(name: str, values: Sequence[PublishedValue]) -> ShownTable:
    """Return published values of a method beside ours."""
    return ShownTable(
        key=f"published-{name}",
        table=ReportTable(
            title=f"Published values of {name}",
            columns=columns(
                *("task", "metric", "verdict", "ours", "networks", "published"),
                *("tolerance", "source"),
            ),
            rows=tuple(
                (
                    *(value.reference.task, value.reference.metric, value.verdict),
                    *(value.measured, value.networks or None, value.reference.value),
                    *(value.reference.tolerance, value.reference.source),
                )
                for value in values
            ),
        ),
        command=f"harness check --published {name} --batch-source cifar10 --images FOLDER",
    )


def task_table(key: str, tasks: Sequence[Task]) -> ShownTable:
    """Return tasks: what each number is, and who published it."""
    return ShownTable(
        key=f"tasks-{key}",
        table=ReportTable(
            title=f"Ground truth: {len(tasks)} task{'s' if len(tasks) > 1 else ''}",
            columns=columns(
                *("task", "space", "data set", "split", "metric", "unit", "better"),
                *("rows", "networks", "noise ceiling", "cite", "licence"),
            ),
            rows=tuple(
                (
                    *(task.name, task.space, task.dataset, str(task.split), task.metric),
                    *(str(task.unit), str(task.direction), task.n, task.distinct),
                    *(task.noise_ceiling, source(task.source).citation),
                    source(task.source).licence,
                )
                for task in tasks
            ),
        ),
        command="harness list tasks",
    )


def predictor_table(
    key: str, rows: Sequence[PredictorRow], content: Content, title: str
) -> ShownTable:
    """Return predictors that were judged on spaces that were left out."""
    tasks = content.overall.tasks if content.overall else ()
    return ShownTable(
        key=key,
        table=ReportTable(
            title=title,
            columns=columns(
                *("predictor", "reads", "learnt from", "labels"),
                *("mean spearman", "lead over the best proxy"),
                *(Column(head=task, number=fixed(2)) for task in tasks),
            ),
            rows=tuple(
                (
                    *(row.name, row.reads, row.learnt_from, row.labels, row.mean, row.lead),
                    *(row.values.get(task) for task in tasks),
                )
                for row in rows
            ),
        ),
        bar=4,
        command=_predict_command(rows, content),
    )


def _predict_command(rows: Sequence[PredictorRow], content: Content) -> str:
    """Return what prints the rows again, one command for those of the same tables."""
    labels: dict[str, set[int]] = {}
    for row in rows:
        boards = content.ranked_boards.items()
        suites = " ".join(board.suite for task, board in boards if task in row.tables)
        labels.setdefault(suites, set()).add(row.labels)
    return "; ".join(
        f"harness predict --leave-one-space-out {suites} --labels {','.join(map(str, sorted(own)))}"
        for suites, own in labels.items()
    )


def _matrix_cell(row: BoardRow | None, metric: str) -> Estimate | float | None:
    if row is None:
        return None
    if metric == _MS.head:
        return _milliseconds(row.seconds)
    return row.of(metric)


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else 1000 * seconds


def _needs(content: Content, name: str) -> str:
    method: Method | None = content.methods.get(name)
    return str(method.needs) if method and method.needs else ""
