"""Derivatives of all logits by the first element of each of the first parameter tensors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.errors import UnsupportedError
from harness.passes.network_call import (
    See,
    class_logits,
    explain_errors,
    in_type_of,
    require,
    run_network,
    watched_calls,
)

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = ["first_element_jacobian"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """One call of a layer.

    Attributes:
        output: What it returned.
        version: Torch's count of changes to `output` by then.
        factors: By column, the derivative of channel 0 of the output by the parameter's first
            element, at every position; nothing where that is one.
    """

    layer: nn.Module
    output: torch.Tensor
    version: int
    factors: Mapping[int, torch.Tensor | None]


def first_element_jacobian(
    network: nn.Module, images: torch.Tensor, tensors: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Differentiate every logit of every image by the first element of parameter tensors.

    In evaluation mode images do not meet, so one backward pass per class gives the gradients of
    all feature maps for all images at once. The first element of a parameter sees one channel of
    one feature map: nothing of the size of the weights is computed.

    Args:
        network: In evaluation mode, of no use afterwards. Its parameters belong to convolutions,
            linear layers and batch norms with running statistics.
        images: Batch of images.
        tensors: How many of the network's parameter tensors take part, from the first one.

    Returns:
        Logits ``(n, classes)`` and Jacobian ``(n, classes, parameters)``, both float64.

    Raises:
        UnsupportedError: Another kind of layer holds one of the parameters, or images meet.
    """
    import torch

    columns = {weight: i for i, weight in enumerate(network.parameters()) if i < tensors}
    network.requires_grad_(requires_grad=False)
    require(columns or None, network, "parameter")
    calls: list[_Call] = []
    layers = [layer for layer in network.modules() if _takes_part(layer, columns)]
    see = _recorder(columns, calls, len(images))
    with torch.enable_grad(), watched_calls(layers, see):
        logits = run_network(network, in_type_of(network, images).requires_grad_())
        sums = class_logits(network, logits).sum(dim=0).unbind()
    _check_unchanged(calls)
    jacobian = logits.new_zeros((*logits.shape, len(columns)), dtype=torch.float64)
    with explain_errors(network):
        for one_class, total in enumerate(sums):
            _fill(jacobian[:, one_class], total, calls)
    return logits.detach().double(), jacobian


def _takes_part(layer: nn.Module, columns: Mapping[nn.Parameter, int]) -> bool:
    from torch import nn

    if not any(weight in columns for weight in layer.parameters(recurse=False)):
        return False
    tracked = isinstance(layer, nn.BatchNorm2d) and layer.track_running_stats
    if not tracked and not isinstance(layer, nn.Conv2d | nn.Linear):
        raise UnsupportedError(
            f"{type(layer).__name__} has parameters; only convolutions, linear layers and batch "
            "norms with running statistics are known here"
        )
    return True


def _recorder(columns: Mapping[nn.Parameter, int], calls: list[_Call], images: int) -> See:
    def see(layer: nn.Module, inputs: list[torch.Tensor], output: torch.Tensor) -> None:
        if len(inputs[0]) != images:
            raise UnsupportedError(
                f"{layer} is given {len(inputs[0])} rows for {images} images; keep images the "
                "first dimension to have the derivatives of each"
            )
        factors = {
            columns[weight]: _factor(layer, inputs[0].detach(), output.shape)
            if name == "weight"
            else None
            for name, weight in layer.named_parameters(recurse=False)
            if weight in columns
        }
        calls.append(_Call(layer=layer, output=output, version=output._version, factors=factors))

    return see


def _factor(layer: nn.Module, inputs: torch.Tensor, shape: torch.Size) -> torch.Tensor:
    """Return the derivative of channel 0 of the output by the weight's first element."""
    import torch
    from torch import nn
    from torch.nn import functional

    match layer:
        case nn.Conv2d():
            if isinstance(layer.padding, str) or layer.padding_mode != "zeros":
                raise UnsupportedError(f"{layer}: only padding by a number of zeros is known here")
            (rows, columns), (down, right) = layer.padding, layer.stride
            padded = functional.pad(inputs[:, 0], (columns, columns, rows, rows))
            return padded[:, ::down, ::right][:, : shape[2], : shape[3]].clone()
        case nn.BatchNorm2d(running_mean=torch.Tensor() as mean, running_var=torch.Tensor() as var):
            return (inputs[:, 0] - mean[0]) * torch.rsqrt(var[0] + layer.eps)
        case _:
            return inputs[..., 0].clone()


def _fill(rows: torch.Tensor, total: torch.Tensor, calls: list[_Call]) -> None:
    """Write the derivatives of the sum of one class's logits, ``(n, parameters)``."""
    import torch

    outputs = [call.output for call in calls]
    gradients: tuple[torch.Tensor | None, ...] = torch.autograd.grad(
        total, outputs, retain_graph=True, allow_unused=True
    )
    for call, gradient in zip(calls, gradients, strict=True):
        if gradient is None:
            continue
        channel = gradient[:, 0] if gradient.dim() == 4 else gradient[..., 0]
        for column, factor in call.factors.items():
            terms = channel if factor is None else channel * factor
            rows[:, column] += terms.double().reshape(len(rows), -1).sum(dim=1)


def _check_unchanged(calls: list[_Call]) -> None:
    for call in calls:
        if call.output._version != call.version:
            raise UnsupportedError(
                f"the output of {call.layer} was changed in place; "
                "build the network without in-place layers"
            )
