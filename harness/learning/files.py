"""Writes curves as Markdown, CSV and JSON, each at once or not at all.

A file is named by its first predictor, the protocol, and a digest of what else decides which
curves are in it: the same command writes the same file, another one writes another.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.core.files import csv_text, write_at_once
from harness.core.identity import digest
from harness.learning.curve import Curve
from harness.learning.fitting import Fitted
from harness.learning.tables import Cell, markdown, rows

__all__ = ["REMEDY", "write_curves"]

REMEDY = "choose another folder with --results"
"""What to do where results cannot be written."""


def write_curves(
    fitted: Fitted,
    curves: Sequence[Curve],
    results: Path,
    beside: Mapping[str, str] | None = None,
) -> list[Path]:
    """Write all forms into ``predictors/TASK`` and return their paths.

    Args:
        fitted: All fits.
        curves: At least one.
        results: The results folder.
        beside: Name to key of proxies that have a curve too.

    Raises:
        InfrastructureError: The folder cannot be written.
    """
    flat = rows(fitted, curves, beside)
    stem = _stem(fitted, curves, flat)
    folder = results / "predictors" / Path(fitted.pool.truth.task).stem
    contents = {
        folder / f"{stem}.md": markdown(fitted, curves),
        folder / f"{stem}.csv": csv_text(flat),
        folder / f"{stem}.json": json.dumps(flat, indent=1, allow_nan=False) + "\n",
    }
    for path, content in contents.items():
        write_at_once(path, content, REMEDY)
    return list(contents)


def _stem(fitted: Fitted, curves: Sequence[Curve], flat: Sequence[Mapping[str, Cell]]) -> str:
    """Name the file; what was measured is not part of the name, only what was asked for."""
    experiment = fitted.experiment
    evaluated = "rest" if experiment.evaluate_on is None else str(experiment.evaluate_on)
    names = list(dict.fromkeys(one.predictor for one in curves))
    others = f"-and-{len(names) - 1}-more" if len(names) > 1 else ""
    asked = ("truth", "population_digest", "key", "metric", "labels", "draws")
    content = digest([[str(row[name]) for name in asked] for row in flat])[:8]
    protocol = f"{experiment.repeats}x{evaluated}-seed{experiment.seed}"
    return f"{names[0]}{others}-{protocol}-{content}"
