"""How often do intervals of a mean over few spaces hold it?

Run alone::

    pytest tests/benchmarks/test_units_interval_coverage.py --benchmark-enable -s

It prints a Markdown table: means of 5 to 30 values, the interval of boards and mean ranks
(`central_of_means`) beside the plain percentile interval, 2,000 samples of 2,000 resamples each.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from harness.metrics.intervals import central, central_of_means
from harness.metrics.values import FloatArray

SAMPLES = RESAMPLES = 2000
Drawn = Callable[[np.random.Generator, int], FloatArray]


def mostly_good(generator: np.random.Generator, n: int) -> FloatArray:
    """Draw correlations of .7, but for one space in ten that has -.4."""
    reversed_ = generator.random(n) < 0.1
    return np.where(reversed_, -0.4, 0.7) + 0.15 * generator.normal(size=n)


POPULATIONS: Mapping[str, tuple[Drawn, float]] = {
    "normal": (lambda generator, n: generator.normal(size=n), 0.0),
    "ranks, uniform": (lambda generator, n: generator.integers(1, 40, n).astype(float), 20.0),
    "1 - exponential": (lambda generator, n: 1 - 0.3 * generator.exponential(size=n), 0.7),
    "one in ten reversed": (mostly_good, 0.59),
}


def covered(draw: Drawn, mean: float, n: int) -> tuple[float, float]:
    """Return the shares of percentile intervals, and of expanded ones, that hold the mean."""
    generator = np.random.default_rng(n)
    counts = [0, 0]
    for _ in range(SAMPLES):
        values = draw(generator, n)
        means = values[generator.integers(0, n, (RESAMPLES, n))].mean(axis=1)
        for kind, interval in enumerate((central(means, 0.95), central_of_means(means, n))):
            counts[kind] += interval.low <= mean <= interval.high
    return counts[0] / SAMPLES, counts[1] / SAMPLES


@pytest.mark.slow
@pytest.mark.parametrize("n", [5, 8, 13, 30])
def test_expanded_intervals_hold_the_mean_more_often_than_percentiles(
    benchmark: BenchmarkFixture, capsys: pytest.CaptureFixture[str], n: int
):
    def study() -> dict[str, tuple[float, float]]:
        return {name: covered(*population, n) for name, population in POPULATIONS.items()}

    shares = benchmark.pedantic(study, rounds=1)
    with capsys.disabled():
        for name, (plain, expanded) in shares.items():
            sys.stdout.write(f"\n| {n} | {name} | {100 * plain:.1f} | {100 * expanded:.1f} |")
    assert all(expanded > plain for plain, expanded in shares.values())
    assert shares["normal"][1] > (0.9 if n == 5 else 0.935)
