"""Predictors with each space left out: their tables, their page, and their files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from harness.core.identity import digest
from harness.core.short_repr import ShortRepr
from harness.learning.leave_one_space_out import METRIC, LearntFrom, SpacesPlan
from harness.learning.picks import LEVELS
from harness.learning.space_rows import CalibrationRow, SpaceRow
from harness.metrics.scored_table import ScoredTable
from harness.metrics.values import Defined
from harness.reports.calibration import calibration_record
from harness.reports.matrix_page import MatrixCell, MatrixPanel, matrix_page
from harness.reports.report_table import Cell, Column, ReportTable, columns, fixed, percent, tenths
from harness.reports.writers import Part, forms, markdown, write_files

__all__ = ["SpacesMatrix", "write_leave_one_space_out"]

_FOLDER = Path("leave-one-space-out")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SpacesMatrix(ShortRepr):
    """Predictors, rules and single proxies by spaces.

    Attributes:
        rows: By number of labels, best mean first.
        tables: What was judged on.
        plan: How much was labelled, and how often.
        failed: Predictors all of whose fits failed, and why the first did.
        files: Paths of what was written.
    """

    rows: tuple[SpaceRow, ...]
    tables: tuple[ScoredTable, ...]
    plan: SpacesPlan
    failed: Mapping[str, str]
    files: tuple[Path, ...] = ()

    @property
    def facts(self) -> str:
        """What must be known to read the tables."""
        networks = ", ".join(f"{table.task} ({len(table.truth)})" for table in self.tables)
        spaces = len({table.kin for table in self.tables})
        return (
            f"{METRIC} on {len(self.tables)} tables of {spaces} spaces (networks): {networks}. "
            f"Seed {self.plan.seed}, {self.plan.repeats} draws of labels; lead is over the best "
            "single proxy; brackets hold 95 % intervals over spaces; a true lead of tells would be "
            "told in four of five."
        )

    @property
    def overall(self) -> ReportTable:
        """One row a contestant and number of labels: mean and lead."""
        return ReportTable(
            title="Overall",
            columns=columns(
                *("", "labels", "reads", "learnt from", "tables"),
                Column(head=f"mean {METRIC}"),
                Column(head="lead"),
                Column(head="tells"),
            ),
            rows=tuple(
                (
                    *(row.contestant.name, row.labels, row.contestant.reads),
                    *(row.contestant.learnt_from.value, len(row.values)),
                    *(row.mean, row.lead, row.told),
                )
                for row in self.rows
            ),
        )

    @property
    def gains(self) -> ReportTable:
        """One row a predictor and number of labels: what learning from both adds to either."""
        either = (LearntFrom.LABELS, LearntFrom.OTHERS)
        return ReportTable(
            title="Both against either",
            columns=columns("", "labels", "reads", *(f"over {source}" for source in either)),
            rows=tuple(
                (
                    *(row.contestant.name, row.labels, row.contestant.reads),
                    *(row.gains[source] for source in either),
                )
                for row in self.rows
                if row.gains
            ),
        )

    @property
    def picks(self) -> ReportTable:
        """One row a contestant and number of labels: what its pick is worth."""
        return _picks(self.rows)

    @property
    def calibration(self) -> ReportTable:
        """One row a predictor that says how sure it is, and number of labels.

        The cells of one that does not say so on some table are empty, and a note names it.
        """
        return _calibration(self.rows)

    @property
    def sure_in_part(self) -> tuple[str, ...]:
        """A sentence a predictor that gave deviations in some fits alone, and number of labels."""
        return tuple(_sure_in_part(self.rows))

    @property
    def by_task(self) -> ReportTable:
        """One row a contestant and number of labels, one column a task."""
        tasks = [table.task for table in self.tables]
        return ReportTable(
            title="By task",
            columns=columns("", "labels", *tasks),
            rows=tuple(
                (row.contestant.label, row.labels, *(row.values.get(task) for task in tasks))
                for row in self.rows
            ),
        )

    @property
    def data(self) -> ReportTable:
        """The same for programs: one row a task, contestant and number of labels."""
        return ReportTable.of_records(
            [
                {
                    **{"task": table.task, "held_out": table.kin, "networks": len(table.truth)},
                    **{"name": row.contestant.name, "reads": row.contestant.reads},
                    "learnt_from": row.contestant.learnt_from.value,
                    **{"labels": row.labels, METRIC: row.values.get(table.task)},
                    **{"failed_fits": row.failed, f"mean_{METRIC}": row.mean, "lead": row.lead},
                    "tells": row.told,
                    **_judged(row, table.task),
                }
                for row in self.rows
                for table in self.tables
            ]
        )


def write_leave_one_space_out(matrix: SpacesMatrix, results: Path) -> SpacesMatrix:
    """Write all forms into ``leave-one-space-out``, named by what was asked for.

    Returns:
        The matrix with their paths.

    Raises:
        InfrastructureError: A file would lie outside the folder.
    """
    judged = [f"{table.task}\t{len(table.truth)}" for table in matrix.tables]
    names = sorted({row.contestant.label for row in matrix.rows})
    plan = [*map(str, matrix.plan.labels), str(matrix.plan.repeats)]
    parts: list[Part] = [
        "# Leave one space out",
        matrix.facts,
        matrix.overall,
        matrix.gains,
        matrix.picks,
        matrix.calibration,
        matrix.by_task,
    ]
    contents = {**forms(matrix.data, markdown(parts)), ".html": _page(matrix)}
    content = digest([*judged, *names, *plan])[:8]
    stem = _FOLDER / f"{len(matrix.tables)}-tables-seed{matrix.plan.seed}-{content}"
    return replace(matrix, files=tuple(write_files(results, stem, contents)))


def _picks(rows: Sequence[SpaceRow]) -> ReportTable:
    ordered = sorted(rows, key=lambda row: (row.labels, _above(row), row.contestant.label))
    return ReportTable(
        title="Picks",
        notes=("Of the network with the highest prediction or score, means over spaces.",),
        columns=columns(
            *("", "labels", "reads", "learnt from"),
            Column(head="share of the table above the pick", number=tenths),
            Column(head="regret as a share of the range", number=tenths),
        ),
        rows=tuple(
            (
                *(row.contestant.name, row.labels, row.contestant.reads),
                *(row.contestant.learnt_from.value, row.pick.above, row.pick.of_range),
            )
            for row in ordered
        ),
    )


def _calibration(rows: Sequence[SpaceRow]) -> ReportTable:
    sure = [row for row in rows if any(fits for fits, _ in row.sure_fits.values())]
    return ReportTable(
        title="Calibration",
        notes=(
            "Share of the truth inside central intervals, and continuous ranked probability score "
            "as a share of that of who knows nothing, in normal quantiles of ranks; means over "
            "spaces.",
            *_sure_in_part(sure),
        ),
        columns=columns(
            *("", "labels", "reads", "learnt from"),
            *(Column(head=f"inside {level:.0%}", number=percent) for level in LEVELS),
            Column(head="CRPS"),
            Column(head="expected above the pick", number=tenths),
            Column(head="above more than expected", number=tenths),
        ),
        rows=tuple(
            (
                *(row.contestant.name, row.labels, row.contestant.reads),
                *(row.contestant.learnt_from.value, *_calibrated(row.calibration)),
            )
            for row in sure
        ),
    )


def _calibrated(sure: CalibrationRow | None) -> tuple[Cell, ...]:
    if sure is None:
        return (None,) * (len(LEVELS) + 3)
    return (*sure.inside, sure.crps, sure.expected_above, sure.surprise)


def _sure_in_part(rows: Sequence[SpaceRow]) -> Iterator[str]:
    """Say how many fits of a predictor gave deviations, where some did and others did not."""
    for row in rows:
        given, fits = (sum(counts) for counts in zip(*row.sure_fits.values(), strict=True))
        if given in (0, fits):
            continue
        without = [task for task, (own, _) in row.sure_fits.items() if not own]
        left_out = f", none on {', '.join(without)}, so that it has no mean" if without else ""
        yield (
            f"{row.contestant.label} gave deviations in {given} of {fits} fits with {row.labels} "
            f"labels{left_out}."
        )


def _above(row: SpaceRow) -> float:
    value = row.pick.above.value
    return value.value if isinstance(value, Defined) else float("inf")


def _judged(row: SpaceRow, task: str) -> dict[str, Cell]:
    """Return what a contestant's pick on a table is worth, and how sure it was there."""
    pick = row.pick.by_task.get(task)
    sure = row.calibration.by_task.get(task) if row.calibration else None
    return {
        "pick_regret": pick.regret if pick else None,
        "pick_regret_of_range": pick.of_range if pick else None,
        "above_pick": pick.above if pick else None,
        **calibration_record(sure),
    }


def _page(matrix: SpacesMatrix) -> str:
    """Return the matrix as HTML: a picture and a table for each number of labels."""
    return matrix_page(
        title="Leave one space out",
        facts=matrix.facts,
        reading=f"{METRIC} of the row on the column, whose space was left out",
        panels=[
            _panel(labels, [row for row in matrix.rows if row.labels == labels], matrix.tables)
            for labels in sorted({row.labels for row in matrix.rows})
        ],
    )


def _panel(labels: int, rows: Sequence[SpaceRow], tables: Sequence[ScoredTable]) -> MatrixPanel:
    best = rows[0]
    mean = best.mean.value.value if isinstance(best.mean.value, Defined) else float("nan")
    return MatrixPanel(
        labels=labels,
        finding=f"Highest mean over spaces: {best.contestant.label}, {mean:.3f}.",
        cells=[
            MatrixCell(
                source=row.contestant.label,
                target=table.task,
                value=row.values.get(table.task),
                text=fixed(3)(value) if (value := row.values.get(table.task)) is not None else "",
            )
            for row in rows
            for table in tables
        ],
        tables=[table for table in (_picks(rows), _calibration(rows)) if table.rows],
    )
