"""Summaries of scorers as rows, for the terminal, Markdown, CSV and JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from harness.core.files import csv_text, write_at_once
from harness.core.identity import digest
from harness.core.pipe_table import pipe_table, shortened
from harness.metrics import Defined, Estimate, Interval, Undefined
from harness.operation_scorer import OperationReference
from harness.operation_scoring.running import REMEDY
from harness.operation_scoring.setup import Setup
from harness.operation_scoring.summary import Cells, Decision, ScorerSummary
from harness.operation_scoring.truth import Standing

__all__ = [
    "DECISION_HEADS",
    "HEADS",
    "REFERENCE_HEADS",
    "cells",
    "decision_rows",
    "reference_row",
    "rows",
    "write",
]

HEADS = (
    "scorer",
    "measure",
    "conditions",
    "Spearman, best",
    "best run",
    "Spearman, mean",
    "cell at once",
    "rank",
    "derived cell",
    "rank",
    "passes",
    "s a seed",
)
"""Heads of the table of scorers; correlations are those of the first decision."""

DECISION_HEADS = (
    "scorer",
    "measure",
    "decision",
    "best given fixed",
    "mean given fixed",
    "best",
    "best run",
)
"""Heads of the table of decisions."""

REFERENCE_HEADS = ("scorer", "measure", "what", "ours", "published", "verdict", "source")
"""Heads of the table of published values."""

Cell = str | int | float | None


def cells(summary: ScorerSummary) -> list[str]:
    """Return the row of one scorer."""
    first = summary.decisions[0]
    return [
        summary.scorer,
        summary.measure,
        summary.conditions,
        _number(first.best, 3),
        _number(first.best_run, 3),
        _number(first.mean, 3),
        *_cells(summary.at_once),
        *_cells(summary.derived),
        f"{summary.passes:g}",
        f"{summary.seconds:.1f}",
    ]


def decision_rows(summary: ScorerSummary) -> list[list[str]]:
    """Return one row a decision, of those that have correlations."""
    return [
        [
            summary.scorer,
            summary.measure,
            str(number),
            _number(decision.best, 3),
            _number(decision.mean, 3),
            _number(decision.best_of_all, 3),
            _number(decision.best_run, 3),
        ]
        for number, decision in enumerate(summary.decisions)
        if isinstance(decision.best_of_all.value, Defined)
    ]


def reference_row(summary: ScorerSummary, reference: OperationReference, verdict: str) -> list[str]:
    """Return the row of one published value."""
    ours = summary.measured(reference.metric)
    return [
        summary.scorer,
        summary.measure,
        reference.metric,
        "" if ours is None else _number(ours, 3),
        f"{reference.value:g}",
        verdict,
        reference.source,
    ]


def rows(task: str, summary: ScorerSummary) -> list[dict[str, Cell]]:
    """Return one row a decision, unrounded, with the cells in each."""
    return [
        {
            "task": task,
            "scorer": summary.scorer,
            "measure": summary.measure,
            "conditions": summary.conditions,
            "seeds": summary.seeds,
            "decision": number,
            **_flat_decision(decision),
            "reason": _reason(decision),
            **_flat_cells("at_once", summary.at_once),
            **_flat_cells("derived", summary.derived),
            "passes": summary.passes,
            "seconds": summary.seconds,
        }
        for number, decision in enumerate(summary.decisions)
    ]


def write(
    task: str, facts: str, setup: Setup, summaries: Sequence[ScorerSummary], results: Path
) -> list[Path]:
    """Write all forms into ``operations/TASK`` and return their paths.

    They are named after the setup and a digest of scorers and proxies: those of another command
    must not write the same file.

    Raises:
        InfrastructureError: The folder cannot be written.
    """
    flat = [row for one in summaries for row in rows(task, one)]
    asked = digest([[one.scorer, one.measure] for one in summaries])
    stem = f"{summaries[0].seeds}-{setup.stem}-{asked[:8]}"
    folder = results / "operations" / Path(task).stem
    decisions = [row for one in summaries for row in decision_rows(one)]
    parts = [
        f"# Operation scorers on {task}",
        f"{facts}.",
        pipe_table(HEADS, [cells(one) for one in summaries]),
        "## Along the decisions",
        pipe_table(DECISION_HEADS, decisions),
    ]
    contents = {
        folder / f"{stem}.md": "\n\n".join(parts) + "\n",
        folder / f"{stem}.csv": csv_text(flat),
        folder / f"{stem}.json": json.dumps(flat, indent=1, allow_nan=False) + "\n",
    }
    for path, content in contents.items():
        write_at_once(path, content, REMEDY)
    return list(contents)


def _cells(found: Cells | None) -> list[str]:
    if found is None:
        return ["", ""]
    return [_number(found.value, 2), "" if found.rank is None else f"{found.rank:g}"]


def _number(mean: Estimate, digits: int) -> str:
    if not isinstance(mean.value, Defined):
        return shortened(f"undefined: {mean.value.reason}")
    text = f"{mean.value.value:.{digits}f}"
    if not isinstance(mean.interval, Interval):
        return text
    return f"{text} [{mean.interval.low:.{digits}f}, {mean.interval.high:.{digits}f}]"


def _flat_decision(decision: Decision) -> dict[str, Cell]:
    found: dict[str, Cell] = {}
    named = {
        "best": decision.best,
        "mean": decision.mean,
        "best_of_all": decision.best_of_all,
        "best_run": decision.best_run,
    }
    for name, mean in named.items():
        interval = mean.interval if isinstance(mean.interval, Interval) else None
        found |= {
            f"spearman_{name}": mean.value.value if isinstance(mean.value, Defined) else None,
            f"spearman_{name}_low": interval.low if interval else None,
            f"spearman_{name}_high": interval.high if interval else None,
        }
    return found


def _reason(decision: Decision) -> str:
    value = decision.best_of_all.value
    return value.reason if isinstance(value, Undefined) else ""


def _flat_cells(name: str, found: Cells | None) -> dict[str, Cell]:
    standings = found.standings if found else ()
    known = [one for one in standings if isinstance(one, Standing)]
    return {
        f"{name}_values": " ".join(f"{one.value!r}" for one in known),
        f"{name}_ranks": " ".join(str(one.rank) for one in known),
    }
