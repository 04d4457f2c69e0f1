import pytest

from harness.core.direction import Direction
from harness.core.errors import DataError
from harness.truth.percentages import require_percentages


def require(values: list[float], direction: Direction = Direction.HIGHER) -> None:
    places = [(value, f"t.csv, row {row}") for row, value in enumerate(values, start=2)]
    require_percentages(places, "t.csv", direction)


@pytest.mark.parametrize(
    ("values", "row"),
    [
        ([0.939, 91.2], 2),
        ([91.2, 0.939], 3),
        ([10.0, 0.9, 88.0, 91.2], 3),
        ([70.1, 68.5, 0.702, 0.69], 4),
        ([99.0, 0.995], 3),
    ],
)
def test_a_fraction_beside_percentages_is_named_with_its_row(values, row):
    with pytest.raises(DataError, match=rf"t\.csv, row {row}: .* seems a fraction .*; write "):
        require(values)


def test_the_sentence_says_what_would_be_right():
    with pytest.raises(DataError) as caught:
        require([0.939, 91.2])
    assert str(caught.value) == (
        "t.csv, row 2: 0.939 seems a fraction among percentages such as 91.2 (row 3); write 93.9, "
        'or declare unit = "number" if it is 0.939 percent'
    )


@pytest.mark.parametrize("values", [[0.939, 0.912], [1.0, 0.5], [0.0, 0.3]])
def test_a_table_of_fractions_is_told_which_unit_to_declare(values):
    with pytest.raises(DataError, match='as in a table of fractions; declare unit = "fraction"'):
        require(values)


@pytest.mark.parametrize(
    "values",
    [
        [0.9, 25.0, 47.3],  # 120 classes: 90 percent is more than anything reaches
        [0.83, 0.84, 1.2, 5.0, 46.0],  # cells that hardly learn, too
        [0.5, 1.1, 30.0, 60.0],  # 200 classes
        [1.0, 55.0, 73.5],  # 100 classes
        [0.98, 55.0, 73.5],
        [0.1, 61.0, 77.0],  # 1,000 classes: 10 percent is less than anything here
        [0.0, 91.2],
        [0.0, 0.0],
        [61.0, 93.9],
        [],
    ],
)
def test_honest_percentages_are_let_through(values):
    require(values)


@pytest.mark.parametrize("values", [[0.3, 0.5, 0.9], [0.3, 1.2, 90.0], [0.061, 8.8]])
def test_error_rates_below_one_percent_are_ordinary(values):
    require(values, Direction.LOWER)
