import math

import numpy as np
import pytest
from scipy import stats

from harness.metrics import Defined, Resamples, Sample, Undefined, bootstrap, find_metric, measure
from tests.metrics.strategies import expanded

REFERENCES = {
    "spearman": lambda sample: stats.spearmanr(sample.scores, sample.truth).statistic,
    "kendall": lambda sample: stats.kendalltau(sample.scores, sample.truth).statistic,
    "weighted-kendall": lambda sample: stats.weightedtau(sample.scores, sample.truth).statistic,
}


def test_spearman_of_one_swap_in_four_is_four_fifths():
    # rank differences 0, 1, 1, 0: 1 - 6 * 2 / (4 * (16 - 1)) = 0.8
    sample = Sample(scores=np.array([1.0, 2, 3, 4]), truth=np.array([1.0, 3, 2, 4]))
    assert measure(find_metric("spearman"), sample) == Defined(value=0.8)


def test_kendall_leaves_a_tied_pair_out_of_both_sides():
    # 3 pairs: one tied in scores, two concordant: 2 / sqrt(2 * 3)
    sample = Sample(scores=np.array([1.0, 1, 2]), truth=np.array([1.0, 2, 3]))
    value = measure(find_metric("kendall"), sample)
    assert isinstance(value, Defined)
    assert value.value == pytest.approx(2 / math.sqrt(6), abs=1e-15)


def test_weighted_kendall_weighs_a_pair_by_the_ranks_of_both():
    # By scores c, b, a weigh 1, 1/2, 1/3: ab 5/6 and ac 4/3 agree, bc 3/2 does not:
    # (5/6 + 4/3 - 3/2) / (5/6 + 4/3 + 3/2) = 2/11. By truth b and c change places: 2/11 again.
    sample = Sample(scores=np.array([1.0, 2, 3]), truth=np.array([1.0, 3, 2]))
    value = measure(find_metric("weighted-kendall"), sample)
    assert isinstance(value, Defined)
    assert value.value == pytest.approx(2 / 11, abs=1e-15)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # (n/2)^2 pairs agree, none disagrees; of n(n-1)/2 pairs as many differ in scores.
        ("kendall", math.sqrt(100_000 / (2 * 99_999))),
        # Mean ranks of the halves lie n/4 from the middle: n/8 over 1/2 sqrt((n^2 - 1) / 12).
        ("spearman", math.sqrt(3) / 2 * 100_000 / math.sqrt(100_000**2 - 1)),
    ],
)
def test_ties_of_half_of_a_large_population_are_exact(name, expected):
    # Pairs and sums of the ranks of a half are up to 5e9: more than 32 bits hold.
    truth = np.arange(100_000.0)
    value = measure(find_metric(name), Sample(scores=np.floor(truth / 50_000), truth=truth))
    assert isinstance(value, Defined)
    assert value.value == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("name", REFERENCES)
def test_bootstrap_of_two_to_the_sixteen_draws_is_exact(name):
    generator = np.random.default_rng(5)
    sample = Sample(scores=np.arange(30) % 7.0, truth=generator.normal(size=30).round(1))
    counts = generator.multinomial(70_000, np.full(30, 1 / 30), size=20)
    replicates = bootstrap(find_metric(name), sample, Resamples(counts=counts))
    for row in (0, 15, 16, 19):
        reference = REFERENCES[name](expanded(sample, counts[row]))
        assert replicates.values[row] == pytest.approx(reference, abs=1e-12)


@pytest.mark.parametrize("name", REFERENCES)
def test_bootstrap_of_a_realistic_size_agrees_with_scipy(name):
    generator = np.random.default_rng(6)
    truth = generator.normal(size=3000).round(2)
    sample = Sample(scores=(truth + generator.normal(size=3000)).round(1), truth=truth)
    counts = generator.multinomial(3000, np.full(3000, 1 / 3000), size=40)
    replicates = bootstrap(find_metric(name), sample, Resamples(counts=counts))
    for row in (0, 31, 32, 39):
        reference = REFERENCES[name](expanded(sample, counts[row]))
        assert replicates.values[row] == pytest.approx(reference, abs=1e-12)


@pytest.mark.parametrize("name", REFERENCES)
@pytest.mark.parametrize(
    ("scores", "truth", "reason"),
    [
        ([1, 1, 1], [1, 2, 3], "constant scores"),
        ([1, 2, 3], [2, 2, 2], "constant truth"),
        ([1, 2], [1, 2], "2 architectures are fewer than the minimum of 3"),
        ([], [], "0 architectures are fewer than the minimum of 3"),
        ([1], [1], "1 architecture is fewer than the minimum of 3"),
    ],
)
def test_correlation_without_spread_or_size_is_undefined(name, scores, truth, reason):
    sample = Sample(scores=np.array(scores), truth=np.array(truth))
    assert measure(find_metric(name), sample) == Undefined(reason=reason)
