"""Number of linear regions that a batch of random images falls into."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from harness.passes.active_units import RELU, require_images
from harness.passes.network_call import call_network, require
from harness.passes.noise import standard_normal_images
from harness.passes.observation import Pass, PassContext
from harness.passes.subject import BUILD

if TYPE_CHECKING:
    import torch

__all__ = ["LINEAR_REGIONS"]


def _linear_regions(context: PassContext) -> int:
    import torch

    from harness.passes.relu_calls import watched_relus

    network = context[BUILD]()
    images = standard_normal_images(context)
    patterns = [blake2b(digest_size=16) for _ in range(len(images))]
    units = 0

    def see(inputs: torch.Tensor, output: torch.Tensor) -> None:
        nonlocal units
        require_images(output, len(images))
        units += output[0].numel()
        active = (output.flatten(1) > 0).cpu().numpy()
        for pattern, row in zip(patterns, np.packbits(active, axis=1), strict=True):
            pattern.update(row.tobytes())

    with torch.no_grad(), watched_relus(network, see):
        call_network(network, images)
    context.forwards += 1
    require(units or None, network, RELU)
    return len({pattern.digest() for pattern in patterns})


LINEAR_REGIONS = Pass(name="linear_regions", compute=_linear_regions, requires=(BUILD,))
"""How many different on-off patterns of all ReLUs N(0, 1) images cause, in training mode.

From 1 to the number of images in the batch, whose shape alone is read. A network without any ReLU
is unsupported.

Shape: int, 1 to n. Unit: regions.
"""
