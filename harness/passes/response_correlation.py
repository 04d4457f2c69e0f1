"""How alike samples are in what activation functions are given, and in its gradient."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.passes.backward import BACKWARD, Charging
from harness.passes.forward import FORWARD
from harness.passes.layout import at_least_float32, rows
from harness.passes.network_errors import require
from harness.passes.observation import OperatorKind, Pass, PassContext

if TYPE_CHECKING:
    import torch
    from torch import nn
    from torch.autograd.graph import Node
    from torch.utils.hooks import RemovableHandle

    from harness.passes.operators import OperatorCall

__all__ = ["RESPONSE_CORRELATIONS", "Response", "sample_correlations"]

_REMEMBERED = 4
"""Inputs that are kept: in a cell, several layers begin by activating the same node."""


@dataclass(slots=True, kw_only=True)
class Response:
    """One call of an activation function; correlations are ``(n, n)``, float64, not negative.

    Attributes:
        cells: How many calls of cells had returned before.
        activation: Of its inputs; None where undefined.
        gradient: Of the gradients of the loss by its inputs; None where undefined or zero.
    """

    cells: int
    activation: torch.Tensor | None
    gradient: torch.Tensor | None = None


def sample_correlations(maps: torch.Tensor) -> torch.Tensor | None:
    """Return the absolute correlations between samples over all units.

    Args:
        maps: ``(n, ...)``.

    Returns:
        ``(n, n)``, float64; None where a sample has the same number everywhere.
    """
    import torch

    flat = at_least_float32(rows(maps))
    centred = flat - flat.mean(dim=1, keepdim=True)
    products = (centred @ centred.T).to(torch.float64)
    scale = products.diagonal().sqrt()
    correlations = (products / scale[:, None] / scale[None, :]).abs().clamp(max=1)
    return correlations if bool(torch.isfinite(correlations).all()) else None


class _Responses:
    """Meets the input of each activation in the forward pass, its gradient in the backward pass."""

    kinds: frozenset[OperatorKind] = frozenset({"relu", "activation"})
    by_sample = kinds

    def __init__(self) -> None:
        self.responses: list[Response] = []
        self._nodes: list[tuple[Response, Node]] = []
        self._recent: deque[tuple[torch.Tensor, int, torch.Tensor | None]] = deque(
            maxlen=_REMEMBERED
        )
        self._cells: set[int] | None = None
        self._returned = 0

    def wants(self, module: nn.Module) -> bool:
        from harness.passes.cells import cells

        if self._cells is None:  # it is the network itself
            self._cells = {id(cell) for cell in cells(module)}
        return id(module) in self._cells

    def see(self, module: nn.Module, inputs: torch.Tensor, output: torch.Tensor) -> None:
        self._returned += 1

    def see_operator(self, call: OperatorCall) -> None:
        response = Response(cells=self._returned, activation=self._of_input(call.input))
        self.responses.append(response)
        node = call.output.grad_fn
        if node is not None:
            self._nodes.append((response, node))

    def _of_input(self, inputs: torch.Tensor) -> torch.Tensor | None:
        for known, version, correlations in self._recent:
            if known is inputs and version == inputs._version:
                return correlations
        correlations = sample_correlations(inputs)
        self._recent.append((inputs, inputs._version, correlations))
        return correlations

    def listen(self, charging: Charging) -> list[RemovableHandle]:
        nodes, self._nodes = self._nodes, []
        self._recent.clear()
        return [node.register_hook(_hook(response, charging)) for response, node in nodes]


def _hook(response: Response, charging: Charging) -> Callable[..., None]:
    import torch

    def hook(
        by_inputs: tuple[torch.Tensor | None, ...], by_outputs: tuple[torch.Tensor | None, ...]
    ) -> None:
        gradient = by_inputs[0] if by_inputs else None
        if gradient is not None:
            with charging(), torch.no_grad():
                response.gradient = sample_correlations(gradient.detach())

    return hook


def _response_correlations(context: PassContext) -> tuple[Response, ...]:
    forward = context[FORWARD]
    watcher = forward.watcher("response_correlations", _Responses)
    require(watcher.responses or None, forward.network, "activation function")
    context[BACKWARD]
    return tuple(watcher.responses)


RESPONSE_CORRELATIONS = Pass(
    name="response_correlations",
    compute=_response_correlations,
    requires=(FORWARD, BACKWARD),
    watch=_Responses,
    differentiates=True,
)
"""`sample_correlations` of every activation function, before it and of its gradient.

It has no backward pass of its own: it listens to the one of the loss gradients. ReLUs and all other
activation functions count, be they modules or functions; cells are those of `harness.passes.cells`.

Shape: tuple of `Response`, each with two float64 tensors ``(n, n)``, n samples. Unit: absolute
correlations, 0 to 1.
"""
