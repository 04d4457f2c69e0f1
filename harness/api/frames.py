"""Results as pandas frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel

from harness.api import results
from harness.architecture_search.pick_tables import pick_row
from harness.architecture_search.tables import flat
from harness.core.errors import UsageError
from harness.evaluation import Comparison, Contrast, Leaderboard
from harness.learning import tables as curve_tables
from harness.learning.heat_map import matrix_rows
from harness.metrics import Defined, Interval, Undefined
from harness.reports import operations as operation_tables
from harness.reports import seeds as seed_tables
from harness.reports import table as leaderboards
from harness.reports.seeds import SeedTable

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["frame"]

Row = Mapping[str, object]


def frame(result: object) -> pd.DataFrame:
    """Return any result of the harness as a pandas frame.

    A leaderboard has one row a task and plugin with the columns ``task``, ``plugin``, ``drawn``,
    ``scored``, ``distinct``, ``seconds``, and for every metric its value and the ends of its
    interval (``spearman``, ``spearman_low``, ``spearman_high``, ...). Undefined values are missing.

    Example:
        ``harness.frame(harness.run("smoke"))``

    Args:
        result: What a function of the harness returned.

    Raises:
        UsageError: It has no rows.
    """
    import pandas as pd

    return pd.DataFrame(list(_rows(result)))


def _rows(result: object) -> Sequence[Row]:
    match result:
        case Leaderboard():
            return leaderboards.rows(result)
        case SeedTable():
            return seed_tables.rows(result)
        case results.RunResult(table=table) if table is not None:
            return _rows(table)
        case results.ReportResult() | results.TuneResult() if result.leaderboard is not None:
            return leaderboards.rows(result.leaderboard)
        case results.ComparisonResult():
            return [
                _contrast(comparison, contrast)
                for comparison in result.comparisons
                for contrast in comparison.contrasts
            ]
        case list() | tuple():
            return [_fields(item) for item in result]
        case _:
            return _rows_of_methods(result)


def _rows_of_methods(result: object) -> Sequence[Row]:
    match result:
        case results.PredictResult():
            return [
                row
                for task in result.tasks
                for row in curve_tables.rows(task.fitted, task.curves, task.beside)
            ]
        case results.TransferResult():
            return matrix_rows(result.cells, result.predictor, result.metric)
        case results.SimulationResult(task=task, best=best):
            return [{"task": task, "best": best, **flat(row)} for row in result.summaries]
        case results.PicksResult(task=task):
            return [{"task": task, **pick_row(pick, place)} for pick, place in result.picks]
        case results.OperationsResult():
            return [
                row
                for summary in result.summaries
                for row in operation_tables.rows(result.task, summary)
            ]
        case _:
            return _rows_of_checks(result)


def _rows_of_checks(result: object) -> Sequence[Row]:
    match result:
        case results.ContractResult():
            return [
                {"plugin": plugin, **_fields(finding)}
                for plugin, findings in result.findings.items()
                for finding in findings
            ]
        case results.PublishedResult():
            return [_fields(value) for value in result.values]
        case results.GateResult(judgement=judgement) if judgement is not None:
            return [_fields(comparison) for comparison in judgement.comparisons]
        case results.CostResult():
            return [_fields(cost) for cost in result.report.proxies]
        case results.RunResult() | results.ReportResult() | results.GateResult():
            raise UsageError("this result has no table, so it makes no frame: nothing was ranked")
        case _:
            return [_fields(result)]


def _contrast(comparison: Comparison, contrast: Contrast) -> Row:
    shared = ("task", "first", "second", "n", "only_first", "only_second")
    return {name: getattr(comparison, name) for name in shared} | _fields(contrast)


def _fields(item: object) -> dict[str, object]:
    """Return what a value holds by name; values and intervals in it as columns of their own."""
    if isinstance(item, BaseModel):
        return item.model_dump()
    if not is_dataclass(item) or isinstance(item, type):
        raise UsageError(f"a {type(item).__name__} has no rows; give a result of the harness")
    columns: dict[str, object] = {}
    for part in fields(item):
        columns |= _columns(part.name, getattr(item, part.name))
    return columns


def _columns(name: str, value: object) -> dict[str, object]:
    match value:
        case Defined():
            return {name: value.value}
        case Undefined():
            return {name: None}
        case Interval():
            return {f"{name}_low": value.low, f"{name}_high": value.high}
        case _ if is_dataclass(value) and not isinstance(value, type):
            inner = _fields(value)
            own = {name: inner.pop("value")} if "value" in inner else {}
            return own | {f"{name}_{key.removeprefix('interval_')}": inner[key] for key in inner}
        case _:
            return {name: value}
