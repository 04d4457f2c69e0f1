"""What both spaces of TransNAS-Bench-101 share: stem, tiles, heads, initial weights (CVPR 2021).

A task is known by the name of its data set. Its head maps feature maps to

===========================  =====================================================================
class_object, class_scene,   logits ``(n, classes)``: global average pool, linear
room_layout
jigsaw                       the same for the feature maps of nine tiles, side by side
segmentsemantic              class scores per pixel ``(n, classes, height, width)``
autoencoder, normal          an image ``(n, classes, height, width)``; `Dataset.classes` is here
                             the number of its channels, 3 in the benchmark
===========================  =====================================================================

A data set with any other name is classified. NAS-Bench-Suite-Zero builds class_object with 100
classes and class_scene with 63 where the benchmark has 75 and 47; jigsaw has 1,000 permutations,
room_layout 9 values, segmentsemantic 17 classes. The discriminator that the benchmark trains beside
the generator of autoencoder and normal is left out.
"""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import Tensor, fx, nn

from harness.core.architecture import Dataset
from harness.core.errors import UsageError
from harness.spaces.networks.layers import relu_conv_norm

__all__ = [
    "BASE_CHANNELS",
    "STEM_HALVINGS",
    "TASKS",
    "TILES",
    "Jigsaw",
    "Stage",
    "assemble",
    "head",
    "stem",
]

BASE_CHANNELS = 64
STEM_HALVINGS = 2
_TILES_PER_SIDE = 3
TILES = 9
_CLASSIFICATION = ("class_object", "class_scene", "room_layout")
_GENERATION = ("autoencoder", "normal")
TASKS = (*_CLASSIFICATION, "jigsaw", "segmentsemantic", *_GENERATION)
_WIDEST = 1024
_SLOPE = 0.2

# Output channels of the generator's layers and the least number of halvings undone from which on
# the layer doubles the resolution; 7 is never reached.
_GENERATOR = (
    *((1024, 7), (1024, 7), (512, 6), (512, 7), (256, 5), (128, 7), (64, 4)),
    *((64, 7), (32, 3), (32, 7), (16, 0), (32, 7), (16, 0)),
)


def assemble(
    stages: OrderedDict[str, nn.Module], dataset: Dataset, channels: int, halvings: int
) -> nn.Module:
    """Put the published stem before the stages and the head of the task behind them.

    Convolutions get the published initial weights, normal with fan-out and the gain of a ReLU;
    transposed convolutions, linear layers and biases keep PyTorch's.

    Args:
        stages: The searched part.
        dataset: Names the task; see `head`.
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


class Stage(nn.Sequential):
    """Two cells or blocks, a digit of the architecture's text; of these Eproxy looks at the last.

    Consecutive ones may have one shape, so that shapes do not tell where one ends.
    """

    is_stage = True


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


def head(dataset: Dataset, channels: int, halvings: int) -> nn.Sequential:
    """Build the head for the task that the data set names.

    Args:
        dataset: Its name is the task; `classes` is the number of outputs.
        channels: Of the feature maps, of one tile for jigsaw.
        halvings: How often the backbone halved the resolution; the decoders of images undo it.

    Raises:
        UsageError: The decoder of an image cannot undo so many halvings, or the sides of the
            images cannot be halved so often.
    """
    match dataset.name:
        case "segmentsemantic":
            _check_sides(dataset, halvings)
            return _segmentation(channels, halvings, dataset.classes)
        case "autoencoder" | "normal":
            _check_sides(dataset, halvings)
            return _generator(channels, halvings, dataset.classes)
        case "jigsaw":
            return _classifier(TILES * channels, dataset.classes)
        case _:
            return _classifier(channels, dataset.classes)


def _check_sides(dataset: Dataset, halvings: int) -> None:
    if not 2 <= halvings <= 6:
        raise UsageError(
            f"no head for {dataset.name!r} undoes {halvings} halvings of the resolution; "
            "the published ones undo 2 to 6"
        )
    if dataset.height % 2**halvings or dataset.width % 2**halvings:
        raise UsageError(
            f"images of {dataset.name!r} are {dataset.height} x {dataset.width}, but this network "
            f"restores only sides that are multiples of {2**halvings}; the benchmark has 256 x 256"
        )


def _classifier(channels: int, classes: int) -> nn.Sequential:
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, classes))


def _segmentation(channels: int, halvings: int, classes: int) -> nn.Sequential:
    layers: list[nn.Module] = [*_layer(channels, _WIDEST, doubles=False)]
    present = _WIDEST
    for index in range(5):
        layers += _layer(present, present // 2, doubles=index >= 6 - halvings)
        present //= 2
    layers += _layer(present, present, doubles=True)
    layers.append(nn.Conv2d(present, classes, 3, padding=1))
    return nn.Sequential(*layers)


def _generator(channels: int, halvings: int, outputs: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    present = channels
    for following, least in _GENERATOR:
        layers += _layer(present, following, doubles=halvings >= least)
        present = following
    layers += [nn.Conv2d(present, outputs, 3, padding=1), nn.Tanh()]
    return nn.Sequential(*layers)


def _layer(channels_in: int, channels_out: int, *, doubles: bool) -> list[nn.Module]:
    convolution: nn.Module = (
        nn.ConvTranspose2d(channels_in, channels_out, 3, stride=2, padding=1, output_padding=1)
        if doubles
        else nn.Conv2d(channels_in, channels_out, 3, padding=1)
    )
    return [convolution, nn.BatchNorm2d(channels_out), nn.LeakyReLU(_SLOPE)]
