import itertools

import numpy as np
import pytest
from hypothesis import given, settings

from harness.core.errors import UsageError
from harness.metrics import Defined, Sample, Undefined, find_metric, measure
from harness.metrics.ordering import top_counts
from tests.metrics.strategies import samples, true_top


def value_of(name, scores, truth):
    value = measure(find_metric(name), Sample(scores=np.array(scores), truth=np.array(truth)))
    assert isinstance(value, Defined)
    return value.value


def test_kendall_top_sees_only_the_true_top():
    # The best half by truth is 4, 5, 6 with scores 3, 1, 2: one pair of three agrees: -1/3
    assert value_of("kendall-top-50%", [0, 9, 5, 3, 1, 2], [1, 2, 3, 4, 5, 6]) == pytest.approx(
        -1 / 3, abs=1e-15
    )


def test_kendall_top_takes_in_all_that_equal_the_last_of_the_top():
    # Half of 6 is 3, but the third best, 4, occurs twice: the top is 4, 4, 5, 6 with scores
    # 1, 2, 3, 4: 5 agree and one is tied in truth: 5 / sqrt(6 * 5)
    value = value_of("kendall-top-50%", [0, 9, 1, 2, 3, 4], [1, 2, 4, 4, 5, 6])
    assert value == pytest.approx(5 / 30**0.5, abs=1e-15)


def test_precision_of_constant_scores_is_that_of_chance():
    # 2 of 4 at random, 2 of 4 wanted: 1 expected hit of 2
    assert value_of("precision-top-50%", [1, 1, 1, 1], [4, 3, 2, 1]) == 0.5


def test_recall_counts_all_that_equal_the_last_of_the_true_top():
    # A quarter of 4 is 1; 3 architectures share the best truth; 1 of them is selected
    assert value_of("recall-top-25%", [4, 3, 2, 1], [2, 2, 2, 1]) == pytest.approx(1 / 3)
    assert value_of("precision-top-25%", [4, 3, 2, 1], [2, 2, 2, 1]) == 1.0


def test_recall_within_a_wider_selection_finds_more():
    # The best of 4 is second by score
    assert value_of("recall-top-25%", [3, 4, 2, 1], [4, 3, 2, 1]) == 0.0
    assert value_of("recall-top-25%-in-50%", [3, 4, 2, 1], [4, 3, 2, 1]) == 1.0


def test_seven_percent_of_a_hundred_is_seven():
    assert top_counts(np.array([100]), 0.07)[0] == 7


@settings(max_examples=30)
@given(sample=samples(high=6))
def test_precision_and_recall_are_means_over_all_orders_of_ties(sample):
    selected = top_counts(np.array([sample.n]), 0.5)[0]
    wanted = true_top(sample.truth, 0.5)
    hits = [
        wanted[sorted(order, key=lambda row: -sample.scores[row])[:selected]].sum()
        for order in map(list, itertools.permutations(range(sample.n)))
    ]
    precision = measure(find_metric("precision-top-50%"), sample)
    recall = measure(find_metric("recall-top-50%"), sample)
    assert precision == Defined(value=pytest.approx(np.mean(hits) / selected, abs=1e-12))
    assert recall == Defined(value=pytest.approx(np.mean(hits) / wanted.sum(), abs=1e-12))


def test_kendall_top_of_equal_scores_at_the_top_is_undefined():
    truth = np.arange(30.0)
    sample = Sample(scores=np.minimum(truth, 20), truth=truth)
    reason = "scores or truth are constant within the true top"
    assert measure(find_metric("kendall-top-10%"), sample) == Undefined(reason=reason)


@pytest.mark.parametrize("name", ["kendall-top-0%", "precision-top-101%", "recall-top-0%"])
def test_a_top_of_nothing_or_more_than_all_is_refused(name):
    with pytest.raises(UsageError, match="does not exist"):
        find_metric(name)
