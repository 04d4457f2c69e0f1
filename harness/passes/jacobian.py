"""How the logits answer to the samples, and how much alike these answers are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.core.errors import UndefinedError, UnsupportedError
from harness.passes.forward import FORWARD
from harness.passes.layout import rows
from harness.passes.network_call import differentiating
from harness.passes.observation import Pass, PassContext

if TYPE_CHECKING:
    import torch

__all__ = ["INPUT_JACOBIAN", "sample_correlations"]


def _input_jacobian(context: PassContext) -> torch.Tensor:
    import torch

    forward = context[FORWARD]
    with torch.enable_grad(), forward.inputs_only(), differentiating(forward.network):
        jacobians = torch.autograd.grad(
            forward.logits.sum(), forward.sources, retain_graph=True, materialize_grads=True
        )
    context.backwards += 1
    if any(len(jacobian) != context.subject.batch.size for jacobian in jacobians):
        raise UnsupportedError(
            f"{type(forward.network).__name__} looks token ids up in another order than that of "
            "the batch; keep samples the first axis to have the gradient of each"
        )
    flat = [rows(jacobian) for jacobian in jacobians]
    return flat[0] if len(flat) == 1 else torch.cat([part.float() for part in flat], dim=1)


INPUT_JACOBIAN = Pass(
    name="input_jacobian", compute=_input_jacobian, requires=(FORWARD,), differentiates=True
)
"""Gradient of the summed logits with respect to each sample, shape ``(n, values of a sample)``.

Batch norm ties the samples of a batch together: row i holds what sample i does to all logits. The
order of the columns depends on the memory layout. Token ids cannot be differentiated: of networks
that take these, it is the gradient with respect to the embeddings of the ids.

Shape: float32 tensor ``(n, values of a sample)``. Unit: logits per normalised pixel.
"""


def sample_correlations(jacobian: torch.Tensor) -> torch.Tensor:
    """Return the correlations between samples of an `INPUT_JACOBIAN`.

    Returns:
        A float64 tensor ``(n, n)`` on the CPU.

    Raises:
        UndefinedError: There are none, since the gradient of a sample is constant or not finite.
    """
    import torch

    gradients = jacobian.double().cpu()
    correlations = torch.corrcoef(gradients)
    if correlations.isfinite().all():
        return correlations
    infinite, absent = ~gradients.isfinite().all(1), ~gradients.any(1)
    samples = len(gradients)
    if infinite.any():
        reason = f"the gradient of {int(infinite.sum())} of {samples} samples is not finite"
    elif absent.any():
        reason = (
            f"no gradient reaches {int(absent.sum())} of {samples} samples (dead units, or no "
            "differentiable path to the logits)"
        )
    else:
        reason = "the gradient of a sample is the same at every value of it"
    raise UndefinedError(f"{reason}, so correlations between samples are undefined")
