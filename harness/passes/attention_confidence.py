"""How far the heads of attention favour one position over others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from harness.passes.forward import FORWARD
from harness.passes.network_errors import require
from harness.passes.observation import OperatorKind, Pass, PassContext
from harness.passes.weight_matrices import WEIGHT_MATRICES

if TYPE_CHECKING:
    import torch

    from harness.passes.operators import OperatorCall

__all__ = ["PROJECTION_MAXIMA", "SOFTMAX_MAXIMA"]


class _Maxima:
    """Keeps the sum over features of the mean over samples of the largest value of a position."""

    kinds: frozenset[OperatorKind] = frozenset({"linear"})

    def __init__(self) -> None:
        self.by_weight: dict[int, float] = {}

    def see_operator(self, call: OperatorCall) -> None:
        weight, output = call.tensor("weight"), call.output
        if weight is not None and output.dim() > 2:
            largest = output.amax(1).double().flatten(0, -2).mean(0)
            self.by_weight[id(weight)] = float(largest.sum()) / weight.shape[-1]


def _projection_maxima(context: PassContext) -> Mapping[str, float]:
    forward, seen = context[FORWARD], context[WEIGHT_MATRICES]
    by_weight = forward.watcher("projection_maxima", _Maxima).by_weight
    names = {id(weight): name for name, weight in forward.network.named_parameters()}
    maxima = {names[key]: value for key, value in by_weight.items() if key in names}
    chosen = {name: value for name, value in maxima.items() if name in seen.projections}
    return require(chosen or None, forward.network, "linear projection that attention multiplies")


PROJECTION_MAXIMA = Pass(
    name="projection_maxima",
    compute=_projection_maxima,
    requires=(FORWARD, WEIGHT_MATRICES),
    watch=_Maxima,
)
"""By name of each projection of attention, its largest outputs.

The largest over positions, the second axis, as a mean over samples and summed over the outputs of
the projection, by the number of its inputs: of square projections it is the mean over outputs, and
of a packed one the sum of these. A network without attention is unsupported.

Shape: by name, a float. Unit: activations, dimensionless.
"""


class _Softmax:
    """Adds up the mean of the largest weight of any head."""

    kinds: frozenset[OperatorKind] = frozenset({"attention"})

    def __init__(self) -> None:
        self.total: float | None = None

    def see_operator(self, call: OperatorCall) -> None:
        weights = _attention_weights(call)
        if weights is not None:
            self.total = (self.total or 0.0) + float(weights.amax(1).double().mean())


def _attention_weights(call: OperatorCall) -> torch.Tensor | None:
    """Return what values are weighted by, ``(n, heads, queries, keys)``, or None of other axes."""
    import torch

    query, key, mask = (call.tensor(role) for role in ("query", "key", "attn_mask"))
    if query is None or key is None or query.dim() != 4:
        return None
    if key.shape[1] != query.shape[1]:  # heads that share their keys
        key = key.repeat_interleave(query.shape[1] // key.shape[1], dim=1)
    scale = call.arguments.get("scale")
    scale = query.shape[-1] ** -0.5 if not isinstance(scale, float) else scale
    products = scale * query @ key.transpose(-1, -2)
    if call.arguments.get("is_causal"):
        later = torch.ones(products.shape[-2:], dtype=torch.bool, device=products.device).triu(1)
        products = products.masked_fill(later, -torch.inf)
    if mask is not None:
        masked = products.masked_fill(~mask, -torch.inf) if mask.dtype == torch.bool else None
        products = products + mask if masked is None else masked
    return products.softmax(-1)


def _softmax_maxima(context: PassContext) -> float:
    forward = context[FORWARD]
    total = forward.watcher("softmax_maxima", _Softmax).total
    return require(total, forward.network, "call of torch's scaled_dot_product_attention by heads")


SOFTMAX_MAXIMA = Pass(
    name="softmax_maxima", compute=_softmax_maxima, requires=(FORWARD,), watch=_Softmax
)
"""Mean of the largest weight that any head gives a key, summed over the attentions of a network.

Weights are computed once more from queries and keys as torch's ``scaled_dot_product_attention`` is
given them; attention of another form is unsupported.

Shape: float. Unit: probability.
"""
