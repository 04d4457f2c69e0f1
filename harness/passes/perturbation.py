"""How far a Gaussian network's feature map moves when its Gaussian input is nudged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.batches.source import tensors_of
from harness.passes.feature_map import feature_map_before_pool
from harness.passes.initialisation import (
    draw_gaussian,
    replaced_embeddings,
    standard_normal_inputs,
)
from harness.passes.network_call import changed
from harness.passes.observation import Pass, PassContext
from harness.passes.subject import BUILD

if TYPE_CHECKING:
    import torch
    from torch import nn

    from harness.batches.source import Inputs
    from harness.passes.operators import OperatorCall

__all__ = ["PERTURBATION", "Perturbation"]

_STEP = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Perturbation:
    """Response of the feature map before the global pool to ``x + 0.01 x'`` instead of ``x``.

    Weights, ``x`` and ``x'`` are drawn from N(0, 1); of a network of token ids, ``x`` is what it
    looks up for them.

    Attributes:
        mean_distance: L1 distance of the two feature maps, mean over the batch.
        normalisation_variances: Per batch norm, the mean over channels of the running variance
            after both forward passes in training mode; of a batch norm without running
            statistics, the variance over its last batch.
    """

    mean_distance: float
    normalisation_variances: tuple[float, ...]


def _perturbation(context: PassContext) -> Perturbation:
    import torch

    from harness.passes.operators import operator_calls

    network = context[BUILD]()
    draw_gaussian(network, context.subject.batch.inputs)
    inputs = standard_normal_inputs(context)
    nudges = standard_normal_inputs(context)
    nudged = _sum(inputs, nudges)
    drawn: list[torch.Tensor] = []
    norms = _Norms()

    def draw(embedding: torch.Tensor) -> torch.Tensor:
        drawn.append(torch.randn(embedding.shape).to(embedding))
        return drawn[-1]

    def nudge(embedding: torch.Tensor) -> torch.Tensor:
        return drawn.pop(0) + _STEP * torch.randn(embedding.shape).to(embedding)

    with torch.no_grad(), operator_calls(network, {"normalisation"}, norms.see):
        with replaced_embeddings(network, inputs, draw):
            before = feature_map_before_pool(network, inputs)
        norms.calls = 0
        with replaced_embeddings(network, nudged, nudge):
            after = feature_map_before_pool(network, nudged)
        positions = tuple(range(1, before.dim()))
        distance = (before.double() - after).abs().sum(dim=positions).mean()
    context.forwards += 2
    return Perturbation(
        mean_distance=float(distance), normalisation_variances=norms.mean_variances(network)
    )


def _sum(inputs: Inputs, nudges: Inputs) -> Inputs:
    steps = iter(tensors_of(nudges))

    def nudged(tensor: torch.Tensor) -> torch.Tensor:
        step = next(steps)
        return tensor + _STEP * step if tensor.is_floating_point() else tensor

    return changed(inputs, nudged)


class _Norms:
    """Collects the variances of batch norms, modules and functions."""

    def __init__(self) -> None:
        self.calls = 0
        self._variances: dict[object, torch.Tensor] = {}

    def see(self, call: OperatorCall) -> None:
        if call.function != "batch_norm":
            return
        running = call.tensor("running_var")
        if running is not None:
            self._variances[id(running)] = running
            return
        self.calls += 1
        images = call.input
        axes = [axis for axis in range(images.dim()) if axis != 1]
        self._variances[call.parameters.get("weight", self.calls)] = images.var(dim=axes)

    def mean_variances(self, network: nn.Module) -> tuple[float, ...]:
        """Return the mean over channels of each, those of modules first, in their order."""
        buffers: dict[object, int] = {
            id(buffer): place for place, buffer in enumerate(network.buffers())
        }
        ordered = sorted(self._variances, key=lambda key: buffers.get(key, len(buffers)))
        return tuple(float(self._variances[key].double().mean()) for key in ordered)


PERTURBATION = Pass(name="perturbation", compute=_perturbation, requires=(BUILD,))
"""How far the last feature map moves with a perturbed random image; reads no image.

Shape: a `Perturbation`: a float, and one a batch norm. Unit: activations; squared activations.
"""
