"""How far apart the first three samples are for a network that each runs through alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.batches.source import tensors_of
from harness.core.errors import UsageError
from harness.passes.buffers import scratch_buffers
from harness.passes.layout import rows
from harness.passes.network_call import call_network, changed
from harness.passes.network_errors import require
from harness.passes.observation import OperatorKind, Pass, PassContext
from harness.passes.subject import INPUTS, NETWORK

if TYPE_CHECKING:
    import torch
    from torch import nn

    from harness.batches.source import Inputs
    from harness.passes.operators import OperatorCall

__all__ = ["SAMPLE_RESPONSES", "SampleResponses", "squared_distances"]

_SAMPLES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleResponses:
    """Squared distances between samples, ``(k, k)``, float64; every number is scaled to 0 to 1.

    Attributes:
        activations: Of what all activation functions returned.
        features: Of what the last layer was given.
    """

    activations: torch.Tensor
    features: torch.Tensor


def squared_distances(vectors: torch.Tensor) -> torch.Tensor:
    """Return the squared distances of rows whose columns are scaled to reach from 0 to 1.

    Args:
        vectors: ``(samples, units)``; a column of equal numbers counts nothing.
    """
    import torch

    lowest, highest = vectors.aminmax(dim=0)
    span = highest - lowest
    scaled = torch.where(span > 0, (vectors - lowest) / span, 0.0)
    pairs = [(scaled - row).square_().sum(dim=1, dtype=torch.float64) for row in scaled]
    return torch.stack(pairs)


class _Alone:
    """Keeps what one sample makes of activation functions, and of the last layer."""

    kinds: frozenset[OperatorKind] = frozenset(
        {"relu", "activation", "convolution", "linear", "product"}
    )

    def __init__(self) -> None:
        self.activations: list[torch.Tensor] = []
        self.features: torch.Tensor | None = None

    def see(self, call: OperatorCall) -> None:
        if call.kind in {"relu", "activation"}:
            self.activations.append(rows(call.output).flatten().clone())
        elif call.has_weight or call.kind != "product":
            self.features = call.input


def _alone(network: nn.Module, inputs: Inputs, sample: int) -> _Alone:
    import torch

    from harness.passes.operators import operator_calls

    alone = _Alone()
    seen = operator_calls(network, alone.kinds, alone.see)
    with torch.no_grad(), scratch_buffers(network), seen:
        call_network(network, changed(inputs, lambda whole: whole[sample : sample + 1]))
    return alone


def _sample_responses(context: PassContext) -> SampleResponses:
    import torch

    network, inputs = context[NETWORK], context[INPUTS]
    size = len(tensors_of(inputs)[0])
    if size < 2:
        raise UsageError(f"a batch of {size} samples has no two to compare; use at least 2")
    activations: list[torch.Tensor] = []
    features: list[torch.Tensor] = []
    for sample in range(min(size, _SAMPLES)):
        alone = _alone(network, inputs, sample)
        context.forwards += 1
        seen = require(alone.activations or None, network, "activation function")
        activations.append(torch.cat(seen))
        last = require(alone.features, network, "convolution or linear operator")
        features.append(last.flatten().clone())
    return SampleResponses(
        activations=squared_distances(torch.stack(activations)),
        features=squared_distances(torch.stack(features)),
    )


SAMPLE_RESPONSES = Pass(
    name="sample_responses", compute=_sample_responses, requires=(NETWORK, INPUTS)
)
"""`SampleResponses` of the first three samples of the batch, or of two, each of which runs alone.

So batch norm sees one sample. All activation functions count, be they modules or functions; the
last layer is the convolution, linear operator or product with a weight that is called last.

Shape: a `SampleResponses`: two float64 tensors ``(k, k)``, k samples. Unit: squared spans of units.
"""
