"""Searches of a small table of one's own, with times and latencies beside it."""

from pathlib import Path

import pytest

import harness
from harness.api.results import SimulationResult
from harness.core.errors import UsageError
from tests.truth_tables import write_table


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """27 accuracies from 0 to 26; later ones take longer, but for one that nobody timed."""
    seconds: list[float | None] = [3600.0 * (1 + number) for number in range(27)]
    seconds[2] = None
    cost = {"direction": "lower"}
    return {
        "accuracy": write_table(tmp_path, "accuracy", list(map(float, range(27)))),
        "seconds": write_table(tmp_path, "seconds", seconds, unit="seconds", **cost),
        "latency": write_table(tmp_path, "latency", [float(26 - n) for n in range(27)], **cost),
        "energy": write_table(tmp_path, "energy", [float(n % 3) for n in range(27)], **cost),
        "results": str(tmp_path / "results"),
    }


def search(files: dict[str, str], **options: object) -> SimulationResult:
    given = {"algorithms": "random", "repeats": 2, "queries": 10, "results": files["results"]}
    return harness.search(files["accuracy"], **(given | options))


def test_measured_times_are_charged_and_named(files) -> None:
    done = search(files, time=files["seconds"])
    record = done.searches.data.records[0]
    assert (record["price"], record["price_is"]) == (files["seconds"], "measured")
    assert done.searches.prices.values[:4].tolist() == [
        1,
        2,
        14.5,
        4,
    ]  # of 1, 2, 4, ..., 27 the median
    assert "(1 without a time: their median)" in done.searches.facts
    assert "hours" in done.searches.tables


def test_predictors_of_a_file_guide_as_those_of_the_package_do(files, tmp_path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(
        "from harness.encodings import encoding\n"
        "from harness.predictor import Predictor\n"
        "def fit(labelled, seed):\n"
        "    return lambda inputs: inputs.features.values.sum(axis=1)\n"
        "PLUGINS = tuple(\n"
        "    Predictor(name=name, version='1', summary='sum', encoding=encoding('counts'),\n"
        "              fit=fit, in_unit=False)\n"
        "    for name in ('first', 'second')\n"
        ")\n"
    )
    done = search(files, guides=str(path), labels=[3], time="none")
    guides = [record["guide"] for record in done.searches.data.records]
    assert list(dict.fromkeys(guides)) == ["first, 3 labels", "second, 3 labels"]


def test_times_in_another_unit_are_refused(files) -> None:
    with pytest.raises(UsageError, match=r"latency\.toml has values in number, and the time of a"):
        search(files, time=files["latency"])


def test_a_limit_leaves_out_what_is_above_it_and_says_how_many(files) -> None:
    done = search(files, maximum={files["latency"]: 16})  # the accuracies 10 to 26
    assert done.searches.problem.n == 17
    assert done.searches.problem.values.min() == 10
    assert f"10 rejected by {files['latency']} at most 16" in done.searches.facts


def test_a_limit_that_nothing_meets_names_the_smallest_value(files) -> None:
    with pytest.raises(UsageError, match=r"none of 27 candidates meets .* the smallest seen has 0"):
        search(files, maximum=[f"{files['latency']}=-1"])


def test_a_front_is_searched_for_and_written(files) -> None:
    done = search(files, against=files["energy"], guides=["none", files["latency"]])
    # Of the energies 0, 1 and 2 the best accuracies are 24, 25 and 26.
    front = done.searches.front(done.searches.problem.objectives).records
    assert [(row["accuracy"], row["energy"]) for row in front] == [(26, 2), (25, 1), (24, 0)]
    assert {path.name.rpartition("-")[2] for path in done.files} >= {"front.csv", "front.json"}


def test_a_predicted_front_is_trained_as_a_whole_and_held_against_that_of_the_table(files) -> None:
    done = search(files, against=files["energy"], guides=["none", files["latency"]])
    (predicted,) = done.searches.predicted  # the latency orders as the accuracy does
    assert (predicted.size, predicted.found, predicted.lacking) == (3, 1, pytest.approx(0))


def test_what_lacks_an_objective_is_left_out_and_counted(files) -> None:
    done = search(files, against=files["seconds"])
    assert done.searches.problem.n == 26
    assert f"1 left out without a value of {files['seconds']}" in done.searches.facts


def test_three_objectives_have_a_picture_of_each_pair(files) -> None:
    done = search(files, against=[files["energy"], files["latency"]])
    (page,) = [path.read_text() for path in done.files if path.suffix == ".html"]
    assert page.count("<h3>random: accuracy against") == 2


def test_another_task_guides_by_its_direction(files) -> None:
    done = search(files, algorithms="ranking", guides=files["latency"])
    assert done.searches.summaries[0].progress["queries"].reach.median == 1  # the lowest is best


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"against": "latncy"}, "unknown figure 'latncy' in 'against'"),
        ({"against": "nb201-cifar10-test"}, "unknown figure 'nb201-cifar10-test' in 'against'"),
        ({"maximum": "latency"}, "'maximum' latency: write NAME=NUMBER"),
        ({"fitness": "params", "against": "x"}, "'against' has no part in 'fitness'"),
        ({"fitness": "params", "maximum": "x=1"}, "'maximum' has no part in 'fitness'"),
    ],
)
def test_what_cannot_be_searched_for_is_one_sentence(files, options, message) -> None:
    with pytest.raises(UsageError, match=message):
        search(files, **options)


def test_one_objective_twice_is_refused(files) -> None:
    with pytest.raises(UsageError, match="name one twice"):
        search(files, against=[files["energy"], files["energy"]])


def test_scores_of_runs_with_another_batch_are_found_by_it(files, tmp_path) -> None:
    suite = tmp_path / "mine.toml"
    suite.write_text(
        'name = "mine"\nsummary = ""\nspace = "nas-bench-macro"\ndataset = "cifar10"\n'
        f'tasks = ["{files["accuracy"]}"]\nplugins = ["params"]\n'
    )
    harness.run(suite, batch="noise:2", workers=0, results=files["results"])
    stored = {"scores": suite, "guides": "params"}
    guided = search(files, **stored, batch="noise:2")
    assert guided.searches.data.records[0]["guide"] == "params"
    learned = {"plugins": "ridge-zc", "labels": 8, "repeats": 2, "results": files["results"]}
    done = harness.predict(files["accuracy"], scores=suite, batch="noise:2", **learned)
    assert "zero-cost scores: params" in done.tasks[0].predicted.facts
    absent = r"nothing is stored of suite mine with batch photographs:64 and seed 0 .*'batch'"
    with pytest.raises(UsageError, match=absent):
        search(files, **stored)
    with pytest.raises(UsageError, match=absent):
        harness.predict(files["accuracy"], scores=suite, **learned)
    with pytest.raises(UsageError, match="without 'scores' SUITE; leave it out"):
        harness.predict(files["accuracy"], batch="noise:2", **learned)
