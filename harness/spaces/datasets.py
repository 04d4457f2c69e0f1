"""Shapes and classes of the data sets that networks are built for.

The seven tasks of TransNAS-Bench-101 are data sets of their own: same images, other heads. Their
classes are those of NAS-Bench-Suite-Zero, whose parameter counts the networks match; for maps
(segmentation, normals, autoencoding) `classes` counts the output channels.
"""

from __future__ import annotations

from harness.core.architecture import Dataset
from harness.core.errors import unknown_name

__all__ = ["DATASETS", "dataset"]

_SHAPES = {
    "cifar10": (3, 32, 32, 10),
    "cifar100": (3, 32, 32, 100),
    "imagenet16-120": (3, 16, 16, 120),
    "svhn": (3, 32, 32, 10),
    "ninapro": (1, 16, 52, 18),
    "scifar100": (3, 60, 60, 100),
    "class_object": (3, 256, 256, 100),
    "class_scene": (3, 256, 256, 63),
    "jigsaw": (3, 256, 256, 1000),
    "room_layout": (3, 256, 256, 9),
    "segmentsemantic": (3, 256, 256, 17),
    "autoencoder": (3, 256, 256, 3),
    "normal": (3, 256, 256, 3),
}

DATASETS = {
    name: Dataset(name=name, shape=tuple(shape), classes=classes)
    for name, (*shape, classes) in _SHAPES.items()
}


def dataset(name: str, where: str = "") -> Dataset:
    """Return a data set by name.

    Args:
        name: Its name.
        where: What named it, for messages.

    Raises:
        UsageError: There is no such data set.
    """
    if name not in DATASETS:
        raise unknown_name("dataset", name, DATASETS, where)
    return DATASETS[name]
