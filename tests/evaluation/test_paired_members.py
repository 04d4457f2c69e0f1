"""Differences of any two proxies of a table."""

import numpy as np

from harness.core.aggregation import rank_correlations
from harness.evaluation.paired_members import paired_members
from harness.metrics.scored_table import ScoredTable

TRUTH = np.arange(40.0)


def table(**scores):
    return ScoredTable(
        task="made-up",
        space="made-up",
        kin="made-up",
        architectures=tuple(f"network {number}" for number in range(len(TRUTH))),
        truth=TRUTH,
        scores=scores,
    )


def noisy(scale, seed):
    return TRUTH + np.random.default_rng(seed).normal(scale=scale, size=TRUTH.size)


def test_a_difference_is_that_of_both_correlations_and_lies_in_its_interval():
    good, bad = noisy(5.0, 0), noisy(40.0, 1)
    (pair,) = paired_members(table(good=good, bad=bad), 200, 0)
    expected = rank_correlations(bad, TRUTH) - rank_correlations(good, TRUTH)
    assert (pair.first, pair.second, pair.networks) == ("bad", "good", 40)
    assert pair.difference.value == expected
    assert pair.difference.interval.low < expected < pair.difference.interval.high < 0


def test_resamples_are_the_same_for_both_so_that_equal_proxies_differ_by_nothing():
    scores = noisy(20.0, 2)
    (pair,) = paired_members(table(one=scores, other=3 * scores), 200, 0)
    assert (pair.difference.interval.low, pair.difference.interval.high) == (0.0, 0.0)


def test_two_proxies_are_compared_on_the_networks_that_both_have_scored():
    # The first lacks one network and the second another: 38 of 40 are common.
    first, second = noisy(5.0, 3), noisy(5.0, 4)
    first[0], second[1] = np.nan, np.nan
    (pair,) = paired_members(table(first=first, second=second), 200, 0)
    expected = rank_correlations(first[2:], TRUTH[2:]) - rank_correlations(second[2:], TRUTH[2:])
    assert pair.networks == 38
    assert np.isclose(pair.difference.value, expected)
