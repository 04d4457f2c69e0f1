"""The one backward pass from the loss that gradient proxies share, and that of each half batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from harness.core.errors import UnsupportedError, UsageError
from harness.passes.forward import FORWARD, Forward
from harness.passes.layout import at_least_float32, fast_layout
from harness.passes.losses import loss_of, loss_value, network_loss
from harness.passes.network_call import changed, differentiating, unfreeze_parameters
from harness.passes.observation import Pass, PassContext
from harness.passes.subject import INPUTS, LABELS, NETWORK
from harness.passes.weights import WEIGHTS

if TYPE_CHECKING:
    import torch
    from torch.utils.hooks import RemovableHandle

__all__ = [
    "BACKWARD",
    "HALF_GRADIENTS",
    "LOSS_GRADIENTS",
    "Backward",
    "Charging",
    "GradientListener",
]

Charging = Callable[[], AbstractContextManager[None]]
"""Opens a block whose time is charged to the listener's pass."""


@runtime_checkable
class GradientListener(Protocol):
    """A watcher that also sees gradients of feature maps as the backward pass streams by."""

    def listen(self, charging: Charging) -> list[RemovableHandle]:
        """Hook the tensors seen in the forward pass; the hooks are removed after the pass."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Backward:
    """Outcome of the backward pass.

    Attributes:
        loss: See `harness.passes.losses`; e.g. cross-entropy, a mean over the batch.
        gradients: For each weight that the loss depends on; they carry a graph when a requested
            pass differentiates them again.
    """

    loss: torch.Tensor
    gradients: Mapping[str, torch.Tensor]


def _backward(context: PassContext) -> Backward:
    import torch

    forward, weights = context[FORWARD], context[WEIGHTS]
    twice = any(wanted.differentiates_twice for wanted in context.requested)
    network = forward.network
    with (
        torch.enable_grad(),
        _listening(context, forward),
        unfreeze_parameters(network),
        differentiating(network),
    ):
        loss = loss_value(loss_of(context.subject), network, forward.output, _labels(context))
        gradients = torch.autograd.grad(
            loss, list(weights.values()), retain_graph=True, create_graph=twice, allow_unused=True
        )
    context.backwards += 1
    if all(gradient is None for gradient in gradients):
        raise UnsupportedError(
            f"{type(network).__name__} has no convolution or linear weight that its output needs"
        )
    by_name: dict[str, torch.Tensor | None] = dict(zip(weights, gradients, strict=True))
    return Backward(
        loss=loss.detach(),
        gradients={name: gradient for name, gradient in by_name.items() if gradient is not None},
    )


def _labels(context: PassContext) -> torch.Tensor | None:
    return None if context.subject.batch.labels is None else context[LABELS]


def _part(part: slice, tensor: torch.Tensor) -> torch.Tensor:
    return fast_layout(tensor[part])


@contextmanager
def _listening(context: PassContext, forward: Forward) -> Iterator[None]:
    handles: list[RemovableHandle] = []
    try:
        for owner, watcher in forward.watchers.items():
            if isinstance(watcher, GradientListener) and owner not in forward.errors:
                try:
                    handles.extend(watcher.listen(partial(context.charging, owner)))
                except UnsupportedError as error:  # of the listener alone
                    forward.errors[owner] = error
        yield
    finally:
        for handle in handles:
            handle.remove()


def _loss_gradients(context: PassContext) -> Mapping[str, torch.Tensor]:
    import torch

    gradients = context[BACKWARD].gradients
    return {
        name: at_least_float32(
            gradients[name].detach() if name in gradients else torch.zeros_like(weight)
        )
        for name, weight in context[WEIGHTS].items()
    }


BACKWARD = Pass(
    name="backward",
    compute=_backward,
    requires=(FORWARD, LABELS, WEIGHTS),
    differentiates=True,
)
"""The loss and its gradients as they left the graph; proxies read `LOSS_GRADIENTS`.

It is one pass whether or not its gradients are differentiated again, so that grasp beside others
does not pay for a second one. Recording for that makes it up to a quarter dearer, by its memory.

Shape: a `Backward`: loss ``()`` and one float32 gradient of each weight's shape. Unit: nats; nats
per unit of the weight.
"""

LOSS_GRADIENTS = Pass(name="loss_gradients", compute=_loss_gradients, requires=(BACKWARD, WEIGHTS))
"""Gradient of the loss for every convolution and linear weight, by name.

A weight that the loss does not depend on has a gradient of zeros.

Shape: by name, a float32 tensor of the weight's shape. Unit: nats per unit of the weight.
"""


def _half_gradients(context: PassContext) -> Mapping[str, tuple[torch.Tensor, ...]]:
    import torch

    network, weights = context[NETWORK], context[WEIGHTS]
    inputs, labels, size = context[INPUTS], _labels(context), context.subject.batch.size
    if size < 2:
        raise UsageError(f"a batch of {size} samples has no two halves; use at least 2")
    halves: list[tuple[torch.Tensor, ...]] = []
    for part in (slice(0, size // 2), slice(size - size // 2, None)):
        half = changed(inputs, partial(_part, part))
        theirs = None if labels is None else labels[part]
        with torch.enable_grad(), unfreeze_parameters(network), differentiating(network):
            loss = network_loss(loss_of(context.subject), network, half, theirs)
            gradients = torch.autograd.grad(loss, list(weights.values()), materialize_grads=True)
            halves.append(tuple(at_least_float32(gradient) for gradient in gradients))
        context.forwards += 1
        context.backwards += 1
    return dict(zip(weights, zip(*halves, strict=True), strict=True))


HALF_GRADIENTS = Pass(
    name="half_gradients", compute=_half_gradients, requires=(NETWORK, INPUTS, LABELS, WEIGHTS)
)
"""By name of each convolution and linear weight: its two gradients.

Those of the loss on the first and on the last half of the batch, with batch norm
over that half; of an odd batch the image in the middle is left out. A weight that the loss does
not depend on has a gradient of zeros. Each half is a forward and a backward pass of its own: the
statistics of the whole batch are other ones.

Shape: by name, two float32 tensors of the weight's shape. Unit: nats per unit of the weight.
"""
