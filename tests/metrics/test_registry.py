import pickle
import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.core.direction import Direction
from harness.core.errors import UsageError
from harness.metrics import (
    METRICS,
    Defined,
    Needs,
    Sample,
    Undefined,
    bootstrap,
    find_metric,
    measure,
    resample_weights,
)
from tests.metrics.strategies import CONTROLS, expanded, noisy_sample, sample_and_resamples, samples

RANK_METRICS = [name for name in METRICS if METRICS[name].needs is not Needs.PREDICTIONS]


@pytest.mark.parametrize("name", [*METRICS, "kendall-within-5%"])
def test_a_metric_is_pickled_as_results_that_hold_it_are(name):
    again = pickle.loads(pickle.dumps(find_metric(name)))
    sample = noisy_sample(50)
    assert measure(again, sample) == measure(find_metric(name), sample)


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
        "kendall-within-5%",
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
@given(sample=samples(low=30, high=60, controls=CONTROLS))
def test_a_monotone_transform_of_scores_changes_nothing(name, sample):
    # Cubing is strictly monotone, and exact enough on these few levels to keep them apart.
    changed = replace(sample, scores=(sample.scores - 1) ** 3)
    assert measure(METRICS[name], changed) == measure(METRICS[name], sample)


@pytest.mark.parametrize("name", METRICS)
@settings(max_examples=25)
@given(sample=samples(low=30, high=60, controls=CONTROLS), seed=st.integers(0, 100))
def test_the_order_of_rows_does_not_matter(name, sample, seed):
    rows = np.random.default_rng(seed).permutation(sample.n)
    shuffled = Sample(
        scores=sample.scores[rows],
        truth=sample.truth[rows],
        controls={name: column[rows] for name, column in sample.controls.items()},
    )
    match measure(METRICS[name], sample):
        case Defined(value=value):
            expected = Defined(value=pytest.approx(value, rel=1e-12, abs=1e-12))
            assert measure(METRICS[name], shuffled) == expected
        case undefined:
            assert measure(METRICS[name], shuffled) == undefined


@pytest.mark.parametrize("name", METRICS)
@settings(max_examples=25)
@given(sample=samples(low=1, high=60, controls=CONTROLS))
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
    sample = Sample(scores=truth, truth=truth, controls=noisy_sample(200).controls)
    value = measure(metric, sample)
    best = metric.range.high if metric.direction is Direction.HIGHER else metric.range.low
    expected = truth.max() if np.isinf(best) else best
    assert value == Defined(value=pytest.approx(expected, abs=1e-12))


SMALL = (
    *("spearman", "kendall", "weighted-kendall", "partial-spearman", "kendall-top-50%"),
    *("precision-top-20%", "recall-top-20%", "recall-top-20%-in-50%", "best@1", "best@3"),
    *("regret@3", "normalised-regret@2", "ndcg", "ndcg@3", "mae", "rmse", "r2"),
    "calibration-error",
    *("partial-spearman-depth", "stratified-kendall", "stratified-kendall-params"),
    "kendall-within-20%",
)
"""The metrics that are listed, at depths that samples of ten have."""


def test_every_metric_that_is_listed_has_a_small_relative():
    depths = re.compile(r"(?<=[@-])[\d.]+")
    assert {depths.sub("#", name) for name in METRICS} <= {depths.sub("#", name) for name in SMALL}


@pytest.mark.parametrize("name", SMALL)
@settings(max_examples=25)
@given(case=sample_and_resamples(low=10, controls=CONTROLS))
def test_a_replicate_is_the_metric_of_the_expanded_resample(name, case):
    metric, (sample, resamples) = find_metric(name), case
    replicates = bootstrap(metric, sample, resamples)
    values = iter(replicates.values)
    for counts, defined in zip(resamples.counts, replicates.defined, strict=True):
        match measure(metric, expanded(sample, counts)):
            case Defined(value=value):
                assert defined
                assert next(values) == pytest.approx(value, rel=1e-12, abs=1e-12)
            case Undefined():
                assert not defined


@pytest.mark.parametrize("name", METRICS)
def test_a_weight_of_zero_is_the_same_as_a_column_left_out(name):
    sample, resamples = noisy_sample(150), resample_weights(150, 40, seed=0)
    mask = np.arange(150) % 5 != 0
    kept = expanded(sample, mask.astype(int))
    without = bootstrap(METRICS[name], kept, resamples.where(mask))
    zeroed = resamples.counts * mask
    with_zero = bootstrap(METRICS[name], sample, type(resamples)(counts=zeroed))
    assert np.array_equal(without.defined, with_zero.defined)
    assert without.values == pytest.approx(with_zero.values, abs=1e-12)


@pytest.mark.parametrize("name", RANK_METRICS)
def test_resamples_are_centred_near_the_sample(name):
    sample = noisy_sample(500)
    replicates = bootstrap(METRICS[name], sample, resample_weights(500, 300, seed=0))
    value = measure(METRICS[name], sample)
    assert isinstance(value, Defined)
    assert replicates.undefined == 0
    assert replicates.values.min() <= value.value <= replicates.values.max()


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
