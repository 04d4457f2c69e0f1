"""Samples and labels for networks of one's own: given, or drawn from a source of batches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from harness.api.choice import batch_settings, refuse_options, require_number, require_shape
from harness.batches.drawing import draw_batch
from harness.batches.labels import IGNORED
from harness.batches.source import DrawnBatch
from harness.core.architecture import OWN, Dataset
from harness.core.errors import UsageError
from harness.spaces.datasets import dataset as find_dataset

if TYPE_CHECKING:
    import numpy as np

    from harness.batches.source import Arrays

__all__ = ["Draw", "Samples", "drawn_samples", "given_samples", "sample_shape"]

_SIZE = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """Which samples to draw where none are given.

    Attributes:
        data: Shape of one sample; classes and loss are replaced by those of the network.
        batch: Source and, after a colon, number of samples; absent for the usual ones.
        images: Folder or archive, for a source that reads one.
        seed: Seed of the draw.
    """

    data: Dataset
    batch: str | None
    images: Path | None
    seed: int

    def content(self, data: Dataset) -> DrawnBatch:
        """Draw a batch of a data set."""
        photographs = data.inputs == "real" and len(data.shape) == 3 and data.shape[0] == 3
        source = "photographs" if photographs else "noise"
        settings = batch_settings(self.batch or source, _SIZE)
        return draw_batch(settings.request(self.images), data, self.seed)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Samples:
    """What networks are called with.

    Attributes:
        inputs: Arrays whose first axis is the sample.
        data: Shape of one sample; of the first input, where there are several.
        labels: Given ones; absent for those of the draw, or for such as say nothing.
        classes: Number of classes; absent for as many as a network has.
        loss: Name of the loss; absent for the one that output and labels allow.
        draw: How they were drawn; absent where they were given.
    """

    inputs: Arrays
    data: Dataset
    labels: np.ndarray | None
    classes: int | None
    loss: str | None
    draw: Draw | None

    @property
    def unlabelled(self) -> DrawnBatch:
        """The inputs alone."""
        return DrawnBatch(inputs=self.inputs, labels=None, digest="", source="")

    def of(self, outputs: tuple[int, ...] | None) -> tuple[Dataset, DrawnBatch]:
        """Return data set and batch for a network.

        Args:
            outputs: Shape of its logits for some samples; None where it has none.

        Raises:
            UsageError: Labels do not fit its output.
        """
        loss = self.loss or _loss_of(outputs, self.labels, self.data)
        own = _outputs(loss, outputs)
        classes = own if self.classes is None else self.classes
        if classes > own:
            raise UsageError(f"the network has {own} outputs, fewer than {classes} classes")
        data = replace(self.data, classes=classes, loss=loss)
        if self.draw is not None and (self.loss or loss == "cross_entropy"):
            return data, self.draw.content(data)
        labels = self.labels
        if labels is None and outputs is not None:
            labels = _labels(loss, (_length(self.inputs), *outputs[1:]), classes)
        elif labels is not None and loss != "network":
            labels = _fitting(labels, loss, own, outputs)
        return data, DrawnBatch(inputs=self.inputs, labels=labels, digest="", source="")


def given_samples(inputs: object, labels: object, classes: int | None, loss: str | None) -> Samples:
    """Return samples that were given as tensors or arrays.

    Raises:
        UsageError: They are something else, not finite, or not as many labels as inputs.
    """
    require_number("classes", classes, 1)
    arrays = _arrays(inputs)
    first = _each(arrays)[0]
    known = None if labels is None else _array("labels", labels)
    if known is not None and (known.ndim == 0 or len(known) != len(first)):
        raise UsageError(
            f"labels have the shape {known.shape}, and there are {len(first)} inputs; give one for "
            "each"
        )
    shape = first.shape[1:] or (1,)
    tokens = first.dtype.kind == "i"
    data = Dataset(
        name=OWN,
        shape=shape,
        classes=1,
        inputs="tokens" if tokens else "real",
        vocabulary=int(first.max()) + 1 if tokens else 0,
    )
    return Samples(inputs=arrays, data=data, labels=known, classes=classes, loss=loss, draw=None)


def drawn_samples(draw: Draw, classes: int | None, loss: str | None) -> Samples:
    """Draw samples for a number of classes; absent for as many as a network has.

    Raises:
        UsageError: There is no such source, or it has no samples of that shape.
    """
    inputs = draw.content(replace(draw.data, loss="network")).inputs  # as yet without labels
    return Samples(
        inputs=inputs, data=draw.data, labels=None, classes=classes, loss=loss, draw=draw
    )


def sample_shape(
    shape: Sequence[int] | None, dataset: str | None, classes: int | None
) -> tuple[Dataset, int | None]:
    """Return the shape of one sample, and the number of classes where it is known.

    Raises:
        UsageError: There is no such data set, or neither data set nor shape was given.
    """
    if dataset is not None:
        refuse_options("scoring with --dataset", shape=shape, classes=classes)
        known = find_dataset(dataset)
        return known, known.classes
    if shape is None:
        raise UsageError("without inputs, the shape of one sample is needed: --shape 3,224,224")
    require_shape(shape, classes)
    return Dataset(name=OWN, shape=tuple(shape), classes=classes or 1), classes


def _loss_of(outputs: tuple[int, ...] | None, labels: np.ndarray | None, data: Dataset) -> str:
    """Return the loss that output and labels allow.

    Raises:
        UsageError: None of those with a name.
    """
    if outputs is None:
        return "network"
    match outputs[1:]:
        case () | (1,):
            return "regression" if labels is None or labels.dtype.kind == "f" else "cross_entropy"
        case _ if labels is not None and labels.dtype.kind == "f":
            return "regression"
        case (_,):
            return "cross_entropy"
        case (length, _) if data.inputs == "tokens" or data.shape[0] == length:
            return "per_token"
        case _:
            return "per_pixel"


def _outputs(loss: str, outputs: tuple[int, ...] | None) -> int:
    """Return the number of classes or values that a network has at each position."""
    if outputs is None or len(outputs) < 2:
        return 1
    return outputs[-1] if loss == "per_token" else outputs[1]


def _labels(loss: str, outputs: tuple[int, ...], classes: int) -> np.ndarray | None:
    """Return labels that say nothing: classes in turn, or ones of a normal distribution."""
    import numpy as np

    match loss:
        case "network":
            return None
        case "regression":
            values: np.ndarray = np.random.default_rng(0).standard_normal(outputs)
            return values.astype(np.float32)
        case "per_token":
            shape = outputs[:-1]
        case "per_pixel":
            shape = (outputs[0], *outputs[2:])
        case _:
            shape = outputs[:1]
    return (np.arange(np.prod(shape)) % classes).reshape(shape)


def _fitting(
    labels: np.ndarray, loss: str, own: int, outputs: tuple[int, ...] | None
) -> np.ndarray:
    """Return labels in the type that a loss wants.

    Raises:
        UsageError: They are no classes of the network, or not one where it wants one.
    """
    import numpy as np

    if loss == "regression":
        return labels.astype(np.float32)
    if labels.dtype.kind != "i":
        raise UsageError(
            f"labels are of type {labels.dtype}, and the loss {loss} wants classes: integers; "
            "for numbers say --loss regression"
        )
    positions = () if outputs is None else outputs[1:-1] if loss == "per_token" else outputs[2:]
    if outputs is not None and labels.shape[1:] != positions:
        wanted = (len(labels), *positions)
        raise UsageError(
            f"labels have the shape {labels.shape}, and the loss {loss} wants {wanted}: the number "
            "of the class, not one number for each class"
        )
    outside = (labels < 0) | (labels >= own)
    if loss != "cross_entropy":
        outside &= labels != IGNORED
    if outside.any():
        raise UsageError(
            f"labels hold {labels[outside][0]}, and the network has {own} outputs, so that labels "
            f"are 0 to {own - 1}"
        )
    return labels


def _arrays(inputs: object) -> Arrays:
    """Return inputs as arrays of one length.

    Raises:
        UsageError: They are something else, or fewer than two samples.
    """
    arrays: Arrays
    match inputs:
        case Mapping():
            arrays = {name: _array(f"inputs {name!r}", value) for name, value in inputs.items()}
        case tuple() | list():
            arrays = tuple(_array("inputs", value) for value in inputs)
        case _:
            arrays = _array("inputs", inputs)
    lengths = {len(array) if array.ndim else 0 for array in _each(arrays)}
    if not all(array.size for array in _each(arrays)) or len(lengths) != 1 or min(lengths) < 2:
        shapes = ", ".join(str(array.shape) for array in _each(arrays)) or "none"
        raise UsageError(
            f"inputs have the shapes {shapes}; give two samples or more, which the first axis of "
            "each counts, none of them empty"
        )
    return arrays


def _each(arrays: Arrays) -> list[np.ndarray]:
    match arrays:
        case Mapping():
            return list(arrays.values())
        case tuple():
            return list(arrays)
        case _:
            return [arrays]


def _length(arrays: Arrays) -> int:
    return len(_each(arrays)[0])


def _array(what: str, given: object) -> np.ndarray:
    """Return a tensor or an array: float32, int64 or bool.

    Raises:
        UsageError: It is something else, or not finite.
    """
    import numpy as np
    import torch

    if isinstance(given, torch.Tensor):
        tensor = given.detach().cpu()
        given = (tensor.float() if tensor.dtype is torch.bfloat16 else tensor).numpy()
    if not isinstance(given, np.ndarray) or given.dtype.kind not in "fiub":
        kind = f" of {given.dtype}" if isinstance(given, np.ndarray) else ""
        raise UsageError(f"{what} are a {type(given).__name__}{kind}; give a tensor of numbers")
    if given.dtype.kind == "f" and not np.isfinite(given).all():
        raise UsageError(f"{what} hold values that are not finite, so that no score says anything")
    types = {"f": np.float32, "i": np.int64, "u": np.int64, "b": np.bool_}
    return given.astype(types[given.dtype.kind])
