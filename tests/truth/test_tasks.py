import importlib

import pytest

from harness.core.direction import Direction
from harness.core.errors import UsageError
from harness.spaces.datasets import DATASETS
from harness.truth.own_reading import READERS
from harness.truth.source import source
from harness.truth.tasks import task, tasks
from harness.truth.unit import Unit


def test_there_are_at_least_seventy_tasks_of_different_names() -> None:
    assert len({known.name for known in tasks()}) == len(tasks()) >= 70


@pytest.mark.parametrize("known", tasks(), ids=lambda known: known.name)
def test_every_task_has_a_source_and_a_reader(known: object) -> None:
    assert source(known.source).name == known.source
    assert hasattr(
        importlib.import_module(f"harness.truth.readers.{READERS[known.reader]}"), "read"
    )


@pytest.mark.parametrize("known", tasks(), ids=lambda known: known.name)
def test_lower_is_better_for_costs_and_losses_alone(known: object) -> None:
    lower = {Unit.SECONDS, Unit.MILLISECONDS, Unit.MILLIJOULES, Unit.NATS, Unit.PERPLEXITY}
    assert (known.direction is Direction.LOWER) == (known.unit in lower)


@pytest.mark.parametrize(
    "known", [known for known in tasks() if known.training_time], ids=lambda known: known.name
)
def test_measured_times_are_seconds_of_the_same_space(known: object) -> None:
    time = task(known.training_time)
    assert (time.space, time.unit) == (known.space, Unit.SECONDS)


@pytest.mark.parametrize("known", tasks(), ids=lambda known: known.name)
def test_a_data_set_that_networks_are_built_for_has_one_spelling(known: object) -> None:
    plain = {name.replace("_", "-"): name for name in DATASETS}
    assert known.dataset == plain.get(known.dataset.replace("_", "-"), known.dataset)


def test_only_times_have_disturbed_runs() -> None:
    assert {known.unit for known in tasks() if known.disturbed_above} <= {Unit.SECONDS}


def test_nas_bench_suite_zero_has_its_28_tasks() -> None:
    suite = tasks("nas-bench-suite-zero")
    spaces = [member.space for member in suite]
    assert len(suite) == len({(member.space, member.dataset) for member in suite}) == 28
    counts = {name: spaces.count(name) for name in set(spaces)}
    assert counts == {
        "nas-bench-101": 1,
        "nas-bench-201": 6,
        "darts": 4,
        "transnas-bench-101-micro": 10,
        "transnas-bench-101-macro": 7,
    }


def test_the_swapped_names_of_the_transnas_files_are_undone() -> None:
    assert task("tnb101-micro-jigsaw").source == "gennas-trans-macro-jigsaw"
    assert task("tnb101-macro-jigsaw").source == "gennas-trans-micro-jigsaw"


def test_an_unknown_task_is_answered_with_the_nearest_name() -> None:
    with pytest.raises(UsageError, match="did you mean 'nb201-analog-baseline'"):
        task("nb201-analog-base")


def test_an_unknown_collection_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"Known: analog-nasbench, .*nas-bench-graph"):
        tasks("nas-bench-suite")
