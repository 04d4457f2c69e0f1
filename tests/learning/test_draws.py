import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.core.errors import UsageError
from harness.learning.draws import draws

TEXTS = [f"cell {index}" for index in range(60)]


@given(st.integers(0, 2**32), st.integers(2, 30), st.sampled_from([None, 20]))
def test_nothing_that_is_labelled_is_evaluated(seed: int, largest: int, evaluate_on: int | None):
    for draw in draws(TEXTS, largest, 3, seed, evaluate_on):
        assert not set(draw.order) & set(draw.evaluation)
        assert len(set(draw.order)) == largest


def test_a_smaller_draw_lies_inside_a_larger_one():
    (draw,) = draws(TEXTS, 32, 1, 0)
    assert draw.labelled(16).tolist() == draw.labelled(32).tolist()[:16]


def test_the_rest_is_everything_outside_the_largest_draw():
    (draw,) = draws(TEXTS, 32, 1, 0)
    assert sorted([*draw.order, *draw.evaluation]) == list(range(60))


def test_a_fixed_evaluation_population_is_the_same_in_all_repeats():
    drawn = draws(TEXTS, 16, 4, 0, evaluate_on=20)
    assert len({tuple(draw.evaluation) for draw in drawn}) == 1
    assert len({tuple(draw.order) for draw in drawn}) == 4


def test_more_repeats_leave_the_first_ones_as_they_were():
    few, many = draws(TEXTS, 16, 2, 5), draws(TEXTS, 16, 6, 5)
    assert [draw.digest(16) for draw in few] == [draw.digest(16) for draw in many[:2]]


def test_the_digest_tells_draws_sizes_and_evaluations_apart():
    (draw, other), (fixed,) = draws(TEXTS, 16, 2, 0), draws(TEXTS, 16, 1, 0, evaluate_on=20)
    assert len({draw.digest(16), draw.digest(8), other.digest(16), fixed.digest(16)}) == 4


def test_another_seed_draws_other_labels():
    first, second = (draws(TEXTS, 30, 1, seed)[0] for seed in (0, 1))
    assert not np.array_equal(first.order, second.order)


def test_too_many_labels_are_refused_with_what_is_left():
    with pytest.raises(UsageError, match="55 labels leave 5 of 60 architectures to evaluate on"):
        draws(TEXTS, 55, 1, 0)
    with pytest.raises(UsageError, match=r"40 labels leave 20 of 60 architectures .* than 30"):
        draws(TEXTS, 40, 1, 0, evaluate_on=30)
    with pytest.raises(UsageError, match="evaluate on at least 10"):
        draws(TEXTS, 5, 1, 0, evaluate_on=4)
    with pytest.raises(UsageError, match=r"there are 5 architectures .* at least 10 beside those"):
        draws(TEXTS[:5], 2, 1, 0)
