import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Outcome:
    """What a command left: its exit code, and what it said on standard error."""

    code: int
    said: str

    @property
    def sentence(self) -> str:
        """The last line; it is the only one that starts with ``error:``, and nothing is a trace."""
        lines = self.said.strip().splitlines()
        assert [line for line in lines if line.startswith(("error:", "Traceback"))] == lines[-1:]
        return lines[-1]


Command = Callable[..., Outcome]


def _files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if not path.is_dir()}


@pytest.fixture
def command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Command]:
    """Run the command line in ``tmp_path/work``; nothing may be written beside that folder."""
    from harness.cli import main

    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    before: set[Path] = set()

    def run(*arguments: str) -> Outcome:
        before.update(_files(tmp_path))
        monkeypatch.setattr(sys, "argv", ["harness", *arguments])
        capfd.readouterr()
        code: object = 0
        try:
            main()
        except SystemExit as left:
            code = left.code
        return Outcome(code=code if isinstance(code, int) else 0, said=capfd.readouterr().err)

    yield run
    outside = {file for file in _files(tmp_path) - before if not file.is_relative_to(work)}
    assert outside == set(), "written outside the working folder"
