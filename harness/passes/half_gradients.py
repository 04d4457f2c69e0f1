"""Loss gradients of the two halves of the batch, each on its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from harness.core.errors import UsageError
from harness.passes.backward import cross_entropy
from harness.passes.layout import at_least_float32, fast_layout
from harness.passes.network_call import explained, run_network, unfrozen
from harness.passes.observation import Pass, PassContext
from harness.passes.subject import INPUTS, LABELS, NETWORK
from harness.passes.weights import WEIGHTS

if TYPE_CHECKING:
    import torch

__all__ = ["HALF_GRADIENTS"]


def _half_gradients(context: PassContext) -> Mapping[str, tuple[torch.Tensor, ...]]:
    import torch

    network, weights = context[NETWORK], context[WEIGHTS]
    inputs, labels = context[INPUTS], context[LABELS]
    if len(inputs) < 2:
        raise UsageError(f"a batch of {len(inputs)} images has no two halves; use at least 2")
    half = len(inputs) // 2
    found: list[tuple[torch.Tensor, ...]] = []
    for part in (slice(0, half), slice(len(inputs) - half, None)):
        with torch.enable_grad(), unfrozen(network), explained(network):
            logits = run_network(network, fast_layout(inputs[part]))
            loss = cross_entropy(network, logits, labels[part])
            gradients = torch.autograd.grad(loss, list(weights.values()), materialize_grads=True)
            found.append(tuple(at_least_float32(gradient) for gradient in gradients))
        context.forwards += 1
        context.backwards += 1
    return dict(zip(weights, zip(*found, strict=True), strict=True))


HALF_GRADIENTS = Pass(
    name="half_gradients", compute=_half_gradients, requires=(NETWORK, INPUTS, LABELS, WEIGHTS)
)
"""By name of each convolution and linear weight: its two gradients.

Those of the cross-entropy on the first and on the last half of the batch, with batch norm
over that half; of an odd batch the image in the middle is left out. A weight that the loss does
not depend on has a gradient of zeros. Each half is a forward and a backward pass of its own: the
statistics of the whole batch are other ones.

Shape: by name, two float32 tensors of the weight's shape. Unit: nats per unit of the weight.
"""
