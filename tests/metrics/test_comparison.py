import numpy as np
import pytest

from harness.core.errors import UsageError
from harness.metrics import (
    Difference,
    Sample,
    Undefined,
    bootstrap,
    find_metric,
    measure,
    paired_difference,
    percentile_interval,
    resample_weights,
)
from harness.metrics.replicates import Replicates

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
    zero = Replicates(defined=np.ones(4, dtype=bool), values=np.zeros(4))
    other = Replicates(defined=np.ones(4, dtype=bool), values=np.array([-1.0, 1, 1, 1]))
    difference = paired_difference(0.5, other, zero)
    assert isinstance(difference, Difference)
    assert difference.p_value == pytest.approx(0.8)


def test_pairs_are_matched_where_some_resamples_have_no_value():
    # Resample 0 lacks the second: 5 - 1 and 7 - 2 remain
    first = Replicates(defined=np.ones(3, dtype=bool), values=np.array([9.0, 5, 7]))
    second = Replicates(defined=np.array([False, True, True]), values=np.array([1.0, 2]))
    difference = paired_difference(4.0, first, second, level=0.5)
    assert isinstance(difference, Difference)
    assert (difference.interval.low, difference.interval.high) == (4.25, 4.75)
    assert paired_difference(4.0, first, second) == Undefined(
        reason="no difference on 1 of 3 resamples"
    )


def test_different_numbers_of_resamples_are_refused():
    three = Replicates(defined=np.ones(3, dtype=bool), values=np.zeros(3))
    two = Replicates(defined=np.ones(2, dtype=bool), values=np.zeros(2))
    with pytest.raises(UsageError, match="3 and 2 resamples"):
        paired_difference(0.0, three, two)
