"""Running a network without a trace in its buffers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn

__all__ = ["scratch_buffers"]


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
