"""The gradient of an operator's weight for each sample of a batch, from what the operator saw.

Of two-dimensional convolutions, linear layers and norms it is a sum over positions of (gradient of
the output) times (what the position saw), for all samples at once. Of other convolutions torch
computes it, one sample after the other. Rows of the results are
samples; the order of the columns is not always that of the weight.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

    from harness.passes.operators import OperatorCall

__all__ = [
    "WeightGradients",
    "constant_statistics",
    "in_order_of_weight",
    "own_statistics",
    "weight_gradients",
]

WeightGradients = Callable[["torch.Tensor"], "torch.Tensor"]
"""Maps the gradient of an operator's output to that of its weight for each sample, ``(n, ...)``."""


def weight_gradients(call: OperatorCall) -> WeightGradients:
    """Return the gradients of the weight of a convolution, linear layer or norm."""
    inputs, padding = call.input, call.arguments.get("padding")
    if call.function == "linear":
        return partial(_linear, inputs)
    if call.function == "group_norm":
        return partial(_group_norm, call)
    if call.function != "conv2d" or isinstance(padding, str):
        return partial(_sample_by_sample, call)
    geometry = _Geometry(call)
    if geometry.groups == 1 and geometry.stride == (1, 1):
        return partial(_shifted_products, geometry, inputs)
    return partial(_products_of_patches, geometry, inputs)


def constant_statistics(call: OperatorCall) -> tuple[torch.Tensor, WeightGradients]:
    """Normalise as a batch norm by the statistics of the batch, and take these for constants.

    Returns:
        The output of the batch norm, and the gradients of its weight.
    """
    import torch
    from torch.nn import functional

    maps, epsilon = call.input, float(call.arguments["eps"])  # type: ignore[arg-type]
    with torch.no_grad():
        _, mean, scale = torch.native_batch_norm(maps, None, None, None, None, True, 0.0, epsilon)
    mean, scale = mean.to(maps.dtype), scale.to(maps.dtype)
    variance = scale**-2 - epsilon
    weight, bias = call.tensor("weight"), call.tensor("bias")
    output = functional.batch_norm(maps, mean, variance, weight, bias, eps=epsilon)

    def gradients(gradient: torch.Tensor) -> torch.Tensor:
        products = torch.einsum("nc...,nc...->nc", gradient, maps)
        positions = tuple(range(2, gradient.dim()))
        total = gradient.sum(dim=positions) if positions else gradient
        return (products - mean * total) * scale

    return output, gradients


def own_statistics(call: OperatorCall) -> torch.Tensor:
    """Normalise every sample by its own statistics, as if each were a batch of one."""
    from torch.nn import functional

    output: torch.Tensor = functional.instance_norm(
        call.input,
        weight=call.tensor("weight"),
        bias=call.tensor("bias"),
        eps=float(call.arguments["eps"]),  # type: ignore[arg-type]
    )
    return output


def in_order_of_weight(gradients: torch.Tensor) -> torch.Tensor:
    """Return gradients ``(n, elements)`` whose columns are in the order of the weight."""
    shifted = gradients.dim() == 4
    return (gradients.permute(0, 2, 3, 1) if shifted else gradients).flatten(1)


class _Geometry:
    """Everything about a two-dimensional convolution but its tensors."""

    def __init__(self, call: OperatorCall) -> None:
        weight = call.tensor("weight")
        assert weight is not None  # noqa: S101 - there is none without
        self.kernel: tuple[int, int] = (weight.shape[2], weight.shape[3])
        self.stride, self.padding, self.dilation = (
            call.pair(name) for name in ("stride", "padding", "dilation")
        )
        self.groups: int = call.arguments["groups"]  # type: ignore[assignment]


def _linear(inputs: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
    import torch

    return torch.einsum("no,ni->noi", gradient, inputs)


def _group_norm(call: OperatorCall, gradient: torch.Tensor) -> torch.Tensor:
    import torch
    from torch.nn import functional

    groups, epsilon = call.arguments["num_groups"], call.arguments["eps"]
    normalised = functional.group_norm(call.input, groups, eps=epsilon)  # type: ignore[arg-type]
    return torch.einsum("nc...,nc...->nc", gradient, normalised)


def _products_of_patches(
    geometry: _Geometry, images: torch.Tensor, gradient: torch.Tensor
) -> torch.Tensor:
    from torch.nn import functional

    patches = functional.unfold(
        images, geometry.kernel, geometry.dilation, geometry.padding, geometry.stride
    )
    parts, positions = len(images) * geometry.groups, patches.shape[-1]
    outer = gradient.reshape(parts, -1, positions)
    products: torch.Tensor = outer @ patches.reshape(parts, -1, positions).mT
    return products.reshape(len(images), -1)


def _shifted_products(
    geometry: _Geometry, images: torch.Tensor, gradient: torch.Tensor
) -> torch.Tensor:
    """Multiply the gradient with the images shifted by each tap of the kernel, without patches.

    With channels last and rows as wide as the padded images, a shift is an offset into the
    positions; the gradient is zero where a row runs into the next one.
    """
    import torch
    from torch.nn import functional

    (top, left), (down, right) = geometry.padding, geometry.dilation
    wide = functional.pad(images, (left, left, top, top + 1))
    width = wide.shape[3]
    seen = wide.permute(0, 2, 3, 1).flatten(1, 2)
    outer = functional.pad(gradient, (0, width - gradient.shape[3]))
    outer = outer.permute(0, 2, 3, 1).flatten(1, 2)
    rows, columns = geometry.kernel
    shifts = [y * down * width + x * right for y in range(rows) for x in range(columns)]
    positions = outer.shape[1]
    return torch.stack([outer.mT @ seen[:, shift : shift + positions] for shift in shifts], dim=1)


def _sample_by_sample(call: OperatorCall, gradient: torch.Tensor) -> torch.Tensor:
    import torch
    from torch.nn import functional

    function = getattr(functional, call.function)
    weight = call.arguments["weight"].detach().requires_grad_()  # type: ignore[attr-defined]
    keywords = {**call.arguments, "weight": weight, "bias": None}
    gradients = []
    for sample, outer in zip(torch.split(call.input, 1), torch.split(gradient, 1), strict=True):
        with torch.enable_grad():
            output = function(**{**keywords, "input": sample})
        gradients.append(torch.autograd.grad(output, weight, outer)[0].flatten())
    return torch.stack(gradients)
