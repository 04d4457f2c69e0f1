"""Heads of the seven tasks of TransNAS-Bench-101 (Duan et al., CVPR 2021).

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

from torch import nn

from harness.core.architecture import Dataset
from harness.core.errors import UsageError

__all__ = ["TASKS", "TILES", "head"]

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
