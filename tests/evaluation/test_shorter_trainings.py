"""Values of short trainings stand beside proxies, as predictors of the full training."""

from pathlib import Path

import pytest

from harness.core.errors import UsageError
from harness.evaluation import PublishedScores, join, with_shorter_trainings
from harness.evaluation.task_scores import TaskScores
from harness.execution.given_scores import GivenScores, read_scores
from harness.execution.population import population_of
from harness.spaces import nas_bench_201
from harness.truth import Places, load, shorter_trainings, task_as_scores
from tests.truth.published_columns import columns

FULL, SHORT = "nb201-imagenet16-120-validation", "nb201-12-epochs-imagenet16-120-validation"


def without_methods(table, texts) -> TaskScores:
    population = population_of(table.task, table.space, texts)
    return join(table, population, (), PublishedScores(sources=()))


def test_shorter_trainings_are_of_the_same_space_and_data_set() -> None:
    names = [known.name for known in shorter_trainings(FULL)]
    assert names == [SHORT, "nb201-12-epochs-imagenet16-120-test"]
    assert shorter_trainings(SHORT) == ()
    assert shorter_trainings("nb201-hw-raspi4-latency-cifar10") == ()


def test_a_task_of_another_space_is_no_score() -> None:
    with pytest.raises(UsageError, match="is a task of nas-bench-201, not of darts"):
        task_as_scores(SHORT, "darts")


@pytest.mark.shared_data
def test_a_method_says_which_part_of_the_training_it_costs(shared_data: Path) -> None:
    places = Places(data_dir=shared_data)
    table = load(FULL, places=places)
    texts = tuple(columns("help-nb201-latency", shared_data)["arch"][:50])
    known = with_shorter_trainings(without_methods(table, texts), places)
    assert [method.name for method in known.methods] == [
        f"{SHORT} (12 of 200 epochs)",
        "nb201-12-epochs-imagenet16-120-test (12 of 200 epochs)",
    ]
    short = load(SHORT, places=places).values
    assert known.methods[0].values.tolist() == [short[text] for text in known.architectures]
    assert known.provenance.sources == ("mini-nb201-12-epochs",)


def test_what_is_not_on_this_machine_is_left_out(tmp_path: Path) -> None:
    from tests.truth_tables import truth_table

    places = Places(data_dir=tmp_path, cache_dir=tmp_path, offline=True)
    table = truth_table({"a": 1.0, "b": 2.0}, FULL, "nas-bench-201")
    alone = without_methods(table, ("a", "b"))
    assert with_shorter_trainings(alone, places) is alone


@pytest.mark.shared_data
def test_the_name_of_a_task_stands_for_scores(shared_data: Path) -> None:
    latency = "nb201-hw-raspi4-latency-cifar10"
    given = [GivenScores(source=Path(latency)), GivenScores(source=Path(SHORT), name="short")]
    first, second = read_scores(given, nas_bench_201.SPACE)
    assert (first.name, str(first.direction), second.name) == (latency, "lower", "short")
    assert len(first.scores) == len(second.scores) == 15_625
