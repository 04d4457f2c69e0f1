"""Truncated normal weights that are the same in every version of torch.

`torch.nn.init.trunc_normal_` draws other numbers from one seed in torch 2.5 than in torch 2.13:
first by the inverse of the distribution function, now by drawing again. Scores of a space would
then follow the version of torch, and archived ones could not be computed again.
"""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["truncated_normal_"]


@torch.no_grad()
def truncated_normal_(weights: Tensor, deviation: float, bound: float) -> None:
    """Fill a tensor with normal numbers of mean 0; those beyond the bound are drawn again.

    Args:
        weights: Any shape; numbers are drawn from the global generator of its device.
        deviation: Standard deviation before it is truncated.
        bound: Largest size, at least the deviation.
    """
    weights.normal_(0.0, deviation)
    if weights.is_meta:
        return
    while bool((beyond := weights.abs() > bound).any()):
        drawn = torch.empty_like(weights).normal_(0.0, deviation)
        weights.copy_(torch.where(beyond, drawn, weights))
