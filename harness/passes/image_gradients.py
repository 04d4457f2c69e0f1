"""The gradient of a layer's weight for each image of a batch, from what the layer saw.

It is a sum over positions of (gradient of the output) times (what the position saw). Rows of the
results are images; the order of the columns is not that of the weight.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from harness.core.errors import UnsupportedError

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = ["WeightGradients", "constant_statistics", "own_statistics", "weight_gradients"]

WeightGradients = Callable[["torch.Tensor"], "torch.Tensor"]
"""Maps the gradient of a layer's output to that of its weight for each image, ``(n, ...)``."""


def weight_gradients(layer: nn.Conv2d | nn.Linear, inputs: torch.Tensor) -> WeightGradients:
    """Return the gradients of a convolution or linear layer that saw `inputs`.

    Raises:
        UnsupportedError: A convolution that pads in another way than by a number of zeros.
    """
    from torch import nn

    if isinstance(layer, nn.Linear):
        return partial(_linear, inputs)
    if isinstance(layer.padding, str) or layer.padding_mode != "zeros":
        raise UnsupportedError(f"{layer}: only padding by a number of zeros is known here")
    if layer.groups == 1 and layer.stride == (1, 1):
        return partial(_shifted_products, layer, layer.padding, inputs)
    return partial(_products_of_patches, layer, layer.padding, inputs)


def constant_statistics(
    norm: nn.BatchNorm2d, images: torch.Tensor
) -> tuple[torch.Tensor, WeightGradients]:
    """Normalise by the statistics of the batch and take these for constants.

    Returns:
        The output of the layer, and the gradients of its weight.
    """
    import torch
    from torch.nn import functional

    with torch.no_grad():
        _, mean, scale = torch.native_batch_norm(
            images, None, None, None, None, True, 0.0, norm.eps
        )
    variance = scale**-2 - norm.eps
    output = functional.batch_norm(images, mean, variance, norm.weight, norm.bias, eps=norm.eps)

    def gradients(gradient: torch.Tensor) -> torch.Tensor:
        products = torch.einsum("nchw,nchw->nc", gradient, images)
        return (products - mean * gradient.sum(dim=(2, 3))) * scale

    return output, gradients


def own_statistics(norm: nn.BatchNorm2d, images: torch.Tensor) -> torch.Tensor:
    """Normalise every image by its own statistics, as if each were a batch of one."""
    from torch.nn import functional

    output: torch.Tensor = functional.instance_norm(
        images, weight=norm.weight, bias=norm.bias, eps=norm.eps
    )
    return output


def _linear(inputs: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
    import torch

    return torch.einsum("n...o,n...i->noi", gradient, inputs)


def _products_of_patches(
    layer: nn.Conv2d, padding: tuple[int, ...], images: torch.Tensor, gradient: torch.Tensor
) -> torch.Tensor:
    from torch.nn import functional

    patches = functional.unfold(images, layer.kernel_size, layer.dilation, padding, layer.stride)
    parts, positions = len(images) * layer.groups, patches.shape[-1]
    outer = gradient.reshape(parts, -1, positions)
    products: torch.Tensor = outer @ patches.reshape(parts, -1, positions).mT
    return products.reshape(len(images), -1)


def _shifted_products(
    layer: nn.Conv2d, padding: tuple[int, ...], images: torch.Tensor, gradient: torch.Tensor
) -> torch.Tensor:
    """Multiply the gradient with the images shifted by each tap of the kernel, without patches.

    With channels last and rows as wide as the padded images, a shift is an offset into the
    positions; the gradient is zero where a row runs into the next one.
    """
    import torch
    from torch.nn import functional

    (top, left), (down, right) = padding, layer.dilation
    wide = functional.pad(images, (left, left, top, top + 1))
    width = wide.shape[3]
    seen = wide.permute(0, 2, 3, 1).flatten(1, 2)
    outer = functional.pad(gradient, (0, width - gradient.shape[3]))
    outer = outer.permute(0, 2, 3, 1).flatten(1, 2)
    rows, columns = layer.kernel_size
    shifts = [y * down * width + x * right for y in range(rows) for x in range(columns)]
    positions = outer.shape[1]
    return torch.stack([outer.mT @ seen[:, shift : shift + positions] for shift in shifts], dim=1)
