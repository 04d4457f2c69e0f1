"""What a source of images is, and how a batch is drawn from it by name."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.core.errors import unknown_name
from harness.core.identity import derived_seed

if TYPE_CHECKING:
    import numpy as np
    import torch

    from harness.core.architecture import Dataset

__all__ = ["Batch", "BatchSource", "ImageBatch", "draw_batch", "load_source"]

_MODULES = {"photographs": "photographs", "cifar10": "cifar10", "noise": "noise"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Normalised images, float32 ``(n, channels, height, width)``, and int64 labels ``(n,)``."""

    inputs: torch.Tensor
    labels: torch.Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageBatch:
    """A drawn batch.

    Attributes:
        images: Normalised images, float32, shape ``(n, channels, height, width)``.
        labels: Class of each image, int64, shape ``(n,)``, in ``[0, classes)``.
        digest: Digest of both arrays.
    """

    images: np.ndarray
    labels: np.ndarray
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSource:
    """A named source of images.

    Attributes:
        draw: Draws ``(images, labels)`` for a data set, a number of images, a generator and an
            optional folder or archive to read.
    """

    name: str
    summary: str
    draw: Callable[[Dataset, int, np.random.Generator, Path | None], tuple[np.ndarray, np.ndarray]]


def load_source(name: str) -> BatchSource:
    """Return the named source.

    Raises:
        UsageError: There is no such source.
    """
    if name not in _MODULES:
        raise unknown_name("batch source", name, _MODULES)
    source: BatchSource = importlib.import_module(f"harness.batches.{_MODULES[name]}").SOURCE
    return source


def draw_batch(
    source: str, dataset: Dataset, size: int, seed: int, images: Path | None = None
) -> ImageBatch:
    """Draw a batch that depends on the arguments alone.

    Args:
        source: Name of the source.
        dataset: Shape of the images and number of classes.
        size: Number of images.
        seed: The run's seed.
        images: Folder or archive, for sources that read one.
    """
    import numpy as np

    generator = np.random.default_rng(derived_seed(seed, "batch", source))
    pixels, labels = load_source(source).draw(dataset, size, generator, images)
    pixels, labels = pixels.astype(np.float32), labels.astype(np.int64)
    content = hashlib.sha256(pixels.tobytes() + labels.tobytes()).hexdigest()[:16]
    return ImageBatch(images=pixels, labels=labels, digest=content)
