import json

import pytest

from tests.plugin_files import COUNT_CONVOLUTIONS, plugin_source

SMALL = ("--suite", "smoke", "--sample", "12")


@pytest.fixture
def scored(harness, tmp_path):
    """Two plugins scored in one folder, and a second version of the first in another."""
    (tmp_path / "convolutions.py").write_text(COUNT_CONVOLUTIONS)
    (tmp_path / "edges.py").write_text(plugin_source("return len(seen[GRAPH].edges)", "edges"))
    run = ("run", "smoke", "--sample", "12", "--workers", "0", "--only", "--plugin")
    first = harness(*run, "convolutions.py", "--plugin", "edges.py", "--results", "one")
    (tmp_path / "convolutions.py").write_text(COUNT_CONVOLUTIONS.replace('"conv"', '"pool"'))
    second = harness(*run, "convolutions.py", "--results", "two")
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr


@pytest.mark.usefixtures("scored")
def test_two_plugins_and_two_folders_are_compared_without_scoring(harness, tmp_path):
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.jsonl")}
    two = harness("compare", "one:convolutions.py", "one:edges.py", *SMALL)
    assert two.returncode == 0, two.stderr
    title = "# A: one:convolutions.py, B: one:edges.py; identical networks: computation\n"
    assert two.stdout.startswith(title)
    assert "| both scored | only A | only B | cost A / B |" in two.stdout
    # The folder "one" holds the plugin before its source changed.
    commits = harness("compare", "one:convolutions.py", "two:convolutions.py", *SMALL, "--json")
    (comparison, *_) = json.loads(commits.stdout)
    assert comparison["both_scored"] == 12
    assert comparison["cost_ratio"]["architectures"] == 12
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.jsonl")} == before


@pytest.mark.usefixtures("scored")
def test_what_no_one_has_scored_is_one_sentence(harness):
    done = harness("compare", "synflow", "snip", *SMALL, "--results", "one")
    assert done.returncode == 2
    assert "synflow: the results folder has no scores of synflow on the population" in done.stderr
    assert "Traceback" not in done.stderr
    by_name = harness("compare", "one:edges", "params", *SMALL)
    assert by_name.returncode == 2
    assert "give its file instead of its name" in by_name.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("gone:synflow", "snip"), "gone:synflow: there is no results folder gone"),
        (("synflo", "snip"), r"unknown proxy 'synflo'; did you mean 'synflow'\?"),
        (("synflow:", "snip"), r"'synflow:' names one side of a comparison; write FOLDER:PLUGIN"),
        (("synflow", "published:snip"), r"no task of suite nb201-quick has published scores"),
        (("synflow", "snip", "--metric", "spearmn"), r"unknown metric 'spearmn' in --metric"),
        (
            ("published:synflo", "published:snip", "--task", "nb101-cifar10-suite-zero"),
            r"unknown published proxy of nb101-cifar10-suite-zero 'synflo'; did you mean 'synflow'",
        ),
    ],
)
@pytest.mark.shared_data
@pytest.mark.usefixtures("shared_data")
def test_a_wrong_side_is_one_sentence_and_exit_code_two(harness, arguments, message):
    import re

    done = harness("compare", *arguments)
    assert done.returncode == 2
    assert re.search(message, done.stderr), done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.shared_data
@pytest.mark.usefixtures("shared_data")
def test_published_proxies_are_compared_on_a_named_task(harness):
    task = "nb101-cifar10-suite-zero"
    done = harness("compare", "published:synflow", "published:snip", "--task", task)
    assert done.returncode == 0, done.stderr
    # The difference of the board's two values, 0.648 - 0.454.
    assert f"| {task} | spearman | 0.648 [" in done.stdout
    assert "| 0.194 [" in done.stdout
    assert "No cost ratio: no architecture has a cost of both." in done.stdout
