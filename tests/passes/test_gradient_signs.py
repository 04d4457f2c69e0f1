from dataclasses import replace

import torch
from torch import nn
from torch.nn import functional

from harness.batches.source import Batch
from harness.passes.gradient_signs import GRADIENT_SIGNS, gradient_signs
from harness.passes.subject import NETWORK
from harness.passes.weights import WEIGHTS
from harness.passes.workbench import Workbench
from tests.passes.subjects import images, subject


class Twice(nn.Module):
    """A layer that is called twice, a norm, and a layer that the loss does not see."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.shared = nn.Conv2d(4, 4, 3, padding=1)
        self.unused = nn.Conv2d(4, 4, 1)
        self.head = nn.Linear(4, 5)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        features = torch.tanh(self.norm(self.first(images)))
        features = torch.tanh(self.shared(torch.tanh(self.shared(features))))
        self.unused(features)
        return self.head(features.mean((2, 3)))


class Tokens(nn.Module):
    """A small language model whose classifier has the weight of the embedding."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(7, 4)
        self.layer = nn.TransformerEncoderLayer(4, 2, 6, 0.0, batch_first=True)
        self.head = nn.Linear(4, 7, bias=False)
        self.head.weight = self.embedding.weight

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        return self.head(self.layer(self.embedding(ids)))


def one_by_one(network, inputs, labels, weights):
    totals = {name: torch.zeros_like(weight) for name, weight in weights.items()}
    for sample, label in zip(inputs, labels, strict=True):
        output = network(sample[None]).movedim(-1, 1)
        loss = functional.cross_entropy(output, label[None])
        gradients = torch.autograd.grad(loss, list(weights.values()))
        for total, gradient in zip(totals.values(), gradients, strict=True):
            total.add_(gradient.sign())
    return {name: total.flatten().sort().values for name, total in totals.items()}


def test_they_are_those_of_one_backward_pass_per_image():
    torch.manual_seed(0)
    network = Twice().double().train()
    images, labels = torch.randn((5, 3, 7, 6), dtype=torch.float64), torch.arange(5)
    weights = {name: getattr(network, name).weight for name in ("first", "shared", "head")}
    computed = gradient_signs(network, images, labels, weights)
    for name, signs in one_by_one(network, images, labels, weights).items():
        assert torch.equal(computed[name].sort().values, signs)


def test_token_networks_are_run_on_one_sequence_after_the_other():
    ids = torch.randint(7, (3, 5), generator=torch.Generator().manual_seed(0))
    made = replace(subject(Tokens, *images(3)), batch=Batch(inputs=ids, labels=ids))
    on = Workbench(replace(made, loss="per_token"), (GRADIENT_SIGNS, NETWORK, WEIGHTS))
    seen = on.observation("test", (GRADIENT_SIGNS, NETWORK, WEIGHTS))
    weights = seen[WEIGHTS]
    assert "layer.self_attn.in_proj_weight" in weights
    expected = one_by_one(seen[NETWORK], ids, ids, weights)
    for name, signs in expected.items():
        assert torch.equal(seen[GRADIENT_SIGNS][name].sort().values, signs), name
