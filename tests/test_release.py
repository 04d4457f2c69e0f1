"""What a release states of itself is the same everywhere."""

import importlib.util
import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
_SPEC = importlib.util.spec_from_file_location("data_card", ROOT / "website" / "data_card.py")
DATA_CARD = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(DATA_CARD)


def test_citation_and_changes_have_the_version_of_the_project():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    version, date = PROJECT["version"], citation["date-released"]
    assert citation["cff-version"] == "1.2.0"
    assert citation["version"] == version
    assert citation["license"] == PROJECT["license"]
    assert [author["name"] for author in citation["authors"]] == [
        author["name"] for author in PROJECT["authors"]
    ]
    newest = re.search(r"^## (\d.*)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest[1] == f"{version} ({date})"


@pytest.mark.parametrize("page", DATA_CARD.PAGES, ids=lambda page: page.stem)
def test_the_figures_of_the_archive_on_a_page_are_those_of_the_archive(page):
    text = page.read_text(encoding="utf-8")
    assert DATA_CARD.written(text) == text
    assert "processor hours" in text
