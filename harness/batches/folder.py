"""Images of any size from a folder of class folders.

A folder holds one sub-folder a class (``cat/1.jpg``, ``dog/7.png`` ...); classes are numbered in
the order of their names. Images are drawn without replacement. Each is turned as its camera says,
converted to grey or RGB (transparency is dropped), brought to the data set's height and width,
scaled to 0 to 1, and normalised by channel.

Options: ``resize``: ``"crop"`` scales the image until it covers the shape and cuts out the middle,
``"stretch"`` changes the ratio of its sides, ``"pad"`` scales it until it fits and fills with 0;
all bilinear. ``mean`` and ``std``: a number a channel, or ``"batch"`` for those of the drawn
images.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from harness.batches.normalise import normalised
from harness.batches.source import BatchSource, Draw
from harness.core.errors import DataError, UsageError, unknown_name

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image

__all__ = ["SOURCE"]

_LOG = logging.getLogger(__name__)
_SUFFIXES = frozenset(
    {".bmp", ".gif", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"}
)
_RESIZES = ("crop", "stretch", "pad")
_MODES = {1: "L", 3: "RGB"}
_TRANSPARENT = frozenset({"RGBA", "LA", "PA"})
_WANTED = "a folder of class folders with images"


def _draw(
    draw: Draw,
    *,
    resize: str = "crop",
    mean: Sequence[float] | str = "batch",
    std: Sequence[float] | str = "batch",
) -> tuple[np.ndarray, np.ndarray]:
    import numpy as np

    if resize not in _RESIZES:
        raise unknown_name("resize", str(resize), _RESIZES, "[batch] options")
    if draw.dataset.channels not in _MODES:
        raise UsageError(
            f"images of a folder have 1 or 3 channels, but {draw.dataset.title} has "
            f"{draw.dataset.channels}; take the batch source 'arrays'"
        )
    folder = draw.existing(_WANTED)
    files = _files(folder, draw.dataset.classes)
    chosen = [files[index] for index in draw.indices(len(files), folder, "images")]
    images, transparent = [], 0
    for path, _ in chosen:
        image = _opened(path)
        transparent += image.mode in _TRANSPARENT
        images.append(_pixels(_resized(image, draw, resize)))
    if transparent:
        _LOG.warning(
            "%d of the %d images have transparency, which is dropped", transparent, len(images)
        )
    pixels = normalised(np.stack(images), mean, std, f"images of {folder}")
    return pixels, np.array([label for _, label in chosen], dtype=np.int64)


def _files(folder: Path, classes: int) -> list[tuple[Path, int]]:
    """Return the images of all class folders with the numbers of their classes."""
    if not folder.is_dir():
        raise DataError(f"{folder} is no folder; name {_WANTED}")
    class_folders = sorted(
        place for place in folder.iterdir() if place.is_dir() and not place.name.startswith(".")
    )
    if not 2 <= len(class_folders) <= classes:
        raise DataError(
            f"{folder} has {len(class_folders)} class folders; 2 to {classes} are needed, one for "
            "each class of the data set"
        )
    return [
        (path, label)
        for label, place in enumerate(class_folders)
        for path in sorted(place.iterdir())
        if path.suffix.lower() in _SUFFIXES
    ]


def _opened(path: Path) -> Image.Image:
    """Read one image with 8 bits a channel, turned as its camera says."""
    from PIL import Image, ImageOps

    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(path) as stored:
                image = ImageOps.exif_transpose(stored)
        except (
            OSError,
            SyntaxError,  # of a broken PNG
            ValueError,
            Image.DecompressionBombError,
            Image.DecompressionBombWarning,
        ) as error:
            raise DataError(f"cannot read the image {path}: {error}") from error
    if image.mode == "I;16":  # or `convert` would keep the lower 8 bits
        return image.point(lambda value: value / 256, "L")
    if image.mode[:1] in ("I", "F"):
        raise DataError(
            f"{path} has pixels of mode {image.mode}, without a range of values; save it with 8 "
            "bits a channel, or take the batch source 'arrays'"
        )
    return image.convert("RGBA") if "transparency" in image.info else image


def _resized(image: Image.Image, draw: Draw, resize: str) -> Image.Image:
    from PIL import Image, ImageOps

    size = (draw.dataset.width, draw.dataset.height)
    image = image.convert(_MODES[draw.dataset.channels])
    bilinear = Image.Resampling.BILINEAR
    match resize:
        case "stretch":
            return image.resize(size, bilinear)
        case "pad":
            return ImageOps.pad(image, size, bilinear)
        case _:
            return ImageOps.fit(image, size, bilinear)


def _pixels(image: Image.Image) -> np.ndarray:
    """Return an image as float32 ``(channels, height, width)``, 0 to 1."""
    import numpy as np

    pixels = np.asarray(image, dtype=np.float32) / 255
    return pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)


SOURCE = BatchSource(
    name="folder",
    summary="Images of any size from a folder of class folders",
    draw=_draw,
    needs=_WANTED,
)
