import torch
from torch import nn
from torch.nn import functional

from harness.passes.gradient_signs import gradient_signs


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


def one_by_one(network, images, labels):
    layers = [network.first, network.shared, network.head]
    totals = [torch.zeros_like(layer.weight) for layer in layers]
    for image, label in zip(images, labels, strict=True):
        loss = functional.cross_entropy(network(image[None]), label[None])
        gradients = torch.autograd.grad(loss, [layer.weight for layer in layers])
        for total, gradient in zip(totals, gradients, strict=True):
            total.add_(gradient.sign())
    return {
        layer: total.flatten().sort().values for layer, total in zip(layers, totals, strict=True)
    }


def test_they_are_those_of_one_backward_pass_per_image():
    torch.manual_seed(0)
    network = Twice().double().train()
    images, labels = torch.randn((5, 3, 7, 6), dtype=torch.float64), torch.arange(5)
    computed = gradient_signs(network, images, labels)
    expected = one_by_one(network, images, labels)
    assert computed.keys() == expected.keys()
    for layer, signs in computed.items():
        assert torch.equal(signs.sort().values, expected[layer])
