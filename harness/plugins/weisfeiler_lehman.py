"""Weisfeiler-Lehman subtree counts of cell graphs (Shervashidze et al., JMLR 2011)."""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from harness.core.architecture import CellGraph
from harness.core.identity import digest
from harness.encodings import FloatArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["cosines", "label_counts"]

_NONE = "none"
_KEPT = 2**15


def cosines(first: Sequence[CellGraph], second: Sequence[CellGraph], rounds: int) -> FloatArray:
    """Return shape ``(len(first), len(second))``: cosines between counts of labels, 0 to 1."""
    counted = [[label_counts(graph, rounds) for graph in graphs] for graphs in (first, second)]
    numbers: dict[str, int] = {}
    for label in itertools.chain.from_iterable(itertools.chain.from_iterable(counted)):
        numbers.setdefault(label, len(numbers))
    left, right = (_matrix(counts, numbers) for counts in counted)
    products: FloatArray = (left @ right.T).toarray()
    return products


@functools.lru_cache(maxsize=_KEPT)
def label_counts(graph: CellGraph, rounds: int) -> Mapping[str, int]:
    """Count the labels of all nodes after 0, 1, ... `rounds` rounds.

    The operation ``none`` carries nothing: its nodes are left out with their edges.
    """
    alive = [node for node, name in enumerate(graph.operations) if name != _NONE]
    edges = [edge for edge in graph.edges if edge[0] in alive and edge[1] in alive]
    before = {node: [source for source, target in edges if target == node] for node in alive}
    after = {node: [target for source, target in edges if source == node] for node in alive}
    labels = {node: graph.operations[node] for node in alive}
    counts = Counter(labels.values())
    for _ in range(rounds):
        labels = {
            node: digest(
                [
                    labels[node],
                    sorted(labels[source] for source in before[node]),
                    sorted(labels[target] for target in after[node]),
                ]
            )
            for node in alive
        }
        counts.update(labels.values())
    return counts


def _matrix(counted: Sequence[Mapping[str, int]], numbers: Mapping[str, int]) -> csr_array:
    """Return counts as rows of length one."""
    from scipy.sparse import csr_array

    lengths = [np.sqrt(sum(value**2 for value in counts.values())) for counts in counted]
    values = [
        value / length
        for counts, length in zip(counted, lengths, strict=True)
        for value in counts.values()
    ]
    columns = [numbers[label] for counts in counted for label in counts]
    ends = np.cumsum([0, *(len(counts) for counts in counted)])
    return csr_array((values, columns, ends), shape=(len(counted), len(numbers)))
