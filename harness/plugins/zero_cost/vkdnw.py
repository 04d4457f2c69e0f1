"""VKDNW, single form: how even the Fisher information about the weights is.

    score = tensors + entropy / 3

tensors is the number of parameter tensors of the network. entropy is that of the nine deciles
(0.1 to 0.9) of the singular values of the Fisher information of the predicted classes about the
first elements of the first 128 parameter tensors, normalised to sum one. It is at most
log 9 < 3, so the order is by tensors first and by entropy among equals, as in the release.

Reference: Tybl, Neumann: Training-free Neural Architecture Search through Variance of Knowledge of
Deep Network Weights, CVPR 2025. As in the release: Kaiming's initialisation, N(0, 1) noise for
images, evaluation mode, no labels, and predictions p smoothed by 5 per cent of the uniform
distribution, which the paper does not mention. Deviations: the Fisher information is that of the
paper's formula, ``J^T (diag(p) - p p^T) J``, where the release multiplies J by the Cholesky factor
of the covariance instead of its transpose, so that its number depends on the order of the classes;
float64 after the Jacobian.

Outside of convolutional networks the first elements of all parameters count, in the network's
order, those of norms and embeddings too. Where a class is predicted at many positions, of tokens or
pixels, the information is the mean over these; outputs that are no classes, as of a regression or
with a loss of one's own, are unsupported. In a network of token ids the noise takes the place of
what it looks up for them. Networks of other operators than convolutions, batch norms and linear
layers are differentiated by one parameter after the other, which takes longer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from harness.core.errors import UndefinedError
from harness.passes.fisher_information import FISHER_SPECTRUM
from harness.passes.observation import Observation
from harness.passes.structure import STRUCTURE
from harness.plugin import Direction, Reference, ZeroCostProxy

if TYPE_CHECKING:
    from harness.core.aggregation import Scores

__all__ = ["PLUGIN", "decile_entropy"]


def decile_entropy(spectrum: Scores) -> float:
    """Return the entropy of the deciles 0.1 to 0.9 of a spectrum, normalised to sum one.

    Returns:
        A number from 0 to log 9.

    Raises:
        UndefinedError: The spectrum is not finite, or all deciles are zero.
    """
    if not np.isfinite(spectrum).all():
        raise UndefinedError("the Fisher information is not finite, so it has no entropy")
    deciles = np.quantile(spectrum, np.arange(1, 10) / 10)
    if not (deciles > 0).any():
        raise UndefinedError(
            "the predicted classes tell nothing of the weights: nine tenths of the Fisher "
            "information's singular values are zero, so it has no entropy"
        )
    shares = deciles[deciles > 0] / deciles.sum()
    return float(-(shares * np.log(shares)).sum())


def _score(observation: Observation) -> float:
    return observation[STRUCTURE].tensors + decile_entropy(observation[FISHER_SPECTRUM]) / 3


PLUGIN = ZeroCostProxy(
    name="vkdnw",
    version="1",
    summary="Number of parameter tensors, then evenness of the Fisher information about them.",
    direction=Direction.HIGHER,
    passes=(STRUCTURE, FISHER_SPECTRUM),
    score=_score,
    references=(
        Reference(
            metric="spearman",
            value=0.815,
            tolerance=0.05,
            task="nb201-cifar10-validation-connected",
            population="no-unreachable",
            batch=64,
            source="VKDNW (CVPR 2025), Table 1",
        ),
    ),
)
