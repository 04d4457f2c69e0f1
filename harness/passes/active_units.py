"""Which units of a ReLU let something through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.core.errors import UnsupportedError
from harness.passes.layout import rows

if TYPE_CHECKING:
    import torch

    from harness.passes.operators import OperatorCall

__all__ = ["RELU", "active_units", "require_images"]


RELU = "ReLU, whose units are on or off (GELU, SiLU and other smooth or leaky forms have none)"
"""What a network without any ReLU lacks, for `harness.passes.network_errors.require`."""


def require_images(call: OperatorCall, images: int) -> None:
    """Refuse the output of an activation function that does not have a row an image.

    Raises:
        UnsupportedError: It has other rows, or none.
    """
    output = call.output
    if output.dim() < 2 or len(output) != images:
        name = "ReLU" if call.kind == "relu" else call.function
        raise UnsupportedError(
            f"a {name} returns {tuple(output.shape)}, not a row for each of {images} images; keep "
            "images the first dimension to have activation patterns counted"
        )


def active_units(output: torch.Tensor) -> torch.Tensor:
    """Return ones and zeros, float32, shape ``(n, units)``, for a ReLU's output.

    Numbers rather than truth values, because what follows is a matrix product. The order of the
    units is the order in memory.
    """
    import torch

    flat = rows(output)
    return torch.gt(flat, 0, out=torch.empty_like(flat, dtype=torch.float32))
