"""What the documentation shows is what happens."""

import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from harness.catalog import FromFile
from harness.checks import Verdict, check_plugin
from harness.execution.run import Options, open_run
from harness.suite import load_suite
from harness.truth import load, tasks

DOCUMENTS = Path(__file__).parents[1] / "docs"
GROUND_TRUTH = (DOCUMENTS / "ground-truth.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", GROUND_TRUTH, re.MULTILINE | re.DOTALL)


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The worked example of one's own table, written as the page says."""
    (csv,) = blocks("csv")
    description, suite = blocks("toml")
    (tmp_path / "my-accuracies.csv").write_text(csv)
    (tmp_path / "my-accuracies.toml").write_text(description)
    (tmp_path / "my-suite.toml").write_text(suite)
    return tmp_path


def test_the_worked_example_of_a_table_prints_what_the_page_says(example: Path):
    (code,), (shown,) = blocks("python"), blocks("text")
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, cwd=example, capture_output=True, text=True
    )
    assert done.stdout == shown


def test_the_worked_example_s_suite_names_tasks_that_exist(example: Path, monkeypatch):
    monkeypatch.chdir(example)
    suite = load_suite("my-suite.toml")
    assert {load(name).space for name in suite.tasks} == {suite.space}


def test_the_worked_example_s_suite_is_about_the_cells_of_the_table(example: Path, monkeypatch):
    monkeypatch.chdir(example)
    prepared = open_run(load_suite("my-suite.toml"), [], Options(results=Path("r"), workers=0))
    drawn = [one.text for one in prepared.population.architectures]
    assert drawn == sorted(load("my-accuracies.toml").values)


def test_every_task_belongs_to_a_family_on_the_page():
    table = GROUND_TRUTH.split("## Families of tasks")[1].split("## ")[0]
    names = re.findall(r"`([a-z0-9*A-Z-]+)`", "".join(re.findall(r"^\|[^|]*\|", table, re.M)))
    patterns = [re.sub(r"\\\*|[A-Z]{2,}", "[a-z0-9-]+", re.escape(name)) for name in names]
    for task in tasks():
        assert any(re.fullmatch(one, task.name) for one in patterns), task.name
    assert f"all {len(tasks())} with" in GROUND_TRUTH


@pytest.mark.parametrize(
    "name", sorted(set(re.findall(r"`(nb[a-z0-9-]+-[a-z0-9-]+)`", GROUND_TRUTH)))
)
def test_tasks_that_the_page_names_in_full_exist(name: str):
    prefixes = ("nb201-", "nb101-", "nb301-", "nb1shot1-", "nbmacro-", "nbgraph-")
    assert not name.startswith(prefixes) or name in {one.name for one in tasks()}


def test_the_plugins_that_are_shown_keep_the_contract(tmp_path):
    import harness.plugin

    text = (DOCUMENTS.parent / "README.md").read_text(encoding="utf-8")
    readme = re.findall(r"```python\n(.*?)```", text, re.DOTALL)[0]
    shown = textwrap.dedent((harness.plugin.__doc__ or "").partition("::\n")[2])
    for index, source in enumerate((readme, shown)):
        path = tmp_path / f"shown_{index}.py"
        path.write_text(source)
        findings = check_plugin(FromFile(path=path).load(), "nas-bench-201")
        assert [one for one in findings if one.verdict is Verdict.BROKEN] == []
