"""Damaged and hostile archives of Accel-NASBench."""

from __future__ import annotations

import gzip
import io
import tarfile
from dataclasses import replace

import pytest

from harness.core.errors import DataError
from tests.truth.test_readers import read
from tests.truth.upstream import SAMPLES
from tests.truth.upstream_vision import ACCEL, accel, tar

FIRST, OTHER, AGAIN = ACCEL


def refusal(data: bytes) -> str:
    """Return the sentence with which an archive is refused."""
    with pytest.raises(DataError) as caught:
        read(replace(SAMPLES["accel"], data=data))
    message = str(caught.value)
    assert message.startswith("results.tar.gz")
    return message


MEMBERS = [
    ('"block0_e": 6', '"block0_e": 5', "e0 is '5', not one of 1, 4, 6"),
    ('"block0_e": 6', '"block0_e": true', "block0_e is 'True'"),
    ('"block0_se": true', '"block0_se": 1', "block0_se is '1'"),
    ('"block0_k": 5, ', "", "expected the 28 fields block0_e to block6_se"),
    ('"val_top1": 60.5', '"val_top1": NaN', "val_top1: expected a finite number"),
    ('"val_top1": 60.5', '"val_top1": null', "val_top1: expected a number, found None"),
    ('"val_top1": 60.5', '"val_top1": 160.5', "160.5 is outside"),
    ('"throughput_mean": 2.0', '"mean": 2.0', "throughput_a100: no 'throughput_mean'"),
    ('"metrics": {', '"metrics": {}, "x": {', "val_top1: expected a number, found None"),
    ('"val_top1": 60.5', '"val_top1": 60.5, "val_top1": 1', "'val_top1' occurs a second time"),
    ("{", "[" * 100_000 + "{", "is no readable JSON"),
]


@pytest.mark.parametrize(("old", "new", "message"), MEMBERS)
def test_a_result_that_cannot_be_right_is_refused_by_its_name(
    old: str, new: str, message: str
) -> None:
    assert old in FIRST
    said = refusal(accel(OTHER, FIRST.replace(old, new, 1)))
    assert "result_1.json" in said
    assert message in said


ARCHIVES = {
    "another member": (tar([("anb_dataset_jsons/notes.txt", b"")]), "unexpected member"),
    "a member outside": (tar([("../../result_0.json", FIRST.encode())]), "unexpected member"),
    "a link": (tar([("anb_dataset_jsons/result_0.json", b"")], tarfile.SYMTYPE), "no plain file"),
    "a device": (tar([("anb_dataset_jsons/result_0.json", b"")], tarfile.CHRTYPE), "no plain file"),
    "a name twice": (tar([("anb_dataset_jsons/result_0.json", FIRST.encode())] * 2), "second time"),
    "an end that is missing": (accel(FIRST)[:-9], "ends too early"),
    "something after its end": (accel(FIRST) + accel(FIRST), "has something after its end"),
    "a wrong checksum": (accel(FIRST)[:-8] + b"\0" * 8, "is no readable gzip file"),
    "no tar": (gzip.compress(b"x" * 2000), "is no readable tar archive"),
    "nothing": (b"", "ends too early"),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_an_archive_that_is_damaged_or_hostile_is_refused(name: str) -> None:
    data, message = ARCHIVES[name]
    assert message in refusal(data)


def test_an_archive_that_unpacks_to_too_much_is_refused_before_it_is_unpacked() -> None:
    file = io.BytesIO()
    with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=1, mtime=0) as packed:
        for _ in range(65):
            packed.write(bytes(1 << 20))
    assert "unpacks to more than 67108864 bytes" in refusal(file.getvalue())
