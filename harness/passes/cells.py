"""Outputs of the cells of a network with fresh weights, from one forward pass on noise.

A module that a proxy shall count as a cell says so with the class attribute ``is_cell = True``; in
NAS-Bench-201 these are the cells and the residual blocks between its stages. In a network without
any such module, cells are the outermost modules of classes that torch does not define, or else
the convolutions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from harness.core.errors import UnsupportedError
from harness.passes.initialisation import draw_kaiming
from harness.passes.network_call import call_network, in_type_of, watched_calls
from harness.passes.noise import standard_normal_images
from harness.passes.observation import Pass, PassContext
from harness.passes.subject import BUILD

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = ["CELL_OUTPUTS", "cells"]


def cells(network: nn.Module) -> tuple[nn.Module, ...]:
    """Return the cells of a network; the module's documentation says which these are."""
    from torch import nn

    marked = tuple(one for one in network.modules() if getattr(one, "is_cell", False))
    convolutions = (one for one in network.modules() if isinstance(one, nn.Conv2d))
    return marked or tuple(_own_classes(network)) or tuple(convolutions)


def _own_classes(module: nn.Module) -> Iterator[nn.Module]:
    for child in module.children():
        if type(child).__module__.startswith("torch."):
            yield from _own_classes(child)
        else:
            yield child


def _cell_outputs(context: PassContext) -> tuple[torch.Tensor, ...]:
    import torch

    network = context[BUILD]().requires_grad_(requires_grad=False)
    draw_kaiming(network)
    outputs: list[torch.Tensor] = []

    def see(module: nn.Module, inputs: list[torch.Tensor], output: torch.Tensor) -> None:
        outputs.extend([output] if outputs else [inputs[-1], output])

    images = in_type_of(network, standard_normal_images(context)).requires_grad_()
    with torch.enable_grad(), watched_calls(cells(network), see):
        call_network(network, images)
    context.forwards += 1
    if len(outputs) < 2 or any(maps.dim() != 4 for maps in outputs):
        raise UnsupportedError(
            f"{type(network).__name__} has no cells with feature maps of four dimensions; "
            "declare is_cell = True on the modules that are its cells"
        )
    return tuple(outputs)


CELL_OUTPUTS = Pass(name="cell_outputs", compute=_cell_outputs, requires=(BUILD,))
"""Input of the first cell and output of every cell, in the order of their calls.

Feature maps ``(n, channels, height, width)`` that carry the graph of their inputs alone. Weights
have Kaiming's initialisation, batch norm is in training mode, images are N(0, 1) noise; no image
of the batch is read. Of a cell with several inputs, the last one counts.

Shape: tuple of float32 tensors ``(n, channels, height, width)``. Unit: activations, dimensionless.
"""
