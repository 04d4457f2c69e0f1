import numpy as np
import pytest

from harness.core.errors import UsageError
from harness.evaluation import Procedure, compare_seeds
from harness.metrics import Defined, Difference, Interval, Undefined
from tests.score_tables import published

RIGHT = [float(index) for index in range(40)]
BACK = RIGHT[::-1]
PROCEDURE = Procedure(names=("spearman",), resamples=200)


def two_seeds(first, second, **beside):
    return [published({"mine": first, **beside}), published({"mine": second, **beside})]


def named(rows):
    return {row.plugin: row for row in rows}


def test_the_mean_and_the_deviation_are_those_of_the_seeds():
    (row,) = compare_seeds(two_seeds(RIGHT, BACK), PROCEDURE)
    assert row.each == (Defined(value=pytest.approx(1.0)), Defined(value=pytest.approx(-1.0)))
    assert row.mean.value == Defined(value=pytest.approx(0.0))
    # Of 1 and -1: the root of (1 + 1) / 1
    assert row.deviation == Defined(value=pytest.approx(2**0.5))
    assert row.agreement == Defined(value=pytest.approx(-1.0))
    assert (row.seeds, row.drawn, row.scored) == (2, 40, 40)


def test_the_interval_holds_the_seeds_as_well_as_the_architectures():
    (row,) = compare_seeds(two_seeds(RIGHT, BACK), PROCEDURE)
    # Either seed is drawn twice in one resample of four.
    assert isinstance(row.mean.interval, Interval)
    assert (row.mean.interval.low, row.mean.interval.high) == (-1.0, 1.0)


def test_equal_seeds_leave_the_interval_of_the_architectures():
    noisy = [value + 20 * np.sin(17.0 * value) for value in RIGHT]
    (row,) = compare_seeds(two_seeds(noisy, noisy), PROCEDURE)
    assert row.deviation == Defined(value=0.0)
    assert row.agreement == Defined(value=pytest.approx(1.0))
    assert isinstance(row.mean.interval, Interval)
    assert row.mean.interval.high - row.mean.interval.low > 0.1


def test_the_best_mean_comes_first_and_a_lead_is_paired():
    noisy = [value + 20 * np.sin(17.0 * value) for value in RIGHT]
    seeds = two_seeds(noisy, noisy, copy=noisy, right=RIGHT)
    rows = compare_seeds(seeds, PROCEDURE, against="mine")
    assert [row.plugin for row in rows] == ["right", "copy", "mine"]
    right, copy, mine = rows
    assert mine.lead is None
    # Equal scores differ by nothing on every resample, however wide their own interval is.
    assert isinstance(copy.lead, Difference)
    assert (copy.lead.value, copy.lead.interval.low, copy.lead.interval.high) == (0.0, 0.0, 0.0)
    assert isinstance(right.lead, Difference)
    assert right.lead.interval.low > 0


def test_a_metric_that_is_better_lower_is_best_first_too():
    seeds = two_seeds(BACK, BACK, right=RIGHT)
    rows = compare_seeds(seeds, Procedure(names=("regret@3",), resamples=100), against="mine")
    assert [row.plugin for row in rows] == ["right", "mine"]
    assert isinstance(rows[0].lead, Difference)
    assert rows[0].lead.value > 0


def test_what_one_seed_did_not_score_takes_no_part():
    late = [*RIGHT[:35], *BACK[35:]]
    whole, part = published({"mine": late, "r": RIGHT}), published({"mine": RIGHT[:35], "r": RIGHT})
    mine = named(compare_seeds([whole, whole], PROCEDURE))["mine"]
    assert mine.mean.value != Defined(value=pytest.approx(1.0))
    mine = named(compare_seeds([whole, part], PROCEDURE, against="r"))["mine"]
    assert (mine.scored, mine.drawn) == (35, 40)
    assert mine.mean.value == Defined(value=pytest.approx(1.0))
    assert isinstance(mine.lead, Difference)
    assert mine.lead.value == pytest.approx(0.0)


def test_a_proxy_without_a_value_is_undefined_and_last():
    seeds = two_seeds([1.0] * 40, RIGHT, right=RIGHT)
    rows = compare_seeds(seeds, PROCEDURE, against="right")
    mine = rows[-1]
    assert mine.plugin == "mine"
    assert isinstance(mine.mean.value, Undefined)
    assert mine.mean.value.reason == "seed 1 of 2: constant scores"
    assert mine.agreement == Undefined(reason="constant scores")
    assert isinstance(mine.lead, Undefined)


def test_one_seed_other_architectures_and_unknown_names_are_refused():
    with pytest.raises(UsageError, match="needs at least two seeds of one population"):
        compare_seeds(two_seeds(RIGHT, RIGHT)[:1], PROCEDURE)
    with pytest.raises(UsageError, match="needs at least two seeds of one population"):
        compare_seeds(two_seeds(RIGHT, [*RIGHT, 40.0]), PROCEDURE)
    with pytest.raises(UsageError, match="unknown plugin 'nobody' in --against"):
        compare_seeds(two_seeds(RIGHT, RIGHT), PROCEDURE, against="nobody")
