"""Gradients of each sample by a forward and a backward pass of its own, of any network.

It takes about as many multiplications as all samples at once, and as many calls of torch as there
are samples times operators.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from harness.batches.source import tensors_of
from harness.passes.buffers import scratch_buffers
from harness.passes.network_call import call_network, changed, explain_errors, unfreeze_parameters

if TYPE_CHECKING:
    import torch
    from torch import nn

    from harness.batches.source import Inputs
    from harness.passes.operators import OperatorCall

__all__ = ["FrozenStatistics", "gradients_of_samples"]


def gradients_of_samples(
    network: nn.Module,
    samples: int,
    value: Callable[[slice], torch.Tensor],
    weights: Mapping[str, torch.Tensor],
) -> Iterator[tuple[torch.Tensor, ...]]:
    """Yield the gradients of the value of one sample after the other by all weights.

    Args:
        network: The network that `value` runs.
        samples: Size of the batch.
        value: Computes a number of the sample that a slice of the batch holds.
        weights: Weights by name; zeros for those that the number does not depend on.
    """
    import torch

    for sample in range(samples):
        with torch.enable_grad(), unfreeze_parameters(network), explain_errors(network):
            total = value(slice(sample, sample + 1))
            gradients = torch.autograd.grad(total, list(weights.values()), materialize_grads=True)
        yield gradients


class FrozenStatistics:
    """Runs a network on some samples with the batch norm statistics of the whole batch.

    Attributes:
        samples: Size of the batch.
    """

    def __init__(self, network: nn.Module, inputs: Inputs) -> None:
        """Run the network on the whole batch, without a graph, and keep the statistics."""
        import torch

        self._network, self._inputs = network, inputs
        self.samples = len(tensors_of(inputs)[0])
        self._statistics: list[tuple[torch.Tensor, torch.Tensor]] = []
        with torch.no_grad():
            self._run(inputs, self._keep)

    def __call__(self, samples: slice) -> object:
        """Return what the network returns for some samples."""
        statistics = iter(self._statistics)

        def normalise(call: OperatorCall) -> torch.Tensor | None:
            from torch.nn import functional

            if not _is_of_batch(call):
                return None
            mean, variance = next(statistics)
            output: torch.Tensor = functional.batch_norm(
                call.input, mean, variance, call.tensor("weight"), call.tensor("bias"),
                eps=float(call.arguments["eps"]),  # type: ignore[arg-type]
            )  # fmt: skip
            return output

        return self._run(changed(self._inputs, lambda tensor: tensor[samples]), normalise)

    def _run(self, inputs: Inputs, see: Callable[[OperatorCall], torch.Tensor | None]) -> object:
        from harness.passes.operators import operator_calls

        network = self._network
        with scratch_buffers(network), operator_calls(network, {"normalisation"}, see):
            return call_network(network, inputs)

    def _keep(self, call: OperatorCall) -> None:
        if _is_of_batch(call):
            maps = call.input.detach()
            others = [axis for axis in range(maps.dim()) if axis != 1]
            self._statistics.append((maps.mean(others), maps.var(others, unbiased=False)))


def _is_of_batch(call: OperatorCall) -> bool:
    return call.function == "batch_norm" and bool(call.arguments["training"])
