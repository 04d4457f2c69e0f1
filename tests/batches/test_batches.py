import io
import tarfile

import numpy as np
import pytest

from harness.core.errors import DataError, UsageError
from harness.spaces.datasets import dataset
from tests.batches.drawn import drawn

CIFAR, SMALL = dataset("cifar10"), dataset("imagenet16-120")


@pytest.fixture
def image_folder(tmp_path):
    from PIL import Image

    generator = np.random.default_rng(0)
    for name in ("airplane", "bird"):
        (tmp_path / name).mkdir()
        for index in range(6):
            pixels = generator.integers(0, 256, (32, 32, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / name / f"{index:04}.png")
    return tmp_path


def archive(path, payload: bytes):
    with tarfile.open(path, "w:gz") as tar:
        member = tarfile.TarInfo("cifar-10-batches-bin/data_batch_1.bin")
        member.size = len(payload)
        tar.addfile(member, io.BytesIO(payload))
    return path


@pytest.mark.parametrize("source", ["photographs", "noise"])
def test_a_batch_depends_on_its_arguments_alone(source):
    first, again = (drawn(source, CIFAR, size=8, seed=5) for _ in range(2))
    assert first.digest == again.digest
    assert first.inputs.shape == (8, 3, 32, 32)
    assert first.inputs.dtype == np.float32
    assert drawn(source, CIFAR, size=8, seed=6).digest != first.digest


def test_the_digest_of_the_default_batch_is_fixed_for_good():
    assert drawn("noise", CIFAR, size=8).digest == "4dce6c26a9498a27"


def test_images_take_the_shape_of_the_data_set():
    assert drawn("photographs", SMALL).inputs.shape == (4, 3, 16, 16)


def test_an_image_folder_gives_each_class_its_number(image_folder):
    batch = drawn("cifar10", CIFAR, image_folder, size=12)
    assert sorted(batch.labels.tolist()) == [0] * 6 + [1] * 6


def test_too_few_images_are_refused(image_folder):
    with pytest.raises(DataError, match="holds 12 CIFAR-10 images, but the batch needs 13"):
        drawn("cifar10", CIFAR, image_folder, size=13)


def test_a_damaged_image_is_named(image_folder):
    for path in (image_folder / "bird").iterdir():
        path.write_bytes(b"not an image")
    with pytest.raises(DataError, match=r"cannot read the image .*bird.*png"):
        drawn("cifar10", CIFAR, image_folder, size=12)


def test_the_binary_archive_is_read_as_published(tmp_path):
    # One record: label 7, then 1024 red, green and blue values; red 255 is (1 - mean) / std.
    record = bytes([7]) + bytes([255]) * 1024 + bytes(2048)
    batch = drawn("cifar10", CIFAR, archive(tmp_path / "c.tar.gz", record * 2), size=2)
    assert batch.labels.tolist() == [7, 7]
    assert batch.inputs[0, 0] == pytest.approx((1 - 0.4914) / 0.2470, rel=1e-6)
    assert batch.inputs[0, 1] == pytest.approx(-0.4822 / 0.2435, rel=1e-6)


def test_an_archive_of_something_else_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"the archive to use is cifar-10-binary\.tar\.gz"):
        drawn("cifar10", CIFAR, archive(tmp_path / "c.tar.gz", b"\x01" * 100), size=2)


def test_a_truncated_archive_is_refused(tmp_path):
    path = archive(tmp_path / "c.tar.gz", bytes(3073) * 40)
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(DataError, match="cannot read the archive"):
        drawn("cifar10", CIFAR, path, size=2)


def test_missing_images_say_how_to_name_them(tmp_path, monkeypatch):
    monkeypatch.delenv("HARNESS_CIFAR10", raising=False)
    with pytest.raises(UsageError, match="--images or in HARNESS_CIFAR10"):
        drawn("cifar10", CIFAR, size=2)
    with pytest.raises(DataError, match="no CIFAR-10 images at"):
        drawn("cifar10", CIFAR, tmp_path / "nowhere", size=2)


def test_an_unknown_source_is_answered_with_the_nearest_one():
    with pytest.raises(UsageError, match="did you mean 'noise'"):
        drawn("noize", CIFAR, size=2)


@pytest.mark.parametrize("source", ["noise", "photographs"])
def test_a_path_for_a_source_that_reads_none_is_refused(source, tmp_path):
    with pytest.raises(UsageError, match=f"'{source}' reads no files, and .* --images"):
        drawn(source, CIFAR, tmp_path, size=2)
