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


class _Projected:
    """Keeps what linear layers return of several positions, by the number of the call."""

    kinds: frozenset[OperatorKind] = frozenset({"linear"})

    def __init__(self) -> None:
        self.calls = 0
        self.outputs: dict[int, tuple[torch.Tensor, torch.Tensor]] = {}

    def see_operator(self, call: OperatorCall) -> None:
        weight = call.tensor("weight")
        if weight is not None and call.output.dim() > 2:
            self.outputs[self.calls] = weight, call.output.detach()
        self.calls += 1


def _projection_maxima(context: PassContext) -> Mapping[str, float]:
    from harness.passes.sample_rows import rows_of_samples

    forward, projections = context[FORWARD], context[WEIGHT_MATRICES].projections
    outputs = forward.watcher("projection_maxima", _Projected).outputs
    names = {id(weight): name for name, weight in forward.network.named_parameters()}
    chosen = {
        number: (names[id(weight)], weight, output)
        for number, (weight, output) in outputs.items()
        if names.get(id(weight), "") in projections
    }
    require(chosen or None, forward.network, "linear projection that attention multiplies")
    rows = rows_of_samples(forward.network, forward.inputs, _Projected.kinds)
    maxima = {}
    for number, (name, weight, output) in chosen.items():
        largest = rows[number].first(output).flatten(1, -2).amax(1).double().mean(0)
        maxima[name] = float(largest.sum()) / weight.shape[-1]
    return maxima


PROJECTION_MAXIMA = Pass(
    name="projection_maxima",
    compute=_projection_maxima,
    requires=(FORWARD, WEIGHT_MATRICES),
    watch=_Projected,
)
"""By name of each projection of attention, its largest outputs.

The largest over the positions of a sample, as a mean over samples and summed over the outputs of
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
