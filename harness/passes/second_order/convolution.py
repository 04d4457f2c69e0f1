"""A convolution that can be differentiated twice quickly, also in the direction of its weights.

Torch differentiates the gradient of a convolution by general means, among them convolutions with
kernels as large as the image. Here the second derivative takes four ordinary convolutions, and
none for weights: with ``scale`` a factor on the weights, the derivative in the direction of the
weights themselves is an inner product of maps that are there anyway,

    <w, dL/dw> = <conv(x, w), dL/dy>.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import Function, once_differentiable

from harness.core.errors import ContractError
from harness.passes.layout import inner_product

__all__ = ["Geometry", "Setting", "Wanted", "convolve"]


class Wanted(Enum):
    """Which gradients of a layer the current backward pass needs.

    Python functions in a graph of torch are not told which gradients a caller asked for; whoever
    starts a backward pass says so here.
    """

    EVERYTHING = auto()
    INPUTS = auto()
    SCALE = auto()


@dataclass(slots=True, kw_only=True)
class Setting:
    """The mutable values that the recorded layers of one graph share.

    Attributes:
        wanted: Which gradients the current backward pass needs.
        keeps: Whether the graph of the gradient can be differentiated once more after the current
            backward pass. Otherwise each layer lets its gradient of maps go as soon as it was
            used, while its derivatives take their place.
    """

    wanted: Wanted = Wanted.EVERYTHING
    keeps: bool = True

    def take_gradient(self, ctx: Any) -> Tensor:  # noqa: ANN401 - torch's context of a function
        """Return the gradient that a layer holds, which it then forgets unless it is kept."""
        gradient: Tensor | None = ctx.gradient
        if gradient is None:
            raise ContractError(
                "the graph of the gradient was freed by an earlier second derivative"
            )
        if not self.keeps:
            ctx.gradient = None
        return gradient


@dataclass(frozen=True, slots=True, kw_only=True)
class Geometry:
    """Everything about a two-dimensional convolution but its tensors."""

    stride: tuple[int, int]
    padding: tuple[int, int]
    dilation: tuple[int, int]
    groups: int

    def forward(self, maps: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
        """Convolve."""
        return torch.conv2d(
            maps, weight, bias, self.stride, self.padding, self.dilation, self.groups
        )

    def backward(
        self, gradient: Tensor, maps: Tensor, weight: Tensor, mask: tuple[bool, bool]
    ) -> tuple[Tensor | None, Tensor | None]:
        """Return the gradients for the maps and for the weight, each where the mask says so."""
        if not any(mask):
            return None, None
        to_maps, to_weight, _ = torch.ops.aten.convolution_backward(
            gradient, maps, weight, None, self.stride, self.padding, self.dilation,
            False, (0, 0), self.groups, (*mask, False),
        )  # fmt: skip
        return to_maps if mask[0] else None, to_weight if mask[1] else None


def convolve(
    maps: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    geometry: Geometry,
    *,
    scale: Tensor | None,
    setting: Setting,
) -> Tensor:
    """Convolve; the output depends on `scale`, which is one, as if it multiplied the weight."""
    output: Tensor = _Convolution.apply(maps, weight, bias, scale, geometry, setting)  # type: ignore[no-untyped-call]
    return output


class _Convolution(Function):
    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401 - torch gives the context its attributes at run time
        maps: Tensor,
        weight: Tensor,
        bias: Tensor | None,
        scale: Tensor | None,
        geometry: Geometry,
        setting: Setting,
    ) -> Tensor:
        output = geometry.forward(maps, weight, bias)
        ctx.geometry, ctx.setting = geometry, setting
        ctx.save_for_backward(maps, weight, bias, scale, output)
        return output

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        maps, weight, bias, scale, output = ctx.saved_tensors
        to_maps, to_weight, to_bias = ctx.needs_input_grad[:3]
        if ctx.setting.wanted is Wanted.SCALE:
            grad_maps, _ = ctx.geometry.backward(gradient, maps, weight, (to_maps, False))
            return grad_maps, None, None, _to_scale(gradient, output, bias, scale), None, None
        grad_maps, grad_weight = _ConvolutionGradient.apply(  # type: ignore[no-untyped-call]
            gradient, maps, weight, scale, ctx.geometry, ctx.setting, (to_maps, to_weight)
        )
        grad_bias = gradient.sum((0, 2, 3)) if to_bias else None
        return grad_maps, grad_weight, grad_bias, None, None, None


class _ConvolutionGradient(Function):
    """Gradients of `_Convolution`: ``(dL/dy, x, w) -> (dL/dx, dL/dw)``."""

    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401
        gradient: Tensor,
        maps: Tensor,
        weight: Tensor,
        scale: Tensor | None,
        geometry: Geometry,
        setting: Setting,
        mask: tuple[bool, bool],
    ) -> tuple[Tensor | None, Tensor | None]:
        ctx.set_materialize_grads(False)
        ctx.geometry, ctx.setting = geometry, setting
        ctx.gradient = gradient
        ctx.save_for_backward(maps, weight, scale)
        to_weight = mask[1] and setting.wanted is not Wanted.INPUTS
        return geometry.backward(gradient, maps, weight, (mask[0], to_weight))

    @staticmethod
    @once_differentiable
    def backward(
        ctx: Any,  # noqa: ANN401
        along_maps: Tensor | None,
        along_weight: Tensor | None,
    ) -> tuple[Tensor | None, ...]:
        maps, weight, scale = ctx.saved_tensors
        gradient = ctx.setting.take_gradient(ctx)
        geometry, scaled = ctx.geometry, ctx.setting.wanted is Wanted.SCALE
        grad_gradient = grad_maps = grad_weight = grad_scale = None
        if along_maps is not None:
            grad_gradient = geometry.forward(along_maps, weight)
            if scaled:
                grad_scale = _to_scale(gradient, grad_gradient, None, scale)
            elif ctx.needs_input_grad[2]:
                _, grad_weight = geometry.backward(gradient, along_maps, weight, (False, True))
        if along_weight is not None:
            along = geometry.forward(maps, along_weight)
            grad_gradient = along if grad_gradient is None else grad_gradient.add_(along)
            mask = (ctx.needs_input_grad[1], False)
            grad_maps, _ = geometry.backward(gradient, maps, along_weight, mask)
        return grad_gradient, grad_maps, grad_weight, grad_scale, None, None, None


def _to_scale(
    gradient: Tensor, output: Tensor, bias: Tensor | None, scale: Tensor | None
) -> Tensor | None:
    if scale is None:
        return None
    product = inner_product(gradient, output)
    return product if bias is None else product - (gradient.sum((0, 2, 3)) * bias).sum()
