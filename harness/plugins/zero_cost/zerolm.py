"""ZeroLM: the mean square of a direction of each weight matrix, added up.

    score = sum over weight matrices of ||W||_F^2 / min(rows, columns)

Reference: Chen, Ding, Wang, Pedrycz: ZeroLM: Data-Free Transformer Architecture Search for Language
Models, 2025, arXiv 2503.18646, in the reading of the NSC release (Optima-CityU/
neural-spectral-capacity, `ranking/eval_gpt2_baselines.py`). The paper weighs attention against
feed-forward matrices by a number chosen on labels, or by a heuristic; here they count alike, so
that no label is needed. Matrices are those of `nsc`: convolutions, one a group, queries, keys and
values of one tensor together; those of classifiers and projections count too, embeddings do not.

Weights are those that the space draws. Where all have one deviation s, as in BERT and GPT-2, a
matrix counts s^2 times its larger side; where it follows fan in and fan out, nearly the same for
each matrix, and the score counts layers.
"""

from __future__ import annotations

from harness.passes.observation import Observation
from harness.passes.subject import NETWORK
from harness.passes.weight_matrices import WEIGHT_MATRICES
from harness.plugin import Direction, Reference, ZeroCostProxy

__all__ = ["PLUGIN"]


def _score(observation: Observation) -> float:
    weights = dict(observation[NETWORK].named_parameters())
    total = 0.0
    for matrix in observation[WEIGHT_MATRICES].matrices:
        squares = sum(
            float(weights[name].detach().double().square().sum()) for name in matrix.weights
        )
        total += squares / min(matrix.rows, matrix.columns)
    return total


PLUGIN = ZeroCostProxy(
    name="zerolm",
    version="1",
    summary="Squared norm of each weight matrix by its smaller side.",
    direction=Direction.HIGHER,
    passes=(NETWORK, WEIGHT_MATRICES),
    score=_score,
    references=(
        Reference(
            metric="kendall",
            value=0.527,
            tolerance=0.05,
            task="flexibert-glue",
            population="task:flexibert-glue",
            batch=0,
            source="README of Optima-CityU/neural-spectral-capacity",
        ),
    ),
)
