"""Results as pandas frames."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from pydantic import BaseModel

from harness.api import results
from harness.api.arguments import checked
from harness.core.errors import UsageError
from harness.evaluation import Leaderboard
from harness.fidelity import FidelityTable
from harness.regression_gate.summary import gate_data
from harness.reports.costs import cost_data
from harness.reports.leaderboard_tables import leaderboard_data
from harness.reports.network_scores import network_score_data
from harness.reports.report_table import ReportTable

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["frame", "table_of"]


@runtime_checkable
class _HasData(Protocol):
    """A result that says itself what programs find in it."""

    @property
    def data(self) -> ReportTable: ...


@checked
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

    match result:
        case results.PredictResult():
            return pd.concat([task.predicted.data.frame() for task in result.tasks])
        case results.ContractResult():
            rows = [
                {"plugin": plugin, **_fields(finding)}
                for plugin, findings in result.findings.items()
                for finding in findings
            ]
            return pd.DataFrame(rows)
        case list() | tuple():
            if any(table_of(item) is not None for item in result):
                return pd.concat([frame(item) for item in result], ignore_index=True)
            return pd.DataFrame([_fields(item) for item in result])
    table = table_of(result)
    return pd.DataFrame([_fields(result)]) if table is None else table.frame()


def table_of(result: object) -> ReportTable | None:
    """Return the table of a result; nothing where it is none of those that have one."""
    match result:
        case Leaderboard():
            return leaderboard_data(result)
        case _HasData():
            return result.data
        case results.RunResult(table=table) if table is not None:
            return table_of(table)
        case results.ReportResult() | results.TuneResult() if result.leaderboard is not None:
            return leaderboard_data(result.leaderboard)
        case results.TransferResult():
            return result.matrix.data
        case results.SimulationResult():
            return result.searches.data
        case results.PicksResult():
            return result.picked.data
        case results.OperationsResult():
            return result.scored.data
        case results.RankResult():
            return result.ranking.data
        case results.PublishedResult():
            return FidelityTable(checks=result.values).data
        case results.GateResult(judgement=judgement) if judgement is not None:
            return gate_data(judgement)
        case results.CostResult():
            return cost_data(result.report)
        case results.ScoreResult():
            return network_score_data(result.scores)
        case results.RunResult() | results.ReportResult() | results.GateResult():
            raise UsageError("this result has no table, so it makes no frame: nothing was ranked")
        case _:
            return None


def _fields(item: object) -> dict[str, object]:
    """Return what an item of a list holds, by name."""
    if isinstance(item, BaseModel):
        return item.model_dump()
    if not is_dataclass(item) or isinstance(item, type):
        raise UsageError(f"a {type(item).__name__} has no rows; give a result of the harness")
    return {part.name: getattr(item, part.name) for part in fields(item)}
