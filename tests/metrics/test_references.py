"""Every metric that another library has is that library's, on samples and on resamples of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from scipy import stats
from sklearn.metrics import mean_absolute_error, ndcg_score, r2_score, root_mean_squared_error

from harness.metrics import Defined, Undefined, bootstrap, find_metric, measure
from tests.metrics.strategies import expanded, sample_and_resamples, true_top


def spread(*values):
    """Say whether no array is constant."""
    return all(np.ptp(column) > 0 for column in values)


def correlation(compute):
    def reference(sample):
        known = spread(sample.scores, sample.truth)
        return compute(sample.scores, sample.truth).statistic if known else None

    return reference


def at_the_top(sample):
    within = true_top(sample.truth, 0.5)
    scores, truth = sample.scores[within], sample.truth[within]
    return stats.kendalltau(scores, truth).statistic if spread(scores, truth) else None


def gain(k):
    def reference(sample):
        percentiles = (stats.rankdata(sample.truth) - 1) / (sample.n - 1)
        known = spread(sample.truth)
        return ndcg_score(percentiles[None], sample.scores[None], k=k) if known else None

    return reference


REFERENCES = {
    "spearman": correlation(stats.spearmanr),
    "kendall": correlation(stats.kendalltau),
    "weighted-kendall": correlation(stats.weightedtau),
    "kendall-top-50%": at_the_top,
    "ndcg": gain(None),
    "ndcg@1": gain(1),
    "ndcg@3": gain(3),
    "mae": lambda sample: mean_absolute_error(sample.truth, sample.scores),
    "rmse": lambda sample: root_mean_squared_error(sample.truth, sample.scores),
    "r2": lambda sample: r2_score(sample.truth, sample.scores) if spread(sample.truth) else None,
}


@pytest.mark.parametrize("name", REFERENCES)
@settings(max_examples=25)
@given(case=sample_and_resamples(low=6))
def test_a_metric_is_that_of_its_reference_on_a_sample_and_on_every_expanded_resample(name, case):
    metric, (sample, resamples) = find_metric(name), case
    expected = REFERENCES[name](sample)
    match measure(metric, sample):
        case Defined(value=value):
            assert value == pytest.approx(expected, rel=1e-12, abs=1e-12)
        case Undefined():
            assert expected is None
    replicates = bootstrap(metric, sample, resamples)
    values = iter(replicates.values)
    for counts, defined in zip(resamples.counts, replicates.defined, strict=True):
        expected = REFERENCES[name](expanded(sample, counts))
        assert defined == (expected is not None)
        if defined:
            assert next(values) == pytest.approx(expected, rel=1e-12, abs=1e-12)
