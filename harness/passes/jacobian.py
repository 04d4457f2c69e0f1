"""How the logits answer to the images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.passes.forward import FORWARD
from harness.passes.layout import rows
from harness.passes.network_call import explain_errors
from harness.passes.observation import Pass, PassContext

if TYPE_CHECKING:
    import torch

__all__ = ["INPUT_JACOBIAN"]


def _input_jacobian(context: PassContext) -> torch.Tensor:
    import torch

    forward = context[FORWARD]
    with torch.enable_grad(), forward.inputs_only(), explain_errors(forward.network):
        gradients = torch.autograd.grad(
            forward.logits.sum(), forward.sources, retain_graph=True, materialize_grads=True
        )
    context.backwards += 1
    flat = [rows(gradient) for gradient in gradients]
    return flat[0] if len(flat) == 1 else torch.cat(flat, dim=1)


INPUT_JACOBIAN = Pass(
    name="input_jacobian", compute=_input_jacobian, requires=(FORWARD,), differentiates=True
)
"""Gradient of the summed logits with respect to each image, shape ``(n, values of an image)``.

Batch norm ties the images of a batch together: row i holds what image i does to all logits. The
order of the columns depends on the memory layout.

Shape: float32 tensor ``(n, values of an image)``. Unit: logits per normalised pixel.
"""
