import csv
import json
import re

import pytest

SMALL = ("--batch", "noise:2", "--seeds", "2", "--extent", "first", "--removal", "deleted")


@pytest.mark.shared_data
def test_operations_are_scored_once_and_held_against_the_table(harness, shared_data, tmp_path):
    command = ("operations", "nbmacro-cifar10-test", "--measure", "params", *SMALL)
    scorers = ("--scorer", "zero_cost_pt", "--scorer", "random_operations")
    done = harness(*command, *scorers)
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "results/operations/nbmacro-cifar10-test"
    (path,) = folder.glob("*.csv")
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert [row["scorer"] for row in rows] == ["zero_cost_pt", "random_operations"]
    # The largest chain, 22222222, has 92.95 %; twenty chains of the table have more.
    assert rows[0]["at_once_ranks"] == "21 21"
    assert json.loads(path.with_suffix(".json").read_text())[0]["seeds"] == 2
    before = (tmp_path / "results/operations/seeds.jsonl").read_bytes()
    again = harness(*command, *scorers)
    assert again.stdout == done.stdout
    assert (tmp_path / "results/operations/seeds.jsonl").read_bytes() == before
    alone = harness(*command, *scorers[2:])
    assert alone.returncode == 0, alone.stderr
    assert len(list(folder.glob("*.csv"))) == 2  # what was written before is still there


def test_why_cells_are_undefined_is_said_once_below_the_table(harness, tmp_path):
    texts = (f"{text:b}".zfill(8) for text in range(1, 13))
    rows = "".join(f"{text},{60 + place}\n" for place, text in enumerate(texts))
    (tmp_path / "few.csv").write_text(f"architecture,accuracy\n{rows}")
    (tmp_path / "few.toml").write_text(
        'name = "few"\nspace = "nas-bench-macro"\ndataset = "cifar10"\nsplit = "validation"\n'
        'metric = "accuracy"\nunit = "percent"\ndirection = "higher"\ntable = "few.csv"\n'
        'architecture = "architecture"\nvalues = ["accuracy"]\n'
    )
    done = harness("operations", "few.toml", "--scorer", "random_operations", *SMALL)
    assert done.returncode == 0, done.stderr
    cells = {cell for line in done.stdout.splitlines() for cell in line.split("\t")}
    assert "undefined" in cells
    assert not [cell for cell in cells if cell.startswith("undefined:")]
    reason = r"^Spearman, best; best run; Spearman, mean: 2 of 2 repeats have no value: \w.*\.$"
    assert len(re.findall(reason, done.stderr, re.MULTILINE)) == 1
    (page,) = (tmp_path / "results/operations/few").glob("*.md")
    assert len(re.findall(reason, page.read_text(), re.MULTILINE)) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--scorer", "zero_cost_p"), "did you mean 'zero_cost_pt'"),
        (("--measure", "nwto"), "did you mean 'nwot'"),
        (("--order", "rand"), "unknown order 'rand'; did you mean 'random'"),
        (("--removal", "maskd"), "did you mean 'masked'"),
    ],
)
def test_what_does_not_exist_is_one_sentence(harness, arguments, message):
    done = harness("operations", "nb201-analog-baseline", *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.shared_data
def test_a_space_without_a_supernet_is_one_sentence(harness, shared_data):
    done = harness("operations", "nb101-cifar10-test")
    assert done.returncode == 2
    assert "space nas-bench-101 has no supernet" in done.stderr


@pytest.mark.shared_data
def test_a_search_ends_in_one_cell_that_is_looked_up(harness, shared_data, tmp_path):
    size = ("--proposals", "2", "--validation", "1", "--batch", "noise:2")
    done = harness(
        "search",
        "nbmacro-cifar10-test",
        "--algorithm",
        "zero_cost_pt",
        "--guide",
        "grad_norm",
        *size,
    )
    assert done.returncode == 0, done.stderr
    assert "no value was asked for" in done.stderr
    assert " of 6561" in done.stdout


SCORER = """
from harness.operation_scorer import OperationScorer
from harness.plugin import Direction

PLUGIN = OperationScorer(
    name="mine", version="1", summary="a test plugin", direction=Direction.HIGHER,
    score_operations=lambda probe, fixed, operations: dict.fromkeys(operations, 1.0),
)
"""


def test_published_values_are_of_scorers_too(harness, tmp_path):
    (tmp_path / "mine.py").write_text(SCORER)
    done = harness("check", "--published", "mean_zero_cost", "mine.py")
    assert done.returncode == 0, done.stderr
    assert "mean_zero_cost\tno reference" in done.stdout
    assert "mine\tno reference" in done.stdout


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("zero_cost_p", "unknown plugin 'zero_cost_p'; did you mean 'zero_cost_pt'"),
        ("ridge-onehot", "the predictor 'ridge-onehot' is no proxy"),
    ],
)
def test_published_values_are_of_no_other_kind_and_all_names_are_known(harness, name, message):
    done = harness("check", "--published", "*", name)
    assert done.returncode == 2
    assert message in done.stderr
