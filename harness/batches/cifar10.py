"""CIFAR-10 images from a folder or from the archive of its authors.

A folder holds one sub-folder of images a class (``airplane/0000.jpg`` ...), sorted by name; the
archive is ``cifar-10-binary.tar.gz``, of which the five training batches are read. Images are
drawn without replacement, neither cropped nor mirrored.
"""

from __future__ import annotations

import os
import tarfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from harness.batches.normalise import to_array
from harness.batches.source import BatchSource, Draw
from harness.core.errors import DataError, UsageError

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image

__all__ = ["SOURCE"]

_IMAGES = "CIFAR-10 images"
_VARIABLE = "HARNESS_CIFAR10"
_SUFFIXES = (".jpg", ".jpeg", ".png")
_SIDE, _CHANNELS, _CLASSES = 32, 3, 10
_RECORD = 1 + _CHANNELS * _SIDE * _SIDE
_LONGEST = 10_000 * _RECORD


def _draw(draw: Draw) -> tuple[np.ndarray, np.ndarray]:
    import numpy as np

    place = draw.path or _from_environment()
    if place.is_dir():
        drawn = _from_folder(place, draw)
    elif place.is_file():
        drawn = _from_archive(place, draw)
    else:
        raise DataError(f"no CIFAR-10 images at {place}; name a folder or archive with --images")
    arrays = [to_array(image, draw.dataset) for image, _ in drawn]
    return np.stack(arrays), np.array([label for _, label in drawn])


def _from_environment() -> Path:
    place = os.environ.get(_VARIABLE)
    if not place:
        raise UsageError(
            f"the batch source 'cifar10' needs images: name a folder of class folders or "
            f"cifar-10-binary.tar.gz with --images or in {_VARIABLE}"
        )
    return Path(place)


def _from_folder(folder: Path, draw: Draw) -> list[tuple[Image.Image, int]]:
    from PIL import Image

    classes = sorted(label_folder for label_folder in folder.iterdir() if label_folder.is_dir())
    files = [
        (path, label)
        for label, label_folder in enumerate(classes)
        for path in sorted(label_folder.iterdir())
        if path.suffix.lower() in _SUFFIXES
    ]
    drawn = []
    for index in draw.indices(len(files), folder, _IMAGES):
        path, label = files[index]
        try:
            with Image.open(path) as image:
                if image.size != (_SIDE, _SIDE):  # known from its head, before it is unpacked
                    raise DataError(
                        f"{path} has {image.width} by {image.height} pixels; images of CIFAR-10 "
                        f"have {_SIDE} by {_SIDE}"
                    )
                drawn.append((image.convert("RGB"), label))
        except (OSError, ValueError, Image.DecompressionBombError) as error:
            raise DataError(f"cannot read the image {path}: {error}") from error
    return drawn


def _from_archive(archive: Path, draw: Draw) -> list[tuple[Image.Image, int]]:
    import numpy as np
    from PIL import Image

    records = np.frombuffer(_training_bytes(archive), dtype=np.uint8).reshape(-1, _RECORD)
    if records.size and records[:, 0].max() >= _CLASSES:
        raise DataError(f"{archive} holds the label {records[:, 0].max()}; CIFAR-10 has 0 to 9")
    drawn = []
    for index in draw.indices(len(records), archive, _IMAGES):
        pixels = records[index, 1:].reshape(_CHANNELS, _SIDE, _SIDE).transpose(1, 2, 0)
        drawn.append((Image.fromarray(pixels), int(records[index, 0])))
    return drawn


def _training_bytes(archive: Path) -> bytes:
    try:
        with tarfile.open(archive) as tar:
            members = sorted(
                (member for member in tar if Path(member.name).name.startswith("data_batch_")),
                key=lambda member: member.name,
            )
            if any(member.size > _LONGEST for member in members):
                raise DataError(f"{archive} unpacks to more than the archive of CIFAR-10 does")
            parts = [stream.read() for member in members if (stream := tar.extractfile(member))]
    except (OSError, EOFError, tarfile.TarError, zlib.error) as error:
        reason = str(error).partition("\n")[0].rstrip(":")
        raise DataError(
            f"cannot read the archive {archive}: {reason}; download it again"
        ) from error
    if not parts or any(len(part) % _RECORD for part in parts):
        raise DataError(
            f"{archive} does not hold data_batch_*.bin with records of {_RECORD} bytes; "
            f"the archive to use is cifar-10-binary.tar.gz"
        )
    return b"".join(parts)


SOURCE = BatchSource(
    name="cifar10",
    summary="CIFAR-10 training images from a folder or archive",
    draw=_draw,
    needs=f"a folder of class folders or cifar-10-binary.tar.gz; also in {_VARIABLE}",
)
