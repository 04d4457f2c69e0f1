import contextlib
import os
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.plugin_files import COUNT_CONVOLUTIONS

Command = Callable[..., subprocess.CompletedProcess[str]]


def in_own_process(
    folder: Path, *arguments: str, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "harness", *arguments],
        check=False,
        cwd=folder,
        env=os.environ | (environment or {}),
        capture_output=True,
        text=True,
        timeout=400,
    )


@pytest.fixture
def harness(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Run the command line in a fresh folder, in this process: starting one takes seconds."""
    return lambda *arguments: called(tmp_path, monkeypatch, capsys, *arguments)


def called(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *arguments: str,
) -> subprocess.CompletedProcess[str]:
    """Run the command line in a folder, in this process."""
    from harness.cli import main

    monkeypatch.setattr(sys, "argv", ["harness", *arguments])
    capsys.readouterr()
    code: object = 0
    with contextlib.chdir(folder), warnings.catch_warnings():
        warnings.simplefilter("default")
        try:
            main()
        except SystemExit as left:
            code = left.code or 0
    said = capsys.readouterr()
    return subprocess.CompletedProcess(
        list(arguments), int(str(code)), stdout=said.out, stderr=said.err
    )


@pytest.fixture
def convolutions(tmp_path: Path) -> str:
    """Write a plugin file that counts convolutions."""
    path = tmp_path / "convolutions.py"
    path.write_text(COUNT_CONVOLUTIONS)
    return str(path)
