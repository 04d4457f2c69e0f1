"""Images of class folders: sizes, channels, and what is wrong with some."""

import logging
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from harness.core.errors import DataError, UsageError
from tests.batches.drawn import data, drawn

PETS = data(classes=2)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for row, name in enumerate(("cat", "dog")):
        Path("pets", name).mkdir(parents=True)
        for index in range(3):
            pixels = np.full((20, 30, 3), 100 * row + 10 * index, np.uint8)
            pixels[:, :5] = 250
            Image.fromarray(pixels).save(f"pets/{name}/{index}.png")
    Path("pets", "notes.txt").write_text("no class")
    Path("pets", "cat", "notes.txt").write_text("no image")
    Path("pets", ".cache").mkdir()


def plain(path, channels=1, resize="stretch", size=1):
    images = data(classes=2, shape=(channels, 4, 4))
    options = {"mean": [0] * channels, "std": [1] * channels, "resize": resize}
    return drawn("folder", images, path, size=size, **options)


def test_images_are_drawn_without_replacement_with_the_numbers_of_their_classes():
    batch = drawn("folder", PETS, "pets", size=6, mean=[0] * 3, std=[1] * 3)
    assert batch.inputs.shape == (6, 3, 8, 8)
    middles = (batch.inputs[:, 0, 4, 4] * 255).round()
    assert sorted(middles.tolist()) == [0, 10, 20, 100, 110, 120]
    assert batch.labels.tolist() == (middles >= 100).astype(int).tolist()


def test_an_image_is_cropped_stretched_or_padded_to_the_shape():
    rows = {
        resize: plain("pets", resize=resize, size=6).inputs[0, 0] * 255
        for resize in ("crop", "stretch", "pad")
    }
    assert rows["crop"][2, 0] + 50 < rows["stretch"][2, 0]  # the bright edge is cut off, or kept
    assert rows["pad"][3].tolist() == [0, 0, 0, 0]


def test_images_are_normalised_by_their_own_numbers_unless_some_are_given():
    batch = drawn("folder", PETS, "pets", size=6)
    assert batch.inputs.mean((0, 2, 3)) == pytest.approx([0, 0, 0], abs=1e-5)
    assert batch.inputs.std((0, 2, 3)) == pytest.approx([1, 1, 1], abs=1e-5)


@pytest.mark.parametrize(
    ("pixels", "mode", "name"),
    [
        (np.full((6, 6), 128, np.uint8), "L", "grey.png"),
        (np.full((6, 6), 128 * 256 + 3, np.uint16), "I;16", "deep.png"),
        (np.full((6, 6, 4), 128, np.uint8), "RGBA", "clear.png"),
        (np.full((6, 6, 3), 128, np.uint8), "CMYK", "printed.tif"),
        (np.full((6, 6, 3), 128, np.uint8), "P", "palette.gif"),
    ],
)
def test_every_mode_becomes_grey_or_colour(pixels, mode, name):
    for label in ("a", "b"):
        Path("modes", label).mkdir(parents=True)
        image = Image.fromarray(pixels)
        (image if image.mode == mode else image.convert(mode)).save(f"modes/{label}/{name}")
    for channels in (1, 3):
        batch = plain("modes", channels, size=2)
        assert batch.inputs * 255 == pytest.approx(np.full((2, channels, 4, 4), 128), abs=2)


def test_transparency_is_dropped_and_said(caplog):
    Image.new("RGBA", (6, 6), (9, 9, 9, 0)).save("pets/cat/clear.png")
    with caplog.at_level(logging.WARNING):
        drawn("folder", PETS, "pets", size=7)
    assert "1 of the 7 images have transparency, which is dropped" in caplog.text


def test_an_image_is_turned_as_its_camera_says():
    for name in ("a", "b"):
        Path("turned", name).mkdir(parents=True)
        pixels = np.zeros((8, 8), np.uint8)
        pixels[:4] = 255
        exif = Image.Exif()
        exif[0x0112] = 3  # upside down
        Image.fromarray(pixels).save(f"turned/{name}/0.png", exif=exif)
    assert plain("turned").inputs[0, 0, 0, 0] == 0


@pytest.mark.parametrize(
    ("dataset", "path", "options", "message"),
    [
        ({"classes": 1}, "pets", {}, "pets has 2 class folders; 2 to 1 are needed"),
        ({}, "pets/cat", {}, "has 0 class folders; 2 to 2 are needed"),
        ({}, "pets/notes.txt", {}, "pets/notes.txt is no folder"),
        ({}, "pets", {"size": 7}, "pets holds 6 images, but the batch needs 7"),
        ({}, "pets", {"resize": "cut"}, "unknown resize 'cut'"),
        ({"shape": (12, 4, 4)}, "pets", {}, "have 1 or 3 channels, but data set 'mine' has 12"),
        ({"shape": (12, 400)}, "pets", {}, r"are real \(12, 400\), not images"),
        ({"loss": "per_pixel"}, "pets", {}, r"the loss per_pixel wants \(4, 8, 8\)"),
    ],
)
def test_what_is_wrong_with_a_folder_is_one_sentence(dataset, path, options, message):
    with pytest.raises((DataError, UsageError), match=message):
        drawn("folder", data(**{"classes": 2, **dataset}), path, **options)


@pytest.mark.parametrize("content", [b"", b"no image", b"\x89PNG\r\n\x1a\n" + bytes(40)])
def test_a_corrupt_image_is_named(content):
    Path("pets/dog/bad.png").write_bytes(content)
    with pytest.raises(DataError, match=r"cannot read the image pets/dog/bad\.png"):
        drawn("folder", PETS, "pets", size=7)


def test_an_image_that_unpacks_to_very_many_pixels_is_refused(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 500)  # 600 are a warning, 1,200 an error
    with pytest.raises(DataError, match=r"cannot read the image .*decompression bomb"):
        drawn("folder", PETS, "pets", size=6)


def test_an_image_without_a_range_of_values_is_refused():
    Image.fromarray(np.ones((6, 6), np.float32)).save("pets/dog/float.tiff")
    with pytest.raises(DataError, match=r"float.tiff has pixels of mode F"):
        drawn("folder", PETS, "pets", size=7)
