"""Graph features in the sense of GRAF: counts, shortest and longest paths, degrees.

Kadlecová, Lukasik, Pilát, Vidnerová, Safari, Neri, Hutter: Surprisingly Strong Performance
Prediction with Neural Graph Features, ICML 2024. For every cell: how often each operation stands
in it; then, for every set of operations,

* ``min``: fewest operations on a path from an input to the output that uses the set alone; where
  there is none, more than any path of these architectures can have;
* ``max``: most operations of the set on any path that carries something; 0 where there is none;
* ``in``, ``out``: operations of the set that read an input, and that the output reads;
* ``mean``: mean over all nodes of the number of their successors in the set.

The operation ``none`` carries nothing: it is counted, but belongs to no set. Written for graphs
with operations on nodes, which every space here has; the paper takes degrees of the nodes between
operations in NAS-Bench-201. More than `_MOST` operations would make too many sets; then only sets
of one, two, and all but one and two are used, with the full set. Of more than `_MANY`, as traced
networks have, each is a set, and all together.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from harness.encodings.encoding import Encoding, Features, varying
from harness.encodings.padded import ABSENT, Padded, pad
from harness.encodings.subjects import FloatArray, Subjects

__all__ = ["GRAF"]

_MOST = 6
_MANY = 12
_AT_ONCE = 1 << 24
"""Sets times nodes times graphs that are computed together."""
_NONE = "none"
_KINDS = ("min", "max", "in", "out", "mean")

_Sets: TypeAlias = tuple[tuple[str, ...], ...]
_Bools: TypeAlias = NDArray[np.bool_]


def _encode(subjects: Subjects) -> Features:
    columns: list[str] = []
    parts: list[FloatArray] = []
    for role, cells in subjects.cells.items():
        graphs = pad(cells)
        sets = tuple(_sets(tuple(operation for operation in graphs.searched if operation != _NONE)))
        columns += [f"{role}.n({name})" for name in graphs.searched]
        columns += [
            f"{role}.{kind}({','.join(operations)})" for kind in _KINDS for operations in sets
        ]
        counted = [graphs.labelled([name]).sum(axis=1) for name in graphs.searched]
        parts += [np.stack(counted, axis=1).astype(np.float64), *_in_blocks(graphs, sets)]
    return varying(columns, np.concatenate(parts, axis=1))


def _sets(names: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    every = len(names)
    sizes = set(range(1, every + 1))
    if every > _MANY:
        sizes = {1, every}
    elif every > _MOST:
        sizes &= {1, 2, every - 2, every - 1, every}
    for size in sorted(sizes):
        yield from itertools.combinations(names, size)


def _in_blocks(graphs: Padded, sets: _Sets) -> Iterator[FloatArray]:
    """Compute some graphs at a time where sets of large graphs would not fit into memory."""
    n, nodes = graphs.operations.shape
    rows = max(1, _AT_ONCE // (len(sets) * nodes))
    blocks = [
        list(_features(graphs.rows(np.arange(start, min(start + rows, n))), sets))
        for start in range(0, n, rows)
    ]
    for kind in zip(*blocks, strict=True):
        yield np.concatenate(kind) if len(kind) > 1 else kind[0]


def _features(graphs: Padded, sets: _Sets) -> Iterator[FloatArray]:
    """Yield one array of shape ``(n, sets)`` for each of `_KINDS`."""
    members = np.stack([graphs.labelled(operations) for operations in sets], axis=1)
    inputs = graphs.labelled(["input"])
    yield _shortest(graphs, members, inputs)
    yield _longest(graphs, members, inputs)
    after_input: _Bools = np.any(graphs.edges & inputs[:, :, np.newaxis], axis=1)
    before_output = graphs.edges[:, :, -1]
    yield (members & after_input[:, np.newaxis]).sum(axis=2).astype(np.float64)
    yield (members & before_output[:, None]).sum(axis=2).astype(np.float64)
    entering = graphs.edges.sum(axis=1)
    nodes = np.count_nonzero(graphs.operations != ABSENT, axis=1)
    yield (members * entering[:, None]).sum(axis=2) / nodes[:, np.newaxis]


def _shortest(graphs: Padded, members: _Bools, inputs: _Bools) -> FloatArray:
    last = graphs.operations.shape[1] - 1
    far = float(last + 2)
    distance = np.where(inputs[:, None], 0.0, np.full(members.shape, far))
    for target in range(1, last + 1):
        before = np.where(graphs.edges[:, None, :target, target], distance[:, :, :target], far)
        nearest = before.min(axis=2) + (target < last)
        allowed = members[:, :, target] if target < last else np.True_
        reached = np.where(allowed, nearest, far)
        distance[:, :, target] = np.minimum(distance[:, :, target], reached)
    return np.minimum(distance[:, :, last], far)


def _longest(graphs: Padded, members: _Bools, inputs: _Bools) -> FloatArray:
    last = graphs.operations.shape[1] - 1
    dead = graphs.operations == ABSENT
    if _NONE in graphs.vocabulary:
        dead = dead | graphs.labelled([_NONE])
    most = np.where(inputs[:, None], 0.0, np.full(members.shape, -np.inf))
    for target in range(1, last + 1):
        linked = graphs.edges[:, None, :target, target]
        before = np.where(linked, most[:, :, :target], -np.inf).max(axis=2)
        gained = np.where(dead[:, None, target], -np.inf, before + members[:, :, target])
        most[:, :, target] = np.maximum(most[:, :, target], gained)
    return np.maximum(most[:, :, last], 0.0)


GRAF = Encoding(
    name="graf",
    summary="Counts, shortest and longest paths and degrees for every set of operations.",
    encode=_encode,
)
