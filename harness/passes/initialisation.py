"""Weights and images that some proxies draw anew, instead of those of the space and the data set.

Drawn on the CPU from torch's global generator, which the workbench seeds for every pass, so that
all devices get the same weights.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from harness.core.errors import UnsupportedError
from harness.passes.layout import fast_layout

if TYPE_CHECKING:
    import torch
    from torch import nn

    from harness.passes.observation import PassContext

__all__ = ["draw_gaussian", "draw_kaiming", "standard_normal_images"]


def draw_gaussian(network: nn.Module) -> None:
    """Draw convolution and linear weights from N(0, 1); see `_draw` for the other parameters."""
    _draw(network, lambda fan_in: 1.0)


def draw_kaiming(network: nn.Module) -> None:
    """Draw convolution and linear weights from N(0, 2 / fan-in) (He et al., 2015)."""
    _draw(network, lambda fan_in: math.sqrt(2 / fan_in))


def _draw(network: nn.Module, standard_deviation: Callable[[int], float]) -> None:
    """Draw weights; biases become zero, scales of normalisation layers one.

    Layers of other kinds keep the weights that they came with.
    """
    import torch
    from torch import nn

    with torch.no_grad():
        for module in network.modules():
            match module:
                case nn.Conv2d() | nn.Linear() if module._parameters.get("weight") is None:
                    raise UnsupportedError(
                        f"the weight of a {type(module).__name__} is computed of other parameters, "
                        "as by weight_norm, and cannot be drawn; take the parametrization off"
                    )
                case nn.Conv2d() | nn.Linear():
                    deviation = standard_deviation(module.weight[0].numel())
                    module.weight.copy_(torch.randn(module.weight.shape) * deviation)
                    if module.bias is not None:
                        module.bias.zero_()
                case nn.BatchNorm2d() | nn.GroupNorm() if module.affine:
                    module.weight.fill_(1)
                    module.bias.zero_()
                case _:
                    continue


def standard_normal_images(context: PassContext) -> torch.Tensor:
    """Draw from N(0, 1) a batch with the shape of the subject's batch, which is not read.

    Drawn on the CPU from torch's global generator, so that all devices get the same noise.
    """
    import torch

    subject = context.subject
    return fast_layout(torch.randn((subject.batch.size, *subject.dataset.shape)).to(subject.device))
