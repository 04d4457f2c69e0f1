"""Tables of one's own are held against the known columns of their space."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import harness
from harness.core.direction import Direction
from harness.truth import Places, TruthTable, load
from harness.truth import column_guard as guard
from harness.truth.columns import read_labels
from harness.truth.task import Split
from harness.truth.tasks import task
from harness.truth.unit import Unit
from tests.truth_tables import truth_table

SHORT = "nb201-12-epochs-imagenet16-120-validation"
FULL = "nb201-imagenet16-120-validation"
OTHER = "nb201-cifar100-validation"
PIT = "pit-chaoyang-plain"

Values = Mapping[str, float]


@pytest.fixture(autouse=True)
def _nothing_said_before() -> Iterator[None]:
    guard._doubts.cache_clear()
    guard._warn_once.cache_clear()
    yield
    guard._doubts.cache_clear()
    guard._warn_once.cache_clear()


def draw(n: int = 200, seed: int = 0) -> Values:
    values = np.random.default_rng(seed).uniform(10, 90, n).round(2).tolist()
    return {f"cell {row}": value for row, value in enumerate(values)}


def near(values: Values, deviation: float, seed: int = 1) -> Values:
    generator = np.random.default_rng(seed)
    return {text: value + generator.normal(0, deviation) for text, value in values.items()}


def own(values: Values, epochs: int | None = 200, dataset: str = "ImageNet16-120") -> TruthTable:
    """A table as a description gives it: validation accuracies in percent."""
    return replace(
        truth_table(values, "mine", "nas-bench-201"),
        dataset=dataset,
        split=Split.VALIDATION,
        unit=Unit.PERCENT,
        epochs=epochs,
        sources=("mine.toml", "mine.csv"),
    )


def doubted(table: TruthTable, known: Mapping[str, Values]) -> str:
    """What is said of a table, given these columns alone."""
    values = np.array([*table.values.values()])
    compared = [
        guard._compare(
            task(name),
            values,
            np.array([there.get(text, np.nan) for text in table.values]),
            np.array([*there.values()]),
            guard._decimals(values),
        )
        for name, there in known.items()
    ]
    return " ".join(guard.doubts(table, compared))


def test_the_values_of_a_shorter_training_are_doubted_with_numbers() -> None:
    values = draw()
    known = {FULL: near(values, 5), SHORT: values}
    assert doubted(own(values), known) == (
        "column 'accuracy' of mine.csv says ImageNet16-120, validation, 200 epochs, but its values "
        "are those of nb201-12-epochs-imagenet16-120-validation (imagenet16-120, validation, 12 "
        "epochs): 200 of 200 are equal, Spearman 1.000"
    )
    assert "epochs not stated, but its values are" in doubted(own(values, epochs=None), known)
    assert doubted(own(values, epochs=12), known) == ""


def test_values_of_another_data_set_are_doubted() -> None:
    values = draw()
    assert "are those of nb201-cifar100-validation" in doubted(own(values), {OTHER: values})
    assert doubted(own(values, dataset="cifar100"), {OTHER: values}) == ""


def test_a_column_that_equals_a_fitting_one_too_is_not_doubted() -> None:
    values = draw()
    assert doubted(own(values), {SHORT: values, FULL: values}) == ""


def test_values_are_equal_up_to_the_decimals_of_the_table() -> None:
    values = {text: value + 0.004 for text, value in draw().items()}
    rounded = {text: round(value, 2) for text, value in values.items()}
    assert "200 of 200 are equal" in doubted(own(rounded), {SHORT: values})
    assert "are equal" not in doubted(own(values), {SHORT: rounded})


def test_ranks_that_follow_a_column_that_does_not_fit_are_doubted() -> None:
    values = draw()
    fitting, copy = near(values, 15), near(values, 0.5, seed=2)
    said = doubted(own(copy), {FULL: fitting, SHORT: values})
    assert "follow those of nb201-12-epochs-imagenet16-120-validation" in said
    assert "where the best that fits, nb201-imagenet16-120-validation, has Spearman 0." in said
    assert doubted(own(copy, epochs=12), {FULL: fitting, SHORT: values}) == ""
    # As near to both: nothing tells them apart.
    assert doubted(own(copy), {FULL: near(values, 0.5, seed=3), SHORT: values}) == ""


def test_values_on_other_rows_are_doubted() -> None:
    values = draw()
    rows = sorted(values)
    moved = dict(zip(rows, values.values(), strict=True))
    # Sorted as texts, cells 0, 1, 10, 100 come first: the first two keep their row.
    said = doubted(own(moved), {FULL: values})
    assert said.startswith(
        "the values of column 'accuracy' of mine.csv are those of nb201-imagenet16-120-validation "
        "on other rows: 200 of 200 occur there, 2 of them at their architecture; 200 stand where "
        "they do in its file"
    )
    turned = dict(zip(rows, reversed(values.values()), strict=True))
    assert "the rows are in another order than the architectures" in doubted(
        own(turned), {FULL: values}
    )


def test_the_first_rows_of_a_column_beside_other_architectures_are_doubted() -> None:
    values = draw(400)
    texts = sorted(values)[:200]
    shifted = dict(zip(texts, list(values.values())[:200], strict=True))
    assert "200 stand where they do in its file" in doubted(own(shifted), {FULL: values})


@pytest.mark.parametrize(
    "values", [draw(39), {text: round(value, -1) for text, value in draw().items()}]
)
def test_few_architectures_or_values_are_not_judged(values: Values) -> None:
    assert doubted(own(values), {SHORT: values}) == ""


def test_fractions_are_compared_with_percentages_and_costs_are_not() -> None:
    assert guard._scale(Unit.FRACTION, Unit.PERCENT) == 0.01
    assert guard._scale(Unit.PERCENT, Unit.FRACTION) == 100.0
    assert not guard._comparable(Unit.PERCENT, Unit.MILLISECONDS)
    assert guard._comparable(Unit.NUMBER, Unit.MILLISECONDS)


@pytest.fixture
def pit(shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A table of the hundred networks of PiT, said to be of CIFAR-100 and of Chaoyang in truth."""
    monkeypatch.setenv("HARNESS_CACHE_DIR", str(tmp_path / "cache"))
    table = load(PIT, places=Places(data_dir=shared_data, cache_dir=tmp_path / "cache"))
    rows = [f'"{text}",{value!r}' for text, value in table.values.items()]
    (tmp_path / "mine.csv").write_text("\n".join(["network,top1", *rows, ""]))
    path = tmp_path / "mine.toml"
    path.write_text(
        'name = "mine"\nspace = "pit"\ndataset = "cifar100"\nsplit = "test"\nmetric = "top1"\n'
        'unit = "percent"\ndirection = "higher"\ntable = "mine.csv"\narchitecture = "network"\n'
        'values = ["top1"]\n'
    )
    return path


@pytest.mark.shared_data
def test_a_table_is_doubted_once_where_it_is_loaded(
    pit: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        load(str(pit))
        load(str(pit))
    (said,) = caplog.messages
    assert said.startswith(f"column 'top1' of {pit.with_suffix('.csv')} says cifar100, test, ")
    assert f"are those of {PIT} (chaoyang, test, " in said
    assert said.endswith("100 of 100 are equal, Spearman 1.000")


@pytest.mark.shared_data
def test_an_honest_table_is_loaded_without_a_word(
    pit: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pit.write_text(pit.read_text().replace("cifar100", "chaoyang"))
    with caplog.at_level(logging.WARNING):
        load(str(pit))
    assert caplog.messages == []


@pytest.mark.shared_data
def test_labels_are_doubted_too(pit: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        read_labels(pit.with_suffix(".csv"), "pit", "cifar100", Direction.HIGHER)
    (said,) = caplog.messages
    assert f"are those of {PIT}" in said


@pytest.mark.shared_data
def test_all_columns_are_compared_on_request(pit: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        first, *others = harness.compare_data(pit)
    assert (first.task.name, first.n, first.equal, first.present) == (PIT, 100, 100, 100)
    assert {other.task.space for other in others} == {"pit"}
    assert len(others) == 5
    assert all(other.equal < 50 for other in others)
    assert len(caplog.messages) == 1


@pytest.mark.shared_data
def test_a_damaged_copy_is_read_anew(pit: Path, tmp_path: Path, caplog: object) -> None:
    (tmp_path / "cache" / "parsed" / f"{PIT}.parquet").write_bytes(b"PAR1 nothing PAR1")
    assert harness.compare_data(pit)[0].task.name == PIT
