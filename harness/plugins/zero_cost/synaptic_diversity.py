"""Synaptic diversity: how many directions the weights of attention and their gradients have.

    score = sum over weights of attention of ||W||_* ||dL/dW||_*

The nuclear norm is the sum of singular values.

Reference: Zhou, Sheng, Zheng, Li, Sun, Tian, Chen, Ji: Training-free Transformer Architecture
Search, CVPR 2022, where it is one half of a score of vision transformers (the other is saliency of
feed-forward parts, for which see `snip`); for BERT: Serianni, Kalita, ACL 2023. The loss is that of
the data set, on the weights as drawn. The release of the latter (`BERT_metrics.ipynb`)
differentiates the sum of the last hidden states, which a layer norm makes zero: its gradients are
rounding alone. Weights are those of projections and what reads attention's output, packed ones as
one matrix.

Networks without attention are unsupported.
"""

from __future__ import annotations

from harness.passes.backward import LOSS_GRADIENTS
from harness.passes.network_errors import require
from harness.passes.observation import Observation
from harness.passes.subject import NETWORK
from harness.passes.weight_matrices import WEIGHT_MATRICES
from harness.plugin import Direction, ZeroCostProxy

__all__ = ["PLUGIN"]


def _score(observation: Observation) -> float:
    import torch

    network, gradients = observation[NETWORK], observation[LOSS_GRADIENTS]
    attention = observation[WEIGHT_MATRICES].parameters_of(["attention"]) & gradients.keys()
    names = require(sorted(attention) or None, network, "weight of attention")
    weights = dict(network.named_parameters())
    total = 0.0
    for name in names:
        pair = torch.stack([weights[name].detach().double(), gradients[name].double()])
        total += float(torch.linalg.svdvals(pair.flatten(2)).sum(-1).prod())
    return total


PLUGIN = ZeroCostProxy(
    name="synaptic_diversity",
    version="1",
    summary="Nuclear norms of attention's weights and gradients.",
    direction=Direction.HIGHER,
    passes=(NETWORK, LOSS_GRADIENTS, WEIGHT_MATRICES),
    score=_score,
)
