r"""Batch norm in training mode that can be differentiated twice quickly.

Torch composes the second derivative of batch norm of some thirty passes over the maps. With s the
inverse deviation, z = (x - mean) s, g the gradient of the output and means over batch and space,

    dL/dx = w s (g - mean(g) - z mean(g z))

is symmetric in g, so its derivative with respect to g, along u, is the same formula with u for g;
and with m = mean(g z), k = mean(u z) and c = mean(u g) - mean(u) mean(g),

    d<u, dL/dx>/dx = -w s^2 (z (c - 3 k m) + m (u - mean(u)) + k (g - mean(g))),

exact for any epsilon. The means come for free from the kernel that computes dL/dx.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import Function, once_differentiable

from harness.passes.second_order.convolution import Setting

__all__ = ["batch_norm"]


def batch_norm(
    maps: Tensor,
    statistics: tuple[Tensor | None, Tensor | None],
    weight: Tensor | None,
    bias: Tensor | None,
    *,
    momentum: float,
    epsilon: float,
    setting: Setting,
) -> Tensor:
    """Normalise by the batch's statistics and update the running ones, mean and variance.

    Gradients of weight and bias exist, and cannot be differentiated again.
    """
    options = (momentum, epsilon, setting)
    output: Tensor = _BatchNorm.apply(maps, weight, bias, statistics, options)  # type: ignore[no-untyped-call]
    return output


class _BatchNorm(Function):
    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401 - torch gives the context its attributes at run time
        maps: Tensor,
        weight: Tensor | None,
        bias: Tensor | None,
        statistics: tuple[Tensor | None, Tensor | None],
        options: tuple[float, float, Setting],
    ) -> Tensor:
        momentum, epsilon, ctx.setting = options
        output, mean, inverse = torch.native_batch_norm(
            maps, weight, bias, *statistics, True, momentum, epsilon
        )
        ctx.save_for_backward(maps, weight, mean, inverse)
        return output

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        maps, weight, mean, inverse = ctx.saved_tensors
        grad_maps, grad_weight, grad_bias = _BatchNormGradient.apply(  # type: ignore[no-untyped-call]
            gradient, maps, weight, (mean, inverse), ctx.setting
        )
        _, to_weight, to_bias = ctx.needs_input_grad[:3]
        return (
            grad_maps,
            grad_weight if to_weight else None,
            grad_bias if to_bias else None,
            None,
            None,
        )


class _BatchNormGradient(Function):
    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401
        gradient: Tensor,
        maps: Tensor,
        weight: Tensor | None,
        moments: tuple[Tensor, Tensor],
        setting: Setting,
    ) -> tuple[Tensor, Tensor, Tensor]:
        mean, inverse = moments
        grad_maps, by_maps, total = _kernel(gradient, maps, weight, mean, inverse)
        ctx.set_materialize_grads(False)
        ctx.mark_non_differentiable(by_maps, total)
        ctx.setting, ctx.gradient = setting, gradient
        ctx.save_for_backward(maps, weight, mean, inverse, by_maps, total)
        return grad_maps, by_maps, total

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, along: Tensor | None, *_: None) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        if along is None:
            return None, None, None, None, None
        maps, weight, mean, inverse, by_maps, total = ctx.saved_tensors
        gradient = ctx.setting.take_gradient(ctx)
        grad_gradient, along_by_maps, along_total = _kernel(along, maps, weight, mean, inverse)
        count = maps.numel() // maps.shape[1]
        m, g_mean, k, u_mean = (
            total_over_batch / count
            for total_over_batch in (by_maps, total, along_by_maps, along_total)
        )
        # With deviation one the kernel's second output is the sum of along * (gradient - mean).
        c = _kernel(along, gradient, None, g_mean, torch.ones_like(g_mean), maps=False)[1] / count
        factor = -(inverse**2) if weight is None else -(inverse**2) * weight
        a, b, d = factor * inverse * (c - 3 * k * m), factor * m, factor * k
        constant = -(a * mean + b * u_mean + d * g_mean)
        grad_maps = torch.addcmul(_wide(constant), maps, _wide(a))
        grad_maps.addcmul_(along, _wide(b)).addcmul_(gradient, _wide(d))
        return grad_gradient, grad_maps, None, None, None


def _kernel(
    gradient: Tensor,
    inputs: Tensor,
    weight: Tensor | None,
    mean: Tensor,
    inverse: Tensor,
    *,
    maps: bool = True,
) -> tuple[Tensor, Tensor, Tensor]:
    """Return dL/dx, the sum of gradient * z and the sum of the gradient, per channel."""
    if weight is None:  # on a GPU torch has no sums of a batch norm without a weight
        weight = torch.ones_like(mean)
    result: tuple[Tensor, Tensor, Tensor] = torch.ops.aten.native_batch_norm_backward(
        gradient, inputs, weight, None, None, mean, inverse, True, 0.0, (maps, True, True)
    )
    return result


def _wide(channels: Tensor) -> Tensor:
    return channels.view(1, -1, 1, 1)
