"""Which rows of the tensors inside of a network belong to which sample.

Attention puts positions before samples, or all of them into one axis. What a network does is found
by running it on one sample alone, in evaluation mode, and holding every operator's output against
that for the whole batch. Importing this module imports torch.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from harness.batches.source import Inputs, tensors_of
from harness.core.errors import UnsupportedError
from harness.passes.network_call import changed, run_network
from harness.passes.observation import OperatorKind
from harness.passes.operators import OperatorCall, operator_calls

__all__ = ["Rows", "rows_of_samples"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Where the samples are in the output of an operator.

    Attributes:
        axis: Axis that holds them.
        samples: How many there are.
        positions_first: Whether the axis holds position after position, each of all samples;
            otherwise it holds sample after sample.
    """

    axis: int
    samples: int
    positions_first: bool

    def first(self, output: Tensor) -> Tensor:
        """Return a tensor ``(samples, ..., positions, ...)``."""
        positions = output.shape[self.axis] // self.samples
        if self.positions_first:
            split = torch.unflatten(output, self.axis, (positions, self.samples))
            return split.movedim(self.axis + 1, 0)
        split = torch.unflatten(output, self.axis, (self.samples, positions))
        return split.movedim(self.axis, 0)


def rows_of_samples(
    network: nn.Module, inputs: Inputs, kinds: Collection[OperatorKind]
) -> list[Rows]:
    """Return where the samples are in the output of each call of operators of some kinds.

    Raises:
        UnsupportedError: That cannot be told.
    """
    samples = len(tensors_of(inputs)[0])
    modes = [(module, module.training) for module in network.modules()]
    try:
        network.eval()
        whole = _outputs(network, inputs, kinds)
        alone = _outputs(network, changed(inputs, lambda tensor: tensor[:1]), kinds)
    finally:
        for module, training in modes:
            module.training = training
    rows = [_rows(*pair, samples) for pair in zip(whole, alone, strict=False)]
    known = [found for found in rows if found is not None]
    if len(known) < max(len(whole), len(alone)):
        raise UnsupportedError(
            f"{type(network).__name__} mixes samples in a way that cannot be followed; keep "
            "samples the first axis to have each of them observed"
        )
    return known


def _outputs(network: nn.Module, inputs: Inputs, kinds: Collection[OperatorKind]) -> list[Tensor]:
    outputs: list[Tensor] = []

    def keep(call: OperatorCall) -> None:
        outputs.append(call.output.detach().clone())

    with torch.no_grad(), operator_calls(network, kinds, keep):
        run_network(network, inputs)
    return outputs


def _rows(whole: Tensor, alone: Tensor, samples: int) -> Rows | None:
    """Return the layout by which one sample's rows are those that it has alone."""
    if whole.dim() != alone.dim():
        return None
    for axis in range(whole.dim()):
        if whole.shape[axis] != alone.shape[axis] * samples:
            continue
        for positions_first in (False, True):
            rows = Rows(axis=axis, samples=samples, positions_first=positions_first)
            own = rows.first(whole)[0]
            if own.shape == alone.shape and torch.allclose(own, alone, rtol=1e-2, atol=1e-3):
                return rows
    return None
