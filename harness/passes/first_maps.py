"""The feature maps of one sample in any network, channels first; importing it imports torch.

Every module that returns a tensor counts, containers and the network itself included, and so does
every operator that no innermost module computes: a ReLU is one, be it a module or a function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from harness.batches.source import Inputs, tensors_of
from harness.passes.buffers import scratch_buffers
from harness.passes.channel_axis import ChannelAxis
from harness.passes.network_call import call_network
from harness.passes.observation import OperatorKind
from harness.passes.operators import OperatorCall, OperatorCalls

__all__ = ["see_first_maps"]

_KINDS: tuple[OperatorKind, ...] = (*ChannelAxis.KINDS, "relu", "activation", "pool")


def see_first_maps(
    network: nn.Module, inputs: Inputs, see: Callable[[Tensor, Tensor], None]
) -> None:
    """Run a network in its mode, without a graph, and show the feature maps of the first sample.

    Args:
        network: Left as it was.
        inputs: The whole batch; only outputs whose first axis is that of the batch count.
        see: Called with an output and its map ``(channels, positions)`` of the first sample; a
            vector has one position.
    """
    tally = _Tally(len(tensors_of(inputs)[0]), see)
    with (
        torch.no_grad(),
        scratch_buffers(network),
        _hooked(network, tally),
        OperatorCalls(network, _KINDS, tally.see_operator),
    ):
        call_network(network, inputs)


class _Tally:
    """Counts the outputs of operators, unless a module that is running counts for them."""

    def __init__(self, samples: int, see: Callable[[Tensor, Tensor], None]) -> None:
        self._samples, self._see = samples, see
        self._axis = ChannelAxis()
        self._innermost = 0

    def see_operator(self, call: OperatorCall) -> None:
        if call.kind in ChannelAxis.KINDS:
            self._axis.see(call)
        if not self._innermost:
            self._count(call.output)

    def enter(self, module: nn.Module, inputs: object) -> None:
        self._innermost += _is_innermost(module)

    def leave(self, module: nn.Module, inputs: object, output: object) -> None:
        self._innermost -= _is_innermost(module)
        if self._innermost:
            return
        if isinstance(output, tuple) and output and _is_innermost(module):
            output = output[0]  # of a recurrent layer or of attention, beside states and weights
        if not isinstance(output, Tensor):
            return
        samples_second = getattr(module, "batch_first", True) is False and output.dim() > 2
        self._count(output.transpose(0, 1) if samples_second else output)

    def _count(self, output: Tensor) -> None:
        if output.dim() < 2 or not output.is_floating_point() or len(output) != self._samples:
            return
        maps = output.movedim(self._axis.of(output), 1)
        if maps.shape[1] > 1:
            self._see(output, maps[0].reshape(maps.shape[1], -1))


def _is_innermost(module: nn.Module) -> bool:
    return isinstance(module, nn.MultiheadAttention) or next(module.children(), None) is None


@contextmanager
def _hooked(network: nn.Module, tally: _Tally) -> Iterator[None]:
    handles = [module.register_forward_pre_hook(tally.enter) for module in network.modules()]
    handles += [module.register_forward_hook(tally.leave) for module in network.modules()]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
