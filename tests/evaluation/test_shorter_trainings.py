"""Values of short trainings stand beside proxies, as predictors of the full training."""

from pathlib import Path
from statistics import fmean

import pytest

from harness.core.architecture import Architecture
from harness.core.errors import UsageError
from harness.evaluation import load_published
from harness.execution.given_scores import GivenScores, read_scores
from harness.spaces import nas_bench_201
from harness.truth import Places, load, shorter_trainings, task_as_scores

FULL, SHORT = "nb201-imagenet16-120-validation", "nb201-12-epochs-imagenet16-120-validation"


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
    known = load_published(FULL, places, "rows", shorter=True)
    assert [method.name for method in known.methods] == [
        f"{SHORT} (12 of 200 epochs)",
        "nb201-12-epochs-imagenet16-120-test (12 of 200 epochs)",
    ]
    short = load(SHORT, places=places).values
    assert known.methods[0].values.tolist() == [short[text] for text in known.architectures]
    assert known.provenance.sources == ("mini-nb201-12-epochs",)


@pytest.mark.shared_data
def test_identical_networks_have_the_mean_of_their_shorter_trainings(shared_data: Path) -> None:
    known = load_published(FULL, Places(data_dir=shared_data), shorter=True)
    short = load(SHORT, places=Places(data_dir=shared_data)).values
    means: dict[str, list[float]] = {}
    for text in load(FULL, places=Places(data_dir=shared_data)).values:
        architecture = Architecture(space="nas-bench-201", text=text)
        means.setdefault(nas_bench_201.SPACE.canonical(architecture), []).append(short[text])
    assert len(known.architectures) == len(means)
    expected = [
        fmean(means[nas_bench_201.SPACE.canonical(Architecture(space="nas-bench-201", text=text))])
        for text in known.architectures[:200]
    ]
    assert known.methods[0].values[:200].tolist() == pytest.approx(expected)


@pytest.mark.shared_data
def test_the_name_of_a_task_stands_for_scores(shared_data: Path) -> None:
    latency = "nb201-hw-raspi4-latency-cifar10"
    given = [GivenScores(source=Path(latency)), GivenScores(source=Path(SHORT), name="short")]
    first, second = read_scores(given, nas_bench_201.SPACE)
    assert (first.name, str(first.direction), second.name) == (latency, "lower", "short")
    assert len(first.scores) == len(second.scores) == 15_625
