"""Operation scorers: their tables, and their files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.core.identity import digest
from harness.core.short_repr import ShortRepr
from harness.metrics import Defined, Undefined
from harness.metrics.values import Estimate
from harness.operation_scorer import OperationReference
from harness.operation_scoring.setup import Setup
from harness.operation_scoring.summary import Cells, Decision, ScorerSummary
from harness.operation_scoring.truth import TableRank
from harness.reports.report_table import Cell, Column, Reasons, ReportTable, columns, fixed, general
from harness.reports.writers import forms, markdown, write_files

__all__ = ["OperationTable", "reference_table", "write_operations"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class OperationTable(ShortRepr):
    """Scorers on one task.

    Attributes:
        facts: What was scored, and how often.
        setup: What all scorers have in common.
        summaries: At least one.
    """

    task: str
    facts: str
    setup: Setup
    summaries: Sequence[ScorerSummary]

    @property
    def tables(self) -> tuple[ReportTable, ReportTable]:
        """One row a scorer, by the first decision; and one row a decision."""
        return _scorer_table(self.summaries), _decision_table(self.summaries)

    @property
    def data(self) -> ReportTable:
        """One row a scorer and decision for programs, with the cells in each."""
        return ReportTable.of_records(
            [
                _record(self.task, summary, number, decision)
                for summary in self.summaries
                for number, decision in enumerate(summary.decisions)
            ]
        )


def reference_table(
    references: Sequence[tuple[ScorerSummary, OperationReference, str]],
) -> ReportTable:
    """Return the table of published values, each with its scorer and the verdict on it."""
    return ReportTable(
        columns=columns(
            *("scorer", "measure", "what", Column(head="ours", number=fixed(3))),
            *(Column(head="published", number=general), "verdict", "source"),
        ),
        rows=tuple(
            (
                *(summary.scorer, summary.measure, reference.metric),
                *(summary.measured(reference.metric), reference.value, verdict, reference.source),
            )
            for summary, reference, verdict in references
        ),
    )


def write_operations(scored: OperationTable, results: Path) -> list[Path]:
    """Write all forms into ``operations/TASK`` and return their paths.

    They are named after the setup and a digest of scorers and proxies: those of another command
    must not write the same file.

    Raises:
        InfrastructureError: A file would lie outside the folder.
    """
    scorers, decisions = scored.tables
    title, facts = f"# Operation scorers on {scored.task}", f"{scored.facts}."
    page = markdown([title, facts, scorers, "## Along the decisions", decisions])
    asked = digest([[summary.scorer, summary.measure] for summary in scored.summaries])
    stem = f"{scored.summaries[0].seeds}-{scored.setup.stem}-{asked[:8]}"
    folder = Path("operations") / Path(scored.task).stem
    return write_files(results, folder / stem, forms(scored.data, page))


def _scorer_table(summaries: Sequence[ScorerSummary]) -> ReportTable:
    return _with_reasons(
        columns(
            *("scorer", "measure", "conditions"),
            *(_bare(name, fixed(3)) for name in ("Spearman, best", "best run", "Spearman, mean")),
            *(_bare("cell at once", fixed(2)), _bare("rank", general)),
            *(_bare("derived cell", fixed(2)), _bare("rank", general)),
            *(_bare("passes", general), _bare("s a seed", fixed(1))),
        ),
        tuple(
            (
                *(summary.scorer, summary.measure, summary.conditions),
                *(summary.decisions[0].best, summary.decisions[0].best_run),
                summary.decisions[0].mean,
                *_value_and_rank(summary.at_once),
                *_value_and_rank(summary.derived),
                *(float(summary.passes), summary.seconds),
            )
            for summary in summaries
        ),
    )


def _decision_table(summaries: Sequence[ScorerSummary]) -> ReportTable:
    """Return one row a decision, of those that have correlations."""
    correlations = ("best given fixed", "mean given fixed", "best", "best run")
    return _with_reasons(
        columns(
            *("scorer", "measure", "decision"),
            *(_bare(name, fixed(3)) for name in correlations),
        ),
        tuple(
            (
                *(summary.scorer, summary.measure, number),
                *(decision.best, decision.mean, decision.best_of_all, decision.best_run),
            )
            for summary in summaries
            for number, decision in enumerate(summary.decisions)
            if isinstance(decision.best_of_all.value, Defined)
        ),
    )


def _bare(head: str, number: Callable[[float], str]) -> Column:
    """Return a column whose cells do not say why they are undefined: a note does so once."""
    return Column(head=head, number=number, reasons=Reasons.NONE)


def _with_reasons(heads: tuple[Column, ...], rows: tuple[tuple[Cell, ...], ...]) -> ReportTable:
    """Return a table with a note for each reason for which cells are undefined."""
    undefined: dict[str, dict[str, None]] = {}
    for row in rows:
        for column, cell in zip(heads, row, strict=True):
            value = cell.value if isinstance(cell, Estimate) else cell
            if isinstance(value, Undefined) and value.reason:
                undefined.setdefault(value.reason, {})[column.head] = None
    notes = tuple(f"{'; '.join(names)}: {reason}." for reason, names in undefined.items())
    return ReportTable(columns=heads, rows=rows, notes=notes)


def _record(task: str, summary: ScorerSummary, number: int, decision: Decision) -> dict[str, Cell]:
    value = decision.best_of_all.value
    return {
        "task": task,
        "scorer": summary.scorer,
        "measure": summary.measure,
        "conditions": summary.conditions,
        "seeds": summary.seeds,
        "decision": number,
        "spearman_best": decision.best,
        "spearman_mean": decision.mean,
        "spearman_best_of_all": decision.best_of_all,
        "spearman_best_run": decision.best_run,
        "reason": value.reason if isinstance(value, Undefined) else "",
        **_values_and_ranks("at_once", summary.at_once),
        **_values_and_ranks("derived", summary.derived),
        "passes": summary.passes,
        "seconds": summary.seconds,
    }


def _value_and_rank(cells: Cells | None) -> tuple[Cell, Cell]:
    return (None, None) if cells is None else (cells.value, cells.rank)


def _values_and_ranks(name: str, cells: Cells | None) -> dict[str, Cell]:
    ranks = cells.table_ranks if cells else ()
    known = [rank for rank in ranks if isinstance(rank, TableRank)]
    return {
        f"{name}_values": " ".join(f"{rank.value!r}" for rank in known),
        f"{name}_ranks": " ".join(str(rank.rank) for rank in known),
    }
