"""Operations of all spaces by kind, so that graphs of different spaces can be compared.

Spaces name their operations as their papers do: ``nor_conv_3x3``, ``conv3x3-bn-relu`` and
``sep_conv_3x3`` are three names for convolutions of three by three. The kinds are coarse on
purpose: what a finer kind meant in one space would never be seen in another.
"""

from __future__ import annotations

import re

import numpy as np

from harness.core.architecture import CellGraph
from harness.core.deferred import Deferred
from harness.core.errors import UsageError
from harness.encodings.padded import ENDS
from harness.encodings.subjects import NO_SCORES, Graphs, ScoreTable, Subjects

__all__ = ["join_subjects", "kind_of"]

_KINDS = (
    (r"none", "none"),
    (r"skip|identity|residual", "skip"),
    (r"pool", "pool"),
    (r"1x1|convolution 1 by 1", "conv1x1"),
    (r"conv|ir_|block", "conv"),
)


def kind_of(operation: str) -> str:
    """Return the kind of an operation; one that computes otherwise is of the kind ``other``."""
    if operation in ENDS:
        return operation
    kinds = (kind for pattern, kind in _KINDS if re.search(pattern, operation, re.IGNORECASE))
    return next(kinds, "other")


def join_subjects(first: Subjects, second: Subjects) -> Subjects:
    """Put the architectures of two tasks into one, to be encoded together.

    Tasks of one space keep their operations and cells. Of different spaces, operations become
    kinds and the whole graph stands for the cells. Of the zero-cost scores those that both have
    are kept.

    Raises:
        UsageError: Both have zero-cost scores, but of no proxy in common.
    """
    same = first.space == second.space
    return Subjects(
        space=first.space if same else f"{first.space} and {second.space}",
        architectures=(*first.architectures, *second.architectures),
        drawn=Deferred(lambda: _joined(first, second)),
        scores=_common(first.scores, second.scores),
        choices=first.choices if same else None,
    )


def _joined(first: Subjects, second: Subjects) -> Graphs:
    graphs = (*first.graphs, *second.graphs)
    if first.space == second.space:
        cells = {role: (*first.cells[role], *second.cells[role]) for role in first.cells}
        return Graphs(whole=graphs, cells=cells)
    whole = tuple(map(_by_kind, graphs))
    return Graphs(whole=whole, cells={"cell": whole})


def _by_kind(graph: CellGraph) -> CellGraph:
    return CellGraph(operations=tuple(map(kind_of, graph.operations)), edges=graph.edges)


def _common(first: ScoreTable, second: ScoreTable) -> ScoreTable:
    if not first.proxies or not second.proxies:
        return NO_SCORES
    shared = tuple(name for name in first.proxies if name in second.proxies)
    if not shared:
        raise UsageError(
            f"the two tasks have no zero-cost proxy in common: {', '.join(first.proxies)} and "
            f"{', '.join(second.proxies)}; choose another pair, or a predictor without zc"
        )
    chosen = [table.values[:, [table.proxies.index(proxy) for proxy in shared]] for table in
              (first, second)]  # fmt: skip
    return ScoreTable(proxies=shared, values=np.concatenate(chosen))
