"""Which parameters convolutions and linear operators use, seen in a forward pass.

Importing this module imports torch.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.utils.weak import WeakTensorKeyDictionary

from harness.core.errors import UnsupportedError
from harness.passes.buffers import scratch_buffers
from harness.passes.network_call import call_network, first_samples, tensors_in
from harness.passes.observation import OperatorKind
from harness.passes.operators import OperatorCall, OperatorCalls, runs_as_modules

if TYPE_CHECKING:
    from harness.batches.source import Inputs

__all__ = ["LayerParameters", "ParameterUses", "called_or_not", "layer_parameters"]

_KINDS: tuple[OperatorKind, ...] = (
    "convolution",
    "linear",
    "product",
    "recurrent",
    "normalisation",
)
_INPUTS = frozenset({""})
"""Origin of what depends on the inputs; no parameter has this name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerParameters:
    """Parameters of convolutions, linear operators and norms, by what they are used for.

    Attributes:
        fan_in: By name of each weight of a convolution or linear operator, the number of inputs
            that one output sums, in the network's order. A weight that several use is there once,
            under the first of its names.
        shifts: Names of biases, of layers and of norms.
        scales: Names of the factors of norms.
    """

    fan_in: dict[str, int] = field(default_factory=dict)
    shifts: set[str] = field(default_factory=set)
    scales: set[str] = field(default_factory=set)

    def in_order(self, network: nn.Module) -> LayerParameters:
        """Return the same with weights in the network's order."""
        names = (name for name, _ in network.named_parameters())
        ordered = {name: self.fan_in[name] for name in names if name in self.fan_in}
        return LayerParameters(fan_in=ordered, shifts=self.shifts, scales=self.scales)


def layer_parameters(network: nn.Module, inputs: Inputs) -> LayerParameters:
    """Return what the convolutions and linear operators of a network use.

    Where hooks of its modules see all operators (see `harness.passes.operators`), these are the
    parameters of its ``Conv2d`` and ``Linear`` layers, as in zero-cost-nas. Of any other network
    they are those of its convolutions (of one to three dimensions, transposed ones too) and linear
    layers, called or not, and those that a forward pass with two of the samples uses in a
    convolution, a linear operator, a product of matrices or a recurrent layer. A weight that is
    computed of one parameter is that parameter.

    Raises:
        UnsupportedError: A weight is computed of several parameters.
    """
    if runs_as_modules(network):
        return called_or_not(network, (nn.Conv2d, nn.Linear)).in_order(network)
    known = called_or_not(network, (nn.modules.conv._ConvNd, nn.Linear))
    ParameterUses(network, inputs, known).run(network, inputs)
    return known.in_order(network)


def called_or_not(network: nn.Module, layers: tuple[type[nn.Module], ...]) -> LayerParameters:
    """Return what layers of torch of some classes have, and the norms beside them."""
    names = {id(parameter): name for name, parameter in network.named_parameters()}
    known = LayerParameters()
    for module in network.modules():
        weight, bias = (module._parameters.get(role) for role in ("weight", "bias"))
        if weight is None:
            continue
        if isinstance(module, layers):
            known.fan_in.setdefault(names[id(weight)], _fan_in_of_layer(module, weight))
        elif isinstance(module, nn.BatchNorm2d | nn.GroupNorm):
            known.scales.add(names[id(weight)])
        else:
            continue
        if bias is not None:
            known.shifts.add(names[id(bias)])
    return known


def _fan_in_of_layer(layer: nn.Module, weight: Tensor) -> int:
    if not weight.numel():
        raise UnsupportedError(
            f"{type(layer).__name__} has a weight without numbers, of shape {tuple(weight.shape)}; "
            "give it one input and one output or more"
        )
    if isinstance(layer, nn.modules.conv._ConvTransposeNd):
        return _fan_in_of_transposed(weight, layer.groups)
    return weight[0].numel()


def _fan_in_of_transposed(weight: Tensor, groups: int) -> int:
    return len(weight) // groups * weight[0, 0].numel()


class ParameterUses(OperatorCalls):
    """Follows which parameters a tensor is computed of, and keeps what these are used for."""

    def __init__(
        self,
        network: nn.Module,
        inputs: Inputs,
        known: LayerParameters,
        kinds: Collection[OperatorKind] = (),
    ) -> None:
        super().__init__(network, {*_KINDS, *kinds}, self.see)
        self._known = known
        self._origins: MutableMapping[Tensor, frozenset[str]] = WeakTensorKeyDictionary()
        for tensor in tensors_in(inputs):
            self._origins[tensor] = _INPUTS

    def __torch_function__(
        self,
        func: Callable[..., object],
        types: Sequence[type],
        args: tuple[object, ...] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        """Compute one call of torch made by the network."""
        output = super().__torch_function__(func, types, args, kwargs)
        origin = self._union([*args, *(kwargs or {}).values()])
        written = args[:1] if output is None else output  # as by __setitem__
        if origin:
            for tensor in tensors_in(written):
                if id(tensor) not in self._names:
                    self._origins[tensor] = origin | self._origin(tensor)
        return output

    def run(self, network: nn.Module, inputs: Inputs) -> None:
        """Call the network on two of the samples, without a graph; it is left as it was."""
        with torch.no_grad(), scratch_buffers(network), self:
            try:
                call_network(network, first_samples(inputs, 2))
            except (RuntimeError, ValueError, IndexError, UnsupportedError):  # takes whole batches
                call_network(network, inputs)

    def parameters_of(self, tensor: Tensor) -> frozenset[str]:
        """Return the parameters that a tensor is computed of; none if it depends on the inputs."""
        origin = self._origin(tensor)
        return frozenset() if "" in origin else origin

    def see(self, call: OperatorCall) -> None:
        """Keep what one call uses."""
        known = self._known
        for role, tensor, fan_in in _roles(call):
            origin = self.parameters_of(tensor)
            if not origin:
                continue
            if role == "weight" and len(origin) == 1:
                known.fan_in.setdefault(next(iter(origin)), fan_in)
            elif role == "weight" and not origin <= set(known.fan_in):
                raise UnsupportedError(
                    f"the weight of a {call.function} is computed of {', '.join(sorted(origin))}, "
                    "as by weight_norm; take the parametrization off to have its weights scored"
                )
            elif role == "scale":
                known.scales.update(origin)
            elif role == "shift":
                known.shifts.update(origin)

    def _union(self, values: object) -> frozenset[str]:
        origins = [self._origin(tensor) for tensor in tensors_in(values)]
        return _INPUTS if _INPUTS in origins else frozenset[str]().union(*origins)

    def _origin(self, tensor: Tensor) -> frozenset[str]:
        name = self._names.get(id(tensor))
        if name is not None:
            return frozenset({name})
        origin = self._origins.get(tensor, frozenset())
        return _INPUTS if "" in origin else origin


def _roles(call: OperatorCall) -> Iterator[tuple[str, Tensor, int]]:
    """Yield what a call uses: ``"weight"``, ``"shift"`` or ``"scale"``, the tensor, its fan-in."""
    weight = call.tensor("weight")
    for role in ("bias", "added"):
        shift = call.tensor(role)
        if shift is not None:
            yield "shift", shift, 0
    match call.kind:
        case "normalisation" if weight is not None:
            yield "scale", weight, 0
        case "convolution" if weight is not None and call.function.startswith("conv_transpose"):
            yield "weight", weight, _fan_in_of_transposed(weight, call.number("groups"))
        case "convolution" | "linear" if weight is not None:
            yield "weight", weight, weight[0].numel()
        case "recurrent":
            for matrix in call.recurrent_weights:
                yield "weight", matrix, matrix.shape[-1]
            for shift in call.recurrent_biases:
                yield "shift", shift, 0
        case "product":
            for factor, summed in call.factors:
                yield "weight", factor, summed
        case _:
            return
