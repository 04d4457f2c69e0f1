import math

import numpy as np
import pytest

from harness.core.errors import UsageError
from harness.metrics import (
    Defined,
    Interval,
    Sample,
    Undefined,
    bootstrap,
    find_metric,
    percentile_interval,
    resample_weights,
    standard_error,
)
from harness.metrics.replicates import Replicates


def replicates_of(values, undefined=0):
    defined = np.arange(len(values) + undefined) >= undefined
    return Replicates(defined=defined, values=np.array(values, dtype=float))


def test_an_interval_lies_between_the_tails():
    # 0, 1, ..., 100: 5 % in each tail ends at 5 and 95
    interval = percentile_interval(replicates_of(range(101)), level=0.9)
    assert interval == Interval(low=pytest.approx(5), high=pytest.approx(95), level=0.9)


def test_an_interval_needs_a_value_on_almost_all_resamples():
    assert isinstance(percentile_interval(replicates_of(range(95), undefined=5)), Interval)
    assert percentile_interval(replicates_of(range(94), undefined=6)) == Undefined(
        reason="no value on 6 of 100 resamples"
    )


def test_a_standard_error_is_the_deviation_of_the_values():
    # 1, 2, 3 about 2: (1 + 0 + 1) / 2 = 1
    assert standard_error(replicates_of([1, 2, 3], undefined=4)) == Defined(value=1.0)


def test_a_standard_error_of_one_value_is_undefined():
    assert isinstance(standard_error(replicates_of([1])), Undefined)


@pytest.mark.parametrize("level", [0.0, 1.0, 95])
def test_a_level_outside_the_unit_interval_is_refused(level):
    with pytest.raises(UsageError, match="not between 0 and 1"):
        percentile_interval(replicates_of([1, 2]), level)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["spearman", "kendall"])
def test_nineteen_of_twenty_intervals_cover_the_truth(name):
    # For a bivariate normal with correlation r, tau = 2 asin(r) / pi and
    # rho = 6 asin(r / 2) / pi. 400 trials at 95 %: standard error 1.1 %.
    r = 0.6
    expected = 2 * math.asin(r) / math.pi if name == "kendall" else 6 * math.asin(r / 2) / math.pi
    generator = np.random.default_rng(0)
    covered = 0
    for trial in range(400):
        truth = generator.normal(size=150)
        scores = r * truth + math.sqrt(1 - r * r) * generator.normal(size=150)
        resamples = resample_weights(150, 500, seed=trial)
        replicates = bootstrap(find_metric(name), Sample(scores=scores, truth=truth), resamples)
        interval = percentile_interval(replicates)
        assert isinstance(interval, Interval)
        covered += interval.low <= expected <= interval.high
    assert 0.91 <= covered / 400 <= 0.985
