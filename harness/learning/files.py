"""Writes curves as Markdown, CSV and JSON, each at once or not at all."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Sequence
from pathlib import Path

from harness.core.errors import InfrastructureError
from harness.learning.curve import Curve
from harness.learning.fitting import Fitted
from harness.learning.tables import Cell, markdown, rows

__all__ = ["write_at_once", "write_curves", "written_csv"]


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
        folder / f"{stem}.csv": written_csv(flat),
        folder / f"{stem}.json": json.dumps(flat, indent=1, allow_nan=False) + "\n",
    }
    for path, content in contents.items():
        write_at_once(path, content)
    return list(contents)


def written_csv(flat: Sequence[dict[str, Cell]]) -> str:
    """Return rows of equal columns as CSV with a head."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(flat[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(flat)
    return stream.getvalue()


def write_at_once(path: Path, content: str) -> None:
    """Write a file under a temporary name and rename it.

    Raises:
        InfrastructureError: The folder cannot be written.
    """
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(content, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        raise InfrastructureError(
            f"cannot write {path}: {error.strerror}; choose another folder with --results"
        ) from error
