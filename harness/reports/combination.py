"""Combinations of proxies, judged by leaving one space out: their tables, and their files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.core.files import csv_text
from harness.core.identity import digest_lines
from harness.core.short_repr import ShortRepr
from harness.evaluation.leave_one_out import NESTED, JudgedRule
from harness.evaluation.paired_members import PairedMembers
from harness.metrics.scored_table import ScoredTable, Weights
from harness.reports.leaderboard import leaderboard_stem
from harness.reports.report_table import Column, ReportTable, columns, fixed
from harness.reports.writers import forms, markdown, write_files

__all__ = ["PAIRS", "CombinationTable", "write_combination"]

_SUITE = "combined"
"""Folder of the tables."""

PAIRS = "combined-pairs"
"""Folder of the differences of any two proxies, whose files are called as those of the tables."""

_DIGITS = 4
"""Digits of a written difference; its interval is known to fewer, and there are thousands."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CombinationTable(ShortRepr):
    """Rules and single proxies over the tables of several spaces.

    Attributes:
        tables: What was judged on.
        rows: Best mean rank first.
        files: Paths of what was written.
    """

    tables: tuple[ScoredTable, ...]
    rows: tuple[JudgedRule, ...]
    files: tuple[Path, ...] = ()

    @property
    def facts(self) -> str:
        """What must be known to read the tables."""
        spaces = len({table.kin for table in self.tables})
        networks = ", ".join(f"{table.task} ({len(table.truth)})" for table in self.tables)
        return (
            f"Spearman of {len(self.tables)} tables of {spaces} spaces (networks): {networks}. "
            "Each rule is judged on a space whose labels it has not seen; brackets hold 95 % "
            "intervals over spaces; lead is the mean rank of the best single proxy less its own."
        )

    @property
    def overall(self) -> ReportTable:
        """One row a rule or proxy: mean, mean rank and lead."""
        return ReportTable(
            title="Overall",
            columns=columns(
                *("", "kind", "tables"),
                Column(head="mean spearman"),
                Column(head="mean rank", number=fixed(2), whole=True),
                Column(head="lead", number=fixed(2)),
            ),
            rows=tuple(
                (
                    *(row.name, "rule" if row.is_rule else "proxy"),
                    *(len(row.values), row.mean, row.mean_rank, row.lead),
                )
                for row in self.rows
            ),
        )

    @property
    def by_task(self) -> ReportTable:
        """One row a rule or proxy, one column a task."""
        tasks = [table.task for table in self.tables]
        return ReportTable(
            title="By task",
            columns=columns("", *tasks),
            rows=tuple((row.name, *(row.values.get(task) for task in tasks)) for row in self.rows),
        )

    @property
    def chosen(self) -> ReportTable:
        """What `NESTED` chose for each task."""
        (nested,) = (row for row in self.rows if row.name == NESTED)
        return ReportTable(
            title=f"Chosen by {NESTED}",
            columns=columns("task", "rule", "members", Column(head="spearman")),
            rows=tuple(
                (
                    *(table.task, nested.rules[table.task]),
                    *(_members(nested.weights[table.task]), nested.values[table.task]),
                )
                for table in self.tables
            ),
        )

    @property
    def data(self) -> ReportTable:
        """The same for programs: one row a task and rule or proxy."""
        return ReportTable.of_records(
            [
                {
                    **{"task": table.task, "held_out": table.kin, "networks": len(table.truth)},
                    **{"name": row.name, "kind": "rule" if row.is_rule else "proxy"},
                    "spearman": row.values.get(table.task),
                    "rule": row.rules.get(table.task, ""),
                    "members": _members(row.weights.get(table.task, {})),
                    **{"mean_spearman": row.mean, "mean_rank": row.mean_rank, "lead": row.lead},
                }
                for row in self.rows
                for table in self.tables
            ]
        )


def write_combination(
    rows: Sequence[JudgedRule],
    tables: Sequence[ScoredTable],
    pairs: Sequence[PairedMembers],
    results: Path,
) -> CombinationTable:
    """Write the tables under ``leaderboards/combined`` as Markdown, CSV and JSON, pairs as CSV.

    Raises:
        InfrastructureError: A file would lie outside the folder.
    """
    table = CombinationTable(tables=tuple(tables), rows=tuple(rows))
    page = markdown(["# Combined proxies", table.facts, table.overall, table.by_task, table.chosen])
    digest = digest_lines(f"{own.task}\t{len(own.truth)}" for own in tables)[:8]
    name = f"{len(tables)}-tables-{digest}"
    files = write_files(results, leaderboard_stem(_SUITE, name), forms(table.data, page))
    paired = {".csv": csv_text(_pair_records(pairs))}
    files += write_files(results, leaderboard_stem(PAIRS, name), paired)
    return CombinationTable(tables=table.tables, rows=table.rows, files=tuple(files))


def _pair_records(pairs: Sequence[PairedMembers]) -> list[dict[str, str | int | float]]:
    return [
        {
            **{"task": pair.task, "first": pair.first, "second": pair.second},
            "networks": pair.networks,
            "difference": round(pair.difference.value, _DIGITS),
            "difference_low": round(pair.difference.interval.low, _DIGITS),
            "difference_high": round(pair.difference.interval.high, _DIGITS),
        }
        for pair in pairs
    ]


def _members(weights: Weights) -> str:
    """Write members in the order of their weights; equal weights are left out."""
    ordered = sorted(weights, key=lambda name: (-weights[name], name))
    if len({round(weight, 6) for weight in weights.values()}) < 2:
        return " ".join(ordered)
    return " ".join(f"{name}:{weights[name]:.3g}" for name in ordered)
