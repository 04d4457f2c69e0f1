"""TE-NAS: trainability by the neural tangent kernel and expressivity by linear regions.

    score = rank of -(largest / smallest eigenvalue of J J^T) + rank of the number of linear regions

over the population; ties share the mean rank. Row i of J is the gradient of the summed logits of
image i by the weights of convolutions, linear layers and batch norms. Linear regions are counted
as different on-off patterns of all ReLUs for as many N(0, 1) images as the batch has.

Reference: Chen, Gong, Wang: Neural Architecture Search on ImageNet in Four GPU Hours, ICLR 2021;
the protocol for single architectures is that of the releases of AZ-NAS and VKDNW: the benchmark's
own network, real images for the kernel and noise for the regions. (TE-NAS itself prunes a supernet
of 3 channels, with a batch of 72, and counts regions of 3,000 patches of 3 x 3 pixels in a network
of 1 channel.) The number of regions is at most the number of images, which nearly every connected
cell of NAS-Bench-201 reaches, so there the kernel decides alone.

Deviation: batch norm's statistics count as constants when the kernel is differentiated, so that
the gradient of an image is that image's. The release differentiates through the statistics, which
costs one backward pass per image. A kernel whose smallest eigenvalue is not positive in float64 has
no condition number, where the releases replace NaN by 100,000.

Outside of convolutional networks, scales of all norms count beside weights, and projections of
attention, recurrent weights and those of functional calls are weights; embeddings are not, unless
they are the classifier's weight. Logits are all numbers that the network returns, at all positions.
Regions are those of ReLUs, as modules or functions: without any, as with GELU or SiLU, the network
is unsupported. In a network of token ids the noise takes the place of what it looks up for them.
Networks in which samples are not simply rows, such as in attention, are run on one sample after the
other for the kernel, which gives the same number and takes longer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from harness.core.aggregation import sum_of_ranks
from harness.core.errors import UndefinedError
from harness.passes.activation_patterns import LINEAR_REGIONS
from harness.passes.observation import Observation
from harness.passes.tangent_kernel import TANGENT_KERNEL
from harness.plugin import Direction, Reference, Stability, ZeroCostProxy

if TYPE_CHECKING:
    import torch

    from harness.core.aggregation import Scores

__all__ = ["PLUGIN", "condition_number"]


def condition_number(kernel: torch.Tensor) -> float:
    """Return the largest over the smallest eigenvalue of a symmetric matrix.

    Returns:
        A number of at least 1.

    Raises:
        UndefinedError: The matrix is not finite, or not positive definite.
    """
    import torch

    if not bool(torch.isfinite(kernel).all()):
        raise UndefinedError("the tangent kernel is not finite, so it has no condition number")
    eigenvalues = torch.linalg.eigvalsh(kernel.cpu())
    smallest, largest = float(eigenvalues[0]), float(eigenvalues[-1])
    if smallest <= 0:
        raise UndefinedError(
            "the smallest eigenvalue of the tangent kernel is not positive, as where no gradient "
            "reaches the weights, so it has no condition number"
        )
    return largest / smallest


def _score(observation: Observation) -> dict[str, float]:
    regions = float(observation[LINEAR_REGIONS])  # first: without a ReLU the kernel is in vain
    return {
        "ntk_condition": condition_number(observation[TANGENT_KERNEL]),
        "linear_regions": regions,
    }


def _aggregate(components: Mapping[str, Scores]) -> Scores:
    return sum_of_ranks([-components["ntk_condition"], components["linear_regions"]])


PLUGIN = ZeroCostProxy(
    name="te_nas",
    version="1",
    summary="Ranks by condition of the tangent kernel and number of linear regions.",
    direction=Direction.HIGHER,
    passes=(TANGENT_KERNEL, LINEAR_REGIONS),
    score=_score,
    stability=Stability(score=0.1, spearman=0.003),
    components=("ntk_condition", "linear_regions"),
    aggregate=_aggregate,
    references=(
        Reference(
            metric="spearman",
            value=0.722,
            tolerance=0.05,
            task="nb201-cifar10-validation-connected",
            population="no-unreachable",
            batch=64,
            source="VKDNW (CVPR 2025), Table 1",
        ),
    ),
)
