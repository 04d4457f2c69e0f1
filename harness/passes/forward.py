"""The one forward pass in training mode that every other pass on the batch shares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from harness.batches.source import tensors_of
from harness.core.errors import UndefinedError, UnsupportedError
from harness.passes.active_units import require_images
from harness.passes.buffers import scratch_buffers
from harness.passes.layout import fast_layout
from harness.passes.losses import loss_of
from harness.passes.network_call import (
    call_network,
    changed,
    in_type_of,
    logits_of,
    tensors_in,
    unfreeze_parameters,
    watched_calls,
)
from harness.passes.network_errors import explain_errors
from harness.passes.observation import OperatorKind, OperatorWatcher, Pass, PassContext, Watcher
from harness.passes.subject import INPUTS, NETWORK
from harness.passes.weights import WEIGHTS

if TYPE_CHECKING:
    import torch
    from torch import nn

    from harness.batches.source import Inputs
    from harness.passes.operators import OperatorCall
    from harness.passes.second_order.recorder import Recorder

__all__ = ["FORWARD", "Forward"]

W = TypeVar("W", bound=Watcher | OperatorWatcher)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward:
    """Outcome of the shared forward pass.

    Attributes:
        network: The network, in training mode.
        inputs: What it was called with; real tensors are leaves that require a gradient when a
            graph was built.
        output: What it returned.
        embedded: Of a network of token ids, what it looked up for them, as differentiable stand-in
            for its inputs; kept when a graph was built.
        watchers: What each watching pass saw, by the pass's name.
        errors: What a watcher raised, by the pass's name; it saw nothing more from there on.
        recorder: Steers the graph when a requested pass differentiates it twice.
    """

    network: nn.Module
    inputs: Inputs
    output: object
    embedded: tuple[torch.Tensor, ...]
    watchers: dict[str, Watcher | OperatorWatcher]
    errors: dict[str, Exception]
    recorder: Recorder | None

    @property
    def logits(self) -> torch.Tensor:
        """The logits in the output, see `logits_of`; raises `UnsupportedError` without any."""
        return logits_of(self.network, self.output)

    @property
    def sources(self) -> tuple[torch.Tensor, ...]:
        """What stands for the samples where an output is differentiated by its inputs.

        The real tensors among the inputs; of a network of token ids, what it looked up for them.

        Raises:
            UnsupportedError: There is neither.
        """
        real = [tensor for tensor in tensors_of(self.inputs) if tensor.is_floating_point()]
        if not real and not self.embedded:
            raise UnsupportedError(
                f"{type(self.network).__name__} takes token ids and looks up no embedding of "
                "them, so that nothing can be differentiated by its inputs"
            )
        return tuple(real) or self.embedded

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
    inputs = changed(in_type_of(network, context[INPUTS]), lambda tensor: tensor.detach())
    inputs = changed(inputs, fast_layout, real=True)
    inputs = changed(inputs, lambda real: real.requires_grad_(differentiated), real=True)
    labels = context.subject.batch.labels if loss_of(context.subject) == "network" else None
    watchers = {
        wanted.name: wanted.watch() for wanted in context.requested if wanted.watch is not None
    }
    errors: dict[str, Exception] = {}
    embedded: list[torch.Tensor] = []
    recorder = _recorder(context)
    with ExitStack() as stack:
        if differentiated:
            stack.enter_context(unfreeze_parameters(network))
        stack.enter_context(torch.set_grad_enabled(differentiated))
        if recorder is not None:
            stack.enter_context(recorder)
        charged = {owner: _Charged(context, owner, errors) for owner in watchers}
        _watch(stack, network, watchers, charged, samples=context.subject.batch.size)
        if differentiated and not _reals(inputs):
            stack.enter_context(_embeddings(network, inputs, embedded))
        stack.enter_context(scratch_buffers(network))
        output = call_network(network, inputs, labels)
    context.forwards += 1
    if any(_holds_nan(tensor) for tensor in tensors_in(output)):
        raise UndefinedError(f"{type(network).__name__} returns NaN for this batch")
    return Forward(
        network=network,
        inputs=inputs,
        output=output,
        embedded=tuple(embedded),
        watchers=watchers,
        errors=errors,
        recorder=recorder,
    )


def _holds_nan(tensor: torch.Tensor) -> bool:
    if not tensor.is_floating_point() or not tensor.numel():
        return False
    return bool(tensor.detach().amax().isnan())  # takes no memory, and NaN is its own maximum


def _reals(inputs: Inputs) -> list[torch.Tensor]:
    return [tensor for tensor in tensors_of(inputs) if tensor.is_floating_point()]


def _embeddings(
    network: nn.Module, inputs: Inputs, embedded: list[torch.Tensor]
) -> AbstractContextManager[None]:
    """Keep what a network looks up for the token ids among its inputs."""
    from harness.passes.operators import operator_calls

    ids = tensors_of(inputs)

    def keep(call: OperatorCall) -> None:
        if call.looks_up(ids):
            embedded.append(call.output)

    return operator_calls(network, {"embedding"}, keep)


def _recorder(context: PassContext) -> Recorder | None:
    if not any(wanted.differentiates_twice for wanted in context.requested):
        return None
    from harness.passes.second_order.recorder import Recorder

    try:
        weights = context[WEIGHTS]
    except UnsupportedError:  # raised again where the weights are read
        weights = {}
    return Recorder(weights.values())


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


def _watch(
    stack: ExitStack,
    network: nn.Module,
    watchers: Mapping[str, Watcher | OperatorWatcher],
    charged: Mapping[str, _Charged],
    *,
    samples: int,
) -> None:
    """Let the watchers look until the stack closes; those of operators share one mode."""
    by_kind: dict[OperatorKind, list[tuple[OperatorWatcher, _Charged]]] = defaultdict(list)
    for owner, watcher in watchers.items():
        if isinstance(watcher, OperatorWatcher):
            for kind in watcher.kinds:
                by_kind[kind].append((watcher, charged[owner]))
        if isinstance(watcher, Watcher):
            wanted = [module for module in network.modules() if watcher.wants(module)]
            stack.enter_context(watched_calls(wanted, partial(_see, watcher, charged[owner])))
    if by_kind:
        from harness.passes.operators import operator_calls

        def see_operator(call: OperatorCall) -> None:
            for watcher, look in by_kind[call.kind]:
                look(partial(_see_operator, watcher, call, samples))

        stack.enter_context(operator_calls(network, by_kind, see_operator))


def _see_operator(watcher: OperatorWatcher, call: OperatorCall, samples: int) -> None:
    if call.kind in getattr(watcher, "by_sample", {"relu"}):
        require_images(call, samples)
    watcher.see_operator(call)


def _see(
    watcher: Watcher,
    charged: _Charged,
    module: nn.Module,
    inputs: list[torch.Tensor],
    output: torch.Tensor,
) -> None:
    charged(partial(watcher.see, module, inputs[0], output))


FORWARD = Pass(name="forward", compute=_forward, requires=(NETWORK, INPUTS, WEIGHTS))
"""Output for the batch; builds a graph only when a requested pass differentiates it.

Batch norm uses the statistics of the batch, and its running statistics stay as they were. Where the
output holds NaN there is none: what the network computed before may be NaN too, and comparisons and
signs would take it for numbers.

Shape: a `Forward`: e.g. float32 logits ``(n, classes)``. Unit: logits, dimensionless.
"""
