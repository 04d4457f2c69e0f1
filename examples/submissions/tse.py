"""Training speed estimate: the sum of the losses of the first steps of training. Broken on purpose.

    score = sum over 8 steps of the loss before the step

Reference: Ru, Lyle, Schut, Fil, van der Wilk, Gal: Speedy Performance Estimation for Neural
Architecture Search, NeurIPS 2021 (arXiv 2006.04492), with steps on one batch instead of epochs.

What is wrong with it, for the page on submissions: it trains the network that it shares with other
proxies instead of one of its own, it shuffles by a generator that nobody seeds, and it divides by
the largest loss seen so far, so that a score depends on the networks before.
"""

import numpy as np

from harness.core.errors import UnsupportedError
from harness.passes.network_call import logits_of
from harness.passes.subject import INPUTS, LABELS, NETWORK
from harness.plugin import Direction, ZeroCostProxy

STEPS = 8
seen_losses = [1.0]


def score(seen):
    import torch
    from torch.nn.functional import cross_entropy

    network, images, labels = seen[NETWORK], seen[INPUTS], seen[LABELS]
    if not isinstance(images, torch.Tensor) or not images.is_floating_point():
        raise UnsupportedError("tse trains on images, and these inputs are no real numbers")
    optimiser = torch.optim.SGD(network.parameters(), lr=0.05)
    shuffle, total = np.random.default_rng(), 0.0
    for _ in range(STEPS):
        rows = torch.as_tensor(shuffle.permutation(len(images))[: len(images) // 2])
        loss = cross_entropy(logits_of(network, network(images[rows])), labels[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        total += loss.item()
    seen_losses.append(total)
    return total / max(seen_losses)


PLUGIN = ZeroCostProxy(
    name="tse",
    version="1",
    summary="Sum of the losses of eight steps of training.",
    direction=Direction.LOWER,
    passes=(NETWORK, INPUTS, LABELS),
    score=score,
)
