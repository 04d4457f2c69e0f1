"""W-PCA: how many directions the feed-forward parts use, times the number of parameters.

    score = parameters * sum over blocks of the number of principal components of 99 % variance

The components are those of the output of a block's first feed-forward matrix, before its
activation: rows are 256 tokens, evenly spaced over the batch, and centred.

Reference: Wang, Yuan, Kuang, Ding: W-PCA Based Gradient-Free Proxy for Efficient Search of
Lightweight Language Models, ICLR 2025; release ra225/W-PCA, and its short form in Optima-CityU/
neural-spectral-capacity, `ranking/eval_flexibert.py`. Parameters are all of the network, embeddings
and norms too. Deviations: the harness's batch in training mode stands for the short form's four
texts of 64 random tokens. No block has more than 255 components, so those of wide blocks differ
little, and the score is nearly blocks times parameters there.

Outside of transformers every convolution that an activation follows counts, with positions as rows
and channels as columns, and a linear layer unless it reads what an activation returned. A weight
that is used several times, as in recurrent cells, counts at its first call. Fused recurrent layers
and networks without activations have nothing to count.
"""

from __future__ import annotations

from harness.passes.observation import Observation
from harness.passes.principal_components import PRINCIPAL_COMPONENTS
from harness.passes.subject import NETWORK
from harness.plugin import Direction, Reference, ZeroCostProxy

__all__ = ["PLUGIN"]


def _score(observation: Observation) -> float:
    parameters = sum(parameter.numel() for parameter in observation[NETWORK].parameters())
    return float(parameters * observation[PRINCIPAL_COMPONENTS])


PLUGIN = ZeroCostProxy(
    name="w_pca",
    version="1",
    summary="Principal components before activations times parameters.",
    direction=Direction.HIGHER,
    passes=(NETWORK, PRINCIPAL_COMPONENTS),
    score=_score,
    references=(
        Reference(
            metric="kendall",
            value=0.635,
            tolerance=0.05,
            task="flexibert-glue",
            population="task:flexibert-glue",
            batch=16,
            source="README of Optima-CityU/neural-spectral-capacity",
        ),
    ),
)
