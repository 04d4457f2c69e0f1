"""Small networks of the kinds that users have, and pairs that compute the same in two ways.

Each is a `Case`: how to build the network, what it is called with, and what its loss is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import nn
from torch.nn import functional

from harness.batches.source import Batch, Inputs
from harness.core.architecture import Dataset
from harness.passes.observation import Subject
from tests.passes.subjects import ARCHITECTURE, SEED, FixedSpace

SAMPLES = 4


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """A network and what it is scored with.

    Attributes:
        build: Builds the network; the weights come from torch's global generator.
        inputs: What it is called with.
        labels: Labels of its samples.
        loss: See `harness.passes.losses`.
        classes: Outputs at each position.
    """

    build: Callable[[], nn.Module]
    inputs: Inputs
    labels: torch.Tensor | None
    loss: str = "cross_entropy"
    classes: int = 5

    def subject(self) -> Subject:
        """Return the subject whose network this is."""
        first = self.inputs if isinstance(self.inputs, torch.Tensor) else None
        tokens = first is not None and not first.is_floating_point()
        return Subject(
            architecture=ARCHITECTURE,
            space=FixedSpace(self.build),
            dataset=Dataset(
                name="fixed",
                shape=(1,) if first is None else tuple(first.shape[1:]),
                classes=self.classes,
                inputs="tokens" if tokens else "real",
                vocabulary=VOCABULARY if tokens else 0,
            ),
            batch=Batch(inputs=self.inputs, labels=self.labels),
            seed=SEED,
            device=torch.device("cpu"),
            loss=self.loss,
        )


VOCABULARY, LENGTH = 12, 6


def _noise(*shape: int) -> torch.Tensor:
    return torch.randn((SAMPLES, *shape), generator=torch.Generator().manual_seed(0))


def _ids(high: int, *shape: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(1)
    return torch.randint(high, (SAMPLES, *shape), generator=generator)


CLASSES_IN_TURN = torch.arange(SAMPLES) % 5


class ResidualBlock(nn.Module):
    def __init__(self, before: int, after: int, stride: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(before, after, 3, stride, 1, bias=False)
        self.first_norm = nn.BatchNorm2d(after)
        self.second = nn.Conv2d(after, after, 3, 1, 1, bias=False)
        self.second_norm = nn.BatchNorm2d(after)
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or before != after:
            self.shortcut = nn.Sequential(
                nn.Conv2d(before, after, 1, stride, bias=False), nn.BatchNorm2d(after)
            )
        self.relu = nn.ReLU()

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        inner = self.relu(self.first_norm(self.first(maps)))
        return self.relu(self.second_norm(self.second(inner)) + self.shortcut(maps))


class ResNet(nn.Module):
    """As ResNet-18, of two blocks."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, 1, 1, bias=False)
        self.norm = nn.BatchNorm2d(8)
        self.relu = nn.ReLU(inplace=False)
        self.blocks = nn.Sequential(ResidualBlock(8, 8, 1), ResidualBlock(8, 16, 2))
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(16, 5)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        maps = self.blocks(self.relu(self.norm(self.stem(images))))
        return self.classifier(torch.flatten(self.pool(maps), 1))


class VisionTransformer(nn.Module):
    def __init__(self, width: int = 8) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, width, 4, 4)
        self.token = nn.Parameter(torch.zeros(1, 1, width))
        self.positions = nn.Parameter(torch.randn(1, 5, width) * 0.02)
        layer = nn.TransformerEncoderLayer(
            width, 2, 2 * width, 0.0, "gelu", batch_first=True, norm_first=True
        )
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, 5)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        patches = self.patches(images).flatten(2).mT
        tokens = torch.cat([self.token.expand(len(images), -1, -1), patches], dim=1)
        return self.head(self.norm(self.encoder(tokens + self.positions))[:, 0])


class Attention(nn.Module):
    """Causal self-attention with one projection for queries, keys and values."""

    def __init__(self, width: int, heads: int = 2) -> None:
        super().__init__()
        self.heads = heads
        self.projection = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        samples, length, width = states.shape
        split = (samples, length, self.heads, width // self.heads)
        query, key, value = (
            part.view(split).transpose(1, 2) for part in self.projection(states).chunk(3, dim=-1)
        )
        mixed = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        return self.out(mixed.transpose(1, 2).reshape(samples, length, width))


class LanguageModel(nn.Module):
    """As GPT: learned positions, the classifier's weight is that of the embedding."""

    def __init__(self, width: int = 8) -> None:
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, width)
        self.positions = nn.Embedding(LENGTH, width)
        self.first_norm = nn.LayerNorm(width)
        self.attention = Attention(width)
        self.second_norm = nn.LayerNorm(width)
        self.perceptron = nn.Sequential(
            nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width)
        )
        self.head = nn.Linear(width, VOCABULARY, bias=False)
        self.head.weight = self.embedding.weight

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        states = self.embedding(ids) + self.positions(torch.arange(ids.shape[1], device=ids.device))
        states = states + self.attention(self.first_norm(states))
        states = states + self.perceptron(self.second_norm(states))
        return self.head(states)


class Recurrent(nn.Module):
    """Classifies a text by the last state of an LSTM."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, 6)
        self.inner = nn.LSTM(6, 8, 2, batch_first=True)
        self.classifier = nn.Linear(8, 5)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        states, _ = self.inner(self.embedding(ids))
        return self.classifier(states[:, -1])


class Electrocardiogram(nn.Module):
    """One-dimensional convolutions of two leads."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv1d(2, 6, 5, 2, 2), nn.BatchNorm1d(6), nn.ReLU(), nn.MaxPool1d(2),
            nn.Conv1d(6, 8, 3, padding=1), nn.BatchNorm1d(8), nn.ReLU(), nn.AdaptiveAvgPool1d(1),
            nn.Flatten(), nn.Linear(8, 5),
        )  # fmt: skip

    def forward(self, signals: torch.Tensor) -> torch.Tensor:
        return self.layers(signals)


class Video(nn.Module):
    """Three-dimensional convolutions."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv3d(1, 4, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm3d(4)
        self.second = nn.Conv3d(4, 6, 3, stride=2, padding=1)
        self.classifier = nn.Linear(6, 5)

    def forward(self, volumes: torch.Tensor) -> torch.Tensor:
        maps = functional.relu(self.norm(self.first(volumes)))
        return self.classifier(functional.relu(self.second(maps)).mean((2, 3, 4)))


class UNet(nn.Module):
    """Classes of pixels, by way of half the resolution."""

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU())
        self.bottom = nn.Sequential(nn.Conv2d(4, 6, 3, padding=1), nn.BatchNorm2d(6), nn.ReLU())
        self.up = nn.ConvTranspose2d(6, 4, 2, 2)
        self.last = nn.Sequential(nn.Conv2d(8, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 5, 1))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        maps = self.down(images)
        inner = self.up(self.bottom(functional.max_pool2d(maps, 2)))
        return self.last(torch.cat([maps, inner], dim=1))


CASES: dict[str, Case] = {
    "resnet": Case(build=ResNet, inputs=_noise(3, 8, 8), labels=CLASSES_IN_TURN),
    "vit": Case(build=VisionTransformer, inputs=_noise(3, 8, 8), labels=CLASSES_IN_TURN),
    "gpt": Case(
        build=LanguageModel,
        inputs=_ids(VOCABULARY, LENGTH),
        labels=_ids(VOCABULARY, LENGTH).flip(1),
        loss="per_token",
        classes=VOCABULARY,
    ),
    "lstm": Case(build=Recurrent, inputs=_ids(VOCABULARY, LENGTH), labels=CLASSES_IN_TURN),
    "ecg": Case(build=Electrocardiogram, inputs=_noise(2, 32), labels=CLASSES_IN_TURN),
    "video": Case(build=Video, inputs=_noise(1, 4, 6, 6), labels=CLASSES_IN_TURN),
    "unet": Case(build=UNet, inputs=_noise(3, 8, 8), labels=_ids(5, 8, 8), loss="per_pixel"),
}
"""One network a kind."""


class FunctionalResidualBlock(ResidualBlock):
    """The same by functions, with no activation of its own."""

    def __init__(self, before: int, after: int, stride: int) -> None:
        super().__init__(before, after, stride)
        del self.relu

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        first, second = self.first, self.second
        inner = functional.conv2d(input=maps, weight=first.weight, stride=first.stride, padding=1)
        inner = torch.relu(_normalised(inner, self.first_norm))
        inner = functional.conv2d(inner, second.weight, None, second.stride, second.padding)
        inner = _normalised(inner, self.second_norm)
        if isinstance(self.shortcut, nn.Sequential):
            convolution, norm = self.shortcut
            maps = torch.conv2d(maps, convolution.weight, stride=convolution.stride)
            maps = _normalised(maps, norm)
        return (inner + maps).relu()


def _normalised(maps: torch.Tensor, norm: nn.BatchNorm2d) -> torch.Tensor:
    return functional.batch_norm(
        maps, norm.running_mean, norm.running_var, norm.weight, norm.bias, training=norm.training
    )


class FunctionalResNet(ResNet):
    def __init__(self) -> None:
        nn.Module.__init__(self)
        self.stem = nn.Conv2d(3, 8, 3, 1, 1, bias=False)
        self.norm = nn.BatchNorm2d(8)
        self.blocks = nn.Sequential(
            FunctionalResidualBlock(8, 8, 1), FunctionalResidualBlock(8, 16, 2)
        )
        self.classifier = nn.Linear(16, 5)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        maps = functional.conv2d(images, self.stem.weight, padding=1)
        maps = self.blocks(functional.relu(_normalised(maps, self.norm)))
        pooled = functional.adaptive_avg_pool2d(maps, 1)
        head = self.classifier
        return functional.linear(pooled.flatten(1), bias=head.bias, weight=head.weight)


class KeywordResNet(ResNet):
    """Modules called by keyword, one activation for all."""

    def __init__(self) -> None:
        super().__init__()
        for block in self.blocks:
            block.relu = self.relu

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        maps = self.relu(input=self.norm(input=self.stem(input=images)))
        maps = self.blocks(input=maps)
        return self.classifier(input=torch.flatten(input=self.pool(input=maps), start_dim=1))


class FunctionalVisionTransformer(VisionTransformer):
    """The same with attention and perceptrons by functions."""

    def __init__(self, width: int = 8) -> None:
        super().__init__(width)
        for layer in self.encoder.layers:
            del layer.dropout, layer.dropout1, layer.dropout2

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        stem = self.patches
        patches = functional.conv2d(images, stem.weight, stem.bias, stride=4).flatten(2)
        token = self.token.expand(len(images), -1, -1)
        states = torch.cat([token, patches.transpose(1, 2)], dim=1) + self.positions
        for layer in self.encoder.layers:
            states = states + _attention(_layer_norm(states, layer.norm1), layer.self_attn)
            inner = functional.gelu(_linear(_layer_norm(states, layer.norm2), layer.linear1))
            states = states + _linear(inner, layer.linear2)
        return _linear(_layer_norm(states, self.norm)[:, 0], self.head)


def _linear(states: torch.Tensor, layer: nn.Linear) -> torch.Tensor:
    return functional.linear(states, layer.weight, layer.bias)


def _layer_norm(states: torch.Tensor, norm: nn.LayerNorm) -> torch.Tensor:
    return functional.layer_norm(
        states, norm.normalized_shape, weight=norm.weight, bias=norm.bias, eps=norm.eps
    )


def _attention(states: torch.Tensor, layer: nn.MultiheadAttention) -> torch.Tensor:
    samples, length, width = states.shape
    packed = functional.linear(states, layer.in_proj_weight, layer.in_proj_bias)
    split = (samples, length, layer.num_heads, width // layer.num_heads)
    query, key, value = (part.view(split).transpose(1, 2) for part in packed.chunk(3, dim=-1))
    mixed = functional.scaled_dot_product_attention(query, key, value)
    out = layer.out_proj
    return functional.linear(mixed.transpose(1, 2).reshape(states.shape), out.weight, out.bias)


class FunctionalUNet(UNet):
    def forward(self, images: torch.Tensor) -> torch.Tensor:
        maps = self._block(images, self.down)
        inner = self._block(functional.max_pool2d(maps, kernel_size=2), self.bottom)
        inner = functional.conv_transpose2d(inner, self.up.weight, self.up.bias, stride=2)
        first, _, last = self.last
        maps = torch.cat([maps, inner], dim=1)
        maps = functional.relu(functional.conv2d(maps, first.weight, first.bias, padding=1))
        return functional.conv2d(maps, last.weight, last.bias)

    def _block(self, maps: torch.Tensor, layers: nn.Sequential) -> torch.Tensor:
        convolution, norm, _ = layers
        maps = functional.conv2d(maps, convolution.weight, convolution.bias, padding=1)
        return torch.clamp(_normalised(maps, norm), min=0)


def _twin(kind: str, build: Callable[[], nn.Module]) -> tuple[Case, Case]:
    return CASES[kind], replace(CASES[kind], build=build)


TWINS: dict[str, tuple[Case, Case]] = {
    "functions": _twin("resnet", FunctionalResNet),
    "keyword calls and a shared activation": _twin("resnet", KeywordResNet),
    "functions of attention": _twin("vit", FunctionalVisionTransformer),
    "functions of maps": _twin("unet", FunctionalUNet),
}
"""Two networks of equal parameters that compute the same: of modules, and in another way."""
