"""How evenly the outputs of cells spread over their channels."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from harness.passes.cells import CELL_OUTPUTS
from harness.passes.layout import at_least_float32
from harness.passes.observation import Pass, PassContext

if TYPE_CHECKING:
    import torch

__all__ = ["EXPRESSIVITY", "spectral_entropy"]

_EPSILON = 1e-8


def spectral_entropy(features: torch.Tensor) -> float:
    """Return the entropy of the normalised eigenvalues of the covariance of the channels.

    Args:
        features: Feature map ``(n, channels, height, width)``; images and positions are samples.

    Returns:
        A number from 0 to the logarithm of the number of channels; NaN for a constant map.
    """
    import torch

    samples = at_least_float32(features.detach()).permute(0, 2, 3, 1).flatten(0, 2)
    centred = samples - samples.mean(dim=0)
    covariance = (centred.T @ centred).double() / len(centred)
    if not bool(torch.isfinite(covariance).all()):
        return math.nan
    eigenvalues = torch.linalg.eigvalsh(covariance).clamp(min=0)
    shares = eigenvalues / eigenvalues.sum()
    return float(-(shares * torch.log(shares + _EPSILON)).sum())


def _expressivity(context: PassContext) -> tuple[float, ...]:
    return tuple(spectral_entropy(one) for one in context[CELL_OUTPUTS])


EXPRESSIVITY = Pass(name="expressivity", compute=_expressivity, requires=(CELL_OUTPUTS,))
"""`spectral_entropy` of each of the cell outputs.

Shape: tuple of floats, one an output. Unit: nats.
"""
