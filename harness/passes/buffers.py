"""Running a network without a trace in its buffers and parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = ["replaced_tensors", "scratch_buffers"]


@contextmanager
def scratch_buffers(network: nn.Module) -> Iterator[None]:
    """Let a network write into copies of its buffers, such as running statistics, in a block.

    The copies are dropped, rather than the originals written back, because a graph built in the
    block may hold on to a buffer and would refuse to go back through one that was written to.
    """
    owned = [
        (module, name, buffer)
        for module in network.modules()
        for name, buffer in module.named_buffers(recurse=False)
    ]
    try:
        for module, name, buffer in owned:
            setattr(module, name, buffer.clone())
        yield
    finally:
        for module, name, buffer in owned:
            setattr(module, name, buffer)


@contextmanager
def replaced_tensors(
    network: nn.Module,
    state: Callable[[torch.Tensor], torch.Tensor],
    constant: Callable[[torch.Tensor], torch.Tensor],
) -> Iterator[dict[int, torch.Tensor]]:
    """Let a network compute with other tensors in a block; its own are not touched.

    Args:
        network: A module or parameter that it holds twice is replaced by one and the same tensor.
        state: Makes what takes the place of a parameter or buffer.
        constant: Makes what takes the place of a tensor that is a plain attribute of a module.

    Yields:
        What took the place of each parameter and buffer, by the identity of the original.
    """
    import torch

    made: dict[int, torch.Tensor] = {}
    owned: list[tuple[dict[str, Any], str, torch.Tensor | list[torch.Tensor]]] = []
    for module in network.modules():
        places: tuple[tuple[dict[str, Any], Callable[[torch.Tensor], torch.Tensor]], ...] = (
            (module._parameters, state),
            (module._buffers, state),
            (module.__dict__, constant),
        )
        for tensors, make in places:
            for name, tensor in tensors.items():
                if isinstance(tensor, torch.Tensor):
                    owned.append((tensors, name, tensor))
                    if id(tensor) not in made:
                        made[id(tensor)] = make(tensor)
                elif isinstance(tensor, list):  # as the weights of nn.LSTM
                    owned.append((tensors, name, tensor))
    try:
        for tensors, name, tensor in owned:
            tensors[name] = (
                [made.get(id(item), item) for item in tensor]
                if isinstance(tensor, list)
                else made[id(tensor)]
            )
        yield made
    finally:
        for tensors, name, tensor in owned:
            tensors[name] = tensor
