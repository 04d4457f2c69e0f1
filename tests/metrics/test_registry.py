import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.core.errors import UsageError
from harness.metrics import METRICS, Defined, Needs, Sample, Undefined, find_metric, measure
from tests.metrics.strategies import samples

RANK_METRICS = [name for name in METRICS if METRICS[name].needs is not Needs.PREDICTIONS]


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_is_found_by_its_name_and_says_what_it_is(name):
    metric = find_metric(name)
    assert metric.name == name
    assert metric.description.endswith(".")
    assert metric.ties.endswith(".")
    assert metric.reference
    assert metric.range.low < metric.range.high
    assert metric.minimum_n >= 1


@pytest.mark.parametrize(
    "name",
    [
        "best@25",
        "regret@1",
        "normalised-regret@3",
        "ndcg@7",
        "kendall-top-5%",
        "precision-top-0.5%",
        "recall-top-5%-in-10%",
    ],
)
def test_a_name_may_carry_its_own_depth(name):
    assert find_metric(name).name == name


@pytest.mark.parametrize("name", ["kendal", "best@0", "best@", "kendall-top-10", "ndcg-top-5%"])
def test_an_unknown_name_lists_the_known_ones(name):
    with pytest.raises(UsageError, match=r"unknown metric .* in a\.toml.*Known: .*spearman"):
        find_metric(name, "a.toml")


def test_a_misspelt_name_is_answered_with_the_nearest():
    with pytest.raises(UsageError, match="did you mean 'kendall'"):
        find_metric("kendal")


@pytest.mark.parametrize("name", RANK_METRICS)
@settings(max_examples=25)
@given(sample=samples(low=30, high=60, controls=1))
def test_a_monotone_transform_of_scores_changes_nothing(name, sample):
    # Cubing is strictly monotone, and exact enough on these few levels to keep them apart.
    changed = Sample(scores=(sample.scores - 1) ** 3, truth=sample.truth, controls=sample.controls)
    assert measure(METRICS[name], changed) == measure(METRICS[name], sample)


@pytest.mark.parametrize("name", METRICS)
@settings(max_examples=25)
@given(sample=samples(low=30, high=60, controls=1), seed=st.integers(0, 100))
def test_the_order_of_rows_does_not_matter(name, sample, seed):
    rows = np.random.default_rng(seed).permutation(sample.n)
    shuffled = Sample(
        scores=sample.scores[rows], truth=sample.truth[rows], controls=sample.controls[rows]
    )
    match measure(METRICS[name], sample):
        case Defined(value=value):
            expected = Defined(value=pytest.approx(value, rel=1e-12, abs=1e-12))
            assert measure(METRICS[name], shuffled) == expected
        case undefined:
            assert measure(METRICS[name], shuffled) == undefined


@pytest.mark.parametrize("name", METRICS)
@settings(max_examples=25)
@given(sample=samples(low=1, high=60, controls=1))
def test_values_are_finite_and_within_the_declared_range(name, sample):
    metric = METRICS[name]
    match measure(metric, sample):
        case Defined(value=value):
            assert sample.n >= metric.minimum_n
            assert metric.range.low <= value <= metric.range.high
        case Undefined(reason=reason):
            assert reason


@pytest.mark.parametrize("name", RANK_METRICS)
def test_scores_that_are_the_truth_are_best(name):
    metric = METRICS[name]
    truth = np.random.default_rng(0).permutation(200.0 * np.arange(200))
    controls = np.random.default_rng(1).normal(size=(200, 1))
    value = measure(metric, Sample(scores=truth, truth=truth, controls=controls))
    best = {"higher": metric.range.high, "lower": metric.range.low}[metric.direction]
    expected = truth.max() if np.isinf(best) else best
    assert value == Defined(value=pytest.approx(expected, abs=1e-12))


def test_importing_metrics_loads_nothing_heavy():
    code = (
        "import sys, harness.metrics\n"
        "print([name for name in ('numba', 'scipy', 'sklearn', 'torch', 'pandas')"
        " if name in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
