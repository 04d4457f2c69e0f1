"""Fisher information of a network's predicted classes about a few of its weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from harness.core.errors import UnsupportedError
from harness.passes.initialisation import (
    draw_kaiming,
    replaced_embeddings,
    standard_normal_inputs,
)
from harness.passes.losses import Loss, loss_of
from harness.passes.network_call import changed, class_logits, run_network
from harness.passes.observation import Pass, PassContext
from harness.passes.subject import BUILD
from harness.passes.watched_layers import NotKnown

if TYPE_CHECKING:
    import torch
    from torch import nn

    from harness.batches.source import Inputs

__all__ = ["FISHER_SPECTRUM", "fisher_matrix"]

_TENSORS = 128

_OF_CLASSES = ("cross_entropy", "per_token", "per_pixel")
"""Losses whose output is logits of classes, at one or at many positions of a sample."""

_NUMBERS_AT_ONCE, _MOST_NUMBERS = 2**26, 2**29
"""Derivatives in float64 that are computed together: half a gibibyte, and at most four."""

_FEW_OUTPUTS = 16
"""Numbers of a sample up to which one backward pass for each of them is quicker."""

_SMOOTHING = 0.05
"""Share of the uniform distribution in the predicted probabilities.

Without it nothing is left: in evaluation mode with untouched running statistics logits grow so
large that predictions are certain and carry no information.
"""


def fisher_matrix(logits: torch.Tensor, jacobian: torch.Tensor) -> torch.Tensor:
    """Return the Fisher information of the smoothed softmax of logits, mean over rows.

    For one row it is ``J^T (diag(p) - p p^T) J`` with the predicted probabilities p: the
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

    from harness.passes.weight_jacobian import first_element_jacobian

    network = context[BUILD]()
    draw_kaiming(network, context.subject.batch.inputs)
    network.eval()
    inputs = standard_normal_inputs(context)
    loss = loss_of(context.subject)
    if loss not in _OF_CLASSES:
        raise UnsupportedError(
            f"with the loss {loss if isinstance(loss, str) else 'of its own'!r} the outputs of "
            f"{type(network).__name__} are no classes, so that no prediction has a Fisher "
            f"information; it is defined with {', '.join(_OF_CLASSES)}"
        )
    try:
        logits, jacobian = first_element_jacobian(network, inputs, _TENSORS)
        context.backwards += logits.shape[1]
        context.forwards += 1
        matrix = fisher_matrix(logits, jacobian)
    except NotKnown:
        matrix = _of_outputs(context, network, inputs, loss)
    if not bool(torch.isfinite(matrix).all()):
        return np.full(len(matrix), np.nan)
    return np.asarray(torch.linalg.svdvals(matrix.detach()).cpu(), dtype=np.float64)


def _of_outputs(
    context: PassContext, network: nn.Module, inputs: Inputs, loss: Loss
) -> torch.Tensor:
    """Return the mean Fisher information of all positions of all samples."""
    import torch

    from harness.passes.weight_jacobian import (
        first_parameters,
        jacobian_of_few_outputs,
        jacobian_of_outputs,
    )

    parameters = first_parameters(network.requires_grad_(), _TENSORS)
    size = context.subject.batch.size
    with torch.no_grad():
        outputs = run_network(network, _some(inputs, slice(1))).numel()
    numbers = outputs * len(parameters)
    if numbers > _MOST_NUMBERS:
        raise UnsupportedError(
            f"{type(network).__name__} returns {numbers // len(parameters):,} numbers a sample, "
            f"whose derivatives by {len(parameters)} weights do not fit into memory; score it with "
            "smaller samples or fewer classes"
        )
    few = outputs <= _FEW_OUTPUTS
    differentiate = jacobian_of_few_outputs if few else jacobian_of_outputs
    at_once = 1 if few else max(1, _NUMBERS_AT_ONCE // numbers)
    total, rows = None, 0
    for start in range(0, size, at_once):
        some = _some(inputs, slice(start, start + at_once))
        with replaced_embeddings(network, some, _noise):
            logits, jacobian = differentiate(network, some, parameters)
        context.forwards += 1
        context.backwards += outputs if few else 1 + len(parameters)
        if loss == "cross_entropy":
            class_logits(network, logits)  # or it says what the output is
        if loss != "per_token":
            logits, jacobian = logits.movedim(1, -1), jacobian.movedim(1, -2)
        logits, jacobian = logits.flatten(0, -2), jacobian.flatten(0, -3)
        term = fisher_matrix(logits, jacobian) * len(logits)
        total, rows = term if total is None else total + term, rows + len(logits)
    assert total is not None  # noqa: S101 - a batch has a sample
    return total / rows


def _noise(embedded: torch.Tensor) -> torch.Tensor:
    import torch

    return torch.randn(embedded.shape).to(embedded)


def _some(inputs: Inputs, samples: slice) -> Inputs:
    return changed(inputs, lambda tensor: tensor[samples])


FISHER_SPECTRUM = Pass(name="fisher_spectrum", compute=_fisher_spectrum, requires=(BUILD,))
"""Singular values, in falling order, of the Fisher information about up to 128 weights.

These are the first elements of the first 128 parameter tensors. Weights have Kaiming's
initialisation, the network is in evaluation mode with untouched running statistics, inputs are
N(0, 1) noise, and so are the embeddings of token ids; neither inputs nor labels of the batch are
read. Where a network predicts a class at many positions of a sample, the information is the mean
over these. NaN where logits are not finite.

Shape: float64 array ``(tensors,)``, at most 128. Unit: squared nats per squared unit of the
weights.
"""
