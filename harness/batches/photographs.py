"""Random square crops of the two sample photographs that scikit-learn ships: needs no download.

A crop has a side of 64 to 255 pixels, is mirrored half of the time and resized to the data set's
shape. Labels run through the classes in turn; they carry no information.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from harness.batches.labels import labels_in_turn
from harness.batches.normalise import to_array
from harness.batches.source import BatchSource, Draw
from harness.core.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image

__all__ = ["SOURCE"]

_NAMES = ("china.jpg", "flower.jpg")
_SMALLEST_SIDE, _LARGEST_SIDE = 64, 255


def _draw(draw: Draw) -> tuple[np.ndarray, np.ndarray | None]:
    import numpy as np

    photographs = [_open(name) for name in _NAMES]
    crops = []
    for _ in range(draw.size):
        photograph = photographs[draw.generator.integers(len(photographs))]
        crops.append(to_array(_crop(photograph, draw.generator), draw.dataset))
    return np.stack(crops), labels_in_turn(draw)


def _crop(photograph: Image.Image, generator: np.random.Generator) -> Image.Image:
    from PIL import ImageOps

    side = int(generator.integers(_SMALLEST_SIDE, _LARGEST_SIDE + 1))
    left = int(generator.integers(photograph.width - side + 1))
    top = int(generator.integers(photograph.height - side + 1))
    crop = photograph.crop((left, top, left + side, top + side))
    return ImageOps.mirror(crop) if generator.random() < 0.5 else crop


def _open(name: str) -> Image.Image:
    from PIL import Image, UnidentifiedImageError

    spec = find_spec("sklearn")
    if spec is None or not spec.submodule_search_locations:
        raise DataError("scikit-learn is not installed, so its sample photographs are not there")
    path = Path(spec.submodule_search_locations[0]) / "datasets" / "images" / name
    try:
        with Image.open(path) as photograph:
            return photograph.convert("RGB")
    except (OSError, UnidentifiedImageError) as error:
        raise DataError(
            f"cannot read the sample photograph {path}: {error}; reinstall scikit-learn, "
            f"or choose another batch with --batch"
        ) from error


SOURCE = BatchSource(
    name="photographs",
    summary="Crops of two photographs shipped with scikit-learn, labels in turn",
    draw=_draw,
)
