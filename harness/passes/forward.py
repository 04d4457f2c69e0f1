"""The one forward pass in training mode that every other pass on the batch shares."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from harness.passes.buffers import scratch_buffers
from harness.passes.layout import fast_layout
from harness.passes.observation import Pass, PassContext, Watcher
from harness.passes.subject import INPUTS, NETWORK
from harness.passes.weights import WEIGHTS

if TYPE_CHECKING:
    import torch
    from torch import nn

    from harness.passes.second_order.recorder import Recorder

__all__ = ["FORWARD", "Forward", "run_network"]

W = TypeVar("W", bound=Watcher)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward:
    """Outcome of the shared forward pass.

    Attributes:
        network: The network, in training mode.
        inputs: The images; a leaf that requires a gradient when a graph was built.
        logits: Output, shape ``(n, classes)``.
        watchers: What each watching pass saw, by the pass's name.
        recorder: Steers the graph when a requested pass differentiates it twice.
    """

    network: nn.Module
    inputs: torch.Tensor
    logits: torch.Tensor
    watchers: dict[str, Watcher]
    recorder: Recorder | None

    def watcher(self, owner: str, kind: type[W]) -> W:
        """Return the watcher that the pass named `owner` set up."""
        found = self.watchers[owner]
        if not isinstance(found, kind):
            raise TypeError(f"the watcher of {owner!r} is a {type(found).__name__}")
        return found

    def inputs_only(self) -> AbstractContextManager[None]:
        """Open a block whose backward passes spend nothing on gradients of weights."""
        return nullcontext() if self.recorder is None else self.recorder.inputs_only()


def run_network(network: nn.Module, inputs: torch.Tensor) -> torch.Tensor:
    """Call a network and leave its buffers, such as running statistics, as they were."""
    with scratch_buffers(network):
        logits: torch.Tensor = network(inputs)
    return logits


def _forward(context: PassContext) -> Forward:
    import torch

    network = context[NETWORK]
    differentiated = any(one.differentiates for one in context.requested)
    inputs = fast_layout(context[INPUTS].detach()).requires_grad_(differentiated)
    watchers = {one.name: one.watch() for one in context.requested if one.watch is not None}
    recorder = _recorder(context)
    with ExitStack() as stack:
        stack.enter_context(_watched(context, network, watchers))
        stack.enter_context(torch.set_grad_enabled(differentiated))
        if recorder is not None:
            stack.enter_context(recorder)
        logits = run_network(network, inputs)
    context.forwards += 1
    return Forward(
        network=network, inputs=inputs, logits=logits, watchers=watchers, recorder=recorder
    )


def _recorder(context: PassContext) -> Recorder | None:
    if not any(one.differentiates_twice for one in context.requested):
        return None
    from harness.passes.second_order.recorder import Recorder

    return Recorder(context[WEIGHTS].values())


@contextmanager
def _watched(
    context: PassContext, network: nn.Module, watchers: dict[str, Watcher]
) -> Iterator[None]:
    handles = [
        module.register_forward_hook(_hook(context, owner, watcher))
        for owner, watcher in watchers.items()
        for module in network.modules()
        if watcher.wants(module)
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _hook(context: PassContext, owner: str, watcher: Watcher) -> Callable[..., None]:
    import torch

    def hook(module: nn.Module, inputs: tuple[torch.Tensor, ...], output: object) -> None:
        if not isinstance(output, torch.Tensor):
            return
        with context.charging(owner), torch.no_grad():
            watcher.see(module, inputs[0], output)

    return hook


FORWARD = Pass(name="forward", compute=_forward, requires=(NETWORK, INPUTS, WEIGHTS))
"""Logits of the batch; builds a graph only when a requested pass differentiates it.

Batch norm uses the statistics of the batch, and its running statistics stay as they were.
"""
