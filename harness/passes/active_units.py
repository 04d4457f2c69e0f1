"""Which units of a ReLU let something through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.passes.layout import rows

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = ["active_units", "is_relu"]


def is_relu(module: nn.Module) -> bool:
    """Tell whether a module is a plain ReLU."""
    from torch import nn

    return isinstance(module, nn.ReLU)


def active_units(output: torch.Tensor) -> torch.Tensor:
    """Return ones and zeros, float32, shape ``(n, units)``, for a ReLU's output.

    Numbers rather than truth values, because what follows is a matrix product. The order of the
    units is the order in memory.
    """
    import torch

    flat = rows(output)
    return torch.gt(flat, 0, out=torch.empty_like(flat, dtype=torch.float32))
