"""Gradient flow that needs no data: ones go in, the weights are made positive."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from harness.core.errors import UndefinedError
from harness.passes.buffers import replaced_tensors
from harness.passes.initialisation import replaced_embeddings
from harness.passes.network_call import call_network, changed, first_samples, logits_of
from harness.passes.network_errors import explain_errors
from harness.passes.observation import Pass, PassContext
from harness.passes.subject import NETWORK
from harness.passes.weights import WEIGHTS

if TYPE_CHECKING:
    import torch

__all__ = ["DATA_FREE_FLOW", "DATA_FREE_FLOW_NORMALISED"]


def _flow(context: PassContext, *, normalised: bool) -> Mapping[str, torch.Tensor]:
    import torch

    network, weights = context[NETWORK], context[WEIGHTS]
    ones = changed(first_samples(context.subject.batch.inputs, 1), _ones, real=True)
    norm: AbstractContextManager[object] = nullcontext() if normalised else _norms_bypassed()
    with torch.enable_grad(), norm, replaced_tensors(network, _positive, _precise) as state:
        positive = [state[id(weight)].requires_grad_() for weight in weights.values()]
        with explain_errors(network), replaced_embeddings(network, ones, torch.ones_like):
            total = logits_of(network, call_network(network, ones)).sum()
            if not bool(total.isfinite()):
                raise UndefinedError(f"the flow through weights made positive is {total.item()}")
            gradients = torch.autograd.grad(total, positive, materialize_grads=True)
    context.forwards += 1
    context.backwards += 1
    return {
        name: (weight.detach() * gradient).abs()
        for name, weight, gradient in zip(weights, positive, gradients, strict=True)
    }


def _ones(real: torch.Tensor) -> torch.Tensor:
    import torch

    return torch.ones(real.shape, dtype=torch.float64, device=real.device)


def _positive(tensor: torch.Tensor) -> torch.Tensor:
    """Return the absolute value of a parameter or buffer, in float64."""
    import torch

    numbers = tensor.detach()
    return numbers.to(torch.float64).abs() if tensor.is_floating_point() else numbers.clone()


def _precise(tensor: torch.Tensor) -> torch.Tensor:
    """Return a constant in float64."""
    import torch

    return tensor.detach().to(torch.float64) if tensor.is_floating_point() else tensor


def _norms_bypassed() -> AbstractContextManager[object]:
    from torch.nn import functional
    from torch.overrides import TorchFunctionMode

    norms = (
        functional.batch_norm,
        functional.instance_norm,
        functional.layer_norm,
        functional.rms_norm,
        functional.group_norm,
    )

    class Bypass(TorchFunctionMode):
        """Answers every call of a norm with its input."""

        def __torch_function__(
            self,
            func: Callable[..., object],
            types: Sequence[type],
            args: tuple[object, ...] = (),
            kwargs: Mapping[str, object] | None = None,
        ) -> object:
            if func in norms:
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
sign, norms are bypassed, and the gradient is that of the summed output for one image of ones. Of a
network of token ids, the ones take the place of what it looks up for them. The network itself is
not touched.

Shape: by name, a float64 tensor of the weight's shape. Unit: logits, dimensionless.
"""

DATA_FREE_FLOW_NORMALISED = Pass(
    name="data_free_flow_normalised",
    compute=_data_free_flow_normalised,
    requires=(NETWORK, WEIGHTS),
)
"""The same as `DATA_FREE_FLOW` with norms kept, batch norm in training mode.

Shape: by name, a float64 tensor of the weight's shape. Unit: logits, dimensionless.
"""
