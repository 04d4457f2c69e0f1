"""Batches drawn from a data set of the test's own."""

from __future__ import annotations

from pathlib import Path

from harness.batches.drawing import BatchRequest, draw_batch
from harness.batches.source import DrawnBatch
from harness.core.architecture import Dataset


def data(**changed: object) -> Dataset:
    """Return a small data set of colour images."""
    return Dataset(**{"name": "mine", "shape": (3, 8, 8), "classes": 4, **changed})


def drawn(
    source: str,
    dataset: Dataset,
    path: Path | str | None = None,
    size: int = 4,
    seed: int = 0,
    **options: object,
) -> DrawnBatch:
    """Draw a batch; what is left are options of the source."""
    place = None if path is None else Path(path)
    request = BatchRequest(source=source, size=size, path=place, options=options)
    return draw_batch(request, dataset, seed)
