"""Bootstrap of Kendall's tau-b: the compiled kernel beside a loop over scipy, in one run."""

import sys
import time

import numpy as np
import pytest
from scipy import stats

from harness.metrics import Sample, bootstrap, find_metric, resample_weights

RESAMPLES = 1000
SCIPY_RESAMPLES = 20


def scipy_loop(sample, counts):
    values = []
    for row in counts:
        drawn = np.repeat(np.arange(sample.n), row)
        values.append(stats.kendalltau(sample.scores[drawn], sample.truth[drawn]).statistic)
    return np.array(values)


@pytest.mark.slow
@pytest.mark.parametrize("n", [200, 4000, 15_625])
def test_the_tau_bootstrap_is_faster_than_a_loop_over_scipy(benchmark, capsys, n):
    generator = np.random.default_rng(0)
    truth = generator.normal(size=n)
    sample = Sample(scores=truth + generator.normal(size=n), truth=truth)
    resamples = resample_weights(n, RESAMPLES, seed=0)
    kendall = find_metric("kendall")
    bootstrap(kendall, sample, resample_weights(resamples.n, 1, 0))  # compile or load

    started = time.process_time()
    reference = scipy_loop(sample, resamples.counts[:SCIPY_RESAMPLES])
    scipy_s = (time.process_time() - started) / SCIPY_RESAMPLES
    started = time.process_time()
    replicates = bootstrap(kendall, sample, resamples)
    kernel_s = (time.process_time() - started) / RESAMPLES
    benchmark.pedantic(bootstrap, args=(kendall, sample, resamples), rounds=3)

    benchmark.extra_info.update(n=n, scipy_s=scipy_s, kernel_s=kernel_s, ratio=scipy_s / kernel_s)
    with capsys.disabled():
        sys.stdout.write(
            f"\nn = {n}: scipy {1e3 * scipy_s:.3f} ms, kernel {1e3 * kernel_s:.4f} ms "
            f"per resample, ratio {scipy_s / kernel_s:.0f}\n"
        )
    assert replicates.values[:SCIPY_RESAMPLES] == pytest.approx(reference, abs=1e-12)
    assert kernel_s < scipy_s
