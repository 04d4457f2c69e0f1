"""LogSynflow: SynFlow whose gradients are scaled down by a logarithm.

    score = sum over convolution and linear weights of abs(w) * log(1 + abs(dR/dw))

R is the summed output, for one image of ones, of the network whose weights are replaced by their
magnitudes and whose norms are bypassed.

Reference: Cavagnero, Robbiano, Caputo, Averta: FreeREA: Training-Free Evolution-based Architecture
Search, WACV 2023 (arXiv 2207.05135). Nothing deviates knowingly; weights of exactly 0 count as 0.
"""

from harness.passes.data_free_flow import DATA_FREE_FLOW
from harness.passes.weights import WEIGHTS
from harness.plugin import Direction, ZeroCostProxy


def score(seen):
    total = 0.0
    for name, flow in seen[DATA_FREE_FLOW].items():
        size = seen[WEIGHTS][name].detach().double().abs()
        gradient = (flow / size).nan_to_num(0.0)
        total += float((size * gradient.log1p()).sum())
    return total


PLUGIN = ZeroCostProxy(
    name="logsynflow",
    version="1",
    summary="Sum of abs(weight) * log(1 + abs(gradient of the data-free output)).",
    direction=Direction.HIGHER,
    passes=(DATA_FREE_FLOW, WEIGHTS),
    score=score,
)
