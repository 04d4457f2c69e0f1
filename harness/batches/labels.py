"""Labels of a batch in the form that the loss wants, and labels that say nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.core.errors import DataError

if TYPE_CHECKING:
    import numpy as np

    from harness.batches.source import Draw
    from harness.core.architecture import Dataset

__all__ = ["IGNORED", "checked_labels", "labels_in_turn"]

IGNORED = -100
"""The class of a token or pixel that the loss leaves out, as in torch."""


def labels_in_turn(draw: Draw) -> np.ndarray | None:
    """Return labels that carry no information: classes in turn, or normal values.

    Shape: ``(n,)``, ``(n, tokens)``, ``(n, height, width)`` or ``(n, values)``, as the loss wants;
    none where the network computes its own loss.
    """
    import numpy as np

    dataset = draw.dataset
    if dataset.loss == "network":
        return None
    if dataset.loss == "regression":
        return draw.generator.standard_normal((draw.size, dataset.classes))
    shape = (draw.size, *_positions(dataset))
    return (np.arange(np.prod(shape)) % dataset.classes).reshape(shape)


def checked_labels(labels: np.ndarray, dataset: Dataset, size: int, place: str) -> np.ndarray:
    """Return labels as int64 (classes) or float32 (values), in the form that the loss wants.

    Args:
        labels: The labels.
        dataset: Its classes and loss.
        size: Number of samples.
        place: Where they come from, for messages.

    Raises:
        DataError: They have another shape or type, or are out of range.
    """
    import numpy as np

    if not labels.ndim or len(labels) != size:
        count = len(labels) if labels.ndim else 0
        raise DataError(f"{place} gives {count} labels for {size} samples")
    match dataset.loss:
        case "regression":
            return _values(labels, dataset, place)
        case "network" if labels.dtype.kind in "iu":
            return labels.astype(np.int64)
        case "network":
            return labels.astype(np.float32)
        case _:
            return _classes(labels, dataset, place)


def _positions(dataset: Dataset) -> tuple[int, ...]:
    """Return the axes of labels behind the sample."""
    match dataset.loss:
        case "per_token":
            return dataset.shape[-1:]
        case "per_pixel":
            return (dataset.height, dataset.width)
        case _:
            return ()


def _classes(labels: np.ndarray, dataset: Dataset, place: str) -> np.ndarray:
    import numpy as np

    if labels.dtype.kind not in "iu":
        raise DataError(
            f"{place} gives labels of type {labels.dtype}; the loss {dataset.loss} wants integers, "
            f"0 to {dataset.classes - 1}"
        )
    wanted = (len(labels), *_positions(dataset))
    if labels.shape != wanted:
        raise DataError(
            f"{place} gives labels of shape {labels.shape}; the loss {dataset.loss} wants {wanted}"
        )
    outside = (labels < 0) | (labels >= dataset.classes)
    if dataset.loss != "cross_entropy":
        outside &= labels != IGNORED
    if outside.any():
        sample = int(np.argwhere(outside)[0][0])
        raise DataError(
            f"{place} gives the label {labels[outside][0]} (sample {sample} of the batch); data "
            f"set {dataset.name!r} has the classes 0 to {dataset.classes - 1}"
        )
    return labels.astype(np.int64)


def _values(labels: np.ndarray, dataset: Dataset, place: str) -> np.ndarray:
    import numpy as np

    if labels.dtype.kind not in "iuf":
        raise DataError(f"{place} gives labels of type {labels.dtype}; a regression wants numbers")
    if labels.ndim == 1 and dataset.classes == 1:
        labels = labels[:, None]
    if labels.ndim < 2 or labels.shape[1] != dataset.classes:
        raise DataError(
            f"{place} gives labels of shape {labels.shape}; a regression of {dataset.classes} "
            f"values wants ({len(labels)}, {dataset.classes})"
        )
    with np.errstate(over="ignore"):  # infinite below
        values = labels.astype(np.float32)
    if not np.isfinite(values).all():
        raise DataError(f"{place} gives labels that are NaN, infinite or too large for float32")
    return values
