import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata

from harness.core.aggregation import (
    average_ranks,
    dense_ranks,
    majority_margins,
    sum_of_log_ranks,
    sum_of_ranks,
)
from harness.core.errors import DataError

columns = st.lists(st.integers(-3, 3), min_size=1, max_size=30).map(
    lambda values: np.array(values, dtype=np.float64)
)


def test_ties_share_the_mean_of_the_ranks_that_they_cover():
    # 5 is rank 1, the two 7 cover ranks 2 and 3, 9 is rank 4
    assert average_ranks(np.array([7.0, 5.0, 9.0, 7.0])).tolist() == [2.5, 1.0, 4.0, 2.5]


@given(columns)
def test_average_ranks_are_those_of_scipy(values):
    assert np.array_equal(average_ranks(values), rankdata(values))


@given(columns)
def test_dense_ranks_of_one_key_are_those_of_scipy(values):
    assert np.array_equal(dense_ranks(values), rankdata(values, method="dense"))


def test_dense_ranks_follow_the_second_key_among_equals_of_the_first():
    # in order: (1, 8), (2, 3), (2, 5) twice
    first, second = np.array([2.0, 2.0, 1.0, 2.0]), np.array([5.0, 3.0, 8.0, 5.0])
    assert dense_ranks(first, second).tolist() == [3.0, 2.0, 1.0, 3.0]


def test_the_sum_of_ranks_adds_average_ranks():
    # ranks 1, 2, 3 and 1.5, 1.5, 3
    first, second = np.array([1.0, 2.0, 3.0]), np.array([0.0, 0.0, 9.0])
    assert sum_of_ranks([first, second]).tolist() == [2.5, 3.5, 6.0]


def test_the_sum_of_log_ranks_is_zero_for_the_best_in_everything():
    first, second = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    assert sum_of_log_ranks([first, second]) == pytest.approx([2 * np.log(0.5), 0.0])


def test_one_bad_rank_weighs_more_in_logarithms():
    # the first has ranks 1 and 4, the second 2 and 3: equal sums, but 1 * 4 < 2 * 3
    first, second = np.array([1.0, 2.0, 3.0, 4.0]), np.array([4.0, 3.0, 2.0, 1.0])
    assert sum_of_ranks([first, second]).tolist() == [5.0, 5.0, 5.0, 5.0]
    logs = sum_of_log_ranks([first, second])
    assert logs[:2] == pytest.approx([np.log(4 / 16), np.log(6 / 16)])


def test_the_majority_margin_counts_beaten_less_beating():
    # b beats a in two of three, c beats a in two of three, c beats b in two of three
    criteria = [np.array([1.0, 2.0, 3.0]), np.array([1.0, 3.0, 2.0]), np.array([3.0, 1.0, 2.0])]
    assert majority_margins(criteria).tolist() == [-2.0, 0.0, 2.0]


def test_a_circle_of_majorities_is_a_tie():
    # a > b > c, b > c > a, c > a > b
    criteria = [np.array([3.0, 2.0, 1.0]), np.array([1.0, 3.0, 2.0]), np.array([2.0, 1.0, 3.0])]
    assert majority_margins(criteria).tolist() == [0.0, 0.0, 0.0]


def test_majority_margins_of_many_architectures_are_those_of_all_pairs():
    criteria = np.random.default_rng(0).integers(0, 50, (3, 600)).astype(np.float64)
    preferred = np.sign(criteria[:, :, None] - criteria[:, None, :]).sum(axis=0)
    assert np.array_equal(majority_margins(list(criteria)), np.sign(preferred).sum(axis=1))


@given(columns)
def test_a_constant_criterion_moves_no_architecture(values):
    constant = np.zeros_like(values)
    for combine in (sum_of_ranks, sum_of_log_ranks, majority_margins):
        order = np.argsort(combine([values]), kind="stable")
        assert np.array_equal(np.argsort(combine([values, constant]), kind="stable"), order)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_value_that_is_not_finite_has_no_rank(bad):
    with pytest.raises(DataError, match="position 1"):
        average_ranks(np.array([1.0, bad]))
