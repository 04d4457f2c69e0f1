"""AZ-NAS: expressivity, progressivity, trainability and complexity, aggregated by rank.

    score = sum over the four of log(rank / n)

over the population, from the outputs of the cells, the input of the first cell included:

* expressivity: sum of the entropies of the normalised eigenvalues of the channel covariance over
  images and positions;
* progressivity: smallest increase of that entropy from one output to the next;
* trainability: mean over cells of 2 - s - 1 / (s + 1e-6), with s the largest singular value of the
  cross-correlation between a gradient of random signs at a cell's output and the gradient that
  arrives at its input, unshuffled to the output's resolution where that is lower;
* complexity: FLOPs.

Reference: Lee, Ham: AZ-NAS: Assembling Zero-Cost Proxies for Network Architecture Search, CVPR
2024. As in the release: Kaiming's initialisation, N(0, 1) noise for images, batch norm in training
mode, mean ranks for ties. Deviations: eigenvalues are computed in float64 and slightly negative
ones set to zero, where the release takes the logarithm of negative numbers and ranks the NaN last;
FLOPs are counted as in NAS-Bench-Suite-Zero instead of looked up. A cell that passes gradients
unchanged (trainability minus infinity, ranked last in the release) or has a constant output has no
score here. On NAS-Bench-201 the first are the four cells that compute the identity.

Published Spearman correlations on CIFAR-10: 0.913 in the authors' notebook (15,625 cells, test
accuracy), 0.892 in the re-run of VKDNW (cells without unreachable operations).

Outside of convolutional networks a cell is a module with ``is_cell = True``, or else the outermost
modules of classes of one's own and torch's transformer layers, or else the convolutions. Channels
are found as in `meco`; all other axes are samples and positions. Where a cell raises the
resolution, as in a U-Net, the gradient at its output is unshuffled instead; resolutions of which
none divides the other are unsupported. In a network of token ids the noise takes the place of what
it looks up for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from harness.core.aggregation import sum_of_log_ranks
from harness.passes.cells import EXPRESSIVITY, TRAINABILITY
from harness.passes.observation import Observation
from harness.passes.structure import STRUCTURE
from harness.plugin import Direction, Reference, ZeroCostProxy

if TYPE_CHECKING:
    from harness.core.aggregation import Scores

__all__ = ["PLUGIN"]

_COMPONENTS = ("expressivity", "progressivity", "trainability", "complexity")


def _score(observation: Observation) -> dict[str, float]:
    entropies = observation[EXPRESSIVITY]
    return {
        "expressivity": sum(entropies),
        "progressivity": float(np.min([after - before for before, after in pairwise(entropies)])),
        "trainability": float(np.mean(observation[TRAINABILITY])),
        "complexity": float(observation[STRUCTURE].flops),
    }


def _aggregate(components: Mapping[str, Scores]) -> Scores:
    return sum_of_log_ranks([components[name] for name in _COMPONENTS])


PLUGIN = ZeroCostProxy(
    name="az_nas",
    version="1",
    summary="Ranks by expressivity, progressivity, trainability and complexity of the cells.",
    direction=Direction.HIGHER,
    passes=(EXPRESSIVITY, TRAINABILITY, STRUCTURE),
    score=_score,
    components=_COMPONENTS,
    aggregate=_aggregate,
    references=(
        Reference(
            metric="spearman",
            value=0.892,
            tolerance=0.05,
            task="nb201-cifar10-validation-connected",
            population="no-unreachable",
            batch=64,
            source="VKDNW (CVPR 2025), Table 1",
        ),
    ),
)
