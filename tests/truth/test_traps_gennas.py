"""What GenNAS's files hold and do not say."""

import json
from pathlib import Path

import pytest
from scipy.stats import spearmanr

from harness.spaces import transnas_bench_101_macro, transnas_bench_101_micro
from harness.truth import TruthTable, load, source

pytestmark = pytest.mark.shared_data

TASKS = ("autoencoder", "class_object", "class_scene", "jigsaw", "normal", "room_layout")
TASKS = (*TASKS, "segmentsemantic")
SPACES = {"macro": transnas_bench_101_micro.SPACE, "micro": transnas_bench_101_macro.SPACE}
"""Spaces of the architectures in the files of a name."""


def agreement(first: TruthTable, second: TruthTable) -> float:
    both = sorted(first.values.keys() & second.values.keys())
    return float(
        spearmanr(*[[table.values[text] for text in both] for table in (first, second)])[0]
    )


@pytest.mark.trap("tinyimagenet-is-imagenet16-120")
def test_the_lowest_values_are_the_chance_of_120_classes(shared_data: Path) -> None:
    table = load("nb201-imagenet16-120-validation", shared_data)
    assert source(table.sources[0]).relative_path.endswith("tinyimagenet.json")
    assert min(table.values.values()) == pytest.approx(100 / 120, abs=1e-6)
    cells = load("nb201-imagenet16-120-suite-zero", shared_data)
    assert cells.n == 491
    assert agreement(table, cells) == pytest.approx(0.992, abs=5e-4)


@pytest.fixture(scope="module")
def texts(shared_data: Path) -> dict[tuple[str, str], set[str]]:
    """Architectures of every TransNAS file, by its name and task."""
    read = {}
    for name in SPACES:
        for task in TASKS:
            known = source(f"gennas-trans-{name}-{task.replace('_', '-')}")
            assert known.relative_path.endswith(f"{name}_{task}.json")
            entries = json.loads((shared_data / known.relative_path).read_text())
            read[name, task] = {text for text, _ in entries}
    return read


@pytest.mark.trap("transnas-names-exchanged")
def test_files_named_macro_hold_micro_cells_and_the_other_way_round(
    texts: dict[tuple[str, str], set[str]],
) -> None:
    members = {
        name: {architecture.text for architecture in space.enumerate()}
        for name, space in SPACES.items()
    }
    assert {name: len(known) for name, known in members.items()} == {"macro": 4096, "micro": 3256}
    for (name, _), held in texts.items():
        assert held <= members[name]


@pytest.mark.trap("transnas-macro-lacks-one")
def test_one_stack_is_in_no_file(texts: dict[tuple[str, str], set[str]], shared_data: Path) -> None:
    every = load("tnb101-macro-jigsaw-suite-zero", shared_data).values.keys()
    for task in TASKS:
        assert every - texts["micro", task] == {"64-113444-basic"}
        assert len(texts["micro", task]) == 3255


@pytest.mark.trap("transnas-other-splits")
@pytest.mark.parametrize(
    ("task", "expected"), [("jigsaw", 1.0), ("class-object", 0.889), ("segmentsemantic", 0.864)]
)
def test_values_are_not_those_of_naslib(task: str, expected: float, shared_data: Path) -> None:
    own = load(f"tnb101-macro-{task}", shared_data)
    other = load(f"tnb101-macro-{task}-suite-zero", shared_data)
    assert agreement(own, other) == pytest.approx(expected, abs=5e-4)
    if task == "segmentsemantic":
        largest = [round(max(table.values.values()), 1) for table in (own, other)]
        assert largest == [29.7, 94.9]
