"""Scores that were computed elsewhere, in every command that takes them."""

import json
import re
from pathlib import Path

import pytest

import harness as api
from harness.core.errors import UsageError
from tests.cli.conftest import called

SUITE = """
name = "small"
summary = "six cells"
space = "nas-bench-201"
dataset = "cifar10"
tasks = ["cells.csv"]
plugins = ["params", "random"]
resamples = 100
metrics = ["spearman"]

[batch]
source = "noise"
size = 2
"""
CELLS = [f"(0, 0, 0, 0, {first}, {last})" for first in (2, 3) for last in (0, 2, 3)]
NAMES = ("network,accuracy", "a,60", "b,70", "c,65", "d,80")
SCORES = ("network,mine,theirs", "a,1,4", "b,3,3", "c,2,2", "d,4,")


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A suite of six cells, imported scores of five of them, and names with accuracies."""
    monkeypatch.chdir(tmp_path)
    Path("small.toml").write_text(SUITE)
    rows = [f'"{cell}",{number}' for number, cell in enumerate(CELLS)]
    Path("cells.csv").write_text("\n".join(["architecture,accuracy", *rows, ""]))
    Path("mine.csv").write_text("\n".join(["architecture,score", *rows[:5], ""]))
    Path("accuracies.csv").write_text("\n".join([*NAMES, ""]))
    Path("scores.csv").write_text("\n".join([*SCORES, ""]))
    return tmp_path


@pytest.fixture
def type_in(folder, monkeypatch, capsys):
    return lambda *words: called(folder, monkeypatch, capsys, *words)


def test_imported_scores_are_marked_in_every_form_of_a_leaderboard(type_in):
    done = type_in("run", "small.toml", "--scores", "mine.csv", "--workers", "0")
    assert done.returncode == 0, done.stderr
    line = next(line for line in done.stdout.splitlines() if "mine (imported)" in line)
    assert "5/6" in line
    assert "unknown" in line
    (page,) = Path("results/leaderboards/small").glob("*.html")
    for ending in (".md", ".csv", ".json", ".tex", ".html"):
        assert "mine (imported)" in page.with_suffix(ending).read_text(encoding="utf-8"), ending
    assert "5/6, 1 not imported" in page.with_suffix(".md").read_text(encoding="utf-8")
    assert "--scores mine.csv" in page.read_text(encoding="utf-8")
    row = next(row for row in json.loads(page.with_suffix(".json").read_text()) if row["missing"])
    assert (row["version"], row["seconds"], row["missing"]) == ("imported", None, 1)
    assert row["key"].startswith("mine:imported:")


def test_a_suite_names_imported_scores_and_the_gate_holds_them_to_a_baseline(type_in, folder):
    text = SUITE.replace("resamples", 'scores = ["mine.csv"]\nresamples')
    Path("small.toml").write_text(text)
    words = ("gate", "small.toml", "--baseline", "base", "--results", "r", "--workers", "0")
    assert type_in(*words, "--update-baseline").returncode == 0
    passed = type_in(*words)
    assert (passed.returncode, passed.stdout.count("| mine (imported) |")) == (0, 1)
    lines = Path("mine.csv").read_text().splitlines()
    numbers = [re.sub(r",\d$", f",{9 - row}", line) for row, line in enumerate(lines)]
    Path("mine.csv").write_text("\n".join([lines[0], *numbers[1:], ""]))
    changed = type_in(*words)
    assert changed.returncode == 1
    assert "mine (imported)" in changed.stdout


def test_imported_scores_are_a_side_of_a_comparison(type_in):
    words = ("--suite", "small.toml", "--resamples", "100")
    assert type_in("run", "small.toml", "--workers", "0").returncode == 0
    done = type_in("compare", "params", "mine.csv", *words)
    assert "# A: params, B: mine.csv" in done.stdout
    assert "| 5 | 1 | 0 |" in done.stdout  # both scored, only A, only B
    table = api.compare({"up": {"a": 1.0, "b": 2.0, "c": 3.0, "d": 5.0}}, "scores.csv:theirs",
                        suite="accuracies.csv", resamples=100)  # fmt: skip
    assert {row["first"] for row in table.data.records} == {"up (imported)"}
    refused = type_in("compare", "scores.csv:mine", "scores.csv:hers", "--suite", "accuracies.csv")
    assert "unknown method 'hers' in scores.csv:hers; did you mean 'theirs'?" in refused.stderr
    refused = type_in("compare", "params", "scores.csv:mine", "--suite", "accuracies.csv")
    assert "are names without networks, of which no plugin has scores" in refused.stderr


@pytest.mark.parametrize("command", [api.search, api.predict, api.operations, api.tune])
def test_what_asks_for_more_than_names_refuses_a_table_of_names(folder, command):
    with pytest.raises(UsageError, match=r"of accuracies\.csv are names without networks"):
        command("accuracies.csv")


def test_imported_scores_are_a_feature_and_a_curve_without_labels(folder):
    ids = [f"(0, {a}, {b}, 2, 2, {c})" for a in range(5) for b in range(4) for c in (0, 2, 3)]
    scores = {text: float(number % 7) for number, text in enumerate(ids)}
    table = "\n".join(f'"{text}",{number}' for number, text in enumerate(ids))
    Path("few.csv").write_text(f"architecture,accuracy\n{table}\n")
    Path("few.toml").write_text(
        'name = "few"\nspace = "nas-bench-201"\ndataset = "cifar10"\nsplit = "test"\n'
        'metric = "m"\nunit = "number"\ndirection = "higher"\ntable = "few.csv"\n'
        'architecture = "architecture"\nvalues = ["accuracy"]\n'
    )
    done = api.predict(
        "few.toml", plugins="random_forest-zc", labels=8, repeats=2, scores={"mine": scores}
    )
    frame = api.frame(done)
    assert set(frame["predictor"]) == {"random_forest-zc", "mine (imported) (no labels)"}


def test_names_with_accuracies_and_scores_get_a_correlation(type_in):
    done = type_in("run", "accuracies.csv", "--scores", "scores.csv")
    assert "proxies are skipped, and the imported scores alone are ranked" in done.stderr
    assert "scores imported from scores.csv" in " ".join(done.stdout.split())
    board = api.frame(api.report("accuracies.csv", scores="scores.csv")).set_index("plugin")
    mine = board.loc["mine (imported)"]
    assert mine["spearman"] == pytest.approx(1.0)  # 1 3 2 4 against 60 70 65 80
    assert not board["spearman_low"].notna().any()  # of four networks
    assert board.loc["theirs (imported)"]["scored"] == 3


def test_a_description_that_keeps_texts_is_of_names_too(type_in):
    Path("own.toml").write_text(
        'name = "own"\nspace = "my-resnets"\ndataset = "imagenet"\nsplit = "test"\n'
        'metric = "top-1"\nunit = "percent"\ndirection = "higher"\ntable = "accuracies.csv"\n'
        'architecture = "network"\nvalues = ["accuracy"]\nverbatim = true\n'
    )
    Path("own-suite.toml").write_text(
        'name = "own"\nsummary = "s"\nspace = "my-resnets"\ndataset = "imagenet"\n'
        'tasks = ["own.toml"]\nscores = ["scores.csv"]\nmetrics = ["spearman"]\n'
    )
    for suite in ("own.toml", "own-suite.toml"):
        given = () if "suite" in suite else ("--scores", "scores.csv")
        assert "mine (imported)" in type_in("run", suite, *given).stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("run", "accuracies.csv"), "only scores that were computed elsewhere can be ranked"),
        (
            ("run", "accuracies.csv", "--scores", "scores.csv", "--plugin", "params"),
            "--plugin has no part in a suite of names",
        ),
        (
            ("predict", "accuracies.csv", "--scores", "scores.csv"),
            "of which nothing else is known",
        ),
        (
            ("gate", "accuracies.csv", "--scores", "scores.csv", "--update-baseline"),
            "of which no plugin has scores",
        ),
        (("run", "small.toml", "--scores", "none.csv"), "cannot read none.csv: No such file"),
        (("run", "small.toml", "--scores", "scores.csv"), "scores.csv, row 2, column mine: "),
        (
            ("run", "small.toml", "--scores", "nb201-robust-pgd-eps-0.11"),
            "unknown task 'nb201-robust-pgd-eps-0.11'; did you mean 'nb201-robust-pgd-eps-0.1'?",
        ),
        (
            ("run", "small.toml", "--scores", "mine.csv", "--scores", "mine.csv"),
            "both have scores of 'mine'; give one of them another name",
        ),
    ],
)
def test_scores_that_do_not_fit_are_one_sentence(type_in, words, message):
    done = type_in(*words)
    assert done.returncode in (2, 3)
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_scores_of_other_architectures_are_refused_before_anything_is_scored(folder):
    with pytest.raises(UsageError, match=r"none of the 1 architectures that .* has scores of"):
        api.run("small.toml", scores={"mine": {"(0, 0, 0, 0, 0, 0)": 1.0}}, workers=0)
    assert not Path("results").exists()
    with pytest.raises(UsageError, match="the scores of 'mine' are 3; give them by the names"):
        api.run("small.toml", scores={"mine": 3})
