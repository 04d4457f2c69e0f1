"""Networks of ViT-Bench-101 (Wei et al., AAAI 2024): plain vision transformers, and with pooling.

Normalisation comes before attention and before the feed-forward part; its epsilon is 1e-6. All
patches are of 16 x 16 pixels. Weights are drawn as ViT-Bench-101 draws them: of AutoFormer from a
normal of standard deviation 0.02 cut at -2 and 2, without biases, of PiT by torch's defaults.

Deviations: networks have one class token, as those that were trained plainly; those trained with
distillation have a second one and a second head. There is no stochastic depth (.1), which is random
in each forward pass and no part of an untrained network.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from harness.core.architecture import Dataset
from harness.core.errors import UsageError
from harness.spaces.vit_bench_notation import PATCH, AutoFormer, Pit

__all__ = ["build_autoformer", "build_pit"]

_EPSILON = 1e-6
_DEVIATION = 0.02
"""The public code truncates at sizes of 2: a hundred deviations, which cuts off nothing."""


class _Attention(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.parts = nn.Linear(width, 3 * width)
        self.output = nn.Linear(width, width)

    def forward(self, tokens: Tensor) -> Tensor:
        parts = self.parts(tokens).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        attended = functional.scaled_dot_product_attention(parts[0], parts[1], parts[2])
        output: Tensor = self.output(attended.transpose(1, 2).flatten(2))
        return output


class _Layer(nn.Module):
    """Attention and feed-forward part, each added to what enters it."""

    is_cell = True

    def __init__(self, width: int, heads: int, inner: int) -> None:
        super().__init__()
        self.attention = nn.Sequential(nn.LayerNorm(width, eps=_EPSILON), _Attention(width, heads))
        self.feed_forward = nn.Sequential(
            nn.LayerNorm(width, eps=_EPSILON),
            nn.Linear(width, inner),
            nn.GELU(),
            nn.Linear(inner, width),
        )

    def forward(self, tokens: Tensor) -> Tensor:
        tokens = tokens + self.attention(tokens)
        output: Tensor = tokens + self.feed_forward(tokens)
        return output


class _AutoFormer(nn.Module):
    def __init__(self, known: AutoFormer, dataset: Dataset) -> None:
        super().__init__()
        width = known.width
        patches = (dataset.height // PATCH) * (dataset.width // PATCH)
        self.patches = nn.Conv2d(dataset.channels, width, PATCH, stride=PATCH)
        self.token = nn.Parameter(torch.zeros(1, 1, width))
        self.places = nn.Parameter(torch.zeros(1, patches + 1, width))
        self.layers = nn.Sequential(
            *(
                _Layer(width, heads, int(width * ratio))
                for heads, ratio in zip(known.heads, known.ratios, strict=True)
            )
        )
        self.norm = nn.LayerNorm(width, eps=_EPSILON)
        self.head = nn.Linear(width, dataset.classes)

    def forward(self, images: Tensor) -> Tensor:
        """Return logits ``(n, classes)`` of the mean over patches, without the class token."""
        patches = self.patches(images).flatten(2).transpose(1, 2)
        token = self.token.expand(patches.shape[0], -1, -1)
        tokens = self.layers(torch.cat([token, patches], dim=1) + self.places)
        logits: Tensor = self.head(self.norm(tokens)[:, 1:].mean(dim=1))
        return logits


class _Pool(nn.Module):
    """Halves the sides of the map of patches and widens it; the class token has a matrix."""

    def __init__(self, width: int, next_width: int, side: tuple[int, int]) -> None:
        super().__init__()
        self.side = side
        self.patches = nn.Conv2d(width, next_width, 3, stride=2, padding=1, groups=width)
        self.token = nn.Linear(width, next_width)

    def forward(self, tokens: Tensor) -> Tensor:
        maps = tokens[:, 1:].transpose(1, 2)
        patches = self.patches(maps.reshape(*maps.shape[:2], *self.side))
        return torch.cat([self.token(tokens[:, :1]), patches.flatten(2).transpose(1, 2)], dim=1)


class _Pit(nn.Module):
    def __init__(self, known: Pit, dataset: Dataset) -> None:
        super().__init__()
        height, width = (
            (side - PATCH) // known.stride + 1 for side in (dataset.height, dataset.width)
        )
        first, *_, last = known.widths
        self.patches = nn.Conv2d(dataset.channels, first, PATCH, stride=known.stride)
        self.places = nn.Parameter(torch.zeros(1, first, height, width))
        self.token = nn.Parameter(torch.zeros(1, 1, first))
        layers: list[nn.Module] = []
        for stage, (wide, depth) in enumerate(zip(known.widths, known.depths, strict=True)):
            if stage:
                layers.append(_Pool(known.widths[stage - 1], wide, (height, width)))
                height, width = -(-height // 2), -(-width // 2)
            layers += [_Layer(wide, known.heads[stage], wide * known.ratio) for _ in range(depth)]
        self.layers = nn.Sequential(*layers)
        self.norm = nn.LayerNorm(last, eps=_EPSILON)
        self.head = nn.Linear(last, dataset.classes)

    def forward(self, images: Tensor) -> Tensor:
        """Return logits ``(n, classes)`` of the class token."""
        patches = (self.patches(images) + self.places).flatten(2).transpose(1, 2)
        token = self.token.expand(patches.shape[0], -1, -1)
        tokens = self.layers(torch.cat([token, patches], dim=1))
        logits: Tensor = self.head(self.norm(tokens[:, 0]))
        return logits


def build_autoformer(known: AutoFormer, dataset: Dataset) -> nn.Module:
    """Build an untrained network of AutoFormer-tiny.

    Raises:
        UsageError: Images are smaller than a patch.
    """
    _require_patches(dataset)
    network = _AutoFormer(known, dataset)
    for module in network.modules():
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=_DEVIATION)
            nn.init.zeros_(module.bias)
    return _with_places(network)


def build_pit(known: Pit, dataset: Dataset) -> nn.Module:
    """Build an untrained pooling-based vision transformer.

    Raises:
        UsageError: Images are smaller than a patch.
    """
    _require_patches(dataset)
    return _with_places(_Pit(known, dataset))


def _with_places(network: _AutoFormer | _Pit) -> nn.Module:
    for parameter in (network.places, network.token):
        nn.init.normal_(parameter, std=_DEVIATION)
    return network


def _require_patches(dataset: Dataset) -> None:
    if min(dataset.height, dataset.width) < PATCH:
        raise UsageError(
            f"images of data set {dataset.name!r} are {dataset.shape}; vision transformers of "
            f"ViT-Bench-101 cut them into patches of {PATCH} x {PATCH} and need at least one"
        )
