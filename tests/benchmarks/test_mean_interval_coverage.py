"""Does the interval of a mean over repeats cover the mean of all repeats, and how often?

Run alone::

    pytest tests/benchmarks/test_mean_interval_coverage.py --benchmark-enable -s

It prints a Markdown table. A repeat is the Spearman correlation of a fresh sample, as of one
labelled draw; `spread` is how far the correlations that repeats aim at differ, as those of
predictors that learn from few labels do. The mean of all repeats is that of 200,000.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from math import sqrt

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from harness.metrics import UNBOUNDED, Range, find_metric, mean_interval

SERIES = 4000
REPEATS = (3, 5, 10, 25)
CHUNK = 50_000
MANY = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """Where repeats come from.

    Attributes:
        n: Architectures that a repeat is evaluated on.
        correlation: Centre of the correlations of normal scores with normal truth.
        spread: Deviation of their Fisher's z between repeats.
    """

    n: int
    correlation: float
    spread: float = 0.0

    def draw(self, count: int, generator: np.random.Generator) -> np.ndarray:
        """Return the Spearman correlations of so many repeats."""
        return np.concatenate(
            [self._drawn(min(CHUNK, count - start), generator) for start in range(0, count, CHUNK)]
        )

    def _drawn(self, count: int, generator: np.random.Generator) -> np.ndarray:
        centre = np.arctanh(self.correlation) + self.spread * generator.normal(size=(count, 1))
        aimed = np.tanh(centre)
        scores, noise = generator.normal(size=(2, count, self.n))
        truth = aimed * scores + np.sqrt(1 - aimed**2) * noise
        ranks = [values.argsort(axis=1).argsort(axis=1) for values in (scores, truth)]
        squares = ((ranks[0] - ranks[1]) ** 2).sum(axis=1)
        return 1 - 6 * squares / (self.n * (self.n**2 - 1))


SOURCES = (
    *(Repeats(n=8, correlation=correlation) for correlation in (0.0, 0.5, 0.8, 0.95)),
    *(Repeats(n=50, correlation=correlation) for correlation in (0.0, 0.5, 0.8, 0.95)),
    Repeats(n=50, correlation=0.5, spread=0.5),
)

# 95 % less what the count's error and the skewness of three to ten values leave; the t interval
# falls to 89 %.
LOWEST = 0.92


def covered(series: np.ndarray, true: float, bounds: Range) -> tuple[float, float]:
    """Return the share of intervals that hold the mean, and their mean width."""
    intervals = [mean_interval(values, bounds) for values in series]
    held = np.mean([interval.low <= true <= interval.high for interval in intervals])
    return float(held), float(np.mean([interval.high - interval.low for interval in intervals]))


@pytest.mark.slow
@pytest.mark.parametrize("source", SOURCES, ids=str)
def test_intervals_of_a_mean_cover_as_often_as_documented_and_no_less_than_t(
    benchmark: BenchmarkFixture, capsys: pytest.CaptureFixture[str], source: Repeats
):
    generator = np.random.default_rng([source.n, round(100 * source.correlation)])

    def study() -> tuple[float, dict[int, tuple[float, float, float, float]]]:
        true = float(source.draw(MANY, generator).mean())
        coverage = {}
        for repeats in REPEATS:
            series = source.draw(SERIES * repeats, generator).reshape(SERIES, repeats)
            correlations = find_metric("spearman").range
            coverage[repeats] = (
                *covered(series, true, correlations),
                *covered(series, true, UNBOUNDED),
            )
        return true, coverage

    true, coverage = benchmark.pedantic(study, rounds=1)
    error = 100 * sqrt(0.05 * 0.95 / SERIES)
    with capsys.disabled():
        for repeats, (held, width, held_by_t, width_of_t) in coverage.items():
            sys.stdout.write(
                f"\n| {source.n} | {source.spread:g} | {true:.3f} | {repeats} | "
                f"{100 * held:.1f} ± {error:.1f} | {width:.3f} | {100 * held_by_t:.1f} | "
                f"{width_of_t:.3f} |"
            )
    for held, _, held_by_t, _ in coverage.values():
        assert held > LOWEST
        assert held >= held_by_t - 0.004
