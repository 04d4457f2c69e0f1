import math

import numpy as np
import pytest
from hypothesis import given, settings
from scipy.stats import rankdata
from sklearn.metrics import ndcg_score

from harness.metrics import Defined, Sample, Undefined, bootstrap, find_metric, measure
from tests.metrics.strategies import expanded, sample_and_resamples, samples


def reference(sample, k):
    gain = (rankdata(sample.truth) - 1) / (sample.n - 1)
    return ndcg_score(gain[None], sample.scores[None], k=k)


def test_ndcg_of_the_reversed_order_keeps_the_discounted_rest():
    # Gains 1, 1/2, 0 come last to first: (1/2 / log2(3) + 1/2) / (1 + 1/2 / log2(3))
    sample = Sample(scores=np.array([1.0, 2, 3]), truth=np.array([3.0, 2, 1]))
    value = measure(find_metric("ndcg"), sample)
    middle = 0.5 / math.log2(3)
    assert value == Defined(value=pytest.approx((middle + 0.5) / (1 + middle), abs=1e-15))


def test_ndcg_of_a_perfect_order_is_one_and_no_rounding_error_more():
    # Found by hypothesis: without a bound these ties add up to 1.0000000000000002.
    ties = "010010001111000001100111101101101101000101111110"
    values = np.array([int(one) for one in ties]) / 7
    sample = Sample(scores=values, truth=values, controls=np.empty((0, 0)))
    assert measure(find_metric("ndcg"), sample) == Defined(value=1.0)


@pytest.mark.parametrize(("name", "k"), [("ndcg", None), ("ndcg@1", 1), ("ndcg@3", 3)])
@given(sample=samples())
def test_ndcg_is_that_of_scikit_learn_on_rank_percentiles(name, k, sample):
    value = measure(find_metric(name), sample)
    if np.ptp(sample.truth) == 0:
        assert value == Undefined(reason="constant truth")
    else:
        assert value == Defined(value=pytest.approx(reference(sample, k), abs=1e-12))


@pytest.mark.parametrize(("name", "k"), [("ndcg", None), ("ndcg@3", 3)])
@settings(max_examples=20)
@given(case=sample_and_resamples())
def test_bootstrap_of_ndcg_is_scikit_learn_on_every_expanded_resample(name, k, case):
    sample, resamples = case
    replicates = bootstrap(find_metric(name), sample, resamples)
    values = iter(replicates.values)
    for counts, defined in zip(resamples.counts, replicates.defined, strict=True):
        one = expanded(sample, counts)
        assert defined == bool(np.ptp(one.truth) > 0)
        if defined:
            assert next(values) == pytest.approx(reference(one, k), abs=1e-12)
