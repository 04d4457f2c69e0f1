"""Gaussian noise or uniform token ids: the cheapest batch, and not the same thing as data.

Labels run through the classes in turn, or are normal values for a regression; they carry no
information.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.batches.labels import labels_in_turn
from harness.batches.source import BatchSource, Draw

if TYPE_CHECKING:
    import numpy as np

__all__ = ["SOURCE"]


def _draw(draw: Draw) -> tuple[np.ndarray, np.ndarray | None]:
    shape = (draw.size, *draw.dataset.shape)
    inputs: np.ndarray
    match draw.dataset.inputs:
        case "tokens":
            inputs = draw.generator.integers(draw.dataset.vocabulary, size=shape)
        case "real":
            inputs = draw.generator.standard_normal(shape)
    return inputs, labels_in_turn(draw)


SOURCE = BatchSource(
    name="noise",
    summary="Standard normal numbers or uniform token ids of any shape, labels in turn",
    draw=_draw,
)
