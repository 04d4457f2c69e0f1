"""Gaussian noise: the cheapest batch, and not the same thing as images.

Labels run through the classes in turn; they carry no information.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from harness.batches.source import BatchSource

if TYPE_CHECKING:
    import numpy as np

    from harness.core.architecture import Dataset

__all__ = ["SOURCE"]


def _draw(
    dataset: Dataset, size: int, generator: np.random.Generator, images: Path | None
) -> tuple[np.ndarray, np.ndarray]:
    import numpy as np

    shape = (size, dataset.channels, dataset.height, dataset.width)
    return generator.standard_normal(shape), np.arange(size) % dataset.classes


SOURCE = BatchSource(name="noise", summary="Standard normal pixels, labels in turn", draw=_draw)
