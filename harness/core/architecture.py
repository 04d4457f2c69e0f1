"""Architectures, their graphs, and what a space of them can do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from harness.core.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from torch import nn

__all__ = ["Architecture", "CellGraph", "Dataset", "NetworkSource", "Space"]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Architecture:
    """One network of a space, named by the text that the space prints for it.

    It carries no accuracy: whoever holds an architecture cannot look one up.
    """

    space: str
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class CellGraph:
    """Directed acyclic graph of one cell with operations on the nodes.

    Attributes:
        operations: Operation of each node; the first is ``"input"`` and the last ``"output"``.
            A cell with two inputs starts with two ``"input"`` nodes.
        edges: Pairs ``(source, target)`` of node indices with ``source < target``.
    """

    operations: tuple[str, ...]
    edges: tuple[tuple[int, int], ...]

    @property
    def has_path(self) -> bool:
        """Whether the output depends on an input; the operation ``"none"`` carries nothing."""
        reached = {index for index, name in enumerate(self.operations) if name == "input"}
        for source, target in sorted(self.edges):
            if source in reached and self.operations[target] != "none":
                reached.add(target)
        return len(self.operations) - 1 in reached


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """What a network needs to know of a data set.

    Attributes:
        shape: Shape of one sample, without the batch: ``(channels, height, width)`` of images,
            ``(channels, length)`` of signals, ``(length,)`` of token ids.
        classes: Outputs of a network at each position: classes, or values of a regression.
        inputs: ``"real"`` numbers, or ``"tokens"``: ids below `vocabulary`.
        vocabulary: Number of token ids; 0 for real inputs.
        loss: Name of the loss, e.g. ``"cross_entropy"``.
    """

    name: str
    shape: tuple[int, ...]
    classes: int
    inputs: Literal["real", "tokens"] = "real"
    vocabulary: int = 0
    loss: str = "cross_entropy"

    @property
    def channels(self) -> int:
        """Channels of an image.

        Raises:
            UsageError: Its samples are no images.
        """
        return self._image[0]

    @property
    def height(self) -> int:
        """Rows of an image; raises `UsageError` where samples are no images."""
        return self._image[1]

    @property
    def width(self) -> int:
        """Columns of an image; raises `UsageError` where samples are no images."""
        return self._image[2]

    @property
    def _image(self) -> tuple[int, int, int]:
        if self.inputs == "tokens" or len(self.shape) != 3:
            raise UsageError(
                f"samples of data set {self.name!r} are {self.inputs} {self.shape}, not images "
                f"(channels, height, width); take another space or data set"
            )
        channels, height, width = self.shape
        return channels, height, width


class NetworkSource(Protocol):
    """What passes observe: a space, or something else that builds networks."""

    @property
    def name(self) -> str:
        """Name in messages."""
        ...

    def graph(self, architecture: Architecture) -> CellGraph:
        """Return the cell as a graph with operations on its nodes."""
        ...

    def network(self, architecture: Architecture, dataset: Dataset) -> nn.Module:
        """Build the untrained torch network; weights come from torch's global generator."""
        ...


@runtime_checkable
class Space(Protocol):
    """A set of architectures, of this package or from outside: nothing asks which.

    Every method takes and returns `Architecture`; the text inside is always the space's own
    notation, so equal architectures compare equal. A space file describes one by
    `harness.space.SearchSpace`.
    """

    @property
    def name(self) -> str:
        """Name in suites and records, e.g. ``"nas-bench-201"``."""
        ...

    @property
    def summary(self) -> str:
        """What it holds, in a few words for lists."""
        ...

    @property
    def dataset(self) -> Dataset:
        """What its networks are built for where nobody names another data set."""
        ...

    @property
    def size(self) -> int | None:
        """Number of architectures; None where they are not counted, or without end."""
        ...

    @property
    def subsets(self) -> tuple[str, ...]:
        """Named subsets that `enumerate` accepts; ``"all"`` is the first."""
        ...

    def parse(self, text: str) -> Architecture:
        """Read any notation of the space; raises `DataError` that quotes the faulty part."""
        ...

    def enumerate(self, subset: str = "all") -> Iterator[Architecture]:
        """Yield every architecture of a subset in a fixed order.

        Raises:
            UsageError: There is no such subset, or nobody could wait for the last of them.
        """
        ...

    def sample(self, generator: np.random.Generator) -> Architecture:
        """Draw one architecture uniformly."""
        ...

    def neighbours(self, architecture: Architecture) -> tuple[Architecture, ...]:
        """Return all architectures that differ in one decision.

        Raises:
            UsageError: The space does not say which these are.
        """
        ...

    def canonical(self, architecture: Architecture) -> str:
        """Return a text that is equal for isomorphic architectures and differs otherwise."""
        ...

    def graph(self, architecture: Architecture) -> CellGraph:
        """Return the cell as a graph with operations on its nodes."""
        ...

    def network(self, architecture: Architecture, dataset: Dataset) -> nn.Module:
        """Build the untrained torch network; weights come from torch's global generator."""
        ...
