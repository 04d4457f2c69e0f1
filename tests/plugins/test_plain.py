"""Why plain says so little about a network with batch norm.

A loss does not change when the weights in front of a batch norm are scaled, so by Euler's theorem
they are orthogonal to their gradient: their share of plain, the sum of w * g, is zero but for the
epsilon of the norm. In NAS-Bench-201 the convolutions of the two shortcuts and the classifier are
all that is left.
"""

import numpy as np
import pytest
import torch

from harness.batches.source import Batch
from harness.passes.backward import LOSS_GRADIENTS
from harness.passes.observation import Subject
from harness.passes.weights import WEIGHTS
from harness.passes.workbench import Workbench
from harness.spaces.datasets import dataset
from harness.spaces.registry import space

UNNORMALISED = {"reduction_2.downsample.1.weight", "reduction_3.downsample.1.weight"}
PASSES = (LOSS_GRADIENTS, WEIGHTS)


@pytest.mark.parametrize("seed", range(4))
def test_plain_is_the_sum_over_the_layers_without_a_batch_norm(seed):
    searched = space("nas-bench-201")
    generator = torch.Generator().manual_seed(seed)
    subject = Subject(
        architecture=searched.sample(np.random.default_rng(seed)),
        space=searched,
        dataset=dataset("cifar10"),
        batch=Batch(
            inputs=torch.randn((16, 3, 32, 32), generator=generator),
            labels=torch.arange(16) % 10,
        ),
        seed=seed,
        device=torch.device("cpu"),
    )
    seen = Workbench(subject, PASSES).observation("test", PASSES)
    gradients = seen[LOSS_GRADIENTS]
    weights = {name: weight.detach() for name, weight in seen[WEIGHTS].items()}
    shares = {name: float((weights[name] * gradients[name]).double().sum()) for name in gradients}
    sizes = sum(
        float((weights[name] * gradient).abs().sum()) for name, gradient in gradients.items()
    )
    free = {name for name in shares if name in UNNORMALISED or weights[name].dim() == 2}
    assert len(free) == 3
    normalised = sum(value for name, value in shares.items() if name not in free)
    assert abs(normalised) < 1e-4 * sizes
    assert sum(shares[name] for name in free) == pytest.approx(
        sum(shares.values()), abs=1e-4 * sizes
    )
