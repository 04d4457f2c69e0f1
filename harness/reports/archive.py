"""What an archive of scores holds, as a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness.core.counts import counted
from harness.records.condition import Condition
from harness.reports.report_table import Column, ReportTable, columns, fixed

__all__ = ["ArchiveTable", "ArchivedScores"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedScores:
    """What is archived of one condition.

    Attributes:
        condition: Space, data set, batch and seed.
        networks: Number of architectures.
        plugins: Proxies with an outcome of most of them.
        parts: Of the other proxies that are there, how many they have.
        lacking: Proxies with none.
        outcomes: Number of scores, failures and skips of all proxies.
        hours: Processor hours that all of it took.
    """

    condition: Condition
    networks: int
    plugins: tuple[str, ...]
    parts: Mapping[str, int]
    lacking: tuple[str, ...]
    outcomes: int
    hours: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveTable:
    """An archive.

    Attributes:
        added: Number of outcomes that were added now.
        left_out: Number of outcomes of the folders that are not archived, by name of the proxy.
        rows: One a condition.
        size_bytes: Of its files.
    """

    added: int
    left_out: Mapping[str, int]
    rows: tuple[ArchivedScores, ...]
    size_bytes: int

    @property
    def outcomes(self) -> int:
        """Number of scores, failures and skips under all conditions."""
        return sum(row.outcomes for row in self.rows)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out of the folders and why, in a sentence; nothing where all is there."""
        if not self.left_out:
            return ()
        counts = ", ".join(f"{count:,} of {name}" for name, count in self.left_out.items())
        return (
            f"left out: {counts}; archived are built-in proxies in their present versions on "
            "built-in spaces and data sets, but for time limits, crashes and lack of memory",
        )

    @property
    def facts(self) -> str:
        """Size and cost, in a sentence."""
        hours = sum(row.hours for row in self.rows)
        conditions = counted(len(self.rows), "condition")
        size = f"{self.size_bytes / 2**20:.1f} MiB"
        return f"{self.outcomes:,} outcomes, {conditions}, {size}, {hours:.1f} processor hours"

    @property
    def table(self) -> ReportTable:
        """One row a condition; what is missing is computed by a run."""
        return ReportTable(
            title="Archive",
            columns=columns(
                *("space", "data set", "batch", "seed", "networks", "proxies"),
                *("on fewer networks", "without"),
                Column(head="hours", number=fixed(2)),
            ),
            rows=tuple(
                (
                    *(row.condition.space, row.condition.dataset),
                    f"{row.condition.batch_source}:{row.condition.batch_size}",
                    *(row.condition.seed, row.networks, len(row.plugins)),
                    ", ".join(f"{name} ({count})" for name, count in row.parts.items()),
                    *(", ".join(row.lacking), row.hours),
                )
                for row in self.rows
            ),
        )
