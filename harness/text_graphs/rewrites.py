"""Rewrites of a cell that compute the same function, to teach words that a space does not use.

NAS-Bench-101 has no operator ``none`` and no identity: there an edge is there or not, and is an
identity. So every cell of it also reads with these words, with the same accuracy:

* an edge is an edge to ``skip_connect`` and on from there;
* a node ``none`` anywhere, or an operator that is fed by ``none`` alone or feeds ``none`` alone,
  adds nothing.

That is how a network that was trained on NAS-Bench-101 alone learns what the words of NAS-Bench-201
do. It is not part of TG-NAS as published.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.core.architecture import CellGraph

__all__ = ["OPERATORS", "Rewrites", "rewrite"]

OPERATORS = ("conv3x3-bn-relu", "conv1x1-bn-relu", "maxpool3x3", "skip_connect")
"""Operators that nothing passes through, as far as they are added."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrites:
    """How often cells are rewritten; every value is a probability.

    Attributes:
        identities: That an edge becomes a ``skip_connect``.
        nothings: That a cell gets one to three nodes ``none``.
        dead: That a cell gets an operator which nothing passes through.
        operators: Operators that are added so.
    """

    identities: float = 0.3
    nothings: float = 0.5
    dead: float = 0.5
    operators: tuple[str, ...] = OPERATORS


class _Draft:
    """A cell under rewriting; nodes have places between 0 and 1 in the order of the data flow."""

    def __init__(self, graph: CellGraph, generator: np.random.Generator) -> None:
        count = len(graph.operations)
        self.generator = generator
        self.names = list(graph.operations)
        self.places = [index / (count - 1) for index in range(count)]
        self.edges = list(graph.edges)
        self.own = count

    def add(self, name: str, source: int, target: int) -> int:
        """Put a new node between two others, unconnected."""
        low, high = self.places[source], self.places[target]
        self.names.append(name)
        self.places.append(low + (high - low) * self.generator.uniform(0.01, 0.99))
        return len(self.names) - 1

    def chain(self, source: int, names: tuple[str, ...], target: int) -> None:
        """Connect two nodes through new ones."""
        here = source
        for name in names:
            new = self.add(name, here, target)
            self.edges.append((here, new))
            here = new
        self.edges.append((here, target))

    def ends(self) -> tuple[int, int]:
        """Draw an original node and a later one."""
        source = int(self.generator.integers(self.own - 1))
        return source, int(self.generator.integers(source + 1, self.own))

    def finished(self) -> CellGraph:
        order = sorted(range(len(self.names)), key=self.places.__getitem__)
        number = {node: index for index, node in enumerate(order)}
        return CellGraph(
            operations=tuple(self.names[node] for node in order),
            edges=tuple(sorted((number[source], number[target]) for source, target in self.edges)),
        )


def rewrite(graph: CellGraph, rewrites: Rewrites, generator: np.random.Generator) -> CellGraph:
    """Return a cell that computes the same, in other words."""
    draft = _Draft(graph, generator)
    chosen = generator.random(len(graph.edges)) < rewrites.identities
    draft.edges = [edge for edge, taken in zip(graph.edges, chosen, strict=True) if not taken]
    for edge, taken in zip(graph.edges, chosen, strict=True):
        if taken:
            draft.chain(edge[0], ("skip_connect",), edge[1])
    if generator.random() < rewrites.nothings:
        for _ in range(int(generator.integers(1, 4))):
            source, target = draft.ends()
            draft.chain(source, ("none",), target)
    if generator.random() < rewrites.dead:
        source, target = draft.ends()
        name = rewrites.operators[int(generator.integers(len(rewrites.operators)))]
        draft.chain(source, ("none", name) if generator.random() < 0.5 else (name, "none"), target)
    return draft.finished()
