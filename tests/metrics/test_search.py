import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.metrics import Defined, Resamples, Sample, Undefined, bootstrap, find_metric, measure
from tests.metrics.strategies import expanded, sample_and_resamples, samples

SCORES, TRUTH = np.array([1.0, 1, 1, 0]), np.array([5.0, 3, 1, 9])


def value_of(name, sample):
    value = measure(find_metric(name), sample)
    assert isinstance(value, Defined)
    return value.value


def brute_force(scores, truth, k):
    """Average the best of the first k over every order in which ties can come."""
    bests = [
        max(truth[sorted(order, key=lambda row: -scores[row])[:k]])
        for order in map(list, itertools.permutations(range(truth.size)))
    ]
    return np.mean(bests)


def test_best_of_ties_is_the_mean_over_the_picks():
    # Two of the three with score 1: maxima of {5, 3}, {5, 1}, {3, 1} are 5, 5, 3: mean 13/3
    sample = Sample(scores=SCORES, truth=TRUTH)
    assert value_of("best@2", sample) == pytest.approx(13 / 3, abs=1e-15)


def test_regret_is_the_gap_to_the_best():
    # 9 - 13/3
    sample = Sample(scores=SCORES, truth=TRUTH)
    assert value_of("regret@2", sample) == pytest.approx(14 / 3, abs=1e-15)


def test_normalised_regret_divides_by_that_of_random_architectures():
    # Best of 2 of 4: 9 in three pairs, 5 in two, 3 in one: 40/6; (14/3) / (9 - 40/6) = 2
    sample = Sample(scores=SCORES, truth=TRUTH)
    assert value_of("normalised-regret@2", sample) == pytest.approx(2, abs=1e-15)


def test_constant_scores_search_at_random():
    sample = Sample(scores=np.zeros(4), truth=TRUTH)
    assert value_of("normalised-regret@2", sample) == pytest.approx(1, abs=1e-15)


@settings(max_examples=25)
@given(sample=samples(high=6), k=st.integers(1, 6))
def test_best_at_k_is_the_mean_over_all_orders_of_ties(sample, k):
    if k > sample.n:
        return
    expected = brute_force(sample.scores, sample.truth, k)
    assert value_of(f"best@{k}", sample) == pytest.approx(expected, abs=1e-12)


@settings(max_examples=25)
@given(sample=samples(high=6), k=st.integers(1, 5))
def test_normalised_regret_is_that_of_all_orders(sample, k):
    if k + 1 > sample.n:
        return
    highest = sample.truth.max()
    random = highest - brute_force(np.zeros(sample.n), sample.truth, k)
    value = measure(find_metric(f"normalised-regret@{k}"), sample)
    if (sample.truth == highest).sum() > sample.n - k:  # k random ones include a best one
        assert isinstance(value, Undefined)
    else:
        expected = (highest - brute_force(sample.scores, sample.truth, k)) / random
        assert value == Defined(value=pytest.approx(expected, abs=1e-12))


def test_random_regret_of_a_large_population_is_the_sum_over_binomials():
    # P(best of 10 of 2000 is at position d) = C(1999 - d, 9) / C(2000, 10)
    truth = np.random.default_rng(0).normal(size=2000)
    gaps = truth.max() - np.sort(truth)[::-1]
    ways = [math.comb(1999 - position, 9) / math.comb(2000, 10) for position in range(2000)]
    random = math.fsum(gap * way for gap, way in zip(gaps, ways, strict=True))
    sample = Sample(scores=-truth, truth=truth)
    regret = truth.max() - np.sort(truth)[9]
    assert value_of("normalised-regret@10", sample) == pytest.approx(regret / random, rel=1e-12)


@settings(max_examples=20)
@given(case=sample_and_resamples(low=4, high=7))
def test_resampled_best_is_the_mean_over_all_orders_of_ties(case):
    sample, resamples = case
    replicates = bootstrap(find_metric("best@2"), sample, resamples)
    for row in range(3):
        drawn = expanded(sample, resamples.counts[row])
        expected = brute_force(drawn.scores, drawn.truth, 2)
        assert replicates.values[row] == pytest.approx(expected, abs=1e-12)


def test_a_resample_of_fewer_than_k_draws_has_no_best():
    sample = Sample(scores=SCORES, truth=TRUTH)
    resamples = Resamples(counts=np.array([[1, 0, 0, 0], [1, 1, 0, 0], [0, 0, 0, 0]]))
    replicates = bootstrap(find_metric("best@2"), sample, resamples)
    assert replicates.defined.tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("name", "truth", "reason"),
    [
        ("best@5", TRUTH, "4 architectures are fewer than the minimum of 5"),
        ("normalised-regret@4", TRUTH, "4 architectures are fewer than the minimum of 5"),
        ("normalised-regret@2", np.full(4, 0.1), "constant truth"),
        (
            "normalised-regret@3",
            np.array([1.0, 2, 2, 2]),
            "random architectures always include the best",
        ),
    ],
)
def test_search_without_alternatives_is_undefined(name, truth, reason):
    assert measure(find_metric(name), Sample(scores=SCORES, truth=truth)) == Undefined(
        reason=reason
    )
