"""The feature map of a network just before its global pool."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from harness.core.errors import UnsupportedError
from harness.passes.network_call import call_network, watched_calls

if TYPE_CHECKING:
    import torch
    from torch import nn

    from harness.batches.source import Inputs
    from harness.passes.operators import OperatorCall

__all__ = ["feature_map_before_pool"]


def feature_map_before_pool(network: nn.Module, inputs: Inputs) -> torch.Tensor:
    """Run the network and return the input of its last global average pool.

    That is an adaptive or other average pool with one output position, or a mean over all
    positions. A network that pools in another way gives its last feature map of more than one
    position: of the ten spaces the last one that an innermost module returns, else the last one
    that any function of torch does.

    Returns:
        Feature map ``(n, channels, ...)`` or, of a sequence, ``(n, length, channels)``.

    Raises:
        UnsupportedError: There is no feature map.
    """
    from harness.passes.operators import runs_as_modules

    seen = _of_modules if runs_as_modules(network) else _of_functions
    maps = seen(network, inputs)
    if maps is None:
        raise UnsupportedError(
            f"{type(network).__name__} has no feature map of more than one position"
        )
    return maps


def _of_modules(network: nn.Module, inputs: Inputs) -> torch.Tensor | None:
    from torch import nn

    pooled: list[torch.Tensor] = []
    latest: list[torch.Tensor] = []

    def see(module: nn.Module, inputs: list[torch.Tensor], output: torch.Tensor) -> None:
        if isinstance(module, nn.AdaptiveAvgPool2d) and output.shape[-2:] == (1, 1):
            pooled[:] = [inputs[0]]
        elif output.dim() == 4 and output.shape[-2:] != (1, 1):
            latest[:] = [output]

    innermost = [module for module in network.modules() if next(module.children(), None) is None]
    with watched_calls(innermost, see):
        call_network(network, inputs)
    return next(iter(pooled or latest), None)


def _of_functions(network: nn.Module, inputs: Inputs) -> torch.Tensor | None:
    import torch

    from harness.batches.source import tensors_of
    from harness.passes.operators import OperatorCalls

    samples = len(tensors_of(inputs)[0])
    pooled: list[torch.Tensor] = []
    latest: list[torch.Tensor] = []

    def is_map(value: object) -> bool:
        return (
            isinstance(value, torch.Tensor)
            and value.is_floating_point()
            and value.dim() > 2
            and len(value) == samples
            and value[0, 0].numel() > 1
        )

    def see(call: OperatorCall) -> None:
        if call.kind == "recurrent":  # which returns states too
            samples_second = call.arguments.get("batch_first") is False and call.output.dim() > 2
            sequence = call.output.transpose(0, 1) if samples_second else call.output
            if is_map(sequence):
                latest[:] = [sequence]
        elif is_map(call.input) and _pools_all(call):
            pooled[:] = [call.input]

    class Maps(OperatorCalls):
        """Keeps the last feature map."""

        def __torch_function__(
            self,
            func: Callable[..., object],
            types: Sequence[type],
            args: tuple[object, ...] = (),
            kwargs: Mapping[str, object] | None = None,
        ) -> object:
            output = super().__torch_function__(func, types, args, kwargs)
            if isinstance(output, torch.Tensor) and is_map(output):
                latest[:] = [output]
            return output

    with Maps(network, {"pool", "recurrent"}, see):
        call_network(network, inputs)
    return next(iter(pooled or latest), None)


def _pools_all(call: OperatorCall) -> bool:
    """Tell whether a pool averages all positions of a feature map or of a sequence."""
    if call.function != "mean":
        positions = call.output.shape[2:]
        return "avg" in call.function and all(size == 1 for size in positions)
    axes = call.arguments.get("dim")
    given = axes if isinstance(axes, list | tuple) else [axes]
    reduced = {axis % call.input.dim() for axis in given if isinstance(axis, int)}
    dimensions = set(range(call.input.dim()))
    return reduced in (dimensions - {0, 1}, dimensions - {0, call.input.dim() - 1})
