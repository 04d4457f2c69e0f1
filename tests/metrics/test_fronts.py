"""Fronts and hypervolumes of points that can be drawn on paper, and of random ones by counting."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.metrics.fronts import front_of, hypervolume, hypervolume_path, point_numbers

#   3 |  a
#   2 |  .  b  .        d lies below b, e is a copy of b, f shares its height with b
#   1 |  .  d  c
#     +--1--2--3--
A, B, C, D, E, F = (1, 3), (2, 2), (3, 1), (2, 1), (2, 2), (1, 2)
POINTS = np.array([A, B, C, D, E, F], dtype=float)


def numbers(objectives: int, most: int = 4) -> st.SearchStrategy[np.ndarray]:
    """Few different values, so that ties and copies are the rule."""
    point = st.tuples(*[st.integers(0, most)] * objectives)
    return st.lists(point, max_size=12).map(
        lambda points: np.array(points, dtype=float).reshape(-1, objectives)
    )


def dominated(point: np.ndarray, points: np.ndarray) -> bool:
    return any((other >= point).all() and (other > point).any() for other in points)


def test_a_front_is_what_no_other_point_dominates_and_copies_share_their_place() -> None:
    assert front_of(POINTS).tolist() == [True, True, True, False, True, False]


def test_copies_are_one_point_of_the_front() -> None:
    # In the order of the first objective: a is 0, b and its copy 1, c 2.
    assert point_numbers(POINTS, front_of(POINTS)).tolist() == [0, 1, 2, -1, 1, -1]


def test_the_area_under_a_staircase_is_the_sum_of_its_steps() -> None:
    # Columns above (0, 0): of width 1 and height 3, 2 and 1.
    assert hypervolume(POINTS, np.zeros(2)) == 3 + 2 + 1
    # Above (1, 1) only b is inside, a unit square.
    assert hypervolume(POINTS, np.ones(2)) == 1


def test_a_point_at_the_reference_dominates_nothing_of_it() -> None:
    assert hypervolume(np.array([[3.0, 1.0]]), np.ones(2)) == 0
    assert hypervolume(np.empty((0, 2)), np.ones(2)) == 0


def test_the_volume_of_two_boxes_counts_what_they_share_once() -> None:
    # 2 x 1 x 1 and 1 x 2 x 2 share a unit cube.
    assert hypervolume(np.array([[2.0, 1, 1], [1, 2, 2]]), np.zeros(3)) == 2 + 4 - 1


def test_a_path_adds_what_each_point_adds() -> None:
    # d: 2; a: its column 1 wide and 2 higher; b: a step of 1; its copy nothing; c: 1 more.
    path = hypervolume_path(np.array([D, A, B, E, C], dtype=float), np.zeros(2))
    assert path.tolist() == [2, 4, 5, 5, 6]


@pytest.mark.parametrize("objectives", [1, 2, 3, 4])
def test_a_front_is_that_of_comparing_all_pairs(objectives: int) -> None:
    @settings(max_examples=40)
    @given(numbers(objectives))
    def compare(points: np.ndarray) -> None:
        expected = [not dominated(point, points) for point in points]
        assert front_of(points).tolist() == expected

    compare()


@pytest.mark.parametrize("objectives", [1, 2, 3, 4])
def test_a_hypervolume_is_the_number_of_dominated_cells_of_a_grid(objectives: int) -> None:
    @settings(max_examples=40)
    @given(numbers(objectives), st.integers(0, 2))
    def count(points: np.ndarray, level: int) -> None:
        cells = itertools.product(*[range(level, 4)] * objectives)  # by their lower corners
        inside = [(points >= np.array(cell) + 1).all(axis=1).any() for cell in cells]
        reference = np.full(objectives, float(level))
        assert hypervolume(points, reference) == sum(inside)
        if len(points):
            assert hypervolume_path(points, reference)[-1] == sum(inside)

    count()


def test_the_front_of_all_of_nas_bench_201_takes_milliseconds() -> None:
    import time

    points = np.random.default_rng(0).normal(size=(15_625, 2))
    worst = np.stack([np.arange(15_625.0), -np.arange(15_625.0)], axis=1)  # all of it is the front
    for drawn, least in ((points, 2), (worst, 15_625)):
        started = time.perf_counter()
        leading = front_of(drawn)
        volume = hypervolume(drawn, drawn.min(axis=0) - 1)
        assert time.perf_counter() - started < 0.5  # measured: 20 ms
        assert leading.sum() >= least
        assert volume > 0
