"""Curvature of the loss between the weights and their gradient."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.core.errors import ContractError
from harness.passes.backward import BACKWARD
from harness.passes.forward import FORWARD
from harness.passes.network_call import differentiating, unfreeze_parameters
from harness.passes.observation import Pass, PassContext
from harness.passes.weights import WEIGHTS

if TYPE_CHECKING:
    import torch

__all__ = ["CURVATURE"]


def _curvature(context: PassContext) -> torch.Tensor:
    import torch

    recorder = context[FORWARD].recorder
    if recorder is None:
        raise ContractError("the forward pass was not recorded for a second derivative")
    gradients = list(context[BACKWARD].gradients.values())
    rest = [weight for weight in context[WEIGHTS].values() if id(weight) not in recorder.scaled]
    network = context[FORWARD].network
    alone = sum(wanted.differentiates_twice for wanted in context.requested) == 1
    with (
        torch.enable_grad(),
        recorder.scale_only(last=alone),
        unfreeze_parameters(network),
        differentiating(network),
    ):
        slope = sum(
            ((gradient.detach() * gradient).sum() for gradient in gradients),
            start=recorder.scale.new_zeros(()),
        )
        if not slope.requires_grad:
            return slope
        by_scale, *by_rest = torch.autograd.grad(
            slope, [recorder.scale, *rest], retain_graph=True, materialize_grads=True
        )
    context.backwards += 2
    products = [(weight.detach() * by).sum() for weight, by in zip(rest, by_rest, strict=True)]
    return by_scale + sum(products, start=torch.zeros_like(by_scale))


CURVATURE = Pass(
    name="curvature",
    compute=_curvature,
    requires=(BACKWARD, FORWARD, WEIGHTS),
    differentiates=True,
    differentiates_twice=True,
)
"""The number w . H g, a tensor without dimensions.

w are the convolution and linear weights, g the gradient of the cross-entropy and H its Hessian, all
over these weights. It goes through the graph of the shared gradient and through that of the
forward pass once each, without ever forming H g: that is exact, and needs no gradient of weights.

Shape: float32 tensor ``()``. Unit: squared nats per squared unit of the weights.
"""
