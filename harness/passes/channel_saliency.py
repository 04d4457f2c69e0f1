"""How much the loss depends on each channel of each layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.errors import UnsupportedError
from harness.passes.backward import BACKWARD, Charging
from harness.passes.forward import FORWARD
from harness.passes.layout import at_least_float32
from harness.passes.observation import OperatorKind, Pass, PassContext
from harness.passes.subject import NETWORK
from harness.passes.weights import WEIGHTS

if TYPE_CHECKING:
    import torch
    from torch.utils.hooks import RemovableHandle

    from harness.passes.operators import OperatorCall
    from harness.passes.sample_rows import Rows

__all__ = ["CHANNEL_SALIENCY"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sight:
    """One call of a layer.

    Attributes:
        number: How many calls there were before.
        channels_last: Whether channels are the last axis of the output, and not the second.
    """

    number: int
    weight: torch.Tensor
    output: torch.Tensor
    version: int
    channels_last: bool
    function: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Effect:
    """Output times its loss gradient, of convolutions summed over space.

    Attributes:
        number: Number of the call.
        weight: Its weight, or the part of it that the call used.
        values: ``(n, channels)``, or ``(..., channels)`` where samples are still to be found.
    """

    number: int
    weight: torch.Tensor
    values: torch.Tensor


class _Saliency:
    """Meets each layer's output in the forward pass and its gradient in the backward pass."""

    kinds: frozenset[OperatorKind] = frozenset({"convolution", "linear", "product"})

    def __init__(self) -> None:
        self._sights: list[_Sight] = []
        self._calls = 0
        self.effects: list[_Effect] = []

    def see_operator(self, call: OperatorCall) -> None:
        self._calls += 1
        weight = call.tensor("other" if call.kind == "product" else "weight")
        if weight is None or not call.name_of(weight):
            return
        self._sights.append(
            _Sight(
                number=self._calls - 1,
                weight=weight,
                output=call.output,
                version=call.output._version,
                channels_last=call.kind != "convolution",
                function=call.function,
            )
        )

    def listen(self, charging: Charging) -> list[RemovableHandle]:
        sights, self._sights = self._sights, []
        return [
            sight.output.register_hook(self._hook(sight, charging))  # type: ignore[no-untyped-call]
            for sight in sights
            if sight.output.requires_grad
        ]

    def _hook(self, sight: _Sight, charging: Charging) -> Callable[[torch.Tensor], None]:
        import torch

        if sight.output._version != sight.version:
            raise UnsupportedError(
                f"the output of a {sight.function} was changed in place; "
                "build the network without in-place layers"
            )

        def hook(gradient: torch.Tensor) -> None:
            with charging(), torch.no_grad():
                output = at_least_float32(sight.output.detach())
                values = output * at_least_float32(gradient.detach())
                if not sight.channels_last and values.dim() > 2:
                    values = values.sum(tuple(range(2, values.dim())))
                effect = _Effect(number=sight.number, weight=sight.weight, values=values)
                self.effects.append(effect)

        return hook


def _channel_saliency(context: PassContext) -> Mapping[str, torch.Tensor]:
    weights, samples = context[WEIGHTS], context.subject.batch.size
    names = {id(weight): name for name, weight in weights.items()}
    effects = context[FORWARD].watcher("channel_saliency", _Saliency).effects
    apart = _found_samples(context, effects, samples)
    seen: dict[str, torch.Tensor] = {}
    for effect in effects:
        weight = effect.weight._base if effect.weight._is_view() else effect.weight
        name = names.get(id(weight))
        if name is None or weight is None:
            continue
        saliency = _of_whole(effect.weight, apart(effect).square().mean(0) / 2)
        before = seen.get(name)
        if before is not None and before.shape != saliency.shape:
            raise UnsupportedError(
                f"the weight {name!r} is used by layers of {len(before)} and of {len(saliency)} "
                "channels, so that its channels are not defined; give each layer its own"
            )
        seen[name] = saliency if before is None else before + saliency
    unseen = [name for name in context[BACKWARD].gradients if name not in seen]
    if unseen:
        raise UnsupportedError(
            f"the loss depends on {unseen[0]!r}, but the channels that it computes cannot be "
            "observed, as inside of a recurrent layer; use convolutions and linear layers"
        )
    return {name: seen[name] for name in weights if name in seen}


def _found_samples(
    context: PassContext, effects: list[_Effect], samples: int
) -> Callable[[_Effect], torch.Tensor]:
    """Return what sums effects over positions, ``(n, channels)``."""
    simple = {effect.number for effect in effects if effect.values.dim() == 2}
    simple &= {effect.number for effect in effects if len(effect.values) == samples}
    rows: list[Rows] = []
    if len(simple) < len(effects):
        from harness.passes.sample_rows import rows_of_samples

        rows = rows_of_samples(context[NETWORK], context[FORWARD].inputs, _Saliency.kinds)

    def summed(effect: _Effect) -> torch.Tensor:
        if effect.number in simple:
            return effect.values
        first = rows[effect.number].first(effect.values)
        return first.flatten(1, -2).sum(1) if first.dim() > 2 else first

    return summed


def _of_whole(weight: torch.Tensor, saliency: torch.Tensor) -> torch.Tensor:
    """Return the saliency of all channels of a weight of which a call used consecutive ones."""
    whole = weight._base if weight._is_view() else None
    if whole is None or weight.shape[1:] != whole.shape[1:] or weight.stride() != whole.stride():
        return saliency
    start = (weight.storage_offset() - whole.storage_offset()) // whole.stride(0)
    channels = saliency.new_zeros(len(whole))
    channels[start : start + len(weight)] = saliency
    return channels


CHANNEL_SALIENCY = Pass(
    name="channel_saliency",
    compute=_channel_saliency,
    requires=(NETWORK, FORWARD, BACKWARD, WEIGHTS),
    watch=_Saliency,
    differentiates=True,
)
"""By name of each convolution and linear weight, shape ``(channels,)``: half the mean over samples
of the square of the sum over positions of output times its loss gradient.

It has no backward pass of its own: it listens to the one of the loss gradients. Layers that the
loss does not depend on are left out. A layer that is called twice counts both calls, and so do
layers that share a weight.

Shape: by name, a float32 tensor ``(channels,)``. Unit: squared nats.
"""
