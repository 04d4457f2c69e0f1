"""How often positions agree on which units are above zero."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.passes.channel_axis import ChannelAxis
from harness.passes.forward import FORWARD
from harness.passes.network_errors import require
from harness.passes.observation import OperatorKind, Pass, PassContext

if TYPE_CHECKING:
    from harness.passes.operators import OperatorCall

__all__ = ["ACTIVATION_AGREEMENT"]


class _Agreement:
    """Adds up pairs of positions of which both are above zero, or neither is."""

    kinds: frozenset[OperatorKind] = frozenset({*ChannelAxis.KINDS, "relu", "activation"})

    def __init__(self) -> None:
        self._axis = ChannelAxis()
        self.pairs: float | None = None

    def see_operator(self, call: OperatorCall) -> None:
        if call.kind in ChannelAxis.KINDS:
            self._axis.see(call)
            return
        output = call.output
        axis = self._axis.of(output) if output.dim() > 2 else -1
        units = output.movedim(axis, -1).flatten(0, -2)
        above = (units > 0).sum(0).double()
        agreeing = above.square() + (len(units) - above).square()
        self.pairs = (self.pairs or 0.0) + float(agreeing.sum())


def _activation_agreement(context: PassContext) -> float:
    forward = context[FORWARD]
    pairs = forward.watcher("activation_agreement", _Agreement).pairs
    return require(pairs, forward.network, "activation")


ACTIVATION_AGREEMENT = Pass(
    name="activation_agreement",
    compute=_activation_agreement,
    requires=(FORWARD,),
    watch=_Agreement,
)
"""Ordered pairs of positions that agree on a unit, summed over units of all activations.

Two positions, be they of one sample or of two, agree on a unit that is above zero at both of them
or at neither. Units are channels. Activations are ReLU, GELU, SiLU, tanh and their kin.

Shape: float. Unit: pairs.
"""
