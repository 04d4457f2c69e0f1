"""Operators are reported as they run: of modules, of functions, and of what is inside of both."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn
from torch.nn import functional

from harness.core.errors import UnsupportedError
from harness.passes.layer_parameters import layer_parameters
from harness.passes.operators import OperatorCall, OperatorCalls, operator_calls, runs_as_modules
from tests.passes.subjects import SmallNetwork

STATES = torch.randn((2, 3, 4), generator=torch.Generator().manual_seed(0))
IMAGES = torch.randn((2, 3, 8, 8), generator=torch.Generator().manual_seed(0))
KINDS = frozenset(
    {"convolution", "linear", "product", "recurrent", "embedding", "normalisation", "attention"}
)


class Calls(nn.Module):
    """Calls a function with a weight of its own."""

    def __init__(
        self, function: Callable[[torch.Tensor, torch.Tensor], torch.Tensor], *shape: int
    ) -> None:
        super().__init__()
        self.function = function
        self.weight = nn.Parameter(torch.ones(shape))

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        return self.function(states, self.weight)


class Alone(nn.Module):
    """A module that is given one tensor, as often as it takes."""

    def __init__(self, inner: nn.Module, times: int = 1) -> None:
        super().__init__()
        self.inner, self.times = inner, times

    def forward(self, states: torch.Tensor) -> object:
        return self.inner(*[states] * self.times)


class CrossAttention(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.MultiheadAttention(4, 2, batch_first=True)

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        return self.inner(states, states[:, :2], states[:, :2], need_weights=False)[0]


def seen(network: nn.Module, inputs: torch.Tensor) -> list[tuple[str, str, list[str]]]:
    """Return kind, function and parameters of every operator that has parameters."""
    calls: list[tuple[str, str, list[str]]] = []

    def see(call: OperatorCall) -> None:
        if call.parameters:
            calls.append((call.kind, call.function, list(call.parameters.values())))

    with torch.no_grad(), operator_calls(network, KINDS, see):
        network(inputs)
    return calls


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        (Calls(functional.linear, 5, 4), ("linear", "linear")),
        (Calls(lambda states, weight: states @ weight, 4, 5), ("product", "matmul")),
        (Calls(lambda states, weight: states @ weight.T, 5, 4), ("product", "matmul")),
        (Calls(lambda states, weight: states[0].mm(weight), 4, 5), ("product", "matmul")),
        (Calls(lambda states, weight: torch.addmm(weight[0], states[0], weight), 4, 4),
         ("product", "addmm")),
        (Calls(lambda states, weight: torch.einsum("ntf,of->nto", states, weight), 5, 4),
         ("product", "einsum")),
        (Calls(lambda states, weight: functional.conv1d(states, weight=weight), 5, 3, 2),
         ("convolution", "conv1d")),
        (Calls(torch.conv_transpose1d, 3, 5, 2),
         ("convolution", "conv_transpose1d")),
        (Calls(lambda states, weight: functional.embedding((states > 0).long(), weight), 5, 4),
         ("embedding", "embedding")),
    ],
)  # fmt: skip
def test_a_function_is_reported_with_the_parameter_that_it_used(
    network: nn.Module, expected: tuple[str, str]
) -> None:
    (kind, function, names), *others = seen(network, STATES)
    assert ((kind, function), set(names), others) == (expected, {"weight"}, [])


def test_projections_inside_of_attention_are_reported() -> None:
    attention = Alone(nn.MultiheadAttention(4, 2, batch_first=True), times=3)
    packed, out = seen(attention, STATES)
    assert packed == ("linear", "linear", ["inner.in_proj_weight", "inner.in_proj_bias"])
    assert out == ("linear", "linear", ["inner.out_proj.weight", "inner.out_proj.bias"])
    queries, keys, values, _ = seen(CrossAttention(), STATES)  # parts of the packed weight
    assert queries == keys == values == packed


def test_a_recurrent_layer_is_one_operator_with_all_of_its_weights() -> None:
    layer = Alone(nn.LSTM(4, 5, 2, batch_first=True))
    ((kind, function, names),) = seen(layer, STATES)
    assert (kind, function) == ("recurrent", "lstm")
    assert names == [name for name, _ in layer.named_parameters()]
    ((_, function, names),) = seen(nn.GRUCell(4, 5), STATES[0])
    assert (function, len(names)) == ("gru_cell", 4)


def test_what_a_watcher_returns_takes_the_place_of_the_output() -> None:
    network = SmallNetwork()
    for way in (operator_calls, OperatorCalls):
        with torch.no_grad(), way(network, {"linear"}, lambda call: torch.zeros_like(call.output)):
            assert not network(IMAGES).any()


def test_networks_of_torch_s_own_layers_are_watched_by_hooks() -> None:
    assert runs_as_modules(nn.Sequential(*SmallNetwork()))
    assert not runs_as_modules(SmallNetwork())
    assert not runs_as_modules(nn.Sequential(nn.Conv2d(3, 4, 3, padding_mode="reflect", padding=1)))


class Factorised(nn.Module):
    """A linear map by two weights; a norm; a layer that is never called; a scaled weight."""

    def __init__(self) -> None:
        super().__init__()
        self.left = nn.Parameter(torch.ones(5, 2))
        self.right = nn.Parameter(torch.ones(2, 4))
        self.norm = nn.LayerNorm(5)
        self.unused = nn.Linear(4, 3)
        self.scaled = nn.Parameter(torch.ones(6, 5))
        self.shift = nn.Parameter(torch.ones(6))

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        states = self.norm(functional.linear(states, self.left @ self.right))
        return functional.linear(states, 0.5 * self.scaled, self.shift)


def test_weights_are_those_of_linear_operators_and_of_layers_never_called() -> None:
    known = layer_parameters(Factorised(), STATES)
    assert known.fan_in == {"left": 2, "right": 2, "unused.weight": 4, "scaled": 5}
    assert known.scales == {"norm.weight"}
    assert known.shifts == {"norm.bias", "unused.bias", "shift"}


def test_a_weight_of_several_parameters_is_no_weight_to_score() -> None:
    network = Alone(nn.utils.parametrizations.weight_norm(nn.Linear(4, 3)))
    with pytest.raises(UnsupportedError, match="computed of inner"):
        layer_parameters(network, STATES)


def test_recurrent_matrices_are_weights_and_vectors_are_not() -> None:
    known = layer_parameters(Alone(nn.GRU(4, 5, batch_first=True)), STATES)
    assert known.fan_in == {"inner.weight_ih_l0": 4, "inner.weight_hh_l0": 5}
    assert known.shifts == {"inner.bias_ih_l0", "inner.bias_hh_l0"}


def test_the_fan_in_of_a_transposed_convolution_is_over_its_inputs() -> None:
    known = layer_parameters(Alone(nn.ConvTranspose2d(6, 4, 3, groups=2)), torch.ones(2, 6, 4, 4))
    assert known.fan_in == {"inner.weight": 3 * 9}
