"""Results of commands as pandas frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from harness.costing import CostReport
from harness.evaluation import Leaderboard
from harness.reports.costs import cost_data
from harness.reports.leaderboard_tables import leaderboard_data
from harness.reports.report_table import ReportTable

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["HasData", "frame"]


class HasData(Protocol):
    """A result that says itself what programs find in it."""

    @property
    def data(self) -> ReportTable:
        """One row each, unrounded."""
        ...


def frame(result: Leaderboard | CostReport | HasData) -> pd.DataFrame:
    """Return a result of any command as a pandas frame, unrounded.

    A value with an interval has three columns, e.g. ``spearman``, ``spearman_low`` and
    ``spearman_high``; what is undefined is missing.
    """
    match result:
        case Leaderboard():
            return leaderboard_data(result).frame()
        case CostReport():
            return cost_data(result).frame()
        case _:
            return result.data.frame()
