import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.core.errors import UsageError
from harness.metrics.many_tasks import count_units, mean_weights, resampled_weights

CLUSTERS = st.lists(st.sampled_from("abc"), min_size=1, max_size=8)


def test_clusters_weigh_alike_however_many_tasks_they_have():
    # Two clusters weigh 1/2 each; the first shares its half among two tasks.
    assert mean_weights(["a", "b", "a"]).tolist() == [0.25, 0.5, 0.25]


def test_the_units_are_clusters_or_the_tasks_of_the_only_one():
    assert count_units(["a", "a", "a"]) == 3
    assert count_units(["a", "b", "a"]) == 2


@given(CLUSTERS)
def test_each_resample_weighs_one_in_all(clusters):
    weights = resampled_weights(clusters, 20, seed=1)
    assert weights.shape == (20, len(clusters))
    assert weights.sum(axis=1) == pytest.approx(np.ones(20), abs=1e-12)


@given(CLUSTERS)
def test_a_cluster_weighs_a_multiple_of_its_share(clusters):
    weights = resampled_weights(clusters, 20, seed=2)
    different = len(set(clusters))
    for name in set(clusters):
        drawn = weights[:, [one == name for one in clusters]].sum(axis=1) * different
        assert drawn == pytest.approx(np.round(drawn), abs=1e-9)


def test_the_mean_over_resamples_is_the_weight_in_the_sample():
    clusters = ["a", "a", "a", "b"]
    weights = resampled_weights(clusters, 20_000, seed=0)
    # A task's weight has a deviation below 0.5; the mean of 20,000 is good to 0.0036.
    assert weights.mean(axis=0) == pytest.approx(mean_weights(clusters), abs=0.02)


def test_the_variance_is_that_of_two_levels():
    # Tasks 0, 1 in a and 2, 2 in b. Between clusters: means 0.5 and 2 have variance 0.5625, half of
    # it for a mean of two draws. Within: a mean of two tasks of a has variance 0.25 / 2; a is drawn
    # once on average and weighs one half, which counts a quarter.
    weights = resampled_weights(["a", "a", "b", "b"], 100_000, seed=3)
    means = weights @ np.array([0.0, 1.0, 2.0, 2.0])
    assert means.var() == pytest.approx(0.5625 / 2 + 0.125 / 4, abs=0.005)


def test_equal_seeds_give_equal_weights():
    first, again = (resampled_weights(["a", "b"], 5, seed=4) for _ in range(2))
    assert (first == again).all()
    assert (resampled_weights(["a", "b"], 5, seed=5) != first).any()


def test_nothing_to_draw_is_refused():
    with pytest.raises(UsageError, match="cannot draw 10 resamples of 0 tasks"):
        resampled_weights([], 10, seed=0)
