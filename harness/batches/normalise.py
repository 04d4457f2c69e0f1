"""Normalisation by the statistics of CIFAR-10, by given ones, or by those of the batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from harness.core.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image

    from harness.core.architecture import Dataset

__all__ = ["normalised", "to_array"]

_MEAN = (0.4914, 0.4822, 0.4465)
_STD = (0.2470, 0.2435, 0.2616)
_LUMINANCE = (0.299, 0.587, 0.114)


def to_array(image: Image.Image, dataset: Dataset) -> np.ndarray:
    """Resize a natural image to the data set's shape and normalise it as those of CIFAR-10.

    Returns:
        float32 array of the data set's shape; of one channel, the luminance of the normalised
        colours.

    Raises:
        UsageError: The data set has other images than grey or colour ones.
    """
    import numpy as np
    from PIL import Image

    if dataset.channels not in (1, 3):
        raise UsageError(
            f"photographs have 1 or 3 channels, but {dataset.title} has "
            f"{dataset.channels}; take the batch source noise, or arrays of your own"
        )
    size = (dataset.width, dataset.height)
    image = image.convert("RGB")
    if image.size != size:
        image = image.resize(size, Image.Resampling.BILINEAR)
    pixels = np.asarray(image, dtype=np.float32) / 255
    normalised = (pixels - np.array(_MEAN, np.float32)) / np.array(_STD, np.float32)
    if dataset.channels == 1:
        return (normalised @ np.array(_LUMINANCE, np.float32))[None]
    return normalised.transpose(2, 0, 1)


def normalised(
    samples: np.ndarray, mean: Sequence[float] | str, std: Sequence[float] | str, place: str
) -> np.ndarray:
    """Subtract a mean from each channel and divide by a deviation.

    Args:
        samples: Shape ``(n, channels, ...)``; token ids and other ranks have one channel an entry.
        mean: A number for each channel, or ``"batch"`` for those of the samples.
        std: The same; a channel of equal numbers keeps the deviation 1.
        place: Where they stand, for messages.

    Raises:
        UsageError: They are not as many as the channels, or a deviation is 0.
    """
    import numpy as np

    axes = (0, *range(2, samples.ndim))
    numbers = samples.astype(np.float64)
    measured = {"mean": numbers.mean(axes), "std": numbers.std(axes)}
    chosen = {}
    for name, given in (("mean", mean), ("std", std)):
        values = measured[name] if given == "batch" else _per_channel(name, given, place)
        if values.shape != (samples.shape[1],):
            raise UsageError(
                f"{place}: {name} has {values.size} numbers for {samples.shape[1]} channels"
            )
        chosen[name] = values.reshape(-1, *[1] * (samples.ndim - 2))
    if std != "batch" and not (chosen["std"] > 0).all():
        raise UsageError(f"{place}: std is {std}; give numbers above 0")
    spread = np.where(chosen["std"] > 0, chosen["std"], 1)
    result: np.ndarray = ((numbers - chosen["mean"]) / spread).astype(np.float32)
    return result


def _per_channel(name: str, given: Sequence[float] | str, place: str) -> np.ndarray:
    import numpy as np

    try:
        values = np.array(given, dtype=np.float32)
    except (TypeError, ValueError):
        values = np.array(np.nan)
    if values.ndim != 1 or not np.isfinite(values).all():
        raise UsageError(f"{place}: {name} is {given!r}; give a number a channel, or 'batch'")
    return values
