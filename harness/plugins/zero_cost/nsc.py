"""NSC: what the singular values of a network's random matrices amount to, of their shapes alone.

    score = sum over weight matrices of E sum over singular values s of ln(1 + s^2)

Entries are independent with variance 2 / (rows + columns), so that squares of singular values have
the law of Marchenko and Pastur, whose integral has a closed form
(`harness.passes.spectral_capacity`). No weight and no image is read.

Reference: Zhu, Zhao, Lu: Neural Spectral Capacity: Measuring and Designing Architectures from
Network Specification Alone, 2026; release Optima-CityU/neural-spectral-capacity, which integrates
numerically. A convolution is a matrix of output channels by what each sums, one a group; queries,
keys and values of one tensor are one matrix, as in the release on FlexiBERT and in its searches
(its programs for GPT-2 and AutoFormer have one a head). Tables of embeddings do not count.
Deviations: every matrix of the network counts, also a classifier, the projection of embeddings or
patches, and what the release leaves out of its summaries of FlexiBERT's operations; the variance is
Xavier's for GPT-2 too, where the release takes 0.02 squared.

With all matrices of one shape it counts them: it grows with depth, and less than parameters do with
width. A recurrent layer has a matrix for its inputs and one for its state, gates together.
"""

from __future__ import annotations

from harness.passes.observation import Observation
from harness.passes.spectral_capacity import network_capacities
from harness.passes.weight_matrices import MATRIX_SHAPES
from harness.plugin import Direction, Reference, ZeroCostProxy

__all__ = ["PLUGIN"]


def _score(observation: Observation) -> float:
    return float(network_capacities([observation[MATRIX_SHAPES]])[0])


PLUGIN = ZeroCostProxy(
    name="nsc",
    version="1",
    summary="Spectral capacity of the shapes of all weight matrices.",
    direction=Direction.HIGHER,
    passes=(MATRIX_SHAPES,),
    score=_score,
    references=(
        Reference(
            metric="kendall",
            value=0.695,
            tolerance=0.02,
            task="flexibert-glue",
            population="task:flexibert-glue",
            batch=0,
            source="README of Optima-CityU/neural-spectral-capacity",
        ),
    ),
)
