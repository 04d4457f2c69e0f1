"""Any bytes at all: a reader returns, or raises a deliberate error, and nothing else."""

from __future__ import annotations

import contextlib
import io
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from harness.cli import main
from harness.core.errors import DataError, HarnessError
from harness.records.record import decode
from harness.regression_gate.store import read_baseline
from harness.spaces.registry import space, space_names
from harness.suite import load_suite
from harness.text_graphs.ensemble import read_ensemble
from harness.truth.file_formats import Archive, csv_rows, json_value
from harness.truth.own import load_own
from tests.safety.test_hostile_files import OWN, SUITE, TABLE, sealed

FUZZ = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


def archived() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", "{}" * 100)
    return stream.getvalue()


def stored_arrays() -> bytes:
    stream = io.BytesIO()
    np.savez(stream, about=np.array("{}"), spreads=np.ones(2))
    return stream.getvalue()


def _suite(folder: Path, content: bytes) -> None:
    (folder / "mine.toml").write_bytes(content)
    load_suite(str(folder / "mine.toml"))


def _own_description(folder: Path, content: bytes) -> None:
    (folder / "mine.csv").write_text(TABLE)
    (folder / "mine.toml").write_bytes(content)
    load_own(folder / "mine.toml")


def _own_table(folder: Path, content: bytes) -> None:
    (folder / "mine.toml").write_text(OWN)
    (folder / "mine.csv").write_bytes(content)
    load_own(folder / "mine.toml")


def _weights(folder: Path, content: bytes) -> None:
    (folder / "weights.npz").write_bytes(content)
    read_ensemble(folder / "weights.npz")


def _archive(folder: Path, content: bytes) -> None:
    archive = Archive(content, "file")
    for name in archive.names():
        archive.member(name)


def _baseline(folder: Path, content: bytes) -> None:
    (folder / "baseline.json").write_bytes(content)
    read_baseline(folder)


RECORD = sealed(
    '{"architecture":"x","environment":"e","passes":{},"scores":{"params:1:0":'
    '{"outcome":{"status":"scored","components":{"score":1.0}}}}}'
)
READERS: dict[str, tuple[Callable[[Path, bytes], object], bytes]] = {
    "suite": (_suite, SUITE.encode()),
    "description of a table": (_own_description, OWN.encode()),
    "table": (_own_table, TABLE.encode()),
    "weights": (_weights, stored_arrays()),
    "archive": (_archive, archived()),
    "baseline": (_baseline, b'{"schema_version": 1, "suite": "s"}'),
    "record": (lambda _, content: decode(content.decode(errors="replace"), "file:1"), RECORD),
    "JSON": (lambda _, content: json_value(content, "file"), b'{"a": [1, 2.5, null]}'),
    "CSV": (lambda _, content: list(csv_rows(content, "file", ("a",))), b"a,b\n1,2\n"),
}
CHANGES = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 12), st.binary(max_size=12)),
    max_size=4,
)


def changed(valid: bytes, changes: list[tuple[float, int, bytes]]) -> bytes:
    """Replace a few bytes, at a share of the length, by others."""
    for place, length, other in changes:
        at = int(place * len(valid))
        valid = valid[:at] + other + valid[at + length :]
    return valid


@pytest.mark.parametrize("name", READERS)
@FUZZ
@given(content=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(tmp_path: Path, name: str, content: bytes):
    with contextlib.suppress(HarnessError):
        READERS[name][0](tmp_path, content)


@pytest.mark.parametrize("name", READERS)
@FUZZ
@given(changes=CHANGES)
@example(changes=[])
def test_a_file_with_a_few_bytes_changed_is_read_or_refused(
    tmp_path: Path, name: str, changes: list[tuple[float, int, bytes]]
):
    read, valid = READERS[name]
    with contextlib.suppress(HarnessError):
        read(tmp_path, changed(valid, changes))


@pytest.mark.parametrize(("offset", "value"), [(10, 99), (8, 1)], ids=["packing", "encryption"])
def test_arrays_packed_as_zipfile_does_not_know_are_refused(
    tmp_path: Path, offset: int, value: int
):
    content = bytearray(stored_arrays())
    content[content.index(b"PK\x01\x02") + offset] = value
    with pytest.raises(DataError, match=r"weights\.npz"):
        _weights(tmp_path, bytes(content))


@pytest.mark.parametrize("name", space_names())
@FUZZ
@given(text=st.text(max_size=80) | st.text("|~+0123_convskipnea()[],.;=:- ", max_size=80))
def test_any_text_is_an_architecture_or_refused(name: str, text: str):
    with contextlib.suppress(HarnessError):
        assert space(name).parse(text).space == name


WORDS = st.sampled_from(
    [
        *("run", "report", "compare", "predict", "search", "tune", "operations", "check", "list"),
        *("gate", "data", "doctor", "cost", "merge", "train", "new", "proxy", "plugins"),
        *(
            "where",
            "--published",
            "--from",
            "--help",
            "--plugin",
            "--only",
            "--sample",
            "--seed",
            "--batch",
            "--results",
        ),
        *("-1", "0", "99999999999999999999", "nan", "../..", "/dev/null", "", "\x00", "nope"),
    ]
)


@settings(max_examples=120, suppress_health_check=list(HealthCheck))
@given(words=st.lists(WORDS | st.text(max_size=10), max_size=4))
@example(words=["check", "\x00.py"])
@example(words=["run", "\x00.toml"])
@example(words=["new", "proxy", "x" * 5000])
@example(words=["run", "x" * 5000 + ".toml"])
@example(words=["check", "x" * 5000 + ".py"])
@example(words=["report", "smoke", "--results", "x" * 5000])
def test_any_command_line_ends_with_an_exit_code_and_no_traceback(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    words: list[str],
):
    cheap = {"doctor", "--published", "cost", "data"} & set(words) == set()
    if not cheap and "--help" not in words:
        return
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["harness", *words])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code in {0, 1, 2, 3}
    assert "Traceback" not in capfd.readouterr().err
