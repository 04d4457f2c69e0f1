"""Writes curves as Markdown, CSV and JSON, each at once or not at all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from harness.core.files import csv_text, write_at_once
from harness.learning.curve import Curve
from harness.learning.fitting import Fitted
from harness.learning.tables import markdown, rows

__all__ = ["REMEDY", "write_curves"]

REMEDY = "choose another folder with --results"
"""What to do where results cannot be written."""


def write_curves(fitted: Fitted, curves: Sequence[Curve], results: Path) -> list[Path]:
    """Write all forms into ``predictors/TASK`` and return their paths.

    Raises:
        InfrastructureError: The folder cannot be written.
    """
    experiment = fitted.experiment
    evaluated = "rest" if experiment.evaluate_on is None else str(experiment.evaluate_on)
    stem = f"{experiment.repeats}x{evaluated}-seed{experiment.seed}"
    folder = results / "predictors" / Path(fitted.pool.truth.task).stem
    flat = rows(fitted, curves)
    contents = {
        folder / f"{stem}.md": markdown(fitted, curves),
        folder / f"{stem}.csv": csv_text(flat),
        folder / f"{stem}.json": json.dumps(flat, indent=1, allow_nan=False) + "\n",
    }
    for path, content in contents.items():
        write_at_once(path, content, REMEDY)
    return list(contents)
