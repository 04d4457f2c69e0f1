"""The one forward pass in training mode that every other pass on the batch shares."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from harness.core.errors import UnsupportedError
from harness.passes.active_units import require_images
from harness.passes.layout import fast_layout
from harness.passes.network_call import (
    explain_errors,
    in_type_of,
    run_network,
    unfreeze_parameters,
    watched_calls,
)
from harness.passes.observation import Pass, PassContext, ReluWatcher, Watcher
from harness.passes.subject import INPUTS, NETWORK
from harness.passes.weights import WEIGHTS

if TYPE_CHECKING:
    import torch
    from torch import nn

    from harness.passes.second_order.recorder import Recorder

__all__ = ["FORWARD", "Forward"]

W = TypeVar("W", bound=Watcher | ReluWatcher)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward:
    """Outcome of the shared forward pass.

    Attributes:
        network: The network, in training mode.
        inputs: The images; a leaf that requires a gradient when a graph was built.
        logits: Output, shape ``(n, classes)``.
        watchers: What each watching pass saw, by the pass's name.
        errors: What a watcher raised, by the pass's name; it saw nothing more from there on.
        recorder: Steers the graph when a requested pass differentiates it twice.
    """

    network: nn.Module
    inputs: torch.Tensor
    logits: torch.Tensor
    watchers: dict[str, Watcher | ReluWatcher]
    errors: dict[str, Exception]
    recorder: Recorder | None

    def watcher(self, owner: str, kind: type[W]) -> W:
        """Return the watcher that the pass named `owner` set up, or raise what it raised."""
        if owner in self.errors:
            raise self.errors[owner]
        watcher = self.watchers[owner]
        if not isinstance(watcher, kind):
            raise TypeError(f"the watcher of {owner!r} is a {type(watcher).__name__}")
        return watcher

    def inputs_only(self) -> AbstractContextManager[None]:
        """Open a block whose backward passes spend nothing on gradients of weights."""
        return nullcontext() if self.recorder is None else self.recorder.inputs_only()


def _forward(context: PassContext) -> Forward:
    import torch

    network = context[NETWORK]
    differentiated = any(wanted.differentiates for wanted in context.requested)
    images = fast_layout(in_type_of(network, context[INPUTS].detach()))
    inputs = images.requires_grad_(differentiated)
    watchers = {
        wanted.name: wanted.watch() for wanted in context.requested if wanted.watch is not None
    }
    errors: dict[str, Exception] = {}
    recorder = _recorder(context)
    with ExitStack() as stack:
        for owner, watcher in watchers.items():
            charged = _Charged(context, owner, errors)
            stack.enter_context(_watching(network, watcher, len(inputs), charged))
        if differentiated:
            stack.enter_context(unfreeze_parameters(network))
        stack.enter_context(torch.set_grad_enabled(differentiated))
        if recorder is not None:
            stack.enter_context(recorder)
        logits = run_network(network, inputs)
    context.forwards += 1
    return Forward(
        network=network,
        inputs=inputs,
        logits=logits,
        watchers=watchers,
        errors=errors,
        recorder=recorder,
    )


def _recorder(context: PassContext) -> Recorder | None:
    if not any(wanted.differentiates_twice for wanted in context.requested):
        return None
    from harness.passes.second_order.recorder import Recorder

    try:
        return Recorder(context[WEIGHTS].values())
    except UnsupportedError:  # raised again where the weights are read
        return Recorder(())


class _Charged:
    """Lets a watcher look, charges its time to its pass, and keeps what it raises."""

    def __init__(self, context: PassContext, owner: str, errors: dict[str, Exception]) -> None:
        self._context, self._owner, self._errors = context, owner, errors

    def __call__(self, look: Callable[[], None]) -> None:
        import torch

        if self._owner in self._errors:
            return
        with self._context.charging(self._owner), torch.no_grad():
            try:
                with explain_errors(self._context[NETWORK]):
                    look()
            except Exception as error:  # noqa: BLE001 - raised for the readers of its pass alone
                self._errors[self._owner] = error


@contextmanager
def _watching(
    network: nn.Module, watcher: Watcher | ReluWatcher, images: int, charged: _Charged
) -> Iterator[None]:
    if isinstance(watcher, ReluWatcher):
        from harness.passes.relu_calls import watched_relus

        def see_relu(inputs: torch.Tensor, output: torch.Tensor) -> None:
            require_images(output, images)
            watcher.see_relu(inputs, output)

        with watched_relus(
            network, lambda inputs, output: charged(partial(see_relu, inputs, output))
        ):
            yield
        return

    def see(module: nn.Module, inputs: list[torch.Tensor], output: torch.Tensor) -> None:
        charged(partial(watcher.see, module, inputs[0], output))

    with watched_calls([module for module in network.modules() if watcher.wants(module)], see):
        yield


FORWARD = Pass(name="forward", compute=_forward, requires=(NETWORK, INPUTS, WEIGHTS))
"""Logits of the batch; builds a graph only when a requested pass differentiates it.

Batch norm uses the statistics of the batch, and its running statistics stay as they were.

Shape: a `Forward`: float32 logits ``(n, classes)``. Unit: logits, dimensionless.
"""
