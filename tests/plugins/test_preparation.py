import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.encodings import Features
from harness.plugins.preparation import (
    learn_filled_narrowing,
    learn_imputation,
    learn_narrowing,
    learn_scaling,
    normal_scores,
)
from harness.plugins.stacks import to_normal_scores

NAN = float("nan")


def features(*rows, columns=("a", "b")) -> Features:
    return Features(columns=columns, values=np.array(rows, dtype=np.float64))


def test_a_gap_becomes_the_median_of_the_draw_and_a_flag():
    transform = learn_imputation(features([1, 0], [3, 0], [NAN, 0], [8, 0]))
    # the median of 1, 3, 8; only the first column has a flag
    assert transform(features([NAN, 5])).tolist() == [[3, 5, 1]]
    assert transform(features([2, 5])).tolist() == [[2, 5, 0]]


def test_a_column_without_any_score_in_the_draw_becomes_zero():
    assert learn_imputation(features([NAN, 1], [NAN, 2]))(features([7, 1])).tolist() == [[7, 1, 0]]
    assert learn_imputation(features([NAN, 1], [NAN, 2]))(features([NAN, 1])).tolist() == [
        [0, 1, 1]
    ]


def test_columns_get_mean_zero_and_the_weight_of_their_encoding():
    draw = features([1, 1, 1], [3, 2, 5], columns=("x:a", "x:b", "y:c"))
    scaled = learn_scaling(draw)(draw)
    # each column is -1, 1; two columns share the weight of x: 1 / sqrt(2) each
    share = 1 / np.sqrt(2)
    assert scaled == pytest.approx(np.array([[-share, -share, -1], [share, share, 1]]))


def test_a_column_that_is_constant_in_the_draw_is_left_out():
    draw = features([1, 4], [3, 4])
    assert learn_scaling(draw)(draw).tolist() == [[-1.0], [1.0]]


def test_far_values_are_cut_off():
    draw = features([1], [3], columns=("a",))
    # mean 2 and deviation 1: 100 is 98 deviations off
    assert learn_scaling(draw)(features([100], columns=("a",))).tolist() == [[4.0]]


def test_scores_that_span_orders_of_magnitude_are_compared_by_ratio():
    draw = features([1e0], [1e3], [1e6], columns=("a",))
    low, middle, high = learn_scaling(draw)(draw)[:, 0]
    # as plain numbers the first two would be equal within a thousandth
    assert (middle - low) / (high - low) == pytest.approx(0.5, abs=0.1)


def test_trees_get_columns_within_single_precision_in_the_same_order():
    draw = features([-1e60, 1], [1e87, 2], [0, 3], [1e204, 4])
    narrowed = learn_narrowing(draw)(draw).astype(np.float32)
    assert np.isfinite(narrowed).all()
    assert narrowed[:, 0].argsort().tolist() == [0, 2, 1, 3]
    assert narrowed[:, 1].tolist() == [1, 2, 3, 4]  # a column within the range stays as it is


@pytest.mark.parametrize("unit", [1e-7, 1e-9, 1e-50, 1e-300])
def test_trees_tell_scores_of_any_unit_apart(unit):
    draw = features([1, 5], [2, 6], [4, 7], [3, 8])
    small = Features(columns=draw.columns, values=draw.values * np.array([unit, 1.0]))
    narrowed = learn_narrowing(small)(small).astype(np.float32)
    # scikit-learn 1.9.1 puts no threshold between values that differ by 1e-7 or less
    assert np.diff(np.sort(narrowed[:, 0])).min() > 1e-7
    assert narrowed[:, 0].argsort().tolist() == [0, 1, 3, 2]
    assert narrowed[:, 1].tolist() == [5, 6, 7, 8]


def test_small_scores_beside_large_ones_are_told_apart():
    draw = features([1e-12, 0], [3e-12, 0], [2e-12, 0], [10, 0], [NAN, 0])
    narrowed = learn_narrowing(draw)(draw).astype(np.float32)
    assert np.diff(np.sort(narrowed[:4, 0])).min() > 1e-7
    assert narrowed[:4, 0].argsort().tolist() == [0, 2, 1, 3]
    assert np.isnan(narrowed[4, 0])


def test_what_leaves_single_precision_after_the_draw_is_cut_off():
    draw = features([1, NAN], [3, 2])
    far = learn_filled_narrowing(draw)(features([1e60, NAN])).astype(np.float32)
    assert far.tolist() == [[np.finfo(np.float32).max, 2, 1]]


def test_columns_whose_variance_would_overflow_are_compared_by_ratio():
    draw = features([1e200], [2e200], [4e200], columns=("a",))
    low, middle, high = learn_scaling(draw)(draw)[:, 0]
    assert low < middle < high


def test_normal_scores_are_quantiles_of_ranks():
    # ranks 1, 2.5, 2.5, 4 of 4: shares .125, .5, .5, .875
    scores = normal_scores(np.array([3.0, 5.0, 5.0, 9.0]))
    assert scores == pytest.approx([-1.1503, 0, 0, 1.1503], abs=1e-4)


@given(st.lists(st.integers(0, 50), min_size=2, max_size=20))
def test_the_map_to_normal_scores_keeps_the_order_and_meets_the_labels(values: list[int]):
    labels = np.array(values, dtype=np.float64)
    convert = to_normal_scores(labels)
    assert convert(labels) == pytest.approx(normal_scores(labels))
    grid = convert(np.linspace(-10, 60, 40))
    assert (np.diff(grid) >= 0).all()
