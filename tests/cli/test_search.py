import csv

import pytest

TASK = "nb201-analog-baseline"


def test_searches_are_compared_with_and_without_a_guide_that_learns(harness, tmp_path):
    guides = ("--guide", "none", "--guide", "ridge-onehot")
    size = ("--queries", "30", "--repeats", "3", "--best", "0.01")
    done = harness("search", TASK, "--algorithm", "bananas", *guides, *size)
    assert done.returncode == 0, done.stderr
    assert "15625 architectures" in done.stderr
    written = (tmp_path / f"results/searches/{TASK}/3x30.csv").read_text()
    rows = list(csv.DictReader(written.splitlines()))
    assert [row["guide"] for row in rows] == ["none", "ridge-onehot"]
    # Thirty queries with a linear model on one-hot cells come nearer to the best than without.
    assert float(rows[1]["regret@30"]) < float(rows[0]["regret@30"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((TASK, "--algorithm", "evolutoin"), "did you mean 'evolution'"),
        ((TASK, "--guide", "synflwo"), "unknown guide with scores of this task 'synflwo'"),
        (("nb101-cifar10-test",), "most of them without a neighbour in the table"),
    ],
)
@pytest.mark.shared_data
def test_what_cannot_be_searched_is_one_sentence(harness, shared_data, arguments, message):
    done = harness("search", *arguments, "--data-dir", str(shared_data))
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
