"""Picks of searches without labels as a table, and its files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from harness.architecture_search import Pick
from harness.core.short_repr import ShortRepr
from harness.metrics import estimate_mean
from harness.metrics.metric import Range
from harness.metrics.values import Defined, Undefined
from harness.operation_scoring import TableRank
from harness.reports.report_table import Cell, Column, ReportTable, cell_text, columns, fixed
from harness.reports.writers import forms, write_files
from harness.truth.unit import Unit, bounds

__all__ = ["PickTable", "write_picks"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PickTable(ShortRepr):
    """Picks of searches without labels on one task, with their ranks in its table.

    Attributes:
        task: Name of the task.
        unit: What its values count.
        picks: At least one.
    """

    task: str
    unit: Unit
    picks: Sequence[tuple[Pick, TableRank | Undefined]]

    @property
    def table(self) -> ReportTable:
        """One row a search."""
        return ReportTable(
            columns=columns(
                *("algorithm", "guide", "seed", "architecture"),
                Column(head="score", number=lambda score: f"{score:.6g}"),
                Column(head="value", number=fixed(2)),
                *("rank", "scored", Column(head="s", number=fixed(2))),
            ),
            rows=tuple(
                (
                    *(pick.searcher, pick.guide, pick.seed, pick.architecture.text, pick.score),
                    rank.reason if isinstance(rank, Undefined) else rank.value,
                    "" if isinstance(rank, Undefined) else f"{rank.rank} of {rank.of}",
                    *(pick.scored, pick.seconds),
                )
                for pick, rank in self.picks
            ),
        )

    @property
    def means(self) -> list[str]:
        """What several searches of one algorithm and one proxy came to, a line each."""
        groups: dict[tuple[str, str], list[TableRank | Undefined]] = {}
        for pick, rank in self.picks:
            groups.setdefault((pick.searcher, pick.guide), []).append(rank)
        return [
            f"{searcher} by {guide}: {self._mean(ranks)}, over {len(ranks)} searches"
            for (searcher, guide), ranks in groups.items()
            if len(ranks) > 1
        ]

    def _mean(self, ranks: Sequence[TableRank | Undefined]) -> str:
        known = [rank for rank in ranks if isinstance(rank, TableRank)]
        if len(known) < len(ranks):
            return f"{len(ranks) - len(known)} not in the table"
        low, high = bounds(self.unit)
        values = [Defined(value=rank.value) for rank in known]
        mean = estimate_mean(values, Range(low=low, high=high))
        written = cell_text(mean, Column(head="mean", number=fixed(3)))
        return f"mean {written}, median rank {median(each.rank for each in known):g}"

    @property
    def data(self) -> ReportTable:
        """One row a search, for programs."""
        return ReportTable.of_records(
            [{"task": self.task, **_pick_record(*row)} for row in self.picks]
        )


def write_picks(picked: PickTable, asked: str, results: Path) -> list[Path]:
    """Write CSV and JSON into ``searches/TASK``, named by algorithms and proxies; return the paths.

    Args:
        picked: What is written.
        asked: Digest of what the picks depend on beside these names and seeds.
        results: The results folder.

    Raises:
        InfrastructureError: A file would lie outside the folder.
    """
    searchers = "-".join(dict.fromkeys(pick.searcher for pick, _ in picked.picks))
    guides = "-".join(dict.fromkeys(pick.guide for pick, _ in picked.picks))
    seeds = [pick.seed for pick, _ in picked.picks]
    stem = f"{searchers}--{guides}--seeds{min(seeds)}-{max(seeds)}-{asked}"
    return write_files(
        results, Path("searches") / Path(picked.task).stem / stem, forms(picked.data)
    )


def _pick_record(pick: Pick, rank: TableRank | Undefined) -> dict[str, Cell]:
    known = rank if isinstance(rank, TableRank) else None
    return {
        "algorithm": pick.searcher,
        "guide": pick.guide,
        "seed": pick.seed,
        "architecture": pick.architecture.text,
        "score": pick.score,
        "value": known.value if known else None,
        "rank": known.rank if known else None,
        "of": known.of if known else None,
        "scored": pick.scored,
        "seconds": pick.seconds,
    }
