"""Path encoding: which sequences of operations lead from an input to the output.

White, Neiswanger, Savani: BANANAS: Bayesian Optimization with Neural Architectures for Neural
Architecture Search, AAAI 2021. The operation ``none`` carries nothing, so no path goes through
it. As the paper truncates long, rare paths, the `_MOST` paths that most architectures have are
kept; among equals the shorter and then the alphabetically first. A graph with more paths than
`_COUNTABLE`, as whole networks with many shortcuts are, has no path encoding.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TypeAlias

import numpy as np

from harness.core.architecture import CellGraph
from harness.core.errors import UnsupportedError
from harness.encodings.encoding import Encoding, Features
from harness.encodings.subjects import Subjects

__all__ = ["PATHS", "paths_of"]

_MOST = 512
_COUNTABLE = 20_000

Path: TypeAlias = tuple[str, ...]


def paths_of(graph: CellGraph) -> frozenset[Path]:
    """Return the labels along every path from an input to the output, both ends left out.

    Raises:
        UnsupportedError: There are too many.
    """
    if _counted(graph) > _COUNTABLE:
        raise UnsupportedError(
            f"the encoding paths lists the paths through a graph, and one of "
            f"{len(graph.operations)} nodes has more than {_COUNTABLE}; take another encoding"
        )
    paths: list[set[Path]] = [set() for _ in graph.operations]
    for node, label in enumerate(graph.operations):
        if label == "input":
            paths[node] = {()}
    for source, target in sorted(graph.edges, key=lambda edge: (edge[1], edge[0])):
        label = graph.operations[target]
        if label != "none":
            step = () if label == "output" else (label,)
            paths[target] |= {(*path, *step) for path in paths[source]}
    return frozenset(paths[-1])


def _counted(graph: CellGraph) -> int:
    """Count the paths from inputs to the output, of which some may have equal labels."""
    paths = [int(label == "input") for label in graph.operations]
    for source, target in sorted(graph.edges, key=lambda edge: (edge[1], edge[0])):
        if graph.operations[target] != "none":
            paths[target] += paths[source]
    return paths[-1]


def _encode(subjects: Subjects) -> Features:
    present = [
        {(role, path) for role, cells in subjects.cells.items() for path in paths_of(cells[row])}
        for row in range(subjects.n)
    ]
    kept = _commonest(path for paths in present for path in paths)
    number = {path: index for index, path in enumerate(kept)}
    values = np.zeros((subjects.n, len(kept)))
    for row, paths in enumerate(present):
        values[row, [number[path] for path in paths if path in number]] = 1.0
    columns = tuple(f"{role}.{'>'.join(path) or 'direct'}" for role, path in kept)
    return Features(columns=columns, values=values)


def _commonest(paths: Iterable[tuple[str, Path]]) -> list[tuple[str, Path]]:
    counted = Counter(paths)
    order = sorted(counted, key=lambda path: (-counted[path], len(path[1]), path))
    return order[:_MOST]


PATHS = Encoding(
    name="paths",
    summary="Presence of every sequence of operations between input and output.",
    encode=_encode,
)
