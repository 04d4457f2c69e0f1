import math

import numpy as np
import pytest

from harness.metrics import Defined, Sample, find_metric, measure


def test_ndcg_of_the_reversed_order_keeps_the_discounted_rest():
    # Gains 1, 1/2, 0 come last to first: (1/2 / log2(3) + 1/2) / (1 + 1/2 / log2(3))
    sample = Sample(scores=np.array([1.0, 2, 3]), truth=np.array([3.0, 2, 1]))
    value = measure(find_metric("ndcg"), sample)
    middle = 0.5 / math.log2(3)
    assert value == Defined(value=pytest.approx((middle + 0.5) / (1 + middle), abs=1e-15))


def test_ndcg_of_a_perfect_order_is_one_and_no_rounding_error_more():
    # Found by hypothesis: without a bound these ties add up to 1.0000000000000002.
    ties = "010010001111000001100111101101101101000101111110"
    values = np.array([int(digit) for digit in ties]) / 7
    sample = Sample(scores=values, truth=values)
    assert measure(find_metric("ndcg"), sample) == Defined(value=1.0)


@pytest.mark.parametrize("scores", [[3e39, 2e39, 1e39], [1 + 2e-9, 1 + 1e-9, 1.0]])
def test_ndcg_orders_scores_that_single_precision_takes_for_equal(scores: list[float]):
    # Of pytrec_eval-terrier 0.5.11 these are ties, which it orders by name.
    truth = np.array([1.0, 2, 3])
    sample = Sample(scores=np.array(scores), truth=truth)
    ranks = Sample(scores=np.array([3.0, 2, 1]), truth=truth)
    with np.errstate(over="ignore"):
        assert np.unique(np.float32(scores)).size == 1
    assert measure(find_metric("ndcg"), sample) == measure(find_metric("ndcg"), ranks)
