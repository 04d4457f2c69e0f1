import importlib

import pytest

from harness.core.direction import Direction
from harness.core.errors import UsageError
from harness.truth.load import READERS
from harness.truth.sources import source
from harness.truth.task import Split
from harness.truth.tasks import find, task, tasks
from harness.truth.unit import Unit


def test_there_are_at_least_seventy_tasks_of_different_names() -> None:
    assert len({one.name for one in tasks()}) == len(tasks()) >= 70


@pytest.mark.parametrize("one", tasks(), ids=lambda one: one.name)
def test_every_task_has_a_source_and_a_reader(one: object) -> None:
    assert source(one.source).name == one.source
    assert hasattr(importlib.import_module(f"harness.truth.readers.{READERS[one.reader]}"), "read")


@pytest.mark.parametrize("one", tasks(), ids=lambda one: one.name)
def test_lower_is_better_for_latency_alone(one: object) -> None:
    assert (one.direction is Direction.LOWER) == (one.unit is Unit.SECONDS)


def test_nas_bench_suite_zero_has_its_28_tasks() -> None:
    suite = tasks("nas-bench-suite-zero")
    spaces = [one.space for one in suite]
    assert len(suite) == len({(one.space, one.dataset) for one in suite}) == 28
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
    with pytest.raises(UsageError, match="Known: analog-nasbench, nas-bench-graph"):
        tasks("nas-bench-suite")


def test_a_description_of_one_task_finds_it() -> None:
    assert find(space="nas-bench-macro").name == "nbmacro-cifar10-test"
    assert find(space="nas-bench-graph", dataset="cora", split="test").split is Split.TEST


def test_an_ambiguous_description_is_refused_with_all_choices() -> None:
    with pytest.raises(UsageError) as caught:
        find(space="nas-bench-201", dataset="cifar100")
    message = str(caught.value)
    assert message.startswith("3 tasks have space 'nas-bench-201', dataset 'cifar100'; name one")
    assert "nb201-cifar100-validation (validation, accuracy, percent, n=15625)" in message
    assert "nb201-cifar100-suite-zero" in message


def test_an_unknown_data_set_is_answered_with_the_nearest_name() -> None:
    with pytest.raises(UsageError, match=r"unknown dataset 'cifar-100'.*did you mean 'cifar100'"):
        find(space="nas-bench-201", dataset="cifar-100")


def test_known_words_that_no_task_combines_are_told() -> None:
    with pytest.raises(UsageError, match="no task has space 'nas-bench-macro', dataset 'cifar100'"):
        find(space="nas-bench-macro", dataset="cifar100")
