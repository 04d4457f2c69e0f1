"""Proxies over several seeds: their table, and its files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.core.short_repr import ShortRepr
from harness.evaluation import OverSeeds, failures_without_reasons
from harness.metrics import Defined, Difference, Undefined, Value
from harness.metrics.values import Estimate
from harness.reports.failures import failure_cell, failure_notes, kinds_with_reasons
from harness.reports.leaderboard import leaderboard_stem
from harness.reports.report_table import (
    Cell,
    Column,
    Reasons,
    ReportTable,
    columns,
    number,
    optional_estimate,
    shortened,
)
from harness.reports.writers import forms, markdown, write_files

__all__ = ["SeedTable", "write_seeds"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SeedTable(ShortRepr):
    """Proxies over several seeds on the tasks of a suite.

    Attributes:
        suite: Name of the suite.
        edition: Which of the suite's tables this is: names its files.
        facts: What must be known to read it.
        metric: Name of the metric.
        against: Proxy that the others are held against, or nothing.
        rows: One a task and proxy.
    """

    suite: str
    edition: str
    facts: str
    metric: str
    against: str
    rows: tuple[OverSeeds, ...]

    @property
    def table(self) -> ReportTable:
        """One row a task and proxy, rounded."""
        against = [f"ahead of {self.against}"] if self.against else []
        return ReportTable(
            columns=columns(
                *("task", "plugin", Column(head=f"mean {self.metric}", reasons=Reasons.ALL)),
                "by seed",
                *(Column(head=head, whole=True) for head in ("deviation", "agreement", *against)),
                "scored",
            ),
            rows=tuple((row.task, row.plugin, *self._values(row)) for row in self.rows),
            notes=tuple(dict.fromkeys(failure_notes(self.rows))),
        )

    def _values(self, row: OverSeeds) -> tuple[Cell, ...]:
        scored = f"{row.scored}/{row.drawn}"
        if not row.scored and row.failures:  # a note says why
            nothing = [None] * (3 if self.against else 2)
            return f"no score: {failures_without_reasons(row.failures)}", "", *nothing, scored
        lead = [_lead(row.lead)] if self.against else []
        reasons = map(shortened, kinds_with_reasons(row.failures))
        counts = ", ".join([scored, *reasons])
        return row.mean, _range(row.each), row.deviation, row.agreement, *lead, counts

    @property
    def data(self) -> ReportTable:
        """The same for programs."""
        return ReportTable.of_records(
            [
                {
                    "task": row.task,
                    "plugin": row.plugin,
                    "metric": row.metric,
                    "seeds": row.seeds,
                    "drawn": row.drawn,
                    "scored": row.scored,
                    "failures": failure_cell(row.failures),
                    "mean": row.mean,
                    "each": " ".join(
                        repr(value.value) if isinstance(value, Defined) else ""
                        for value in row.each
                    ),
                    "deviation": row.deviation,
                    "agreement": row.agreement,
                    "against": self.against,
                    "lead": _lead(row.lead),
                }
                for row in self.rows
            ]
        )


def write_seeds(seeds: SeedTable, results: Path) -> list[Path]:
    """Write the table under ``leaderboards/SUITE`` as Markdown, CSV and JSON; return the paths.

    Raises:
        InfrastructureError: A file would lie outside the folder.
    """
    page = markdown([f"# {seeds.suite}", f"{seeds.facts}.", seeds.table])
    stem = leaderboard_stem(seeds.suite, seeds.edition)
    return write_files(results, stem, forms(seeds.data, page))


def _range(each: Sequence[Value]) -> str:
    known = [value.value for value in each if isinstance(value, Defined)]
    return f"{number(min(known))} to {number(max(known))}" if known else ""


def _lead(lead: Difference | Undefined | None) -> Estimate:
    match lead:
        case None:
            return optional_estimate(None, None)
        case Undefined():
            return Estimate(value=lead, interval=lead)
        case Difference(value=value, interval=interval):
            return optional_estimate(value, interval)
