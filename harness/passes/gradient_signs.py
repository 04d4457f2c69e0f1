"""On how many samples a weight's gradient points up rather than down.

Every sample is a batch of its own. Samples then do not meet in the network, so that all of them go
through it at once, with batch norms that normalise each by itself. Networks whose operators do not
allow that, and losses of one's own, are computed one sample after the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from harness.passes.image_gradients import own_statistics
from harness.passes.layout import at_least_float32, fast_layout
from harness.passes.losses import Loss, loss_of, loss_value, network_loss
from harness.passes.network_call import changed, differentiating, in_type_of
from harness.passes.observation import Pass, PassContext
from harness.passes.sample_by_sample import gradients_of_samples
from harness.passes.subject import INPUTS, LABELS, NETWORK
from harness.passes.watched_layers import NotKnown, gradients_by_weight, watched_forward
from harness.passes.weights import WEIGHTS

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = ["GRADIENT_SIGNS", "gradient_signs"]

_NUMBERS_AT_ONCE = 2**24
"""Gradients of one layer that are held at a time; 64 MiB in float32."""

_ONE_CALL = ("cross_entropy", "per_token", "per_pixel", "regression")
"""Losses whose sum over samples is known from one call with all of them, up to factors."""


def gradient_signs(
    network: nn.Module,
    inputs: torch.Tensor,
    labels: torch.Tensor | None,
    weights: Mapping[str, torch.Tensor],
    loss: Loss = "cross_entropy",
) -> dict[str, torch.Tensor]:
    """Return the sum over samples of the signs of the gradients of each sample's loss.

    Args:
        network: In training mode; left as it was.
        inputs: Samples first.
        labels: Labels of the samples.
        weights: Weights by name.
        loss: One of those that are sums over samples.

    Returns:
        By name of each weight that the loss depends on: whole numbers from -n to n, one an element,
        in no particular order.

    Raises:
        NotKnown: See `watched_forward`.
    """
    output, watched = watched_forward(
        network, inputs, weights, lambda norm: (own_statistics(norm), None)
    )
    import torch

    with torch.enable_grad(), differentiating(network):
        total = loss_value(loss, network, output, labels, reduction="sum")
    names = {id(weight): name for name, weight in weights.items()}
    return {
        names[id(weight)]: at_least_float32(gradients).flatten(1).sign_().sum(dim=0)
        for weight, gradients in gradients_by_weight(watched, total)
    }


def _gradient_signs(context: PassContext) -> Mapping[str, torch.Tensor]:
    import torch

    network, inputs, weights = context[NETWORK], context[INPUTS], context[WEIGHTS]
    labels = None if context.subject.batch.labels is None else context[LABELS]
    loss = loss_of(context.subject)
    if isinstance(inputs, torch.Tensor) and loss in _ONE_CALL:
        try:
            return _at_once(context, inputs, labels, loss)
        except NotKnown:
            context.forwards = context.backwards = 0

    def value(sample: slice) -> torch.Tensor:
        theirs = None if labels is None else labels[sample]
        return network_loss(loss, network, changed(inputs, lambda tensor: tensor[sample]), theirs)

    totals: dict[str, torch.Tensor] = {}
    size = context.subject.batch.size
    for gradients in gradients_of_samples(network, size, value, weights):
        for name, gradient in zip(weights, gradients, strict=True):
            signs = at_least_float32(gradient).flatten().sign()
            totals[name] = totals[name] + signs if name in totals else signs
    context.forwards, context.backwards = size, size
    return totals


def _at_once(
    context: PassContext, inputs: torch.Tensor, labels: torch.Tensor | None, loss: Loss
) -> Mapping[str, torch.Tensor]:
    import torch

    network, weights = context[NETWORK], context[WEIGHTS]
    inputs = fast_layout(in_type_of(network, inputs))
    largest = max((weight.numel() for weight in weights.values()), default=1)
    size = max(1, _NUMBERS_AT_ONCE // largest)
    parts = torch.split(inputs, size)
    theirs = [None] * len(parts) if labels is None else torch.split(labels, size)
    totals: dict[str, torch.Tensor] = {}
    for some, labelled in zip(parts, theirs, strict=True):
        for name, signs in gradient_signs(network, some, labelled, weights, loss).items():
            totals[name] = totals[name] + signs if name in totals else signs
        context.forwards += 1
        context.backwards += 1
    return totals


GRADIENT_SIGNS = Pass(
    name="gradient_signs", compute=_gradient_signs, requires=(NETWORK, INPUTS, LABELS, WEIGHTS)
)
"""What `gradient_signs` returns, of the whole batch, which is taken in parts where layers are wide.

Every sample is a batch of its own, so batch norm uses the statistics of one sample.

Shape: by name, a float32 tensor ``(elements of the weight,)``. Unit: samples, positive less
negative.
"""
