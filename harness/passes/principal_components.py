"""How many directions hold what comes before the activations of a network."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

from harness.passes.forward import FORWARD
from harness.passes.network_errors import require
from harness.passes.observation import OperatorKind, Pass, PassContext

if TYPE_CHECKING:
    import torch

    from harness.passes.operators import OperatorCall

__all__ = ["PRINCIPAL_COMPONENTS", "components_of"]

_SHARE = 0.99
_ROWS = 256


def components_of(rows: torch.Tensor) -> int:
    """Return the number of principal components that hold 99 % of the variance.

    Args:
        rows: Shape ``(n, features)``, on any device; n above 1.
    """
    import torch

    centred = rows.double()
    centred = centred - centred.mean(0)
    products = centred.T @ centred if len(rows) > rows.shape[1] else centred @ centred.T
    variances = torch.linalg.eigvalsh(products).flip(0).clamp_(min=0)
    held = variances.cumsum(0)
    return int((held < _SHARE * held[-1]).sum()) + 1


class _Components:
    """Counts the components of what convolutions and linear layers give to an activation.

    Of linear layers the first of a feed-forward part counts: not one that reads an activation.
    """

    kinds: frozenset[OperatorKind] = frozenset({"convolution", "linear", "relu", "activation"})

    def __init__(self) -> None:
        self._features: torch.Tensor | None = None
        self._weight: int = 0
        self._activated: weakref.ref[torch.Tensor] | None = None
        self._counts: dict[int, int] = {}

    def see_operator(self, call: OperatorCall) -> None:
        if call.kind in ("convolution", "linear"):
            self._keep(call)
            return
        self._activated = weakref.ref(call.output)
        features, self._features = self._features, None
        if features is not None and len(features) > 1:
            self._counts[self._weight] = components_of(features)

    def _keep(self, call: OperatorCall) -> None:
        self._features = None
        weight = call.tensor("weight")
        activated = self._activated and self._activated()
        second = call.kind == "linear" and call.input is activated
        if weight is None or second or id(weight) in self._counts:
            return
        self._weight = id(weight)
        output = call.output.movedim(1, -1) if call.kind == "convolution" else call.output
        rows = output.detach().flatten(0, -2)
        self._features = rows[:: -(-len(rows) // _ROWS)].clone()  # activations may write to it

    def total(self) -> int | None:
        """Return the sum over weights; nothing where there was none."""
        return sum(self._counts.values()) or None


def _principal_components(context: PassContext) -> int:
    forward = context[FORWARD]
    total = forward.watcher("principal_components", _Components).total()
    return require(total, forward.network, "activation behind a convolution or linear layer")


PRINCIPAL_COMPONENTS = Pass(
    name="principal_components",
    compute=_principal_components,
    requires=(FORWARD,),
    watch=_Components,
)
"""Principal components that hold 99 % of the variance before activations, summed over weights.

Rows are at most 256 positions, evenly spaced over those of all samples, and centred; columns are
the outputs of a convolution, or of the first linear layer of a feed-forward part, that an
activation follows. A weight that is used several times counts at its first call.

Shape: int. Unit: components.
"""
