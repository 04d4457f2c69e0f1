"""Every command's help has an example, and what it shows works."""

import contextlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import typer

import harness
from harness.cli.app import app
from tests.cli.conftest import called

TINY = {
    # Training takes minutes as it is; a recipe of its own makes it seconds.
    ("train", "tg-nas"): "members = 1\nepochs = 1\nshare = 0.02\n",
    ("train", "cl-predictor"): 'epochs = 1\nbatch = 4\nfamilies = { "nas-bench-201" = 20 }\n',
}
STARTED_FROM = {
    *(("check",), ("run",), ("score",), ("report",), ("compare",), ("merge",), ("archive",)),
    *(("list", "spaces"), ("data", "compare"), ("site",)),
}
PUBLISHED = {("operations",), ("combine",), ("train", "tg-nas"), ("data", "fetch")}
"""Commands whose examples need tables that do not come with the package."""

TAKES_MINUTES = {("submit",)}
"""Commands whose examples are parsed alone; `tests.submissions` runs them on small populations."""


def commands(
    command: click.Command, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    children = getattr(command, "commands", {})
    for name, child in children.items():
        yield from commands(child, (*path, name))
    if not children:
        yield path, command


COMMANDS = dict(commands(typer.main.get_command(app)))


def example(command: click.Command) -> list[str]:
    text = " ".join((command.help or "").split())
    (shown,) = re.findall(r"Example: harness (.*?)$", text)
    return str(shown).rstrip(".").split()


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what the examples find in theirs; each of them has a copy of it."""
    folder = tmp_path_factory.mktemp("begun")
    with contextlib.chdir(folder):
        harness.new_proxy("my_proxy")
        harness.new_space("my_space")
        Path("my_network.py").write_text(
            "from torch import nn\n"
            "network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), "
            "nn.Linear(3600, 10))\n"
        )
        Path("my-accuracies.csv").write_text("cell,accuracy\n00000000,90\n11111111,91\n")
        Path("my-accuracies.toml").write_text(
            'name = "mine"\nspace = "nas-bench-macro"\ndataset = "cifar10"\nsplit = "test"\n'
            'metric = "accuracy"\nunit = "percent"\ndirection = "higher"\n'
            'table = "my-accuracies.csv"\narchitecture = "cell"\nvalues = ["accuracy"]\n'
        )
        harness.run("smoke")
        for part in (1, 2):
            harness.run("smoke", shard=f"{part}/2", results=f"shard-{part}")
    return folder


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_the_example_of_the_help_works(
    path: tuple[str, ...],
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    if path in PUBLISHED:
        monkeypatch.setenv("HARNESS_DATA_DIR", str(request.getfixturevalue("shared_data")))
    words = example(COMMANDS[path])
    assert tuple(words[: len(path)]) == path
    if path in TAKES_MINUTES:
        assert COMMANDS[path].make_context(path[-1], words[len(path) :]).params
        return
    if path in TINY:
        (tmp_path / "tiny.toml").write_text(TINY[path])
        words += ["--recipe", "tiny.toml"]
    if path in STARTED_FROM:
        shutil.copytree(request.getfixturevalue("begun"), tmp_path, dirs_exist_ok=True)
    done = called(tmp_path, monkeypatch, capsys, *words)
    assert done.returncode == 0, f"harness {' '.join(words)}\n{done.stderr}"
