"""Sees the ReLUs of a network, modules and functions alike; importing it imports torch.

A ReLU is what lets a positive number through and turns any other to zero: ReLU, ReLU6 and other
forms that are cut off above, a clamp at zero. GELU, SiLU, Hardswish, sigmoid, tanh and leaky forms
have no unit that is off, and are not seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from harness.passes.network_call import watched_calls

__all__ = ["ReluCalls", "watched_relus"]

_PLAIN = (torch.relu, torch.relu_, Tensor.relu, Tensor.relu_, functional.relu, functional.relu6)
_BOUNDED = {
    torch.clamp: ("min", "max"),
    torch.clamp_: ("min", "max"),
    torch.clip: ("min", "max"),
    torch.clip_: ("min", "max"),
    Tensor.clamp: ("min", "max"),
    Tensor.clamp_: ("min", "max"),
    Tensor.clip: ("min", "max"),
    Tensor.clip_: ("min", "max"),
    torch.clamp_min: ("min", ""),
    torch.clamp_min_: ("min", ""),
    Tensor.clamp_min: ("min", ""),
    Tensor.clamp_min_: ("min", ""),
    functional.hardtanh: ("min_val", "max_val"),
    functional.hardtanh_: ("min_val", "max_val"),
}
"""Functions of an input, a lower and an upper bound, and the names of the two."""

_WATCHED = {*_PLAIN, *_BOUNDED}


_KNOWN = (
    "harness.spaces.",
    "torch.nn.modules.batchnorm",
    "torch.nn.modules.container",
    "torch.nn.modules.conv",
    "torch.nn.modules.dropout",
    "torch.nn.modules.flatten",
    "torch.nn.modules.instancenorm",
    "torch.nn.modules.linear",
    "torch.nn.modules.normalization",
    "torch.nn.modules.padding",
    "torch.nn.modules.pooling",
)
"""Where modules come from that call no ReLU as a function: the ten spaces, and layers of torch."""

_KNOWN_ACTIVATIONS = (nn.ReLU, nn.LeakyReLU, nn.Tanh, nn.Sigmoid, nn.GELU, nn.SiLU)


@contextmanager
def watched_relus(network: nn.Module, see: Callable[[Tensor, Tensor], None]) -> Iterator[None]:
    """Tell `see` the input and the output of every ReLU that a network computes in a block.

    Where all of its modules are known to call none as a function, hooks of the modules do, and
    every other call of torch is as quick as ever.
    """
    if not all(_is_known(module) for module in network.modules()):
        with ReluCalls(see):
            yield
        return

    def see_call(module: nn.Module, inputs: list[Tensor], output: Tensor) -> None:
        see(inputs[0], output)

    relus = [module for module in network.modules() if type(module) is nn.ReLU]
    with watched_calls(relus, see_call):
        yield


def _is_known(module: nn.Module) -> bool:
    kind = type(module)
    return kind in _KNOWN_ACTIVATIONS or kind.__module__.startswith(_KNOWN)


class ReluCalls(TorchFunctionMode):
    """While open, `see` is told the input and the output of every ReLU that torch computes."""

    def __init__(self, see: Callable[[Tensor, Tensor], None]) -> None:
        super().__init__()
        self._see = see

    def __torch_function__(
        self,
        func: Callable[..., object],
        types: Sequence[type],
        args: tuple[object, ...] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        """Compute one call of torch made by the network."""
        output = func(*args, **(kwargs or {}))
        if func in _WATCHED and isinstance(output, Tensor) and _cuts_at_zero(func, args, kwargs):
            inputs = args[0] if args else (kwargs or {})["input"]
            if isinstance(inputs, Tensor) and output.is_floating_point():
                self._see(inputs, output)
        return output


def _cuts_at_zero(
    func: Callable[..., object], args: tuple[object, ...], kwargs: Mapping[str, object] | None
) -> bool:
    names = _BOUNDED.get(func)
    if names is None:
        return True
    given = dict(zip(names, args[1:], strict=False)) | dict(kwargs or {})
    lower, upper = given.get(names[0]), given.get(names[1])
    if not isinstance(lower, int | float) or lower != 0:
        return False
    return upper is None or (isinstance(upper, int | float) and upper > 0)
