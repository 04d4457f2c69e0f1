import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.core.errors import UsageError
from harness.metrics import (
    UNBOUNDED,
    Defined,
    Interval,
    Range,
    Sample,
    Undefined,
    bootstrap,
    find_metric,
    mean_interval,
    percentile_interval,
    resample_weights,
    standard_error,
)
from harness.metrics.replicates import Replicates


def replicates_of(values, undefined=0):
    defined = np.arange(len(values) + undefined) >= undefined
    return Replicates(defined=defined, values=np.array(values, dtype=float))


def test_an_interval_lies_between_the_tails():
    # 0, 1, ..., 100: 5 % in each tail ends at 5 and 95
    interval = percentile_interval(replicates_of(range(101)), level=0.9)
    assert interval == Interval(low=pytest.approx(5), high=pytest.approx(95), level=0.9)


def test_an_interval_needs_a_value_on_almost_all_resamples():
    assert isinstance(percentile_interval(replicates_of(range(95), undefined=5)), Interval)
    assert percentile_interval(replicates_of(range(94), undefined=6)) == Undefined(
        reason="no value on 6 of 100 resamples"
    )


def test_a_standard_error_is_the_deviation_of_the_values():
    # 1, 2, 3 about 2: (1 + 0 + 1) / 2 = 1
    assert standard_error(replicates_of([1, 2, 3], undefined=4)) == Defined(value=1.0)


def test_a_standard_error_of_one_value_is_undefined():
    assert isinstance(standard_error(replicates_of([1])), Undefined)


@pytest.mark.parametrize("level", [0.0, 1.0, 95])
def test_a_level_outside_the_unit_interval_is_refused(level):
    with pytest.raises(UsageError, match="not between 0 and 1"):
        percentile_interval(replicates_of([1, 2]), level)


CORRELATIONS = Range(low=-1.0, high=1.0)


@given(
    values=st.lists(st.floats(min_value=-1, max_value=1), min_size=2, max_size=12),
    level=st.floats(min_value=0.5, max_value=0.9999),
)
def test_the_interval_of_a_mean_holds_the_mean_and_stays_in_the_range(values, level):
    numbers = np.array(values)
    found = mean_interval(numbers, CORRELATIONS, level)
    assert -1 <= found.low <= numbers.mean() + 1e-12
    assert numbers.mean() - 1e-12 <= found.high <= 1


@pytest.mark.parametrize("value", [-1.0, 0.25, 1.0])
def test_equal_values_have_an_interval_without_width_even_at_the_ends_of_the_range(value):
    found = mean_interval(np.full(3, value), CORRELATIONS)
    assert (found.low, found.high) == pytest.approx((value, value))


def test_the_interval_of_a_mean_does_not_depend_on_the_unit_of_a_bounded_metric():
    shares = np.array([0.1, 0.4, 0.9])
    part, correlation = (
        mean_interval(shares, Range(low=0.0, high=1.0)),
        mean_interval(2 * shares - 1, CORRELATIONS),
    )
    assert correlation.low == pytest.approx(2 * part.low - 1)
    assert correlation.high == pytest.approx(2 * part.high - 1)


def test_far_from_the_ends_of_the_range_the_interval_of_a_mean_is_the_t_interval():
    values = np.array([0.001, 0.002, 0.003])
    bounded, free = (mean_interval(values, one) for one in (CORRELATIONS, UNBOUNDED))
    # mean 0.002, error 0.001 / sqrt(3), t quantile of two degrees at .975 4.3027
    assert free.low == pytest.approx(0.002 - 0.0024842, abs=1e-6)
    assert (bounded.low, bounded.high) == pytest.approx((free.low, free.high), abs=1e-6)


def test_a_range_with_one_end_cuts_the_t_interval_off_there():
    values = np.array([0.0, 0.5, 3.0])
    free = mean_interval(values, UNBOUNDED)
    errors = mean_interval(values, Range(low=0.0, high=math.inf))
    assert free.low < 0
    assert (errors.low, errors.high) == (0.0, free.high)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["spearman", "kendall"])
def test_nineteen_of_twenty_intervals_cover_the_truth(name):
    # For a bivariate normal with correlation r, tau = 2 asin(r) / pi and
    # rho = 6 asin(r / 2) / pi. 400 trials at 95 %: standard error 1.1 %.
    r = 0.6
    expected = 2 * math.asin(r) / math.pi if name == "kendall" else 6 * math.asin(r / 2) / math.pi
    generator = np.random.default_rng(0)
    covered = 0
    for trial in range(400):
        truth = generator.normal(size=150)
        scores = r * truth + math.sqrt(1 - r * r) * generator.normal(size=150)
        resamples = resample_weights(150, 500, seed=trial)
        replicates = bootstrap(find_metric(name), Sample(scores=scores, truth=truth), resamples)
        interval = percentile_interval(replicates)
        assert isinstance(interval, Interval)
        covered += interval.low <= expected <= interval.high
    assert 0.91 <= covered / 400 <= 0.985
