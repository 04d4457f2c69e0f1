"""What a network is called with, and what a source of it is."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from harness.core.architecture import Dataset
from harness.core.errors import DataError, UsageError

if TYPE_CHECKING:
    import numpy as np
    import torch

__all__ = [
    "Arrays",
    "Batch",
    "BatchSource",
    "Draw",
    "DrawnBatch",
    "Inputs",
    "each_tensor",
    "tensors_of",
]

Inputs: TypeAlias = "torch.Tensor | tuple[torch.Tensor, ...] | Mapping[str, torch.Tensor]"
Arrays: TypeAlias = "np.ndarray | tuple[np.ndarray, ...] | Mapping[str, np.ndarray]"


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
        return Batch(inputs=each_tensor(self.inputs, lambda tensor: tensor.clone()), labels=labels)


def tensors_of(inputs: Inputs) -> tuple[torch.Tensor, ...]:
    """Return the tensors of a batch's inputs, in the order in which they are given."""
    match inputs:
        case tuple():
            return inputs
        case Mapping():
            return tuple(inputs.values())
        case _:
            return (inputs,)


def each_tensor(inputs: Inputs, change: Callable[[torch.Tensor], torch.Tensor]) -> Inputs:
    """Return inputs of the same form whose tensors are changed."""
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
        source: Name of its source.
    """

    inputs: Arrays
    labels: np.ndarray | None
    digest: str
    source: str

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
class Draw:
    """What a source is asked for.

    Attributes:
        dataset: What the network is built for.
        size: Number of samples.
        generator: The only randomness that a source uses, so that a draw can be repeated.
        path: File or folder to read; None where none was named.
    """

    dataset: Dataset
    size: int
    generator: np.random.Generator
    path: Path | None = None

    def existing(self, wanted: str) -> Path:
        """Return the path that was named.

        Args:
            wanted: What it should be, e.g. ``"a folder of class folders"``.

        Raises:
            UsageError: None was named.
            DataError: Nothing lies there.
        """
        if self.path is None:
            raise UsageError(f"name {wanted} with --images, or as path in [batch] of the suite")
        if not self.path.exists():
            raise DataError(f"there is nothing at {self.path}; name {wanted}")
        return self.path

    def indices(self, available: int, place: object, samples: str = "samples") -> list[int]:
        """Choose samples without replacement.

        Args:
            available: How many there are.
            place: Where, for the message.
            samples: What they are, for the message.

        Raises:
            DataError: There are fewer than the batch needs.
        """
        if available < self.size:
            raise DataError(f"{place} holds {available} {samples}, but the batch needs {self.size}")
        return list(map(int, self.generator.choice(available, self.size, replace=False)))


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSource:
    """A named source of batches.

    Example:
        ``SOURCE = BatchSource(name="ones", summary="Ones without labels", draw=ones)`` with::

            def ones(draw: Draw, *, level: float = 1.0):
                return np.full((draw.size, *draw.dataset.shape), level), None

    Attributes:
        name: Letters, digits and ``._+-``; the draw depends on it.
        summary: One line.
        draw: Returns ``(inputs, labels)``. Inputs are an array, a tuple of arrays or arrays by
            name, the sample first; labels are None where there are none. Its keyword-only
            parameters are the options that a suite may give.
        needs: What its path names; empty where it reads none.
    """

    name: str
    summary: str
    draw: Callable[..., tuple[Arrays, np.ndarray | None]]
    needs: str = ""

    @property
    def options(self) -> tuple[str, ...]:
        """Names of the options that a suite may give."""
        return tuple(
            name
            for name, parameter in inspect.signature(self.draw).parameters.items()
            if parameter.kind is inspect.Parameter.KEYWORD_ONLY
        )
