"""Which cells of four nodes compute the same with the same weights.

Operations that carry no signal from the input to the output are removed. What is left is written as
its layers with weights, each of which is one of its own, what they read, and what the output is the
sum of. Pools have no weights, so pools of equal inputs are one value; a skip that is no layer is
what it reads, and sums of sums are sums.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from harness.spaces.four_node_cells import EDGES, OUTPUT, Operations, without_unreachable

__all__ = ["computation", "dead_layers"]

HasWeights: TypeAlias = Callable[[str, int], bool]
"""Whether an operation on an edge from a node is a layer with weights."""

_Term: TypeAlias = "int | tuple[_Term, ...]"
"""A term of a sum: -1 for the input, the number of a layer, or the sum that a pool reads."""

_Sum: TypeAlias = tuple[_Term, ...]


def computation(cell: Operations, has_weights: HasWeights) -> str:
    """Write what a cell computes, in the least numbering of its layers.

    Equal texts are the same computation with the same number of layers of every kind.
    """
    names, inputs, output = _layers(without_unreachable(cell), has_weights)
    shapes: list[str] = []
    for name, read in zip(names, inputs, strict=True):  # reads layers before it alone
        shapes.append(f"{name}({_written(read, shapes)})")
    texts = []
    for labels in _numberings(shapes):
        lines = [
            f"{label}={name}({_written(read, labels)})"
            for label, name, read in zip(labels, names, inputs, strict=True)
        ]
        texts.append("; ".join([*sorted(lines), _written(output, labels)]))
    return min(texts)


def dead_layers(cell: Operations, has_weights: HasWeights) -> str:
    """Write which layers with weights carry no signal from the input to the output."""
    dead = [
        name
        for (source, _), name, kept in zip(EDGES, cell, without_unreachable(cell), strict=True)
        if name != kept and has_weights(name, source)
    ]
    return ", ".join(sorted(dead)) or "none"


def _layers(live: Operations, has_weights: HasWeights) -> tuple[list[str], list[_Sum], _Sum]:
    """Return the names of the layers, the sums that they read, and the sum of the output."""
    names: list[str] = []
    inputs: list[_Sum] = []
    sums: list[list[_Term]] = [[-1], [], [], []]
    for (source, target), name in zip(EDGES, live, strict=True):  # `EDGES` is sorted by target
        read = tuple(sums[source])
        if name == "none":
            continue
        if has_weights(name, source):
            sums[target].append(len(names))
            names.append(name)
            inputs.append(read)
        elif name == "skip_connect":
            sums[target] += read
        else:
            sums[target].append(read)
    return names, inputs, tuple(sums[OUTPUT])


def _written(terms: _Sum, labels: Sequence[str]) -> str:
    return "+".join(sorted(_term(term, labels) for term in terms))


def _term(term: _Term, labels: Sequence[str]) -> str:
    if isinstance(term, tuple):
        return f"pool({_written(term, labels)})"
    return labels[term] if term >= 0 else "input"


def _numberings(shapes: Sequence[str]) -> Iterator[list[str]]:
    """Yield labels of the layers: by shape, and in every order where shapes are equal."""
    ordered = sorted(range(len(shapes)), key=shapes.__getitem__)
    groups = [list(group) for _, group in itertools.groupby(ordered, key=shapes.__getitem__)]
    for orders in itertools.product(*map(itertools.permutations, groups)):
        labels = [""] * len(shapes)
        for place, number in enumerate(itertools.chain.from_iterable(orders)):
            labels[number] = f"#{place}"
        yield labels
