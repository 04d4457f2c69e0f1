"""The space NAS-Bench-Graph (Qin et al., NeurIPS 2022): 26,206 graph networks of four operations.

The text of an `Architecture` is what the four operations read and their names, e.g.
``0012:gat-gcn-gin-fc``; see `harness.spaces.nas_bench_graph_topology`. Trees that the benchmark
takes for one architecture have one text.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from harness.core.architecture import (
    IDENTITIES,
    Architecture,
    CellGraph,
    Dataset,
    Space,
    require_kind,
    require_member,
    require_subset,
)
from harness.core.errors import DataError
from harness.spaces import nas_bench_graph_topology as topology
from harness.spaces.literal import quote, read_literal
from harness.spaces.nas_bench_graph_topology import (
    LINKS,
    OPERATIONS,
    PROTEINS_OPERATIONS,
    Tree,
)

if TYPE_CHECKING:
    import numpy as np
    from torch import nn

__all__ = ["SPACE", "from_key", "tree"]

_NAME = "nas-bench-graph"
_COUNT = 4
_NAMES = "|".join(OPERATIONS)
_LINE = re.compile(r"(\d{4}):(" + "-".join([f"(?:{_NAMES})"] * _COUNT) + ")", re.ASCII)
_KEY = re.compile(r"\d{1,5}", re.ASCII)


def tree(architecture: Architecture) -> Tree:
    """Return what the four operations read, and their names.

    Raises:
        DataError: The architecture is of another space or its text describes no tree.
    """
    require_member(architecture, _NAME)
    return _read_text(architecture.text)


def from_key(number: int) -> Architecture:
    """Return the architecture of a key of the benchmark's tables.

    Raises:
        DataError: No architecture has this key.
    """
    tree = topology.from_key(number)
    if tree is None or _is_featureless(tree) or topology.canonical(tree) != tree:
        raise DataError(f"NAS-Bench-Graph has no architecture with the key {number}")
    return _architecture(tree)


class _NasBenchGraph:
    """The 26,206 architectures; implements `Space`."""

    name: Final = _NAME
    family: Final = "graph network"
    summary: Final = "26,206 graph neural networks of four operations"
    size: Final = 26_206
    subsets: Final = ("all", "proteins")
    dataset: Final = Dataset(name="cora", shape=(1433, 1, 1), classes=7)
    untraceable: Final = "networks of nas-bench-graph read graphs, not images, and cannot be traced"

    def parse(self, text: str) -> Architecture:
        """Read the line, a key of the tables, or ``Arch([0, 1, 1, 2], ['gcn', ...])``.

        Raises:
            DataError: The text is none of the three or describes no architecture.
        """
        stripped = text.strip()
        if _KEY.fullmatch(stripped):
            return from_key(int(stripped))
        return _architecture(_read_text(stripped))

    def enumerate(self, subset: str = "all") -> Iterator[Architecture]:
        """Yield architectures in the order of their keys.

        Args:
            subset: ``"all"``, or ``"proteins"`` for the 2,021 of the five operations that were
                trained on that graph.

        Raises:
            UsageError: No such subset.
        """
        require_subset(subset, self)
        names = OPERATIONS if subset == "all" else PROTEINS_OPERATIONS
        trees = (
            Tree(links=links, operations=operations)
            for links in LINKS
            for operations in itertools.product(names, repeat=_COUNT)
        )
        return (_architecture(member) for member in trees if _is_member(member))

    def sample(self, generator: np.random.Generator) -> Architecture:
        """Draw one of the 26,206 architectures uniformly, by rejection."""
        while True:
            links = LINKS[int(generator.integers(len(LINKS)))]
            drawn = generator.integers(len(OPERATIONS), size=_COUNT)
            candidate = Tree(links=links, operations=tuple(OPERATIONS[number] for number in drawn))
            if _is_member(candidate):
                return _architecture(candidate)

    def neighbours(self, architecture: Architecture) -> tuple[Architecture, ...]:
        """Return the architectures in which one operation has another name or reads another."""
        present = tree(architecture)
        links, names = present.links, present.operations
        changed = [
            *(
                Tree(links=links, operations=(*names[:at], name, *names[at + 1 :]))
                for at in range(_COUNT)
                for name in OPERATIONS
            ),
            *(
                Tree(links=(*links[:at], read, *links[at + 1 :]), operations=names)
                for at in range(_COUNT)
                for read in topology.readable(links, at)
            ),
        ]
        others = [
            topology.canonical(neighbour) for neighbour in changed if not _is_featureless(neighbour)
        ]
        return tuple(
            _architecture(neighbour) for neighbour in dict.fromkeys(others) if neighbour != present
        )

    def canonical(self, architecture: Architecture, kind: str = "computation") -> str:
        """Return the text itself, which is the same for all trees of an architecture."""
        require_kind(kind, IDENTITIES, _NAME)
        return _architecture(tree(architecture)).text

    def graph(self, architecture: Architecture) -> CellGraph:
        """Return six nodes: the features as input, the four operations, output."""
        return topology.cell_graph(tree(architecture))

    def network(self, architecture: Architecture, dataset: Dataset) -> nn.Module:
        """Build the untrained network for one of the nine graphs; needs torch_geometric."""
        from harness.spaces.networks.nas_bench_graph import build

        return build(tree(architecture), dataset)


SPACE: Final[Space] = _NasBenchGraph()


def _architecture(member: Tree) -> Architecture:
    links = "".join(str(read) for read in member.links)
    return Architecture(space=_NAME, text=f"{links}:{'-'.join(member.operations)}")


def _is_featureless(candidate: Tree) -> bool:
    return set(candidate.operations) == {"skip"}


def _is_member(candidate: Tree) -> bool:
    return not _is_featureless(candidate) and topology.canonical(candidate) == candidate


def _read_text(text: str) -> Tree:
    quoted = quote(text)
    links, operations = _written(text)
    if not links:
        raise DataError(
            f"NAS-Bench-Graph architecture {quoted} is neither a key nor 'LINKS:a-b-c-d' nor "
            f"'Arch([...], [...])' with operations of {', '.join(OPERATIONS)}"
        )
    if any(read > at for at, read in enumerate(links)):
        raise DataError(f"an operation of NAS-Bench-Graph architecture {quoted} reads a later one")
    read = Tree(links=links, operations=operations)
    if _is_featureless(read):
        raise DataError(f"NAS-Bench-Graph architecture {quoted} has no operation but 'skip'")
    return topology.canonical(read)


def _written(text: str) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Return what a line or a printed ``Arch`` says; nothing where it is neither."""
    line = _LINE.fullmatch(text)
    if line is not None:
        return tuple(int(digit) for digit in line[1]), tuple(line[2].split("-"))
    try:
        value = read_literal(text.removeprefix("Arch"))
    except ValueError:
        return (), ()
    match value:
        case ([*read], [*operations]):
            links = tuple(at for at in read if type(at) is int and at >= 0)
            names = tuple(name for name in operations if isinstance(name, str))
            if len(read) == len(links) == len(names) == len(operations) == _COUNT:
                return (links, names) if set(names) <= set(OPERATIONS) else ((), ())
    return (), ()
