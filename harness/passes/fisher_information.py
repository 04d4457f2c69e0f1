"""Fisher information of a network's predicted classes about a few of its weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from harness.passes.initialisation import draw_kaiming, standard_normal_inputs
from harness.passes.network_call import single_input
from harness.passes.observation import Pass, PassContext
from harness.passes.subject import BUILD
from harness.passes.weight_jacobian import first_element_jacobian

if TYPE_CHECKING:
    import torch

__all__ = ["FISHER_SPECTRUM", "fisher_matrix"]

_TENSORS = 128

_SMOOTHING = 0.05
"""Share of the uniform distribution in the predicted probabilities.

Without it nothing is left: in evaluation mode with untouched running statistics logits grow so
large that predictions are certain and carry no information.
"""


def fisher_matrix(logits: torch.Tensor, jacobian: torch.Tensor) -> torch.Tensor:
    """Return the Fisher information of the smoothed softmax of logits, mean over images.

    For one image it is ``J^T (diag(p) - p p^T) J`` with the predicted probabilities p: the
    covariance of the gradients of the logits of classes drawn from p.

    Args:
        logits: ``(n, classes)``.
        jacobian: Derivatives of the logits, ``(n, classes, parameters)``.

    Returns:
        Symmetric matrix ``(parameters, parameters)``.
    """
    certain = logits.softmax(dim=1)[:, :, None]
    probabilities = (1 - _SMOOTHING) * certain + _SMOOTHING / logits.shape[1]
    centred = jacobian - (probabilities * jacobian).sum(dim=1, keepdim=True)
    scores = (probabilities.sqrt() * centred).flatten(0, 1)
    return scores.T @ scores / len(logits)


def _fisher_spectrum(context: PassContext) -> NDArray[np.float64]:
    import torch

    network = context[BUILD]()
    draw_kaiming(network, context.subject.batch.inputs)
    logits, jacobian = first_element_jacobian(
        network.eval(), single_input(standard_normal_inputs(context)), _TENSORS
    )
    context.forwards += 1
    context.backwards += logits.shape[1]
    matrix = fisher_matrix(logits, jacobian)
    if not bool(torch.isfinite(matrix).all()):
        return np.full(len(matrix), np.nan)
    return np.asarray(torch.linalg.svdvals(matrix).cpu(), dtype=np.float64)


FISHER_SPECTRUM = Pass(name="fisher_spectrum", compute=_fisher_spectrum, requires=(BUILD,))
"""Singular values, in falling order, of the Fisher information about up to 128 weights.

These are the first elements of the first 128 parameter tensors. Weights have Kaiming's
initialisation, the network is in evaluation mode with untouched running statistics, images are
N(0, 1) noise; neither images nor labels of the batch are read. NaN where logits are not finite.

Shape: float64 array ``(tensors,)``, at most 128. Unit: squared nats per squared unit of the
weights.
"""
