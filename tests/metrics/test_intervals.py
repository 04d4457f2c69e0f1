import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.core.errors import UsageError
from harness.metrics import (
    UNBOUNDED,
    Defined,
    Difference,
    Interval,
    Range,
    Sample,
    Undefined,
    bootstrap,
    find_metric,
    mean_interval,
    measure,
    paired_difference,
    percentile_interval,
    resample_weights,
    standard_error,
)
from harness.metrics.intervals import central_of_means
from harness.metrics.replicates import Replicates


def replicates_of(values, undefined=0):
    defined = np.arange(len(values) + undefined) >= undefined
    return Replicates(n=30, defined=defined, values=np.array(values, dtype=float))


def test_an_interval_lies_between_the_tails():
    # 0, 1, ..., 100: 5 % in each tail ends at 5 and 95
    interval = percentile_interval(replicates_of(range(101)), level=0.9)
    assert interval == Interval(low=pytest.approx(5), high=pytest.approx(95), level=0.9)


def test_the_interval_of_means_of_few_units_reaches_as_far_as_student_s_t():
    values = np.array([-1.0, 0.5, 2.0, 3.5, 4.0])
    drawn = np.random.default_rng(0).integers(0, 5, (200_000, 5))
    interval = central_of_means(values[drawn].mean(axis=1), 5)
    # The bootstrap's standard error is the deviation over n, not n - 1, by the root of n.
    reach = 2.776 * values.std(ddof=1) / np.sqrt(5)
    normal = central_of_means(np.random.default_rng(0).normal(0, values.std() / 5**0.5, 10**6), 5)
    assert normal.high == pytest.approx(reach, rel=0.02)
    assert normal.low == pytest.approx(-reach, rel=0.02)
    assert interval.level == 0.95
    assert values.min() < interval.low < values.mean() < interval.high <= values.max()
    wide = central_of_means(values[drawn[:, :2]].mean(axis=1), 2)
    assert (wide.low, wide.high) == (values.min(), values.max())


def test_fewer_than_ten_architectures_have_no_interval_and_no_difference():
    ten, nine = (replace(replicates_of(range(100)), n=n) for n in (10, 9))
    few = Undefined(reason="fewer than 10 architectures")
    assert isinstance(percentile_interval(ten), Interval)
    assert percentile_interval(nine) == few
    assert isinstance(paired_difference(1.0, ten, ten), Difference)
    assert paired_difference(1.0, ten, nine) == few


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
    interval = mean_interval(numbers, CORRELATIONS, level)
    assert -1 <= interval.low <= numbers.mean() + 1e-12
    assert numbers.mean() - 1e-12 <= interval.high <= 1


@pytest.mark.parametrize("value", [-1.0, 0.25, 1.0])
def test_equal_values_have_an_interval_without_width_even_at_the_ends_of_the_range(value):
    interval = mean_interval(np.full(3, value), CORRELATIONS)
    assert (interval.low, interval.high) == pytest.approx((value, value))


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
    bounded, free = (mean_interval(values, bounds) for bounds in (CORRELATIONS, UNBOUNDED))
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


SPEARMAN = find_metric("spearman")


def two_samples():
    generator = np.random.default_rng(0)
    truth, first, second = generator.normal(size=(3, 200))
    return (
        Sample(scores=truth + 0.5 * first, truth=truth),
        Sample(scores=truth + 2 * second, truth=truth),
    )


def compared(first, second, resamples):
    value = measure(SPEARMAN, first).value - measure(SPEARMAN, second).value
    replicates = [bootstrap(SPEARMAN, sample, resamples) for sample in (first, second)]
    return paired_difference(value, *replicates)


def test_the_interval_of_a_difference_holds_it_and_no_reversal_is_the_smallest_p():
    first, second = two_samples()
    difference = compared(first, second, resample_weights(200, 500, seed=0))
    assert isinstance(difference, Difference)
    assert 0 < difference.interval.low < difference.value < difference.interval.high
    # No resample reverses the order: twice (0 + 1) / (500 + 1)
    assert difference.p_value == pytest.approx(2 / 501)


def test_equal_scores_differ_by_nothing_for_certain():
    first, _ = two_samples()
    difference = compared(first, first, resample_weights(200, 100, seed=0))
    assert isinstance(difference, Difference)
    assert (difference.value, difference.p_value) == (0.0, 1.0)
    assert (difference.interval.low, difference.interval.high) == (0.0, 0.0)


def test_pairing_makes_the_interval_of_similar_scores_narrow():
    first, _ = two_samples()
    noise = np.random.default_rng(1).normal(size=200)
    similar = Sample(scores=first.scores + 0.05 * noise, truth=first.truth)
    resamples = resample_weights(200, 500, seed=0)
    difference = compared(first, similar, resamples)
    alone = percentile_interval(bootstrap(SPEARMAN, first, resamples))
    assert isinstance(difference, Difference)
    paired = difference.interval.high - difference.interval.low
    assert paired < 0.3 * (alone.high - alone.low)


def test_the_p_value_counts_both_tails():
    # Differences -1, 1, 1, 1: one at most zero, three at least: 2 (1 + 1) / (4 + 1)
    zero = Replicates(n=30, defined=np.ones(4, dtype=bool), values=np.zeros(4))
    other = Replicates(n=30, defined=np.ones(4, dtype=bool), values=np.array([-1.0, 1, 1, 1]))
    difference = paired_difference(0.5, other, zero)
    assert isinstance(difference, Difference)
    assert difference.p_value == pytest.approx(0.8)


def test_pairs_are_matched_where_some_resamples_have_no_value():
    # Resample 0 lacks the second: 5 - 1 and 7 - 2 remain
    first = Replicates(n=30, defined=np.ones(3, dtype=bool), values=np.array([9.0, 5, 7]))
    second = Replicates(n=30, defined=np.array([False, True, True]), values=np.array([1.0, 2]))
    difference = paired_difference(4.0, first, second, level=0.5)
    assert isinstance(difference, Difference)
    assert (difference.interval.low, difference.interval.high) == (4.25, 4.75)
    assert paired_difference(4.0, first, second) == Undefined(
        reason="no difference on 1 of 3 resamples"
    )


def test_different_numbers_of_resamples_are_refused():
    three = Replicates(n=30, defined=np.ones(3, dtype=bool), values=np.zeros(3))
    two = Replicates(n=30, defined=np.ones(2, dtype=bool), values=np.zeros(2))
    with pytest.raises(UsageError, match="3 and 2 resamples"):
        paired_difference(0.0, three, two)
