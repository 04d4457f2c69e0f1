"""How far a Gaussian network's feature map moves when its Gaussian input is nudged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.passes.feature_map import feature_map_before_pool
from harness.passes.initialisation import draw_gaussian, standard_normal_images
from harness.passes.network_call import watched_calls
from harness.passes.observation import Pass, PassContext
from harness.passes.subject import BUILD

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = ["PERTURBATION", "Perturbation"]

_STEP = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Perturbation:
    """Response of the feature map before the global pool to ``x + 0.01 x'`` instead of ``x``.

    Weights, ``x`` and ``x'`` are drawn from N(0, 1).

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
    from torch import nn

    network = context[BUILD]()
    draw_gaussian(network)
    images = standard_normal_images(context)
    nudged = images + _STEP * standard_normal_images(context)
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    untracked: dict[nn.Module, torch.Tensor] = {}

    def keep_variance(norm: nn.Module, inputs: list[torch.Tensor], output: torch.Tensor) -> None:
        untracked[norm] = inputs[0].var(dim=(0, 2, 3))

    unknown = [norm for norm in norms if norm.running_var is None]
    with torch.no_grad(), watched_calls(unknown, keep_variance):
        before = feature_map_before_pool(network, images)
        after = feature_map_before_pool(network, nudged)
        distance = (before.double() - after).abs().sum(dim=(1, 2, 3)).mean()
    context.forwards += 2
    used = [norm for norm in norms if norm.running_var is not None or norm in untracked]
    return Perturbation(
        mean_distance=float(distance),
        normalisation_variances=tuple(_mean_variance(norm, untracked) for norm in used),
    )


def _mean_variance(norm: nn.BatchNorm2d, untracked: dict[nn.Module, torch.Tensor]) -> float:
    variance = untracked[norm] if norm.running_var is None else norm.running_var
    return float(variance.double().mean())


PERTURBATION = Pass(name="perturbation", compute=_perturbation, requires=(BUILD,))
"""How far the last feature map moves with a perturbed random image; reads no image.

Shape: a `Perturbation`: a float, and one a batch norm. Unit: activations; squared activations.
"""
