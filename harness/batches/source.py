"""What a source of images is, and how a batch is drawn from it by name."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from harness.core.errors import unknown_name
from harness.core.identity import derived_seed

if TYPE_CHECKING:
    import numpy as np
    import torch

    from harness.core.architecture import Dataset

__all__ = [
    "Batch",
    "BatchSource",
    "DrawnBatch",
    "Inputs",
    "draw_batch",
    "load_source",
    "tensors_of",
]

Inputs: TypeAlias = "torch.Tensor | tuple[torch.Tensor, ...] | Mapping[str, torch.Tensor]"
Arrays: TypeAlias = "np.ndarray | tuple[np.ndarray, ...] | Mapping[str, np.ndarray]"

_MODULES = {"photographs": "photographs", "cifar10": "cifar10", "noise": "noise"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What a network is called with, and what its output is held against.

    Attributes:
        inputs: A tensor, called ``network(x)``; a tuple of tensors, called ``network(*xs)``; or
            tensors by name, called ``network(**xs)``. The first axis of each is the sample.
        labels: Labels of the samples; None where there are none.
    """

    inputs: Inputs
    labels: torch.Tensor | None = None

    @property
    def size(self) -> int:
        """Number of samples."""
        return len(tensors_of(self.inputs)[0])

    def copy(self) -> Batch:
        """Return a batch of cloned tensors, which may be written to."""
        labels = None if self.labels is None else self.labels.clone()
        return Batch(inputs=_each(self.inputs, lambda tensor: tensor.clone()), labels=labels)


def tensors_of(inputs: Inputs) -> tuple[torch.Tensor, ...]:
    """Return the tensors of a batch's inputs, in the order in which they are given."""
    match inputs:
        case tuple():
            return inputs
        case Mapping():
            return tuple(inputs.values())
        case _:
            return (inputs,)


def _each(inputs: Inputs, change: Callable[[torch.Tensor], torch.Tensor]) -> Inputs:
    match inputs:
        case tuple():
            return tuple(change(tensor) for tensor in inputs)
        case Mapping():
            return {name: change(tensor) for name, tensor in inputs.items()}
        case _:
            return change(inputs)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnBatch:
    """A drawn batch as arrays; travels to workers.

    Attributes:
        inputs: float32 (real numbers) or int64 (token ids); one array, several, or some by name.
        labels: int64 (classes) or float32 (values), first axis as that of `inputs`; or None.
        digest: Digest of all arrays.
    """

    inputs: Arrays
    labels: np.ndarray | None
    digest: str

    def tensors(self, device: torch.device | None = None) -> Batch:
        """Return the batch as tensors on a device; the processor when absent."""
        import torch

        def tensor(array: np.ndarray) -> torch.Tensor:
            return torch.from_numpy(array).to(device)

        inputs: Inputs
        match self.inputs:
            case tuple():
                inputs = tuple(tensor(array) for array in self.inputs)
            case Mapping():
                inputs = {name: tensor(array) for name, array in self.inputs.items()}
            case _:
                inputs = tensor(self.inputs)
        return Batch(inputs=inputs, labels=None if self.labels is None else tensor(self.labels))


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSource:
    """A named source of images.

    Attributes:
        draw: Draws ``(images, labels)`` for a data set, a number of images, a generator and an
            optional folder or archive to read.
    """

    name: str
    summary: str
    draw: Callable[[Dataset, int, np.random.Generator, Path | None], tuple[np.ndarray, np.ndarray]]


def load_source(name: str) -> BatchSource:
    """Return the named source.

    Raises:
        UsageError: There is no such source.
    """
    if name not in _MODULES:
        raise unknown_name("batch source", name, _MODULES)
    source: BatchSource = importlib.import_module(f"harness.batches.{_MODULES[name]}").SOURCE
    return source


def draw_batch(
    source: str, dataset: Dataset, size: int, seed: int, images: Path | None = None
) -> DrawnBatch:
    """Draw a batch that depends on the arguments alone.

    Args:
        source: Name of the source.
        dataset: Shape of the images and number of classes.
        size: Number of images.
        seed: The run's seed.
        images: Folder or archive, for sources that read one.
    """
    import numpy as np

    generator = np.random.default_rng(derived_seed(seed, "batch", source))
    pixels, labels = load_source(source).draw(dataset, size, generator, images)
    pixels, labels = pixels.astype(np.float32), labels.astype(np.int64)
    content = hashlib.sha256(pixels.tobytes() + labels.tobytes()).hexdigest()[:16]
    return DrawnBatch(inputs=pixels, labels=labels, digest=content)
