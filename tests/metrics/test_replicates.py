import numpy as np
import pytest

from harness.core.errors import UsageError
from harness.metrics import (
    Defined,
    Sample,
    Undefined,
    bootstrap,
    bootstrap_over_seeds,
    find_metric,
    measure_over_seeds,
    resample_weights,
    seed_deviation,
    standard_error,
)
from harness.metrics.replicates import Replicates
from tests.metrics.strategies import noisy_sample

MAE, SPEARMAN = find_metric("mae"), find_metric("spearman")


def test_resamples_of_another_number_of_architectures_are_refused():
    with pytest.raises(UsageError, match="do not fit a sample of 5"):
        bootstrap(find_metric("mae"), noisy_sample(5), resample_weights(6, 3, seed=0))


def test_a_resample_without_a_value_cannot_be_asked_for():
    replicates = Replicates(n=30, defined=np.array([True, False]), values=np.array([0.5]))
    assert replicates.undefined == 1
    with pytest.raises(UsageError, match="1 of the resamples asked for have no value"):
        replicates.at(np.array([True, True]))


def test_weights_that_cannot_be_written_to_give_the_same_values():
    sample, resamples = noisy_sample(30), resample_weights(30, 5, seed=0)
    frozen = resamples.counts.astype(np.uint16)
    frozen.flags.writeable = False
    again = bootstrap(find_metric("kendall"), sample, type(resamples)(counts=frozen))
    expected = bootstrap(find_metric("kendall"), sample, resamples)
    assert np.array_equal(again.values, expected.values)


def shifted(*errors):
    truth = np.arange(20.0)
    return [Sample(scores=truth + error, truth=truth) for error in errors]


def test_mean_and_deviation_are_over_seeds():
    # Errors 1 and 3: mean 2, deviation sqrt((1 + 1) / 1)
    samples = shifted(1.0, 3.0)
    assert measure_over_seeds(MAE, samples) == Defined(value=pytest.approx(2.0))
    assert seed_deviation(MAE, samples) == Defined(value=pytest.approx(2**0.5))


def test_a_bootstrap_over_seeds_spreads_as_the_draws_of_seeds():
    # The error of a seed is the same on every architecture: the mean of two draws of 1 and 3 is
    # 1, 2, 3 with probability 1/4, 1/2, 1/4.
    replicates = bootstrap_over_seeds(MAE, shifted(1.0, 3.0), resample_weights(20, 4000, 0), seed=0)
    values, counts = np.unique(replicates.values.round(9), return_counts=True)
    assert values.tolist() == [1.0, 2.0, 3.0]
    assert counts / 4000 == pytest.approx([0.25, 0.5, 0.25], abs=0.04)


def test_a_bootstrap_over_one_seed_is_that_of_architectures():
    generator = np.random.default_rng(0)
    sample = Sample(scores=generator.normal(size=30), truth=generator.normal(size=30))
    resamples = resample_weights(30, 50, seed=0)
    over_seeds = bootstrap_over_seeds(SPEARMAN, [sample], resamples, seed=0)
    assert np.array_equal(over_seeds.values, bootstrap(SPEARMAN, sample, resamples).values)


def test_noisy_seeds_widen_the_bootstrap():
    generator = np.random.default_rng(0)
    truth = generator.normal(size=300)
    noise = (0.1, 1.0, 5.0)
    samples = [Sample(scores=truth + s * generator.normal(size=300), truth=truth) for s in noise]
    resamples = resample_weights(300, 300, seed=0)
    wide = standard_error(bootstrap_over_seeds(SPEARMAN, samples, resamples, seed=0))
    narrow = standard_error(bootstrap(SPEARMAN, samples[1], resamples))
    assert wide.value > 2 * narrow.value


def test_a_seed_without_a_value_makes_the_mean_undefined():
    truth = np.arange(20.0)
    samples = [Sample(scores=truth, truth=truth), Sample(scores=np.zeros(20), truth=truth)]
    expected = Undefined(reason="seed 2 of 2: constant scores")
    assert measure_over_seeds(SPEARMAN, samples) == expected
    assert seed_deviation(SPEARMAN, samples) == expected
    both = [samples[1], samples[1]]
    assert measure_over_seeds(SPEARMAN, both) == Undefined(reason="constant scores")
    replicates = bootstrap_over_seeds(SPEARMAN, samples, resample_weights(20, 400, 0), seed=0)
    # Only resamples that drew the first seed twice have a value
    assert replicates.values == pytest.approx(np.ones(replicates.values.size))
    assert replicates.values.size / 400 == pytest.approx(0.25, abs=0.1)


def test_one_seed_has_no_deviation():
    assert seed_deviation(MAE, shifted(1.0)) == Undefined(reason="one seed has no deviation")


def test_no_seeds_are_refused():
    with pytest.raises(UsageError, match="at least one sample"):
        bootstrap_over_seeds(MAE, [], resample_weights(20, 4, seed=0), seed=0)
    with pytest.raises(UsageError, match="at least one sample"):
        measure_over_seeds(MAE, [])
