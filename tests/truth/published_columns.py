"""Published CSV files as arrays, read once for all tests of what they hold."""

from __future__ import annotations

import csv
import functools
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from harness.truth import load
from harness.truth.source import source

__all__ = ["Columns", "accuracies", "columns", "spearman"]

Columns = dict[str, NDArray[np.float64] | list[str]]


@functools.lru_cache(maxsize=4)
def columns(name: str, folder: Path) -> Columns:
    """Columns of a source: floats, or texts where a cell is no number."""
    text = (folder / source(name).relative_path).read_text(encoding="utf-8-sig")
    heading, *rows = csv.reader(text.splitlines())
    read: Columns = {}
    for column, cells in zip(heading, zip(*rows, strict=True), strict=True):
        try:
            read[column] = np.array(cells, dtype=np.float64)
        except ValueError:
            read[column] = list(cells)
    return read


@functools.lru_cache(maxsize=4)
def accuracies(task: str, folder: Path) -> NDArray[np.float64]:
    """Values of all cells of NAS-Bench-201 in the order of its index, which HELP's file has."""
    values = load(task, folder).values
    return np.array([values[text] for text in columns("help-nb201-latency", folder)["arch"]])


def spearman(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    return float(np.corrcoef(rankdata(first), rankdata(second))[0, 1])
