"""Gradient flow that needs no data: ones go in, the weights are made positive."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from harness.passes.buffers import replaced_tensors
from harness.passes.network_call import call_network, explain_errors, logits_of
from harness.passes.observation import Pass, PassContext
from harness.passes.subject import NETWORK
from harness.passes.weights import WEIGHTS

if TYPE_CHECKING:
    import torch

__all__ = ["DATA_FREE_FLOW", "DATA_FREE_FLOW_NORMALISED"]


def _flow(context: PassContext, *, normalised: bool) -> Mapping[str, torch.Tensor]:
    import torch

    network, weights = context[NETWORK], context[WEIGHTS]
    dataset = context.subject.dataset
    ones = torch.ones(
        (1, *dataset.shape),
        dtype=torch.float64,
        device=context.subject.device,
    )
    norm: AbstractContextManager[object] = nullcontext() if normalised else _batch_norm_bypassed()
    with torch.enable_grad(), norm, replaced_tensors(network, _positive, _precise) as state:
        positive = [state[id(weight)].requires_grad_() for weight in weights.values()]
        with explain_errors(network):
            total = logits_of(network, call_network(network, ones)).sum()
            gradients = torch.autograd.grad(total, positive, materialize_grads=True)
    context.forwards += 1
    context.backwards += 1
    return {
        name: (weight.detach() * gradient).abs()
        for name, weight, gradient in zip(weights, positive, gradients, strict=True)
    }


def _positive(tensor: torch.Tensor) -> torch.Tensor:
    """Return the absolute value of a parameter or buffer, in float64."""
    import torch

    numbers = tensor.detach()
    return numbers.to(torch.float64).abs() if tensor.is_floating_point() else numbers.clone()


def _precise(tensor: torch.Tensor) -> torch.Tensor:
    """Return a constant in float64."""
    import torch

    return tensor.detach().to(torch.float64) if tensor.is_floating_point() else tensor


def _batch_norm_bypassed() -> AbstractContextManager[object]:
    from torch.nn import functional
    from torch.overrides import TorchFunctionMode

    class Bypass(TorchFunctionMode):
        """Answers every call of batch norm with its input."""

        def __torch_function__(
            self,
            func: Callable[..., object],
            types: Sequence[type],
            args: tuple[object, ...] = (),
            kwargs: Mapping[str, object] | None = None,
        ) -> object:
            if func is functional.batch_norm:
                return args[0] if args else (kwargs or {})["input"]
            return func(*args, **(kwargs or {}))

    return Bypass()


def _data_free_flow(context: PassContext) -> Mapping[str, torch.Tensor]:
    return _flow(context, normalised=False)


def _data_free_flow_normalised(context: PassContext) -> Mapping[str, torch.Tensor]:
    return _flow(context, normalised=True)


DATA_FREE_FLOW = Pass(name="data_free_flow", compute=_data_free_flow, requires=(NETWORK, WEIGHTS))
"""By name of each convolution and linear weight: abs(weight * gradient), float64.

Parameters and buffers are replaced by their absolute value, constants that are neither keep their
sign, batch norm is bypassed, and the
gradient is that of the summed output for one image of ones. The network itself is not touched.

Shape: by name, a float64 tensor of the weight's shape. Unit: logits, dimensionless.
"""

DATA_FREE_FLOW_NORMALISED = Pass(
    name="data_free_flow_normalised",
    compute=_data_free_flow_normalised,
    requires=(NETWORK, WEIGHTS),
)
"""The same as `DATA_FREE_FLOW` with batch norm kept, in training mode.

Shape: by name, a float64 tensor of the weight's shape. Unit: logits, dimensionless.
"""
