"""The three golden networks, rebuilt from their recipe.

One stream of ``numpy.random.default_rng(seed)`` fills, in the order of ``named_parameters()``,
convolution weights with N(0, 1) * sqrt(2 / fan in) and linear weights with N(0, 1) / sqrt(fan in);
batch-norm weights are ones and biases zeros, without a draw. The same stream then gives sixteen
images of 3 x 16 x 16 from N(0, 1); labels count 0 to 9 and start again. Draws are cast to float32.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

IMAGES, SIDE, CLASSES = 16, 16, 10


@dataclass(frozen=True)
class Golden:
    network: nn.Module
    inputs: Tensor
    labels: Tensor


def _conv(before: int, after: int, kernel: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(before, after, kernel, stride=stride, padding=kernel // 2, bias=False)


def _plain() -> nn.Module:
    layers: list[nn.Module] = []
    for conv in (_conv(3, 8, 3), _conv(8, 16, 3, stride=2), _conv(16, 16, 1)):
        layers += [conv, nn.BatchNorm2d(conv.out_channels), nn.ReLU()]
    return _Headed(nn.Sequential(*layers), _SpatialMean(), nn.Linear(16, CLASSES))


def _no_norm() -> nn.Module:
    features = nn.Sequential(
        nn.Conv2d(3, 6, 5, stride=2, padding=2),
        nn.ReLU(),
        nn.Conv2d(6, 12, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
    )
    return _Headed(features, _Flat(), nn.Linear(48, CLASSES))


class _SpatialMean:
    def __call__(self, maps: Tensor) -> Tensor:
        return maps.mean((2, 3))


class _Flat:
    def __call__(self, maps: Tensor) -> Tensor:
        return maps.flatten(1)


class _Headed(nn.Module):
    """Features and a classifier; what lies between them is no module, or meco would see it."""

    def __init__(
        self, features: nn.Module, reduce: Callable[[Tensor], Tensor], classifier: nn.Module
    ) -> None:
        super().__init__()
        self.features, self.reduce, self.classifier = features, reduce, classifier

    def forward(self, images: Tensor) -> Tensor:
        return self.classifier(self.reduce(self.features(images)))


class _Residual(nn.Module):
    """Stem, a block with an identity, a block with a pooled convolution beside it, classifier."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(_conv(3, 8, 3), nn.BatchNorm2d(8))
        self.identity_block = nn.Sequential(nn.ReLU(), _conv(8, 8, 3), nn.BatchNorm2d(8))
        self.strided_block = nn.Sequential(nn.ReLU(), _conv(8, 16, 3, stride=2), nn.BatchNorm2d(16))
        self.beside = nn.Sequential(nn.AvgPool2d(2), _conv(8, 16, 1))
        self.final = nn.Sequential(nn.BatchNorm2d(16), nn.ReLU())
        self.classifier = nn.Linear(16, CLASSES)

    def forward(self, images: Tensor) -> Tensor:
        maps = self.stem(images)
        maps = maps + self.identity_block(maps)
        maps = self.beside(maps) + self.strided_block(maps)
        return self.classifier(self.final(maps).mean((2, 3)))


_RECIPES: dict[str, tuple[int, Callable[[], nn.Module]]] = {
    "plain": (0, _plain),
    "residual": (1, _Residual),
    "no_norm": (2, _no_norm),
}
NAMES = tuple(_RECIPES)


def golden(name: str) -> Golden:
    """Rebuild a golden network, in training mode, and its batch."""
    seed, make = _RECIPES[name]
    generator = np.random.default_rng(seed)
    network = make()
    with torch.no_grad():
        for parameter_name, parameter in network.named_parameters():
            if parameter.dim() > 1:
                gain = 2.0 if parameter.dim() == 4 else 1.0
                fan_in = parameter[0].numel()
                parameter.copy_(_normal(generator, parameter.shape) * math.sqrt(gain / fan_in))
            else:
                parameter.fill_(0.0 if parameter_name.endswith("bias") else 1.0)
    inputs = _normal(generator, (IMAGES, 3, SIDE, SIDE))
    return Golden(network=network.train(), inputs=inputs, labels=torch.arange(IMAGES) % CLASSES)


def _normal(generator: np.random.Generator, shape: tuple[int, ...]) -> Tensor:
    return torch.from_numpy(generator.standard_normal(tuple(shape)).astype(np.float32))
