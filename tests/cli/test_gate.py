import json
import subprocess
from pathlib import Path

import pytest
from junitparser import JUnitXml

from harness.records.store import Store
from tests.plugin_files import plugin_source

SUITE = """
name = "small"
summary = "A dozen cells and one counted proxy"
space = "nas-bench-201"
dataset = "cifar10"
tasks = ["nb201-analog-baseline"]
plugins = [{plugins}]
seed = {seed}
[population]
subset = "no-unreachable"
sample = 12
[batch]
source = "noise"
size = 2
"""
COUNT = "sum('conv' in name for name in seen[GRAPH].operations)"
REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def gate(harness, tmp_path, monkeypatch):
    """Run ``harness gate`` on the small suite with one plugin file of the given body."""
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)

    def run(
        *arguments: str,
        body: str = f"return {COUNT}",
        plugins: str = '"active_edges"',
        seed: int = 0,
    ) -> subprocess.CompletedProcess[str]:
        (tmp_path / "small.toml").write_text(SUITE.format(plugins=plugins, seed=seed))
        (tmp_path / "mine.py").write_text(plugin_source(body))
        return harness("gate", "small.toml", "--workers", "0", *arguments)

    return run


@pytest.fixture
def baseline(gate, tmp_path) -> Path:
    """The folder of a baseline that one run has written."""
    done = gate("--plugin", "mine.py", "--update-baseline")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "first baseline of small (plugins: 2, tasks: 1)\n"
    return tmp_path / "results" / "baselines" / "small"


@pytest.mark.parametrize(
    ("options", "folder"),
    [((), "results/baselines/small"), (("--baseline", "mistyped"), "mistyped")],
)
def test_a_baseline_that_is_not_there_is_refused_before_anything_is_scored(
    gate, options, folder, tmp_path, monkeypatch
):
    step = tmp_path / "step.md"
    step.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(step))
    done = gate(*options)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    said = f"there is no baseline in {folder}; name the folder of one with"
    assert line.startswith(f"error: {said}")
    assert step.read_text().startswith(f"before\n## Gate small.toml did not run\n\n{said}")


def test_a_rerun_passes_and_writes_what_ci_systems_read(gate, baseline, tmp_path, monkeypatch):
    step = tmp_path / "step.md"
    step.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(step))
    done = gate("--plugin", "mine.py", "--junit", "out/gate.xml", "--summary", "out/gate.md")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("## Gate small passed (exit code 0; failures: 0")
    assert (tmp_path / "out" / "gate.md").read_text() == done.stdout
    assert step.read_text() == "before\n" + done.stdout
    (suite,) = JUnitXml.fromfile(str(tmp_path / "out" / "gate.xml"))
    assert {(case.classname, case.name) for case in suite} >= {("mine", "nb201-analog-baseline")}
    assert not (tmp_path / "results" / "runs").exists()


@pytest.mark.parametrize(
    ("arguments", "changes", "code", "message"),
    [
        (("--plugin", "mine.py"), {"body": f"return -{COUNT}"}, 1, "drift at unchanged version 1"),
        (
            ("--plugin", "mine.py"),
            {"body": f"n = {COUNT}\nreturn float('nan') if n > 2 else n"},
            4,
            "architectures have a score instead of 12",
        ),
        ((), {}, 4, "`mine`: the plugin vanished"),
        ((), {"plugins": '"active_edges", "mine"'}, 4, "`mine`: the plugin vanished"),
        (("--plugin", "mine.py"), {"seed": 1}, 5, "the condition changed (batch_digest from"),
        (("--only", "--plugin", "params"), {}, 5, "no plugin was compared with the baseline"),
    ],
)
def test_each_fault_has_its_exit_code(gate, baseline, arguments, changes, code, message):
    done = gate(*arguments, **changes)
    assert message in done.stdout, done.stderr
    assert done.returncode == code


def test_an_update_says_what_changed_and_keeps_what_people_set(gate, baseline):
    path = baseline / "baseline.json"
    path.write_text(path.read_text().replace('"drop": 0.005', '"drop": 0.05'))
    done = gate("--plugin", "mine.py", "--update-baseline", body=f"return -{COUNT}")
    assert done.returncode == 0
    assert "mine: spearman on nb201-analog-baseline:" in done.stdout
    tolerances = [
        plugin["tolerance"] for plugin in json.loads(path.read_text())["plugins"].values()
    ]
    assert [tolerance["drop"] for tolerance in tolerances] == [0.05, 0.05]


def test_a_damaged_baseline_is_one_sentence_before_anything_is_scored(gate, baseline):
    path = baseline / "scores.csv"
    path.write_text(path.read_text()[:-9])
    done = gate("--plugin", "mine.py")
    assert done.returncode == 3
    (line,) = done.stderr.splitlines()
    assert "scores.csv is not the table that baseline.json was written with" in line


def test_a_damaged_baseline_can_be_replaced_as_its_message_says(gate, baseline):
    path = baseline / "baseline.json"
    whole = path.read_text()
    path.write_text(whole[:-9])
    done = gate("--plugin", "mine.py", "--update-baseline")
    assert done.returncode == 0
    assert "warning: " in done.stderr
    assert "tolerances that were set in it are lost" in done.stderr
    assert json.loads(path.read_text())["plugins"].keys() == {"active_edges", "mine"}


def test_a_baseline_of_another_suite_is_refused(gate, baseline):
    path = baseline / "baseline.json"
    path.write_text(path.read_text().replace('"suite": "small"', '"suite": "large"'))
    done = gate("--plugin", "mine.py")
    assert done.returncode == 2
    assert "is of suite large, not of small" in done.stderr


@pytest.mark.slow
def test_the_committed_archive_is_what_this_machine_still_computes(harness):
    archive = str(REPOSITORY / "results" / "archive")
    names = ("params", "l2_norm", "random", "zerolm")
    asked = [part for name in names for part in ("--plugin", name)]
    done = harness("gate", "--baseline", archive, *asked)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("## Gate archive passed")
    rows = [line.split(" | ") for line in done.stdout.splitlines() if line.startswith("| ")]
    # further seeds of a space repeat the first, and are not computed
    conditions = [each for each in Store(Path(archive)).conditions() if each.seed == 0]
    assert len(rows) == len(["head", "line", *conditions, "all"])
    assert all(row[2] == "4" for row in rows[2:-1])


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        (("small.toml",), ("--junit", "gate.xml")),
        (("small.toml",), ("--summary", "gate.md")),
        ((), ("--junit", "gate.xml")),
        ((), ("--plugin", "params")),
        ((), ("--results", "results")),
        ((), ("--images", "images")),
        ((), ("--device", "auto")),
        ((), ("--workers", "1")),
    ],
)
def test_what_has_no_part_in_writing_anew_is_refused(harness, tmp_path, arguments, options):
    (tmp_path / "small.toml").write_text(SUITE.format(plugins='"params"', seed=0))
    done = harness("gate", *arguments, "--update-baseline", *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {options[0]} has no part in ")
    assert [path.name for path in tmp_path.iterdir()] == ["small.toml"]


@pytest.mark.parametrize("suite", [(), ("small.toml",), ("mistyped",)])
def test_an_error_is_in_the_files_that_ci_systems_read(harness, tmp_path, suite):
    (tmp_path / "small.toml").write_text(SUITE.format(plugins='"params"', seed=0))
    done = harness("gate", *suite, "--junit", "gate.xml", "--summary", "gate.md")
    assert done.returncode == 2
    sentence = done.stderr.removeprefix("error: ").rstrip()
    assert (tmp_path / "gate.md").read_text().endswith(f" did not run\n\n{sentence}\n")
    (suite,) = JUnitXml.fromfile(str(tmp_path / "gate.xml"))
    ((error,),) = (case.result for case in suite)
    assert (suite.errors, error.message, error.type) == (1, sentence, "UsageError")


def test_a_judgement_is_shown_where_its_files_cannot_be_written(gate, baseline, tmp_path):
    (tmp_path / "taken").write_text("")
    files = ("--junit", "taken/gate.xml", "--summary", "taken/gate.md")
    done = gate("--plugin", "mine.py", *files)
    assert done.returncode == 3
    assert done.stdout.startswith("## Gate small passed")
    assert [line.split(":")[1] for line in done.stderr.splitlines()] == [
        " cannot write taken/gate.md",
        " cannot write taken/gate.xml",
    ]
    assert gate("--plugin", "mine.py", *files, body=f"return -{COUNT}").returncode == 1
