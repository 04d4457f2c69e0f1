"""Channel statistics of CIFAR-10, with which every natural image is normalised."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image

    from harness.core.architecture import Dataset

__all__ = ["to_array"]

_MEAN = (0.4914, 0.4822, 0.4465)
_STD = (0.2470, 0.2435, 0.2616)


def to_array(image: Image.Image, dataset: Dataset) -> np.ndarray:
    """Resize an image to the data set's shape and normalise it.

    Returns:
        float32 array of shape ``(3, height, width)``.
    """
    import numpy as np
    from PIL import Image

    size = (dataset.width, dataset.height)
    image = image.convert("RGB")
    if image.size != size:
        image = image.resize(size, Image.Resampling.BILINEAR)
    pixels = np.asarray(image, dtype=np.float32) / 255
    normalised = (pixels - np.array(_MEAN, np.float32)) / np.array(_STD, np.float32)
    return normalised.transpose(2, 0, 1)
