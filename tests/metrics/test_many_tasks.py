import numpy as np
import pandas as pd
import pytest
import scikit_posthocs
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats
from statsmodels.stats.multitest import multipletests

from harness.core.errors import UsageError
from harness.metrics import Undefined
from harness.metrics.many_tasks import (
    ChiSquare,
    count_units,
    critical_difference,
    friedman_test,
    holm,
    indistinct_runs,
    mean_weights,
    rank_interval,
    ranks,
    resampled_weights,
    signed_rank_p,
    smallest_signed_rank_p,
)


def values(tasks: int = 8, plugins: int = 5) -> np.ndarray:
    generator = np.random.default_rng(0)
    return generator.normal(size=(tasks, plugins)) + np.arange(plugins)


def test_friedman_of_three_plugins_on_two_tasks_by_hand():
    # Ranks 1 2 3 on both tasks: sums 2 4 6; 12 / (2 * 3 * 4) * (4 + 16 + 36) - 3 * 2 * 4 = 4.
    test = friedman_test(np.array([[0.1, 0.2, 0.3], [1.0, 2.0, 3.0]]))
    assert isinstance(test, ChiSquare)
    assert test.statistic == pytest.approx(4.0, abs=1e-12)
    assert test.p_value == pytest.approx(np.exp(-2), abs=1e-12)  # chi-square of 2 degrees


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (np.ones((1, 4)), "1 task is too few for Friedman's test; two are needed"),
        (values(4, 2), "Friedman's test needs three plugins that are complete on all tasks, not 2"),
        (np.ones((4, 3)), "all plugins tie on every task"),
    ],
)
def test_friedman_says_why_it_has_no_value(table, reason):
    assert friedman_test(table) == Undefined(reason=reason)


# Demšar 2006, table 5a, gives q / sqrt 2 to three decimals.
@pytest.mark.parametrize(("plugins", "quantile"), [(2, 1.960), (3, 2.343), (5, 2.728), (10, 3.164)])
def test_the_critical_difference_is_that_of_the_published_table(plugins, quantile):
    scale = np.sqrt(plugins * (plugins + 1) / (6 * 14))
    assert critical_difference(plugins, 14) == pytest.approx(quantile * scale, abs=0.001)


def test_the_critical_difference_inverts_the_p_values_of_scikit_posthocs():
    table = values()
    ranks = stats.rankdata(-table, axis=1).mean(axis=0)
    apart = np.abs(ranks[:, None] - ranks)
    p = scikit_posthocs.posthoc_nemenyi_friedman(table).to_numpy()
    assert ((p < 0.05) == (apart > critical_difference(5, 8))).all()
    assert critical_difference(5, 8, significance=p[0, 4]) == pytest.approx(apart[0, 4], abs=1e-6)


@given(hnp.arrays(np.float64, st.integers(1, 12), elements=st.floats(-9, 9), unique=True))
def test_wilcoxon_without_ties_is_that_of_scipy(differences):
    differences = np.round(differences, 9)
    differences = differences[differences != 0]
    if np.unique(np.abs(differences)).size == differences.size > 0:
        expected = stats.wilcoxon(differences, method="exact").pvalue
        assert signed_rank_p(differences) == pytest.approx(expected, abs=1e-12)


@given(st.lists(st.sampled_from([-3, -2, -1, 1, 2, 3]), min_size=1, max_size=7))
def test_wilcoxon_with_ties_counts_all_signs(whole):
    differences = np.array(whole, dtype=np.float64)
    ranks = stats.rankdata(np.abs(differences))
    signs = np.array(np.meshgrid(*[[0, 1]] * len(whole))).reshape(len(whole), -1)
    sums = ranks @ signs
    observed = ranks[differences > 0].sum()
    tail = min((sums <= observed).mean(), (sums >= observed).mean())
    assert signed_rank_p(differences) == pytest.approx(min(1.0, 2 * tail), abs=1e-12)


def test_zeros_are_left_out_and_nothing_but_zeros_is_no_difference():
    assert signed_rank_p(np.zeros(6)) == 1.0
    assert signed_rank_p(np.array([0.0, 1, 2, 3])) == 0.25  # 2 / 2^3


def test_rounding_neither_breaks_ties_nor_keeps_a_zero():
    first, second = np.array([0.3, 0.9, 0.2, 0.8, 0.7]), np.array([0.2, 0.8, 0.3, 0.7, 0.7])
    assert len({*np.abs(first - second).tolist()}) > 2  # 0.1 in several roundings
    signs = np.array([1.0, 1, -1, 1, 1e-17])
    assert signed_rank_p(first - second) == signed_rank_p(np.sign(signs[:4])) == 0.625
    assert signed_rank_p(signs) == 0.625


@pytest.mark.parametrize("tasks", [1, 3, 5, 6, 12])
def test_the_smallest_p_is_reached_where_all_signs_are_alike(tasks):
    assert smallest_signed_rank_p(tasks) == signed_rank_p(np.arange(1.0, tasks + 1))


@settings(max_examples=10)  # multipletests takes a fifth of a second
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12).map(np.array))
def test_holm_is_that_of_statsmodels(p_values):
    expected = multipletests(p_values, method="holm")[1]
    assert holm(p_values) == pytest.approx(expected, abs=1e-12)


def test_pairs_after_holm_are_those_of_scikit_posthocs():
    table = values()
    pairs = [(a, b) for a in range(5) for b in range(a + 1, 5)]
    ours = holm(np.array([signed_rank_p(table[:, a] - table[:, b]) for a, b in pairs]))
    frame = pd.DataFrame(table).melt(var_name="plugin", value_name="value")
    theirs = scikit_posthocs.posthoc_wilcoxon(
        frame, val_col="value", group_col="plugin", p_adjust="holm", sort=False
    )
    assert ours == pytest.approx([theirs.iloc[pair] for pair in pairs], abs=1e-12)


def matrix(size: int, *pairs: tuple[int, int]) -> np.ndarray:
    differs = np.zeros((size, size), dtype=bool)
    for a, b in pairs:
        differs[a, b] = differs[b, a] = True
    return differs


def test_runs_overlap_but_none_lies_within_another():
    # 0 differs from 3 alone: 0-2 and 1-3 hold together, 2-3 lies within the second.
    assert indistinct_runs(matrix(4, (0, 3))) == [(0, 3), (1, 4)]


def test_a_plugin_that_differs_from_its_neighbours_is_in_no_run():
    assert indistinct_runs(matrix(4, (0, 1), (1, 2), (1, 3))) == [(2, 4)]
    assert indistinct_runs(matrix(1)) == []


def test_an_inner_pair_that_differs_ends_a_run_though_its_ends_do_not():
    assert indistinct_runs(matrix(4, (1, 2))) == [(0, 2), (2, 4)]


ROWS = hnp.arrays(
    np.float64, st.tuples(st.integers(1, 4), st.integers(1, 7)), elements=st.integers(-2, 2)
)


def test_the_highest_value_is_first_and_ties_share_their_mean_place():
    # 0.9 is first; the two 0.5 share places 2 and 3; 0.1 is fourth.
    assert ranks(np.array([0.5, 0.9, 0.1, 0.5])).tolist() == [2.5, 1.0, 4.0, 2.5]


@given(ROWS)
def test_places_are_those_of_scipy_row_by_row(values):
    assert (ranks(values) == stats.rankdata(-values, axis=1)).all()


def test_no_value_comes_after_all_that_have_one():
    assert ranks(np.array([-np.inf, -0.9, -np.inf])).tolist() == [2.5, 1.0, 2.5]


def test_a_value_that_is_no_number_is_refused():
    with pytest.raises(UsageError, match="not a number has no place"):
        ranks(np.array([1.0, np.nan]))


def test_the_ends_of_an_interval_are_places_that_occurred():
    # Of 40 sorted places the tails of 0.025 lie at positions 0.975 and 38.025 of 0 to 39; an
    # interpolated end would be 1.975 or 3.05.
    replicates = np.array([1.0] + [2.0] * 37 + [3.0, 5.0])
    interval = rank_interval(replicates, 0.95)
    assert (interval.low, interval.high) == (1.0, 5.0)
    assert rank_interval(replicates, 0.9).low == 2.0


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
        drawn = weights[:, [cluster == name for cluster in clusters]].sum(axis=1) * different
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
