"""Architectures, their graphs, and what a space of them can do."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from harness.core.errors import DataError, UsageError, unknown_name
from harness.core.short_repr import quote

if TYPE_CHECKING:
    import numpy as np
    from torch import nn

__all__ = [
    "IDENTITIES",
    "LOSSES",
    "Architecture",
    "CellGraph",
    "Dataset",
    "NetworkSource",
    "Space",
    "require_kind",
    "require_member",
    "require_subset",
]


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


IDENTITIES = ("computation", "network", "published")
"""Kinds of identity of networks that `Space.canonical` may know."""


def require_kind(kind: str, known: Collection[str], space: str) -> None:
    """Refuse a kind of identity that a space says nothing of.

    Raises:
        UsageError: It is none of those that it knows.
    """
    if kind not in known:
        raise unknown_name("kind of identical networks", kind, (*known, "rows"), f"space {space!r}")


def require_member(architecture: Architecture, space: str) -> None:
    """Refuse an architecture of another space.

    Raises:
        DataError: It is one.
    """
    if architecture.space != space:
        raise DataError(
            f"architecture {quote(architecture.text)} is of space {architecture.space!r}, "
            f"expected {space!r}"
        )


def require_subset(subset: str, space: Space) -> None:
    """Refuse a subset that a space does not have.

    Raises:
        UsageError: It is none of its subsets.
    """
    if subset not in space.subsets:
        raise unknown_name("subset", subset, space.subsets, f"space {space.name!r}")


OWN = "own"
"""Name of the data set of samples that were given, or asked for by their shape, without one."""

LOSSES = ("cross_entropy", "per_token", "per_pixel", "regression", "network")
"""Names of the losses that a data set may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """What a network needs to know of a data set.

    Attributes:
        shape: Shape of one sample, without the batch: ``(channels, height, width)`` of images,
            ``(channels, length)`` of signals, ``(length,)`` of token ids.
        classes: Outputs of a network at each position: classes, or values of a regression.
        inputs: ``"real"`` numbers, or ``"tokens"``: ids below `vocabulary`.
        vocabulary: Number of token ids; 0 for real inputs.
        loss: Name of the loss: ``"cross_entropy"``, ``"per_token"``, ``"per_pixel"``,
            ``"regression"``, or ``"network"`` where the network computes its own.

    Example:
        ``Dataset(name="ecg", shape=(12, 1000), classes=5)``

    Raises:
        UsageError: A value does not fit.
    """

    name: str
    shape: tuple[int, ...]
    classes: int
    inputs: Literal["real", "tokens"] = "real"
    vocabulary: int = 0
    loss: str = "cross_entropy"

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", tuple(self.shape))
        fault = _fault(self)
        if fault:
            raise UsageError(f"{self.title}: {fault}")

    @property
    def title(self) -> str:
        """What messages call it; samples that came without a data set, by their shape."""
        return f"shape {self.shape}" if self.name == OWN else f"data set {self.name!r}"

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
                f"samples of {self.title} are {self.inputs} {self.shape}, not images (channels, "
                "height, width); take a space and a batch source for such samples, and read "
                "dataset.shape in a space of your own"
            )
        channels, height, width = self.shape
        return channels, height, width


def _fault(dataset: Dataset) -> str:
    """Return what is wrong with a data set; nothing where all is well."""
    lengths: tuple[object, ...] = dataset.shape
    classes: object = dataset.classes
    if not lengths or not all(isinstance(length, int) and length > 0 for length in lengths):
        return f"shape {dataset.shape} is no list of whole numbers of 1 or more"
    if not isinstance(classes, int) or classes < 1:
        return f"classes = {dataset.classes!r}; give a whole number of 1 or more"
    if dataset.inputs not in ("real", "tokens"):
        return f"inputs = {dataset.inputs!r}; they are 'real' or 'tokens'"
    if dataset.inputs == "tokens" and dataset.vocabulary < 1:
        return "inputs are tokens; say how many ids there are: vocabulary = 256"
    if dataset.inputs == "real" and dataset.vocabulary:
        return f"vocabulary = {dataset.vocabulary}, but inputs are real; leave it out"
    if dataset.loss not in LOSSES:
        return str(unknown_name("loss", dataset.loss, LOSSES))
    return ""


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

    def canonical(self, architecture: Architecture, kind: str = "computation") -> str:
        """Return a text that is equal for architectures of one network and differs otherwise.

        Args:
            architecture: One of this space.
            kind: What makes them one: ``"computation"``, the same computation once what cannot
                reach the output is removed; ``"network"``, the same with its dead weights;
                ``"published"``, the text that the publisher calls unique. A space may know more.

        Raises:
            UsageError: The space says nothing of this kind.
        """
        ...

    def graph(self, architecture: Architecture) -> CellGraph:
        """Return the cell as a graph with operations on its nodes."""
        ...

    def network(self, architecture: Architecture, dataset: Dataset) -> nn.Module:
        """Build the untrained torch network; weights come from torch's global generator."""
        ...
