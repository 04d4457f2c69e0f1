"""Operations of a DARTS cell as torch modules (Liu et al., ICLR 2019).

As in NASLib's NAS-Bench-301, and as in the search phase of DARTS, batch norms inside a cell have no
affine parameters and a pool is followed by a batch norm.
"""

from __future__ import annotations

from torch import nn

from harness.core.errors import DataError
from harness.spaces.networks.average_pool import AveragePool3x3
from harness.spaces.networks.factorized_reduce import FactorizedReduce

__all__ = ["operation"]


def operation(name: str, channels: int, stride: int) -> nn.Module | None:
    """Build an operation; None stands for the identity.

    Args:
        name: One of the seven operations.
        channels: Of the input and of the output.
        stride: 1, or 2 to halve the resolution.
    """
    match name:
        case "max_pool_3x3":
            return _normed(nn.MaxPool2d(3, stride=stride, padding=1), channels)
        case "avg_pool_3x3":
            return _normed(_average_pool(stride), channels)
        case "skip_connect":
            return None if stride == 1 else FactorizedReduce(channels, channels, affine=False)
        case "sep_conv_3x3":
            return _twice_separable(channels, kernel=3, stride=stride)
        case "sep_conv_5x5":
            return _twice_separable(channels, kernel=5, stride=stride)
        case "dil_conv_3x3":
            return nn.Sequential(*_separable(channels, kernel=3, stride=stride, dilation=2))
        case "dil_conv_5x5":
            return nn.Sequential(*_separable(channels, kernel=5, stride=stride, dilation=2))
        case _:
            raise DataError(f"unknown DARTS operation {name!r}")


def _average_pool(stride: int) -> nn.AvgPool2d:
    if stride == 1:
        return AveragePool3x3()
    return nn.AvgPool2d(3, stride=stride, padding=1, count_include_pad=False)


def _normed(pool: nn.Module, channels: int) -> nn.Sequential:
    return nn.Sequential(pool, nn.BatchNorm2d(channels, affine=False))


def _twice_separable(channels: int, *, kernel: int, stride: int) -> nn.Sequential:
    return nn.Sequential(
        *_separable(channels, kernel=kernel, stride=stride, dilation=1),
        *_separable(channels, kernel=kernel, stride=1, dilation=1),
    )


def _separable(channels: int, *, kernel: int, stride: int, dilation: int) -> list[nn.Module]:
    return [
        nn.ReLU(),
        nn.Conv2d(
            channels,
            channels,
            kernel,
            stride=stride,
            padding=dilation * (kernel // 2),
            dilation=dilation,
            groups=channels,
            bias=False,
        ),
        nn.Conv2d(channels, channels, 1, bias=False),
        nn.BatchNorm2d(channels, affine=False),
    ]
