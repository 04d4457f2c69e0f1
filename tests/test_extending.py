"""The files on the page of what users add do what the page says, typed as they stand."""

import re
import shlex
from pathlib import Path

import pytest

from tests.cli.conftest import called

DOCUMENTS = Path(__file__).parents[1] / "docs"
EXTENDING = (DOCUMENTS / "extending.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", EXTENDING, re.MULTILINE | re.DOTALL))
FILE = re.compile(r"^`([\w./-]+)`:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHELL = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WRITTEN = {
    "A metric": "top_half",
    "A reader and a task": "params",
    "Networks without a space": "grad_norm",
    "A space": "grad_norm",
}


def write_files(title: str, folder: Path) -> None:
    for name, content in FILE.findall(SECTIONS[title]):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")


def typed(title, folder, monkeypatch, capsys) -> str:
    """Type the commands of a section and return what they print."""
    told = []
    for command in "".join(SHELL.findall(SECTIONS[title])).splitlines():
        words = shlex.split(command)[1:]
        if words[0] == "run":
            words += ["--workers", "0"]
        done = called(folder, monkeypatch, capsys, *words)
        assert done.returncode == 0, done.stderr
        told.append(done.stdout)
    return "".join(told)


@pytest.mark.parametrize("title", WRITTEN)
def test_the_files_of_a_section_run_as_they_stand(title, tmp_path, monkeypatch, capsys):
    write_files(title, tmp_path)
    assert WRITTEN[title] in typed(title, tmp_path, monkeypatch, capsys)


def test_imported_scores_of_the_page_are_ranked_beside_a_proxy(tmp_path, monkeypatch, capsys):
    write_files("A reader and a task", tmp_path)
    write_files("Scores computed elsewhere", tmp_path)
    told = typed("Scores computed elsewhere", tmp_path, monkeypatch, capsys)
    assert "my_scores (imported)" in told
    assert "params" in told


def test_the_other_metric_of_the_page_says_that_lower_is_better(tmp_path, monkeypatch, capsys):
    write_files("A metric", tmp_path)
    words = ("smoke", "--plugin", "params", "--only", "--metric", "rank_error.py", "--sample", "4")
    done = called(tmp_path, monkeypatch, capsys, "run", *words, "--workers", "0")
    assert "smoke: rank_error [95% interval]" in done.stdout
