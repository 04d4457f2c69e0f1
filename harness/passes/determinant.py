"""The logarithm of a kernel's determinant, or why it has none."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from harness.core.errors import UndefinedError

if TYPE_CHECKING:
    import torch

__all__ = ["log_abs_determinant"]


def log_abs_determinant(kernel: torch.Tensor, name: str) -> float:
    """Return the logarithm of the absolute value of a determinant.

    Args:
        kernel: ``(n, n)``.
        name: What the kernel compares, for the reason.

    Raises:
        UndefinedError: The kernel is singular or not finite.
    """
    import torch

    value = float(torch.linalg.slogdet(kernel.cpu()).logabsdet)
    if math.isfinite(value):
        return value
    if bool(torch.isfinite(kernel).all()):
        reason = "singular, as where two samples give the same numbers"
    else:
        reason = "not finite"
    raise UndefinedError(f"the kernel of {name} is {reason}, so its log-determinant is undefined")
