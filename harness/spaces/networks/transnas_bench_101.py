"""What both spaces of TransNAS-Bench-101 share: stem, tiles, initial weights (CVPR 2021)."""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import Tensor, fx, nn

from harness.core.architecture import Dataset
from harness.core.errors import UsageError
from harness.spaces.networks.relu_conv_norm import relu_conv_norm
from harness.spaces.networks.transnas_bench_101_heads import TILES, head

__all__ = ["BASE_CHANNELS", "STEM_HALVINGS", "Jigsaw", "assemble", "stem"]

BASE_CHANNELS = 64
STEM_HALVINGS = 2
_TILES_PER_SIDE = 3


def assemble(
    stages: OrderedDict[str, nn.Module], dataset: Dataset, channels: int, halvings: int
) -> nn.Module:
    """Put the published stem before the stages and the head of the task behind them.

    Convolutions get the published initial weights, normal with fan-out and the gain of a ReLU;
    transposed convolutions, linear layers and biases keep PyTorch's.

    Args:
        stages: The searched part.
        dataset: Names the task; see `transnas_bench_101_heads`.
        channels: Output channels of the last stage.
        halvings: How often the stages halve the resolution.
    """
    backbone = nn.Sequential(OrderedDict([("stem", stem(dataset.channels)), *stages.items()]))
    for layer in backbone.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
    decoder = head(dataset, channels, STEM_HALVINGS + halvings)
    if dataset.name == "jigsaw":
        return Jigsaw(backbone, decoder)
    return nn.Sequential(OrderedDict([("backbone", backbone), ("head", decoder)]))


def stem(channels: int) -> nn.Sequential:
    """Build the stem: two convolutions of stride 2, to 32 and to 64 channels."""
    half = BASE_CHANNELS // 2
    return nn.Sequential(
        nn.Conv2d(channels, half, 3, stride=2, padding=1, bias=False),
        nn.BatchNorm2d(half),
        relu_conv_norm(half, BASE_CHANNELS, kernel=3, stride=2),
    )


class Jigsaw(nn.Module):
    """Siamese network: the backbone on each of nine tiles, the head on their feature maps.

    The backbone is called nine times in a forward pass, on batches of one tile an image, as in
    the benchmark; batch norms see one tile position at a time.
    """

    def __init__(self, backbone: nn.Module, decoder: nn.Module) -> None:
        super().__init__()
        self.backbone = backbone
        self.head = decoder

    def forward(self, images: Tensor) -> Tensor:
        """Score the permutations.

        Args:
            images: Nine shuffled tiles ``(n, 9, channels, height, width)``; or images ``(n,
                channels, height, width)``, which are cut into three rows of three tiles, and up
                to two pixels at the right and lower border dropped.
        """
        tiles = _tiles(images)
        maps = torch.cat([self.backbone(tiles[place]) for place in range(TILES)], dim=1)
        scores: Tensor = self.head(maps)
        return scores


@fx.wrap
def _tiles(images: Tensor) -> tuple[Tensor, ...]:
    """Return nine tiles; one node of a graph of ``torch.fx``, as it asks for dimensions."""
    if images.ndim == 5:
        if images.shape[1] != TILES:
            raise UsageError(f"jigsaw needs {TILES} tiles an image, got {images.shape[1]}")
        return images.unbind(1)
    height, width = (side // _TILES_PER_SIDE for side in images.shape[-2:])
    return tuple(
        images[:, :, row * height : (row + 1) * height, column * width : (column + 1) * width]
        for row in range(_TILES_PER_SIDE)
        for column in range(_TILES_PER_SIDE)
    )
