"""What the documentation shows is what happens."""

import pkgutil
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import click
import numpy
import pytest
import typer

from harness.catalog import FromFile
from harness.checks import Verdict, check_plugin
from harness.cli.app import app
from harness.execution.run import Options, open_run
from harness.suite import load_suite
from harness.truth import load, tasks
from website import tables

ROOT = Path(__file__).parents[1]
DOCUMENTS = ROOT / "docs"
COMMAND = typer.main.get_command(app)
PAGES = (
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted(DOCUMENTS.rglob("*.md")),
)
OPTIONS_OF_OTHERS = {"--nthreads"}
GROUND_TRUTH = (DOCUMENTS / "ground-truth.md").read_text(encoding="utf-8")


def python_of(page: Path) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```$", page.read_text("utf-8"), re.M | re.DOTALL)


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", GROUND_TRUTH, re.MULTILINE | re.DOTALL)


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The worked example of one's own table, written as the page says."""
    (csv,) = blocks("csv")
    description, suite, _ = blocks("toml")
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
    drawn = [architecture.text for architecture in prepared.population.architectures]
    assert drawn == sorted(load("my-accuracies.toml").values)


def test_the_space_the_table_and_the_suite_that_are_shown_fit_each_other(tmp_path, monkeypatch):
    text = (ROOT / "docs" / "spaces.md").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name, source in re.findall(r"^```\w+ title=\"(.*?)\"\n(.*?)^```$", text, re.M | re.S):
        Path(name).write_text(source)
    rows = [f'"depth={depth},width=4,kernel=3,activation=relu",{depth}' for depth in (1, 2, 3)]
    Path("accuracies.csv").write_text("\n".join(["network,accuracy", *rows, ""]))
    numpy.savez("digits.npz", inputs=numpy.ones((64, 1, 8, 8)), labels=numpy.arange(64) % 10)
    prepared = open_run(load_suite("my_suite.toml"), [], Options(results=Path("r"), workers=0))
    assert len(prepared.population.texts) == 3
    assert prepared.dataset.shape == prepared.batch.inputs.shape[1:] == (1, 8, 8)


def test_every_task_belongs_to_a_family_on_the_page():
    table = GROUND_TRUTH.split("## Families of tasks")[1].split("## ")[0]
    names = re.findall(r"`([a-z0-9*A-Z-]+)`", "".join(re.findall(r"^\|[^|]*\|", table, re.M)))
    patterns = [re.sub(r"\\\*|[A-Z]{2,}", "[a-z0-9.-]+", re.escape(name)) for name in names]
    for task in tasks():
        assert any(re.fullmatch(pattern, task.name) for pattern in patterns), task.name


@pytest.mark.parametrize(
    "name", sorted(set(re.findall(r"`(nb[a-z0-9-]+-[a-z0-9-]+)`", GROUND_TRUTH)))
)
def test_tasks_that_the_page_names_in_full_exist(name: str):
    prefixes = ("nb201-", "nb101-", "nb301-", "nb1shot1-", "nbmacro-", "nbgraph-")
    assert not name.startswith(prefixes) or name in {task.name for task in tasks()}


def test_the_plugins_that_are_shown_keep_the_contract(tmp_path):
    import harness.plugin

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    readme = re.findall(r"```python\n(.*?)```", text, re.DOTALL)[0]
    shown = textwrap.dedent((harness.plugin.__doc__ or "").partition("::\n")[2])
    for index, source in enumerate((readme, shown)):
        path = tmp_path / f"shown_{index}.py"
        path.write_text(source)
        findings = check_plugin(FromFile(path=path).load(), "nas-bench-201")
        assert [finding for finding in findings if finding.verdict is Verdict.BROKEN] == []


def spans(text: str) -> list[str]:
    """What stands between backticks in sentences, on one line each."""
    sentences = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", sentences)]


def calls(text: str) -> set[str]:
    """What follows ``harness`` wherever a page calls the command."""
    blocks = re.findall(r"^```(?:console)?\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    matches = (re.match(r"(?:time )?harness (.+)", code) for code in [*lines, *spans(text)])
    return {match[1].partition(" #")[0] for match in matches if match}


def options(command: click.Command) -> set[str]:
    return {name for parameter in command.params for name in parameter.opts} | {"--help"}


def below(command: click.Command) -> dict[str, click.Command]:
    return getattr(command, "commands", {})


def all_options(command: click.Command) -> set[str]:
    return options(command).union(*map(all_options, below(command).values()))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_calls_commands_and_options_that_exist(page: Path):
    for call in calls(page.read_text(encoding="utf-8")):
        command, words = COMMAND, call.replace("\\|", "|").split()
        while below(command) and words and not words[0].startswith("-"):
            names = words.pop(0).split("|")
            assert set(names) <= below(command).keys(), call
            command = below(command)[names[0]]
        named = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert named <= options(command), call


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_names_options_that_exist(page: Path):
    known = all_options(COMMAND) | OPTIONS_OF_OTHERS
    text = page.read_text(encoding="utf-8")
    named = {span.split()[0] for span in spans(text) if span.startswith("--")}
    assert named - known == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_names_modules_and_functions_that_exist(page: Path):
    text = page.read_text(encoding="utf-8")
    directives = re.findall(r"^::: (\S+)", text, re.MULTILINE)
    names = [span for span in spans(text) if re.fullmatch(r"harness(\.\w+)+", span)]
    imports = re.findall(r"^from (harness\S*) import (.+)$", text, re.MULTILINE)
    imported = [f"{module}.{name}" for module, names in imports for name in names.split(", ")]
    for name in [*directives, *names, *imported]:
        pkgutil.resolve_name(name)


@pytest.mark.parametrize(
    ("page", "code"),
    [
        (page, code)
        for page in ("api", "cl-predictor", "evaluate", "extending")
        for code in python_of(DOCUMENTS / f"{page}.md")
    ],
)
def test_python_on_a_page_runs_as_it_stands(page: str, code: str, tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exec(compile(code, page, "exec"), {"__name__": page})  # noqa: S102 - the page's own code


@pytest.mark.parametrize("page", tables.PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_tables_of_a_page_are_those_of_the_committed_records(page: Path):
    text = page.read_text(encoding="utf-8")
    assert tables.written(text) == text


def test_every_table_that_is_written_stands_on_a_page_between_its_two_comments():
    pages = "".join(page.read_text(encoding="utf-8") for page in tables.PAGES)
    for name in tables.BLOCKS:
        shown = re.search(rf"<!-- {name}: written .*?-->(.*?)<!-- /{name} -->", pages, re.DOTALL)
        assert len(shown[1].split()) > 20, name
    assert len(tables.PAGES) == 9


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_pictures_and_files_that_a_page_links_are_there(page: Path):
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:\s]+)[^):]*\)", text):
        generated = target.removeprefix("../").startswith("catalogue/")
        assert generated or (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_files_of_the_project_that_a_page_names_are_there(page: Path):
    folders = ("harness", "tests", "suites", "website", "findings", "docs")
    for span in spans(page.read_text(encoding="utf-8")):
        if re.fullmatch(rf"({'|'.join(folders)})/[\w./-]+", span) and "NAME" not in span:
            assert (ROOT / span).exists(), span


@pytest.mark.parametrize("script", sorted((ROOT / "findings").glob("*.sh")), ids=lambda s: s.stem)
def test_a_finding_can_be_run_pins_what_it_installs_and_is_listed(script: Path):
    text = script.read_text(encoding="utf-8")
    assert script.stat().st_mode & 0o111 == 0o111
    assert "mktemp -d" in text
    assert "trap 'rm -rf" in text
    assert re.search(r"[\w-]+==[\d\"$]", text)
    assert f"| `{script.name}` |" in (ROOT / "findings" / "README.md").read_text(encoding="utf-8")


def test_pictures_are_small():
    pictures = list((DOCUMENTS / "images").iterdir())
    assert pictures
    assert all(picture.stat().st_size < 200_000 for picture in pictures)
