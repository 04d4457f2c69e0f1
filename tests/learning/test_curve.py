import math

import pytest

from harness.learning.curve import (
    AlreadyReached,
    Curve,
    NotReached,
    Point,
    Reached,
    area,
    differences,
    needed,
)
from harness.metrics import UNBOUNDED, Defined, Interval, Range, Undefined, estimate_mean


def defined(*values: float) -> list[Defined]:
    return [Defined(value=value) for value in values]


def test_the_mean_has_a_t_interval_over_repeats():
    # mean 2, deviation 1, error 1 / sqrt(3); the t quantile of two degrees at .975 is 4.3027
    mean = estimate_mean(defined(1, 2, 3), UNBOUNDED)
    assert mean.value == Defined(value=2.0)
    assert isinstance(mean.interval, Interval)
    half = 4.3027 / math.sqrt(3)
    assert mean.interval.low == pytest.approx(2 - half, abs=1e-3)
    assert mean.interval.high == pytest.approx(2 + half, abs=1e-3)


def test_the_interval_of_a_mean_of_correlations_stays_between_minus_one_and_one():
    mean = estimate_mean(defined(0.9, 0.2, -0.1), Range(low=-1.0, high=1.0))
    assert mean.value == Defined(value=pytest.approx(1 / 3))
    assert isinstance(mean.interval, Interval)
    # deviation 0.51316, half a t interval 1.27476, atanh(1/3) 0.34657, step 1.27476 / (1 - 1/9)
    assert mean.interval.low == pytest.approx(math.tanh(0.34657 - 1.43411), abs=1e-4)
    assert mean.interval.high == pytest.approx(math.tanh(0.34657 + 1.43411), abs=1e-4)


def test_one_repeat_has_a_mean_and_no_interval():
    mean = estimate_mean(defined(0.5), UNBOUNDED)
    assert mean.value == Defined(value=0.5)
    assert mean.interval == Undefined(reason="one repeat has no spread")


def test_a_mean_over_an_undefined_repeat_is_undefined_and_says_why():
    mean = estimate_mean([Defined(value=0.5), Undefined(reason="constant scores")], UNBOUNDED)
    assert mean.value == Undefined(reason="1 of 2 repeats have no value: constant scores")


def test_the_area_of_a_level_curve_is_its_height():
    value = area([8, 32, 1024], defined(0.6, 0.6, 0.6))
    assert isinstance(value, Defined)
    assert value.value == pytest.approx(0.6)


def test_the_area_is_taken_over_the_logarithm_of_labels():
    # log2 of the sizes 3, 4, 6: trapezia of .3 over 1 and .6 over 2 make 1.5 over 3
    value = area([8, 16, 64], defined(0.2, 0.4, 0.8))
    assert isinstance(value, Defined)
    assert value.value == pytest.approx(0.5)


def test_one_size_has_no_area():
    assert area([100], defined(0.7)) == Undefined(reason="an area needs two numbers of labels")


def test_labels_needed_are_read_off_between_two_sizes():
    # half-way from .6 to .8 is half-way from log 16 to log 64, at 32
    reached = needed([16, 64], defined(0.6, 0.8), 0.7)
    assert isinstance(reached, Reached)
    assert reached.labels == pytest.approx(32)


def test_the_first_crossing_counts():
    reached = needed([8, 16, 32, 64], defined(0.6, 0.8, 0.6, 0.9), 0.8)
    assert isinstance(reached, Reached)
    assert reached.labels == pytest.approx(16)


def test_a_level_that_the_smallest_draw_has_needs_at_most_that():
    assert needed([8, 16], defined(0.7, 0.8), 0.7) == AlreadyReached(labels=8)


def test_a_level_that_no_draw_has_is_not_reached():
    assert needed([8, 16], defined(0.5, 0.6), 0.7) == NotReached(labels=16)


def test_a_curve_with_a_gap_needs_an_undefined_number_of_labels():
    reached = needed([8, 16], [Undefined(reason="constant scores"), Defined(value=0.9)], 0.7)
    assert isinstance(reached, Undefined)


def curve_of(*repeats) -> Curve:
    mean = estimate_mean(repeats, UNBOUNDED)
    point = Point(labels=8, repeats=repeats, mean=mean, fit_s=None, predict_s=None)
    return Curve(
        predictor="",
        metric="spearman",
        points=(point,),
        area=mean,
        needed=NotReached(labels=8),
        level=0.7,
    )


def test_draws_from_which_both_rank_better_do_not_hide_which_curve_is_higher():
    lower, higher = defined(0.1, 0.5, 0.9), defined(0.2, 0.61, 0.99)
    (difference,) = differences(curve_of(*higher), curve_of(*lower))
    assert difference.value == Defined(value=pytest.approx(0.1))
    # deviation of .1, .11 and .09 is .01; the t quantile of two degrees at .975 is 4.3027
    half = 4.3027 * 0.01 / math.sqrt(3)
    assert isinstance(difference.interval, Interval)
    assert difference.interval.low == pytest.approx(0.1 - half, abs=1e-5)
    assert difference.interval.high == pytest.approx(0.1 + half, abs=1e-5)


@pytest.mark.parametrize("first", [True, False])
def test_a_difference_from_a_draw_without_a_value_has_none_and_says_why(first):
    whole = curve_of(*defined(0.1, 0.5))
    holed = curve_of(Defined(value=0.3), Undefined(reason="constant scores"))
    (difference,) = differences(*((holed, whole) if first else (whole, holed)))
    assert difference.value == Undefined(reason="1 of 2 repeats have no value: constant scores")
