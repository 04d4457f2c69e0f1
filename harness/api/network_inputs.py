"""Samples and labels for networks of one's own: given, or drawn from a source of batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from harness.api.choice import batch_settings, refuse_options
from harness.batches.drawing import draw_batch
from harness.batches.source import DrawnBatch
from harness.core.architecture import Dataset
from harness.core.errors import UsageError
from harness.spaces.datasets import dataset as find_dataset

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Draw", "Samples", "drawn_samples", "given_samples", "sample_shape"]

_SIZE = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """Which samples to draw where none are given.

    Attributes:
        shaped: Shape of one sample; its number of classes is replaced.
        batch: Source and, after a colon, number of samples; absent for the usual ones.
        images: Folder or archive, for a source that reads one.
        seed: Seed of the draw.
    """

    shaped: Dataset
    batch: str | None
    images: Path | None
    seed: int

    def content(self, classes: int) -> DrawnBatch:
        """Draw a batch with labels of so many classes."""
        shaped = replace(self.shaped, classes=classes)
        source = "photographs" if len(shaped.shape) == 3 and shaped.shape[0] == 3 else "noise"
        settings = batch_settings(self.batch or source, _SIZE)
        return draw_batch(settings.request(self.images), shaped, self.seed)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Samples:
    """What networks are called with.

    Attributes:
        inputs: Shape ``(n, ...)``.
        labels: Their classes; absent for those of the draw, or for all classes in turn.
        classes: Number of classes; absent for as many as a network has.
        draw: How they were drawn; absent where they were given.
    """

    inputs: np.ndarray
    labels: np.ndarray | None
    classes: int | None
    draw: Draw | None

    def of(self, outputs: tuple[int, ...]) -> tuple[Dataset, DrawnBatch]:
        """Return shape and batch for a network whose logits have the shape `outputs`.

        Raises:
            UsageError: A label is none of its classes.
        """
        import numpy as np

        own = outputs[1] if len(outputs) > 1 else 1
        classes = own if self.classes is None else self.classes
        if classes > own:
            raise UsageError(f"the network has {own} outputs, fewer than {classes} classes")
        if self.draw is not None:
            batch = self.draw.content(classes)
        else:
            labels = np.arange(len(self.inputs)) % classes if self.labels is None else self.labels
            batch = DrawnBatch(inputs=self.inputs, labels=labels, digest="", source="given")
        known = batch.labels
        if known is None:
            return _dataset(self.inputs.shape[1:], classes), batch
        low, high = int(known.min()), int(known.max())
        if low < 0 or high >= own:
            raise UsageError(
                f"labels go from {low} to {high}, and the network has {own} outputs, so that "
                f"labels are 0 to {own - 1}"
            )
        return _dataset(self.inputs.shape[1:], classes), batch


def given_samples(inputs: object, labels: object, classes: int | None) -> Samples:
    """Return samples that were given as tensors or arrays.

    Raises:
        UsageError: They are something else, not finite, or not as many labels as inputs.
    """
    import numpy as np

    values = _array("inputs", inputs)
    if values.ndim < 2 or len(values) < 2:
        raise UsageError(
            f"inputs have the shape {values.shape}; give two samples or more, which the first "
            "dimension counts"
        )
    if labels is None:
        return Samples(inputs=values, labels=None, classes=classes, draw=None)
    known = _array("labels", labels)
    if known.shape != (len(values),) or not np.issubdtype(known.dtype, np.integer):
        raise UsageError(
            f"labels have the shape {known.shape} and type {known.dtype}; give an integer for each "
            f"of the {len(values)} inputs"
        )
    return Samples(inputs=values, labels=known.astype(np.int64), classes=classes, draw=None)


def drawn_samples(draw: Draw, classes: int | None) -> Samples:
    """Draw samples for a number of classes; absent for as many as a network has.

    Raises:
        UsageError: There is no such source, or it has no samples of that shape.
    """
    inputs = draw.content(classes or 1).inputs
    return Samples(inputs=cast("np.ndarray", inputs), labels=None, classes=classes, draw=draw)


def sample_shape(
    shape: Sequence[int] | None, dataset: str | None, classes: int | None
) -> tuple[Dataset, int | None]:
    """Return the shape of one sample, and the number of classes where it is known.

    Raises:
        UsageError: There is no such data set, no shape of an image, or neither of them.
    """
    if dataset is not None:
        refuse_options("scoring with --dataset", shape=shape, classes=classes)
        known = find_dataset(dataset)
        return known, known.classes
    if shape is None:
        raise UsageError("without inputs, the shape of one sample is needed: --shape 3,224,224")
    return _dataset(tuple(shape), classes or 1), classes


def _dataset(shape: tuple[int, ...], classes: int) -> Dataset:
    return Dataset(name="own", shape=tuple(shape), classes=classes)


def _array(what: str, given: object) -> np.ndarray:
    """Return a tensor or an array as an array, in float32 where numpy has no such type."""
    import numpy as np
    import torch

    if isinstance(given, torch.Tensor):
        tensor = given.detach().cpu()
        given = (tensor.float() if tensor.dtype is torch.bfloat16 else tensor).numpy()
    if not isinstance(given, np.ndarray):
        raise UsageError(f"{what} are a {type(given).__name__}; give a tensor")
    if np.issubdtype(given.dtype, np.floating) and not np.isfinite(given).all():
        raise UsageError(f"{what} hold values that are not finite, so that no score says anything")
    return given.astype(np.float32) if np.issubdtype(given.dtype, np.floating) else given
