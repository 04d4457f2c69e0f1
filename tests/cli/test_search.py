import csv

import pytest

TASK = "nb201-analog-baseline"


def test_searches_are_compared_with_and_without_a_guide_that_learns(harness, tmp_path):
    guides = ("--guide", "none", "--guide", "ridge-onehot")
    size = ("--queries", "30", "--repeats", "3", "--best", "0.01")
    done = harness("search", TASK, "--algorithm", "bananas", *guides, *size)
    assert done.returncode == 0, done.stderr
    assert "15625 architectures" in done.stderr
    folder = tmp_path / f"results/searches/{TASK}"
    (written,) = folder.glob("*.csv")
    assert {path.suffix for path in folder.iterdir()} == {".csv", ".json", ".html"}
    rows = list(csv.DictReader(written.read_text().splitlines()))
    assert [row["guide"] for row in rows] == ["none", "ridge-onehot"]
    # Thirty queries with a linear model on one-hot cells come nearer to the best than without.
    assert float(rows[1]["regret@30_queries"]) < float(rows[0]["regret@30_queries"])
    # The table has no FLOPs, so nothing is said of time.
    assert "average trainings" not in done.stdout


def test_numbers_of_labels_make_a_row_each_and_none_of_a_guide_that_does_not_learn(
    harness, tmp_path
):
    guides = ("--guide", "tg_nas", "--guide", "ridge-onehot", "--labels", "20,5")
    size = ("--queries", "30", "--repeats", "2")
    done = harness("search", TASK, "--algorithm", "ranking", *guides, *size)
    assert done.returncode == 0, done.stderr
    (written,) = (tmp_path / f"results/searches/{TASK}").glob("*.csv")
    rows = csv.DictReader(written.read_text().splitlines())
    assert [row["guide"] for row in rows] == [
        "tg_nas", "ridge-onehot, 5 labels", "ridge-onehot, 20 labels",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((TASK, "--algorithm", "evolutoin"), "did you mean 'evolution'"),
        ((TASK, "--guide", "synflwo"), "unknown guide with scores of this task 'synflwo'"),
        (("nb101-cifar10-test",), "most of them without a neighbour in the table"),
        ((TASK, "--algorithm", "pruning", "--algorithm", "local"), "in two commands"),
        ((TASK, "--algorithm", "pruning", "--guide", "nwot"), "guide nwot needs networks"),
        ((TASK, "--repeats", "1"), "need two of them or more"),
        ((TASK, "--labels", "5"), "--labels is for a --guide that learns from them"),
        ((TASK, "--labels", "few"), "--labels few: give numbers with commas between them"),
        ((TASK, "--labels", "1"), "--labels 1: give 2 or more"),
        ((TASK, "--guide", "ridge-onehot", "--labels", "5,300"), "leaves none of 300 --queries"),
        ((TASK, "--algorithm", "pruning", "--labels", "5"), "--labels has no part in"),
        ((TASK, "--time", "flops"), "--time: proxy flops has no stored scores of this task"),
        ((TASK, "--against", "params"), "with scores (none), or --scores SUITE after harness run"),
        ((TASK, "--guide", "near"), "--guide: proxy near has no stored scores of this task"),
        ((TASK, "--against", "parans"), "unknown figure 'parans' in --against"),
        ((TASK, "--max", "params"), "--max params: write NAME=NUMBER"),
        ((TASK, "--batch", "noise"), "--batch has no part in a search of the table"),
        ((TASK, "--algorithm", "pruning", "--queries", "20"), "--queries has no part in"),
        ((TASK, "--algorithm", "pruning", "--batch", "noise"), "--batch has no part in"),
        ((TASK, "--algorithm", "pruning", "--fitness", "params"), "--fitness has no part in"),
        ((TASK, "--fitness", "params", "--guide", "none"), "--guide has no part in --fitness"),
        ((TASK, "--fitness", "parms"), "did you mean 'params'"),
        ((TASK, "--fitness", "az_nas"), "az_nas ranks a whole set of architectures"),
        (("nb101-cifar10-test", "--fitness", "params"), "without a neighbour in the table"),
        (
            ("nb201-cifar10-validation-connected", "--time", "jacov"),
            "jacov has no positive value",
        ),
    ],
)
@pytest.mark.shared_data
def test_what_cannot_be_searched_is_one_sentence(harness, shared_data, arguments, message):
    done = harness("search", *arguments, "--data-dir", str(shared_data))
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_search_without_labels_ends_in_one_cell_that_is_looked_up_afterwards(harness, tmp_path):
    options = ("--algorithm", "pruning", "--algorithm", "differential_evolution", "--repeats", "2")
    done = harness("search", TASK, *options)
    assert done.returncode == 0, done.stderr
    assert "no value was asked for" in done.stderr
    assert "highest score: " in done.stderr
    (path,) = (tmp_path / f"results/searches/{TASK}").glob("*.csv")
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert [row["seed"] for row in rows] == ["0", "1", "0", "1"]
    assert all(1 <= int(row["rank"]) <= int(row["of"]) == 15625 for row in rows)
    # Pruning draws nothing; evolution is the better maximiser of its guide's score.
    assert rows[0]["architecture"] == rows[1]["architecture"]
    assert float(rows[2]["score"]) >= float(rows[0]["score"])


def test_a_proxy_of_graphs_guides_a_search_of_any_table(harness, tmp_path):
    size = ("--queries", "20", "--repeats", "3", "--best", "0.01")
    done = harness("search", TASK, "--algorithm", "ranking", "--guide", "tg_nas", *size)
    assert done.returncode == 0, done.stderr
    assert "ranking\ttg_nas" in done.stdout


@pytest.mark.shared_data
def test_another_guide_does_not_overwrite_and_time_is_told_where_flops_are_stored(
    harness, shared_data, tmp_path
):
    task = "nb201-cifar10-validation-connected"
    size = ("--queries", "30", "--repeats", "3", "--data-dir", str(shared_data))
    for guide in ("none", "params"):
        done = harness("search", task, "--algorithm", "local", "--guide", guide, *size)
        assert done.returncode == 0, done.stderr
        assert "the time of a training is a model's, proportional to flops" in done.stderr
        assert "average trainings to the best 0.001" in done.stdout
    paths = (tmp_path / f"results/searches/{task}").glob("*.csv")
    rows = [row for path in paths for row in csv.DictReader(path.read_text().splitlines())]
    assert {row["guide"] for row in rows} == {"none", "params"}
    assert all(float(row["regret@10_time"]) > 0 for row in rows)


def test_a_search_for_the_highest_score_is_looked_up_and_goes_on_where_it_was(harness, tmp_path):
    options = ("--algorithm", "local", "--algorithm", "random", "--fitness", "params")
    size = ("--queries", "40", "--repeats", "2", "--batch", "noise:2")
    done = harness("search", TASK, *options, *size)
    assert done.returncode == 0, done.stderr
    assert "no value was asked for" in done.stderr
    assert "local by params: mean " in done.stderr
    assert "over 2 searches" in done.stderr
    (path,) = (tmp_path / f"results/searches/{TASK}").glob("*.csv")
    first = path.read_text()
    rows = list(csv.DictReader(first.splitlines()))
    assert [(row["algorithm"], row["seed"], row["scored"]) for row in rows] == [
        ("local", "0", "40"),
        ("local", "1", "40"),
        ("random", "0", "40"),
        ("random", "1", "40"),
    ]
    # Whoever climbs finds a larger network than whoever draws.
    assert min(float(row["score"]) for row in rows[:2]) > max(
        float(row["score"]) for row in rows[2:]
    )
    again = harness("search", TASK, *options, *size)
    assert "160 scores asked for, 0 of them computed now" in again.stderr
