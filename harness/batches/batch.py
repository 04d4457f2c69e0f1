"""A batch of images and labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

__all__ = ["Batch"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Normalised images, float32 ``(n, channels, height, width)``, and int64 labels ``(n,)``."""

    inputs: torch.Tensor
    labels: torch.Tensor
