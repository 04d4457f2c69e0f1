"""Width: a trivial baseline.

    score = median over weights of the smaller number of its outputs and inputs

A definition of this package, without a published value. Groups of a convolution are taken together;
queries, keys and values of one tensor are one weight. In a transformer whose layers are alike it is
the width of its tokens, in a convolutional network the usual number of channels: spaces that change
neither have many ties. Tables of embeddings do not count.
"""

from __future__ import annotations

import statistics

from harness.passes.observation import Observation
from harness.passes.weight_matrices import WEIGHT_MATRICES
from harness.plugin import Direction, ZeroCostProxy

__all__ = ["PLUGIN"]


def _score(observation: Observation) -> float:
    matrices = observation[WEIGHT_MATRICES].matrices
    return statistics.median(
        float(matrix.count * min(matrix.rows, matrix.columns)) for matrix in matrices
    )


PLUGIN = ZeroCostProxy(
    name="width",
    version="1",
    summary="Median of the smaller side of the weights.",
    direction=Direction.HIGHER,
    passes=(WEIGHT_MATRICES,),
    score=_score,
)
