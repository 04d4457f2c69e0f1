"""Memory layout of images and feature maps, and reductions that respect it.

On a CPU the convolutions and batch norms of torch take about half the time when channels lie
innermost ("channels last"); on a GPU in float32 they do not, so the layout is left alone there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

__all__ = ["at_least_float32", "fast_layout", "inner_product", "rows"]


def fast_layout(images: torch.Tensor) -> torch.Tensor:
    """Return a tensor in the layout its device is quick with: images channels last on a CPU."""
    import torch

    if images.device.type != "cpu" or images.dim() != 4:
        return images
    return images.contiguous(memory_format=torch.channels_last)


def at_least_float32(numbers: torch.Tensor) -> torch.Tensor:
    """Return numbers of half precision as float32, and all others as they are."""
    import torch

    return numbers.to(torch.promote_types(numbers.dtype, torch.float32))


def rows(maps: torch.Tensor) -> torch.Tensor:
    """Flatten ``(n, ...)`` to ``(n, units)`` without a copy where the layout allows it.

    The order of the units is the order in memory, so it differs between layouts.
    """
    import torch

    if maps.dim() == 4 and maps.is_contiguous(memory_format=torch.channels_last):
        return maps.permute(0, 2, 3, 1).flatten(1)
    return maps.flatten(1)


def inner_product(left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    """Return the sum of the products of equal positions, whatever the two layouts."""
    import torch

    if left.stride() != right.stride():
        return (left * right).sum()
    return torch.dot(rows(left).flatten(), rows(right).flatten())
