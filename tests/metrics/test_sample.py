import numpy as np
import pytest

from harness.core.errors import DataError, UsageError
from harness.metrics import Resamples, Sample, resample_weights


def test_every_resample_draws_as_many_as_there_are():
    resamples = resample_weights(17, 50, seed=3)
    assert resamples.counts.shape == (50, 17)
    assert resamples.totals.tolist() == [17] * 50


def test_equal_seeds_draw_equal_weights_and_others_do_not():
    first, same, other = (resample_weights(20, 5, seed).counts for seed in (1, 1, 2))
    assert np.array_equal(first, same)
    assert not np.array_equal(first, other)


def test_mean_weight_of_an_architecture_is_one():
    # 20,000 resamples of Binomial(10, 1/10): standard error of the mean sqrt(0.9 / 20,000) = .0067
    counts = resample_weights(10, 20_000, seed=0).counts
    assert counts.mean(axis=0) == pytest.approx(np.ones(10), abs=0.03)
    assert counts.var(axis=0) == pytest.approx(np.full(10, 0.9), abs=0.05)


def test_leaving_out_columns_keeps_the_other_draws():
    resamples = resample_weights(6, 4, seed=0)
    mask = np.array([True, False, True, True, False, True])
    kept = resamples.where(mask)
    assert np.array_equal(kept.counts, resamples.counts[:, mask])
    assert np.array_equal(kept.totals, resamples.counts[:, mask].sum(axis=1))


@pytest.mark.parametrize("counts", [np.array([1, 2]), np.array([[1, -1]]), np.array([[70_000, 1]])])
def test_weights_that_are_no_matrix_of_counts_are_refused(counts):
    with pytest.raises(UsageError, match="weights"):
        Resamples(counts=counts)


@pytest.mark.parametrize(("n", "resamples"), [(0, 5), (5, 0)])
def test_nothing_cannot_be_resampled(n, resamples):
    with pytest.raises(UsageError, match="cannot draw"):
        resample_weights(n, resamples, seed=0)


@pytest.mark.parametrize(
    ("scores", "truth", "controls", "message"),
    [
        ([1, np.nan], [1, 2], (), r"scores\[1\] of a sample is nan"),
        ([1, 2], [1, np.inf], (), r"truth\[1\] of a sample is inf"),
        ([1, 2], [1, 2, 3], (), "two vectors of one length"),
        ([1, 2], [1, 2], [1, 1, 1], "control params of a sample of 2"),
        ([1, 2], [1, 2], [1, np.nan], r"params\[1\] of a sample is nan"),
    ],
)
def test_a_sample_that_does_not_fit_is_refused(scores, truth, controls, message):
    with pytest.raises(DataError, match=message):
        Sample(
            scores=np.array(scores),
            truth=np.array(truth),
            controls={"params": np.array(controls)} if controls else {},
        )


def test_a_sample_keeps_its_numbers_when_the_originals_change():
    scores = np.array([1.0, 2.0])
    sample = Sample(scores=scores, truth=scores)
    scores[0] = 9.0
    assert sample.scores.tolist() == [1.0, 2.0]
