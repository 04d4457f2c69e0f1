import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from harness.core.errors import UsageError
from harness.metrics.many_tasks import rank_interval, ranks

ROWS = hnp.arrays(
    np.float64, st.tuples(st.integers(1, 4), st.integers(1, 7)), elements=st.integers(-2, 2)
)


def test_the_highest_value_is_first_and_ties_share_their_mean_place():
    # 0.9 is first; the two 0.5 share places 2 and 3; 0.1 is fourth.
    assert ranks(np.array([0.5, 0.9, 0.1, 0.5])).tolist() == [2.5, 1.0, 4.0, 2.5]


@given(ROWS)
def test_places_are_those_of_scipy_row_by_row(values):
    assert (ranks(values) == stats.rankdata(-values, axis=1)).all()


def test_no_value_comes_after_all_that_have_one():
    assert ranks(np.array([-np.inf, -0.9, -np.inf])).tolist() == [2.5, 1.0, 2.5]


def test_a_value_that_is_no_number_is_refused():
    with pytest.raises(UsageError, match="not a number has no place"):
        ranks(np.array([1.0, np.nan]))


def test_the_ends_of_an_interval_are_places_that_occurred():
    # Of 40 sorted places the tails of 0.025 lie at positions 0.975 and 38.025 of 0 to 39; an
    # interpolated end would be 1.975 or 3.05.
    replicates = np.array([1.0] + [2.0] * 37 + [3.0, 5.0])
    interval = rank_interval(replicates, 0.95)
    assert (interval.low, interval.high) == (1.0, 5.0)
    assert rank_interval(replicates, 0.9).low == 2.0
