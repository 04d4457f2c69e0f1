"""RBFleX: how far apart three samples are for activation functions and for the last layer.

    score = 3 (log abs det K + log abs det Q),  K_ij = exp(-g d_ij),  Q_ij = exp(-h e_ij)

d are the squared distances between samples in what all activation functions return, e those in what
the last layer is given; every unit is scaled to reach from 0 to 1 over the samples. g is 2.687e-12
and h 1.025e-11.

Reference: Yamasaki, Wang, Luo, Chen, Wang: RBFleX-NAS: Training-Free Neural Architecture Search
Using Radial Basis Function Kernel and Hyperparameter Detection, IEEE TNNLS 2025. As in the release,
three images count, here the first of the batch (two of a batch of two); each runs alone, in
training mode, so that batch norm sees one image. g and h are those that its scripts have for
NAS-Bench-201, NATS-Bench and TransNAS-Bench-101. The paper detects them on ten networks of a space;
while g d and h e are small, as here, a determinant is a power of g or h times what depends on the
network, so that others give the same order. Kernels are computed by their differences from one,
which the release rounds.

Outside of convolutional networks GELU, SiLU and all other activation functions count like ReLUs, be
they modules or functions. The last layer is the convolution, linear operator or product with a
weight that is called last, and what it is given counts at all positions, such as tokens. Three
samples of which two are given the same numbers have no score. Where one image has
one position at a batch norm, a network is unsupported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.passes.determinant import log_abs_determinant
from harness.passes.observation import Observation
from harness.passes.sample_responses import SAMPLE_RESPONSES
from harness.plugin import Direction, Stability, ZeroCostProxy

if TYPE_CHECKING:
    import torch

__all__ = ["PLUGIN", "log_determinant"]

_ACTIVATIONS = 2.68690173088039e-12
_FEATURES = 1.02460061284506e-11


def log_determinant(distances: torch.Tensor, scale: float, name: str) -> float:
    """Return the logarithm of the determinant of ``exp(-scale * distances)``.

    It is computed of the differences from one, which rounding would take away: once the first row
    is eliminated, the rest of the kernel is made of them alone.

    Args:
        distances: ``(n, n)``, squared.
        scale: Above 0.
        name: What the distances are between, for the reason.

    Raises:
        UndefinedError: Two rows are the same, or a distance is not finite.
    """
    import torch

    below = -torch.expm1(-scale * distances.cpu())  # the kernel is 1 - below
    first = below[0, 1:]
    rest = first[:, None] + first[None, :] - below[1:, 1:] - torch.outer(first, first)
    return log_abs_determinant(rest, name)


def _score(observation: Observation) -> float:
    seen = observation[SAMPLE_RESPONSES]
    logarithms = [
        log_determinant(seen.activations, _ACTIVATIONS, "activations of three samples"),
        log_determinant(seen.features, _FEATURES, "features of three samples"),
    ]
    return len(seen.activations) * sum(logarithms)


PLUGIN = ZeroCostProxy(
    name="rbflex",
    version="1",
    summary="Log-determinants of kernels of three samples' activations and features.",
    direction=Direction.HIGHER,
    passes=(SAMPLE_RESPONSES,),
    score=_score,
    stability=Stability(score=0.002),
)
