"""TG-NAS: a graph convolutional network over operators in words, trained on another space.

    score = mean over five networks of  w . ReLU(BN(A ReLU(BN(A X W1)) W2))_global / spread

X holds a row a node of the cell, the MiniLM vector of the operator's short description, and a
global node that hears all others; A is the adjacency with self loops, divided by the square roots
of both degrees. No image, no network, no label of the space that is scored.

Source: Qiao, Xu, Huang (2024), arXiv 2404.00271; form of the paper (two layers, normalised).
Deviations, all in the training, which saw NAS-Bench-101 alone (``harness train tg-nas``):

* nine tenths of the 6,609 cells of three stored tables instead of 423,624, ranks within a table
  instead of accuracies, and a pairwise logistic loss instead of mean squares;
* cells are rewritten into equal ones with the words ``None`` and ``Residual connection``, which
  NAS-Bench-101 does not use (`harness.text_graphs.rewrites`);
* five networks instead of one.

A network that is no cell is read as its traced operators, whose sentences have stored vectors
(`harness.computation_graphs.cell_graph`): convolutions, attention, embeddings, norms, recurrent
layers, activations. Channels are not in the sentences, and training saw small cells alone, so the
order among whole networks is a guess. Unsupported: networks that cannot be traced, and graphs with
operators that have no description in `harness.text_graphs.DESCRIPTIONS`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from harness.core.architecture import CellGraph
from harness.passes.observation import Observation
from harness.passes.subject import GRAPH
from harness.plugin import Direction, Reference, ZeroCostProxy

__all__ = ["PLUGIN"]


def _score_cells(graphs: Sequence[CellGraph]) -> NDArray[np.float64]:
    from harness.text_graphs.ensemble import score_cells

    return score_cells(graphs)


def _score(observation: Observation) -> float:
    return float(_score_cells([observation[GRAPH]])[0])


def _reference(metric: str, value: float) -> Reference:
    return Reference(
        metric=metric,
        value=value,
        tolerance=0.01,
        task="nb201-cifar10-test",
        population="all",
        batch=0,
        source="scores of arXiv 2404.00271 in its repository, test.txt",
    )


PLUGIN = ZeroCostProxy(
    name="tg_nas",
    version="1",
    summary="A graph network over operators in words, trained on NAS-Bench-101 alone.",
    direction=Direction.HIGHER,
    passes=(GRAPH,),
    score=_score,
    score_cells=_score_cells,
    references=tuple(
        _reference(*published) for published in (("spearman", 0.682), ("kendall", 0.484))
    ),
)
