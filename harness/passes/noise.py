"""Images of noise for proxies that look at none of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.passes.layout import fast_layout

if TYPE_CHECKING:
    import torch

    from harness.passes.observation import PassContext

__all__ = ["standard_normal_images"]


def standard_normal_images(context: PassContext) -> torch.Tensor:
    """Draw from N(0, 1) a batch with the shape of the subject's batch, which is not read.

    Drawn on the CPU from torch's global generator, so that all devices get the same noise.
    """
    import torch

    subject = context.subject
    return fast_layout(torch.randn(subject.batch.inputs.shape).to(subject.device))
