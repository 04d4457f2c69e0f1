"""The published files agree with each other where they hold the same architectures."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from scipy.stats import spearmanr

from harness.core.architecture import Space
from harness.core.errors import InfrastructureError
from harness.spaces import (
    nas_bench_1shot1,
    nas_bench_101,
    nas_bench_graph,
    nas_bench_macro,
    transnas_bench_101_macro,
    transnas_bench_101_micro,
)
from harness.truth import TruthTable, load, tasks
from tests.truth.network_counts import count_networks

pytestmark = pytest.mark.shared_data

Table = Callable[[str], TruthTable]


@pytest.fixture
def table(shared_data: Path) -> Table:
    return lambda name: load(name, shared_data)


def agreement(first: Mapping[str, float], second: Mapping[str, float]) -> float:
    """Spearman correlation over the architectures that both have."""
    both = sorted(first.keys() & second.keys())
    assert len(both) > 50
    return float(spearmanr([first[text] for text in both], [second[text] for text in both])[0])


@pytest.mark.slow
@pytest.mark.parametrize("task", tasks(), ids=lambda task: task.name)
def test_every_task_loads(task: object, table: Table) -> None:
    try:
        truth = table(task.name)
    except InfrastructureError as error:
        pytest.skip(str(error))
    assert truth.n == task.n
    distinct, ceiling = count_networks(truth)
    assert task.distinct == distinct
    assert task.noise_ceiling == pytest.approx(ceiling, abs=1e-4)


# Two trainings of NAS-Bench-201 agree with .986; a wrong id or edge gives less than .9.
PAIRS = [
    ("nb201-cifar10-validation", "nb201-cifar10-validation-connected", 0.98),
    ("nb201-cifar10-validation", "nb201-cifar10-validation-naslib", 0.98),
    ("nb201-cifar10-validation", "nb201-cifar10-suite-zero", 0.98),
    ("nb201-cifar10-validation", "nb201-cifar10-test", 0.98),
    ("nb201-cifar100-validation", "nb201-cifar100-validation-naslib", 0.98),
    ("nb201-cifar100-validation", "nb201-cifar100-suite-zero", 0.98),
    ("nb201-imagenet16-120-validation", "nb201-imagenet16-120-validation-connected", 0.98),
    ("nb201-imagenet16-120-validation", "nb201-imagenet16-120-suite-zero", 0.98),
    # Other images, same cells.
    ("nb201-cifar10-validation", "nb201-svhn-suite-zero", 0.88),
    # Not the same split, for some not the same metric.
    *(
        (f"tnb101-{size}-{name}-suite-zero", f"tnb101-{size}-{name}", floor)
        for size in ("micro", "macro")
        for name, floor in {
            "autoencoder": 0.93,
            "class-object": 0.88,
            "class-scene": 0.99,
            "jigsaw": 0.999,
            "normal": 0.92,
            "room-layout": 0.89,
            "segmentsemantic": 0.86,
        }.items()
    ),
    ("tnb101-micro-class-scene-suite-zero", "tnb101-micro-class-scene-connected", 0.99999),
]


@pytest.mark.parametrize(("first", "second", "floor"), PAIRS)
def test_two_files_rank_the_same_architectures_alike(
    first: str, second: str, floor: float, table: Table
) -> None:
    assert agreement(table(first).values, table(second).values) >= floor


def test_the_csv_has_the_numbers_of_the_pickle(shared_data: Path) -> None:
    from harness.truth.locate import content
    from harness.truth.places import Places
    from harness.truth.readers.zerocost_pt import read
    from harness.truth.source import source
    from harness.truth.unit import Unit

    places = Places(data_dir=shared_data)
    pickled, csv = (
        read(content(source(name), places), {}, Unit.PERCENT)
        for name in ("zerocost-pt-nb2-test-acc-cf10", "zerocost-pt-nb2-test-acc-cf10-csv")
    )
    assert pickled == csv


@pytest.mark.slow
@pytest.mark.parametrize(
    ("task", "published", "percent"),
    [
        ("nb101-cifar10-suite-zero", "nb1shot1-2-cifar10-validation", True),
        ("nb101-cifar10-test", "nb1shot1-2-cifar10-test", False),
    ],
)
def test_nas_bench_101_values_are_one_of_the_published_runs(
    task: str, published: str, percent: bool, table: Table
) -> None:
    def canonical(text: str) -> str:
        return nas_bench_101.SPACE.canonical(nas_bench_101.SPACE.parse(text))

    runs = defaultdict(set)
    for text, values in table(published).runs.items():
        runs[canonical(text)].update(round(value, 4) for value in values)
    compared = 0
    for text, value in table(task).values.items():
        known = runs.get(canonical(text))
        if known:
            compared += 1
            assert round(value / 100 if percent else value, 4) in known
    assert compared >= 20


@pytest.mark.parametrize(
    ("task", "space", "subset"),
    [
        ("nb1shot1-2-cifar10-test", nas_bench_1shot1.SECOND, "published"),
        ("nbmacro-cifar10-test", nas_bench_macro.SPACE, "all"),
        ("tnb101-micro-jigsaw", transnas_bench_101_micro.SPACE, "all"),
        ("tnb101-macro-jigsaw-suite-zero", transnas_bench_101_macro.SPACE, "all"),
        ("nbgraph-cora-test", nas_bench_graph.SPACE, "all"),
        ("nbgraph-proteins-test", nas_bench_graph.SPACE, "proteins"),
    ],
)
def test_a_complete_file_holds_the_architectures_that_the_space_enumerates(
    task: str, space: Space, subset: str, table: Table
) -> None:
    try:
        truth = table(task)
    except InfrastructureError as error:
        pytest.skip(str(error))
    assert truth.space == space.name
    assert truth.values.keys() == {architecture.text for architecture in space.enumerate(subset)}
