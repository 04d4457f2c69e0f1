"""Which weights meet in attention, and between which there is an activation.

Every tensor carries the names of the weights that it was computed of since their last operator,
through whatever does not mix features: views, sums, norms, softmax. Importing this module imports
torch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.weak import WeakTensorKeyDictionary

from harness.passes.layer_parameters import (
    LayerParameters,
    ParameterUses,
    called_or_not,
    layer_parameters,
)
from harness.passes.network_call import tensors_in
from harness.passes.observation import OperatorKind
from harness.passes.operators import OperatorCall, runs_as_modules

if TYPE_CHECKING:
    from harness.batches.source import Inputs
    from harness.passes.weight_matrices import WeightRole

__all__ = ["WeightFlow", "observed_flow"]

_KINDS: tuple[OperatorKind, ...] = ("embedding", "attention", "relu", "activation")
_SUMS = frozenset(
    (torch.add, Tensor.add, Tensor.add_, Tensor.__add__, Tensor.__radd__, Tensor.__iadd__)
)
_ATTENDED = ""
"""Carried by what attention returns; no weight has this name."""

_ACTIVATED = "\0"
"""Before the name of a weight: there was an activation behind it."""


@dataclass(slots=True, kw_only=True)
class WeightFlow:
    """What was seen of the weights of a network, by their names.

    Attributes:
        kinds: Operator that uses it.
        groups: Groups of a convolution.
        attention: Weights of attention.
        projections: Those of them that make what attention multiplies, with the tensor they read.
        feed_forward: Weights with an activation behind or before them.
        biases: What is added to the output.
        embeddings: Parameters that are looked up.
    """

    kinds: dict[str, OperatorKind] = field(default_factory=dict)
    groups: dict[str, int] = field(default_factory=dict)
    attention: set[str] = field(default_factory=set)
    projections: dict[str, Tensor] = field(default_factory=dict)
    feed_forward: set[str] = field(default_factory=set)
    biases: dict[str, set[str]] = field(default_factory=dict)
    embeddings: set[str] = field(default_factory=set)

    def role(self, name: str) -> WeightRole:
        """Return what a weight is used for."""
        kind = self.kinds.get(name, "linear")
        if name in self.attention:
            return "attention"
        if kind == "convolution" or kind == "recurrent":
            return kind
        return "feed_forward" if name in self.feed_forward else "linear"


def observed_flow(network: nn.Module, inputs: Inputs) -> tuple[LayerParameters, WeightFlow]:
    """Return the parameters of convolutions and linear operators, and what was seen of them.

    Networks of torch's convolutions with one linear layer, as those of the ten spaces, are not
    called; of others see `harness.passes.layer_parameters`.
    """
    flow = WeightFlow()
    if runs_as_modules(network):
        known = layer_parameters(network, inputs)
    else:
        known = called_or_not(network, (nn.modules.conv._ConvNd, nn.Linear))
    _see_modules(network, known, flow)
    if not runs_as_modules(network) or len(flow.kinds) < len(known.fan_in) - 1:
        _Flow(network, inputs, known, flow).run(network, inputs)
    return known.in_order(network), flow


def _see_modules(network: nn.Module, known: LayerParameters, flow: WeightFlow) -> None:
    names = {id(parameter): name for name, parameter in network.named_parameters()}
    for module in network.modules():
        weight, bias = (module._parameters.get(role) for role in ("weight", "bias"))
        if weight is None or names[id(weight)] not in known.fan_in:
            continue
        name = names[id(weight)]
        if isinstance(module, nn.modules.conv._ConvNd):
            flow.kinds[name], flow.groups[name] = "convolution", module.groups
        if bias is not None:
            flow.biases.setdefault(name, set()).add(names[id(bias)])


class _Flow(ParameterUses):
    """Follows the weights that a tensor is computed of."""

    def __init__(
        self, network: nn.Module, inputs: Inputs, known: LayerParameters, flow: WeightFlow
    ) -> None:
        super().__init__(network, inputs, known, _KINDS)
        self._flow = flow
        self._carried: MutableMapping[Tensor, frozenset[str]] = WeakTensorKeyDictionary()
        self._read: dict[str, tuple[Tensor, frozenset[str]]] = {}
        self._result: frozenset[str] | None = None

    def __torch_function__(
        self,
        func: Callable[..., object],
        types: Sequence[type],
        args: tuple[object, ...] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        """Compute one call of torch made by the network."""
        self._result = None
        output = super().__torch_function__(func, types, args, kwargs)
        if func is functional.multi_head_attention_forward:
            return output  # its own calls were seen
        carried, self._result = self._result, None
        if carried is None:
            carried = self._combined(func, [*args, *(kwargs or {}).values()])
        if carried is not None:
            for tensor in tensors_in(args[:1] if output is None else output):
                self._carried[tensor] = carried
        return output

    def run(self, network: nn.Module, inputs: Inputs) -> None:
        """Call the network, then add what its weights have in common."""
        super().run(network, inputs)
        self._add_siblings()

    def _combined(self, func: Callable[..., object], values: object) -> frozenset[str] | None:
        known = [self._carried[tensor] for tensor in tensors_in(values) if tensor in self._carried]
        if not known:
            return None
        first, *others = known
        return first.intersection(*others) if func in _SUMS else first.union(*others)

    def see(self, call: OperatorCall) -> None:
        """Keep what one call uses and which weights meet in it."""
        super().see(call)
        match call.kind:
            case "embedding":
                self._look_up(call)
            case "relu" | "activation":
                self._result = frozenset(
                    _ACTIVATED + name
                    for name in self._of(call.input)
                    if self._flow.kinds.get(name) in ("linear", "product")
                )
            case "attention":
                for role in ("query", "key", "value"):
                    factor = call.tensor(role)
                    if factor is not None:
                        self._attend(factor)
                self._result = frozenset({_ATTENDED})
            case "product":
                self._multiply(call)
            case "convolution" | "linear" | "recurrent":
                weights = [call.tensor("weight")] if call.kind != "recurrent" else []
                self._use(call, [*weights, *call.recurrent_weights], call.input)

    def _multiply(self, call: OperatorCall) -> None:
        """See a product of matrices: with a weight, or of attention."""
        factors = [factor for factor, _ in call.factors]
        others = [factor for factor in factors if self._of(factor)]
        weights = [
            factor for factor in factors if self.parameters_of(factor) and not self._of(factor)
        ]
        if weights:
            features = next((factor for factor in factors if factor is not weights[0]), call.input)
            self._use(call, weights[:1], features)
        elif len(others) > 1:
            for factor in others:
                self._attend(factor)
            self._result = frozenset({_ATTENDED})

    def _use(self, call: OperatorCall, weights: Sequence[Tensor | None], features: Tensor) -> None:
        origins = [self.parameters_of(weight) for weight in weights if weight is not None]
        names = frozenset[str]().union(*(origin for origin in origins if len(origin) == 1))
        if not names:
            return
        flow, own = self._flow, self._of(features)
        for name in names:
            flow.kinds[name] = call.kind
            if call.kind == "convolution":
                flow.groups[name] = call.number("groups")
            else:
                self._read[name] = (features, own)
            for role in ("bias", "added"):
                bias = call.tensor(role)
                if bias is not None:
                    flow.biases.setdefault(name, set()).update(self.parameters_of(bias))
        for bias in call.recurrent_biases:
            flow.biases.setdefault(min(names), set()).update(self.parameters_of(bias))
        if _ATTENDED in own:
            flow.attention |= names
        if any(name.startswith(_ACTIVATED) for name in own):
            flow.feed_forward |= names | {name.removeprefix(_ACTIVATED) for name in own}
        self._result = names

    def _attend(self, factor: Tensor) -> None:
        for name in self._of(factor) - {_ATTENDED}:
            weight = name.removeprefix(_ACTIVATED)
            self._flow.attention.add(weight)
            if weight in self._read:
                self._flow.projections[weight] = self._read[weight][0]

    def _look_up(self, call: OperatorCall) -> None:
        table = call.tensor("weight")
        if table is not None:
            self._flow.embeddings |= self.parameters_of(table)
        self._result = frozenset()

    def _add_siblings(self) -> None:
        """Add to attention what reads the same tensor as its projections, or leads into them."""
        attention, projections = self._flow.attention, self._flow.projections
        for name, (features, _) in self._read.items():
            if any(features is tensor for tensor in projections.values()):
                attention.add(name)
        for name in projections:
            own = self._read[name][1]
            if own & attention:
                attention |= own - {_ATTENDED}

    def _of(self, tensor: Tensor) -> frozenset[str]:
        return self._carried.get(tensor, frozenset())
