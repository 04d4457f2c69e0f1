import numpy as np
import pytest

from harness.core.errors import UsageError
from harness.metrics import (
    METRICS,
    Defined,
    Needs,
    Sample,
    bootstrap,
    find_metric,
    measure,
    resample_weights,
)
from harness.metrics.replicates import Replicates


def a_sample(n):
    generator = np.random.default_rng(n)
    truth = generator.normal(size=n)
    return Sample(
        scores=(truth + generator.normal(size=n)).round(1),
        truth=truth.round(2),
        controls=generator.normal(size=(n, 2)),
    )


@pytest.mark.parametrize("name", METRICS)
def test_values_do_not_depend_on_threads(name):
    sample, resamples = a_sample(150), resample_weights(150, 70, seed=0)
    one = bootstrap(METRICS[name], sample, resamples)
    three = bootstrap(METRICS[name], sample, resamples, threads=3)
    assert np.array_equal(one.defined, three.defined)
    assert np.array_equal(one.values, three.values)


@pytest.mark.parametrize("name", METRICS)
def test_a_weight_of_zero_is_the_same_as_a_column_left_out(name):
    sample, resamples = a_sample(150), resample_weights(150, 40, seed=0)
    mask = np.arange(150) % 5 != 0
    without = bootstrap(METRICS[name], sample.where(mask), resamples.where(mask))
    zeroed = resamples.counts * mask
    with_zero = bootstrap(METRICS[name], sample, type(resamples)(counts=zeroed))
    assert np.array_equal(without.defined, with_zero.defined)
    assert without.values == pytest.approx(with_zero.values, abs=1e-12)


@pytest.mark.parametrize(
    "name", [name for name in METRICS if METRICS[name].needs is not Needs.PREDICTIONS]
)
def test_resamples_are_centred_near_the_sample(name):
    sample = a_sample(500)
    replicates = bootstrap(METRICS[name], sample, resample_weights(500, 300, seed=0))
    value = measure(METRICS[name], sample)
    assert isinstance(value, Defined)
    assert replicates.undefined == 0
    assert replicates.values.min() <= value.value <= replicates.values.max()


def test_resamples_of_another_number_of_architectures_are_refused():
    with pytest.raises(UsageError, match="do not fit a sample of 5"):
        bootstrap(find_metric("mae"), a_sample(5), resample_weights(6, 3, seed=0))


def test_a_resample_without_a_value_cannot_be_asked_for():
    replicates = Replicates(defined=np.array([True, False]), values=np.array([0.5]))
    assert replicates.undefined == 1
    with pytest.raises(UsageError, match="1 of the resamples asked for have no value"):
        replicates.at(np.array([True, True]))


def test_weights_that_cannot_be_written_to_give_the_same_values():
    sample, resamples = a_sample(30), resample_weights(30, 5, seed=0)
    frozen = resamples.counts.astype(np.uint16)
    frozen.flags.writeable = False
    again = bootstrap(find_metric("kendall"), sample, type(resamples)(counts=frozen))
    expected = bootstrap(find_metric("kendall"), sample, resamples)
    assert np.array_equal(again.values, expected.values)
