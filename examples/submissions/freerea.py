"""FreeREA's training-free guide: how many inputs a network tells apart, and how well it trains.

    score = regions / largest regions + synflow / largest synflow

*regions* is the log-determinant of the kernel of activation codes (NASWOT), *synflow* LogSynflow,
sum of abs(w) * log(1 + abs(dR/dw)) with R as in SynFlow; the largest are of the networks ranked.

Reference: Cavagnero, Robbiano, Caputo, Averta: FreeREA: Training-Free Evolution-based Architecture
Search, WACV 2023 (arXiv 2207.05135), formulas alone. The third term of the paper, the number of
skipped layers, is one of NAS-Bench-201's and NATS-Bench's cells and is left out.
"""

from harness.passes.activation_kernel import ACTIVATION_KERNEL
from harness.passes.data_free_flow import DATA_FREE_FLOW
from harness.passes.weights import WEIGHTS
from harness.plugin import Direction, ZeroCostProxy


def score(seen):
    import torch

    regions = torch.linalg.slogdet(seen[ACTIVATION_KERNEL]).logabsdet
    synflow = 0.0
    for name, flow in seen[DATA_FREE_FLOW].items():
        size = seen[WEIGHTS][name].detach().double().abs()
        synflow += float((size * (flow / size).nan_to_num(0.0).log1p()).sum())
    return {"regions": float(regions), "synflow": synflow}


def aggregate(components):
    return sum(values / abs(values).max() for values in components.values())


PLUGIN = ZeroCostProxy(
    name="freerea",
    version="1",
    summary="Activation codes told apart, plus LogSynflow, each over its largest.",
    direction=Direction.HIGHER,
    passes=(ACTIVATION_KERNEL, DATA_FREE_FLOW, WEIGHTS),
    score=score,
    components=("regions", "synflow"),
    aggregate=aggregate,
)
