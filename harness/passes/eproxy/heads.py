"""What stands between a feature map and its target: a trained transform and a frozen barrier."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from harness.passes.eproxy.settings import Branch, Start, Training
from harness.passes.eproxy.targets import SIDE

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = ["Head", "redraw"]

_XAVIER_BIAS = 0.01


class Head:
    """One branch: resize, transform, barrier.

    Attributes:
        transform: Convolution, ReLU, batch norm; trained.
        barrier: Convolution, never trained; None without a barrier.
    """

    def __init__(self, channels: int, branch: Branch, training: Training) -> None:
        """Draw the weights from torch's global generator."""
        from torch import nn

        frozen = branch.barrier_kernel
        width = branch.target_channels if frozen is None else branch.transform_channels
        self.transform = nn.Sequential(
            _convolution(channels, width, branch.transform_kernel), nn.ReLU(), nn.BatchNorm2d(width)
        )
        redraw(self.transform, training.network_start)
        self.barrier: nn.Conv2d | None = None
        if frozen is not None:
            self.barrier = _convolution(width, branch.target_channels, frozen)
            redraw(self.barrier, training.barrier_start)
            self.barrier.requires_grad_(requires_grad=False)

    def to(self, like: torch.Tensor) -> Head:
        """Move the weights to the device of a tensor."""
        self.transform.to(like.device)
        if self.barrier is not None:
            self.barrier.to(like.device)
        return self

    def __call__(self, maps: torch.Tensor) -> torch.Tensor:
        """Return ``(n, target_channels, 8, 8)`` for maps ``(n, channels, height, width)``."""
        from torch.nn import functional

        resized = functional.interpolate(maps, size=(SIDE, SIDE), mode="nearest")
        transformed: torch.Tensor = self.transform(resized)
        return transformed if self.barrier is None else self.barrier(transformed)


def redraw(module: nn.Module, start: Start) -> None:
    """Draw the weights of convolutions and linear layers anew, unless they are to stay.

    Biases become 0.01 with Xavier's and 0 with Kaiming's, batch norms 1 and 0, and Kaiming's
    variance follows from the outputs of a layer (fan out), as in the release.
    """
    from torch import nn

    if start is Start.OWN:
        return
    bias = _XAVIER_BIAS if start in (Start.XAVIER_UNIFORM, Start.XAVIER_NORMAL) else 0.0
    for layer in module.modules():
        match layer:
            case nn.Conv2d() | nn.ConvTranspose2d() | nn.Linear():
                _draw(layer.weight, start)
                if layer.bias is not None:
                    nn.init.constant_(layer.bias, bias)
            case nn.BatchNorm2d() if layer.affine:
                nn.init.ones_(layer.weight)
                nn.init.zeros_(layer.bias)
            case _:
                continue


def _draw(weight: torch.Tensor, start: Start) -> None:
    """Draw a weight on the processor, so that all devices get the same numbers."""
    import torch
    from torch.nn import init

    drawn = torch.empty(weight.shape, dtype=weight.dtype)
    match start:
        case Start.XAVIER_UNIFORM:
            init.xavier_uniform_(drawn)
        case Start.XAVIER_NORMAL:
            init.xavier_normal_(drawn)
        case Start.KAIMING_UNIFORM:
            init.kaiming_uniform_(drawn, mode="fan_out", nonlinearity="relu")
        case Start.KAIMING_NORMAL:
            init.kaiming_normal_(drawn, mode="fan_out", nonlinearity="relu")
        case Start.OWN:
            return
        case _:
            assert_never(start)
    with torch.no_grad():
        weight.copy_(drawn)


def _convolution(before: int, after: int, side: int) -> nn.Conv2d:
    from torch import nn

    return nn.Conv2d(before, after, side, padding=side // 2)
