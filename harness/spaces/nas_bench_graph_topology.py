"""Topology of a NAS-Bench-Graph architecture: a tree of four operations on graphs.

Every operation reads one input: 0 stands for the features of the graph's nodes, 1 to 4 for the
operations in their order. What no operation reads is concatenated (Qin et al., "NAS-Bench-Graph",
NeurIPS 2022). Many such trees compute the same; the benchmark trained one of each, 26,206 in all.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from harness.core.architecture import CellGraph

__all__ = [
    "LINKS",
    "OPERATIONS",
    "PROTEINS_OPERATIONS",
    "Links",
    "Tree",
    "canonical",
    "cell_graph",
    "from_key",
    "leaves",
    "readable",
]

Links: TypeAlias = tuple[int, ...]

OPERATIONS = ("gat", "gcn", "gin", "cheb", "sage", "arma", "graph", "fc", "skip")
"""In the order of the digits of the benchmark's keys; ``graph`` is the k-GNN, ``fc`` a linear."""

PROTEINS_OPERATIONS = ("gcn", "sage", "arma", "fc", "skip")
"""The operations that were trained on the graph proteins."""

LINKS = (
    (0, 0, 0, 0),
    (0, 0, 0, 1),
    (0, 0, 1, 1),
    (0, 0, 1, 2),
    (0, 0, 1, 3),
    (0, 1, 1, 1),
    (0, 1, 1, 2),
    (0, 1, 2, 2),
    (0, 1, 2, 3),
)
"""One numbering of every shape of a tree, in the order of the first digit of the keys."""

_COUNT = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """An architecture: what each of four operations reads, and their names."""

    links: Links
    operations: tuple[str, ...]


def canonical(tree: Tree) -> Tree:
    """Return the tree that the benchmark trained in place of this one.

    A ``skip`` goes to the front, into a chain between the features and everything else, if an
    operation reads it, if it is the only one that reads its input, or if nothing but ``skip``
    lies between it and the features. Then the operations are numbered so that `links` are among
    `LINKS` and the names come first in the order of `OPERATIONS`. The links may come in any
    numbering, as long as they make a tree.
    """
    moved = _with_skips_in_front(tree)
    rank = OPERATIONS.index
    return min(
        (
            Tree(links=links, operations=tuple(moved.operations[old] for old in order))
            for links, order in _renumberings(moved.links)
        ),
        key=lambda numbered: [rank(name) for name in numbered.operations],
    )


def from_key(key: int) -> Tree | None:
    """Return the tree of a key; None if it is the key of no tree."""
    digits = [int(digit) for digit in f"{key:05d}"]
    if key < 0 or len(digits) != 1 + _COUNT or max(digits) >= len(OPERATIONS):
        return None
    shape, *numbers = digits
    return Tree(links=LINKS[shape], operations=tuple(OPERATIONS[number] for number in numbers))


def leaves(links: Links) -> tuple[int, ...]:
    """Return the operations, counted from 1, that no operation reads."""
    return tuple(node for node in range(1, _COUNT + 1) if node not in links)


def readable(links: Links, place: int) -> tuple[int, ...]:
    """Return what the operation at a place, counted from 0, can read without a cycle."""
    below = {place + 1}
    for node, read in enumerate(links, start=1):
        if read in below:
            below.add(node)
    return tuple(node for node in range(_COUNT + 1) if node not in below)


def cell_graph(tree: Tree) -> CellGraph:
    """Return six nodes: the features as input, the four operations, output."""
    output = _COUNT + 1
    pairs = [(source, node) for node, source in enumerate(tree.links, start=1)]
    pairs += [(leaf, output) for leaf in leaves(tree.links)]
    return CellGraph(operations=("input", *tree.operations, "output"), edges=tuple(sorted(pairs)))


def _with_skips_in_front(tree: Tree) -> Tree:
    parents = dict(enumerate(tree.links, start=1))
    names = dict(enumerate(tree.operations, start=1))
    while (
        node := next((child for child in parents if _moves(child, parents, names)), None)
    ) is not None:
        above = parents.pop(node)
        parents = {child: above if read == node else read for child, read in parents.items()}
    front = _COUNT - len(parents)
    number = {0: front} | {node: front + place for place, node in enumerate(parents, start=1)}
    return Tree(
        links=(*range(front), *(number[read] for read in parents.values())),
        operations=(*["skip"] * front, *(names[node] for node in parents)),
    )


def _moves(node: int, parents: dict[int, int], names: dict[int, str]) -> bool:
    if names[node] != "skip":
        return False
    read_by_others = node in parents.values()
    alone = list(parents.values()).count(parents[node]) == 1
    return read_by_others or alone or _is_original(node, parents, names)


def _is_original(node: int, parents: dict[int, int], names: dict[int, str]) -> bool:
    """Say whether a node holds the features themselves."""
    while node:
        if names[node] != "skip":
            return False
        node = parents[node]
    return True


@cache
def _renumberings(links: Links) -> tuple[tuple[Links, tuple[int, ...]], ...]:
    """Return the numberings among `LINKS`, each with the old places in their new order."""
    renumberings = []
    for order in itertools.permutations(range(_COUNT)):
        number = {0: 0} | {old + 1: new for new, old in enumerate(order, start=1)}
        renumbered = tuple(number[links[old]] for old in order)
        if renumbered in LINKS:
            renumberings.append((renumbered, order))
    return tuple(renumberings)
