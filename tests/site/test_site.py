"""The documentation site: it builds without a warning, and its tutorial works word for word."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import called

ROOT = Path(__file__).parents[2]
TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_every_link_and_anchor_of_the_site_leads_somewhere(site: Path):
    # A strict build fails on a link or anchor that does not; here: that there is a site at all.
    assert (site / "index.html").is_file()


def test_every_plugin_and_metric_is_in_the_catalogue(site: Path):
    from harness.catalog import LoadedPredictor, LoadedProxy, LoadedScorer, LoadedSearch, installed
    from harness.metrics import METRICS

    catalog = installed()
    for page, names in (
        ("proxies", catalog.of_kind(LoadedProxy)),
        ("predictors", catalog.of_kind(LoadedPredictor)),
        ("operation-scorers", catalog.of_kind(LoadedScorer)),
        ("searched-proxies", catalog.of_kind(LoadedSearch)),
        ("metrics", METRICS),
    ):
        text = (site / "catalogue" / page / "index.html").read_text(encoding="utf-8")
        assert [name for name in names if name not in text] == []


def test_every_trap_is_in_the_catalogue_under_its_name(site: Path):
    from harness.truth import traps

    text = (site / "catalogue" / "traps" / "index.html").read_text(encoding="utf-8")
    assert [trap.name for trap in traps() if f'id="{trap.name}"' not in text] == []


def test_every_pass_of_a_proxy_is_in_the_catalogue_with_its_import(site: Path):
    from harness.catalog import LoadedProxy, installed

    text = (site / "catalogue" / "passes" / "index.html").read_text(encoding="utf-8")
    proxies = installed().of_kind(LoadedProxy).values()
    read = {wanted.name for proxy in proxies for wanted in proxy.plugin.passes}
    made_per_setting = {name for name in read if name.startswith("eproxy")}
    assert [name for name in read - made_per_setting if f'id="{name}"' not in text] == []
    assert "from harness.passes.backward import LOSS_GRADIENTS" in text


def test_the_first_page_shows_a_board_and_a_picture(site: Path):
    text = (site / "index.html").read_text(encoding="utf-8")
    assert "<td>synflow</td>" in text
    assert 'src="images/leaderboard.png"' in text
    assert (site / "images" / "leaderboard.png").is_file()


def test_a_proxy_s_formula_and_source_are_in_the_catalogue(site: Path):
    text = (site / "catalogue" / "proxies" / "index.html").read_text(encoding="utf-8")
    assert "sum over layers of ||dL/dw||" in text
    assert "Zero-Cost Proxies for Lightweight NAS" in text


def test_the_site_asks_no_other_server_for_anything(site: Path):
    loaded = re.compile(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=[\"']?https?://[^\"' >]+")
    for page in site.rglob("*.html"):
        addresses = [
            address
            for address in loaded.findall(page.read_text(encoding="utf-8"))
            if 'rel="canonical"' not in address
        ]
        assert addresses == [], page


def test_the_tutorial_works_word_for_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    commands = re.findall(r"```console\n(.*?)```", TUTORIAL, re.DOTALL)
    lines = [line for block in commands for line in block.splitlines()]
    assert len(lines) == 7
    for line in lines:
        program, *arguments = shlex.split(line)
        assert program == "harness"
        done = called(tmp_path, monkeypatch, capsys, *arguments)
        assert done.returncode == 0, f"{line}\n{done.stderr}"
    assert (tmp_path / "test_my_idea.py").is_file()
    board = (tmp_path / "results/leaderboards/smoke").glob("*.md")
    assert "my_idea" in next(board).read_text(encoding="utf-8")
