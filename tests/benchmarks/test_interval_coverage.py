"""Do the 95 % intervals of the boards cover known rank correlations, and how often?

Run alone::

    pytest tests/benchmarks/test_interval_coverage.py --benchmark-enable -s

It prints a Markdown table. Each sample is drawn anew from a population whose Spearman and tau-b are
known, and its interval is computed as on a board: percentiles of 1,000 bootstrap resamples. Samples
of fewer than ten have no interval on a board; theirs are computed all the same, to show why.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from scipy import stats

from harness.metrics import (
    Interval,
    Metric,
    Sample,
    Undefined,
    bootstrap,
    find_metric,
    percentile_interval,
    resample_weights,
)
from harness.metrics.intervals import FEWEST
from tests.benchmarks.copula import Population, cuts, shares

RESAMPLES = 1000
REPETITIONS = {5: 2000, 8: 2000, 10: 2000, 30: 2000, 200: 1000, 5000: 200}
METRICS = tuple(find_metric(name) for name in ("spearman", "kendall"))
POPULATIONS = tuple(
    Population(spearman=spearman, tied=tied)
    for spearman in (0.3, 0.8, 0.95)
    for tied in (False, True)
)

# 95 % less three standard errors of the count, rounded down; of ten, whose tied scores at .95 are
# covered in 92.4 %, less six.
LOWEST = {5: 0.5, 8: 0.8, 10: 0.92, 30: 0.935, 200: 0.925, 5000: 0.90}


@dataclass(slots=True)
class Tally:
    """Where the true value lay in repeated samples."""

    below: int = 0
    above: int = 0
    undefined: int = 0
    width: float = 0.0
    samples: int = 0

    def count(self, true: float, interval: Interval | Undefined) -> None:
        self.samples += 1
        match interval:
            case Undefined():
                self.undefined += 1
            case Interval():
                self.below += true < interval.low
                self.above += true > interval.high
                self.width += interval.high - interval.low

    @property
    def covered(self) -> float:
        return 1 - (self.below + self.above + self.undefined) / self.samples


def tallies(population: Population, n: int) -> dict[str, Tally]:
    """Return the tally of each metric over fresh samples of n architectures."""
    true = population.values()
    by_metric = {metric.name: Tally() for metric in METRICS}
    for repetition in range(REPETITIONS[n]):
        entropy = [repetition, n, round(10 * population.spearman), population.tied]
        generator = np.random.default_rng(entropy)
        scores, truth = population.draw(n, generator)
        sample = Sample(scores=scores, truth=truth)
        resamples = resample_weights(n, RESAMPLES, int(generator.integers(2**62)))
        for metric in METRICS:
            replicates = bootstrap(metric, sample, resamples)
            interval = percentile_interval(replace(replicates, n=max(n, FEWEST)))
            by_metric[metric.name].count(true[metric.name], interval)
    return by_metric


def row(population: Population, n: int, metric: Metric, tally: Tally) -> str:
    cells = (
        f"{n:,}",
        metric.name,
        "28 values" if population.tied else "none",
        f"{population.values()[metric.name]:.4f}",
        f"{tally.samples:,}",
        f"{100 * tally.covered:.1f} ± {100 * sqrt(0.05 * 0.95 / tally.samples):.1f}",
        f"{100 * tally.below / tally.samples:.1f}",
        f"{100 * tally.above / tally.samples:.1f}",
        f"{tally.width / tally.samples:.3f}",
    )
    return f"| {' | '.join(cells)} |"


@pytest.mark.slow
@pytest.mark.parametrize("n", REPETITIONS)
def test_intervals_cover_known_correlations_as_often_as_documented(
    benchmark: BenchmarkFixture, capsys: pytest.CaptureFixture[str], n: int
):
    def study() -> list[tuple[Population, dict[str, Tally]]]:
        return [(population, tallies(population, n)) for population in POPULATIONS]

    coverage = benchmark.pedantic(study, rounds=1)
    with capsys.disabled():
        for population, by_metric in coverage:
            for metric in METRICS:
                sys.stdout.write(f"\n{row(population, n, metric, by_metric[metric.name])}")
    covered = [tally.covered for _, by_metric in coverage for tally in by_metric.values()]
    assert min(covered) > LOWEST[n]
    if n < FEWEST:
        assert min(covered) < LOWEST[FEWEST]


def test_the_tied_population_has_28_values_of_which_none_is_rare_beyond_reason():
    assert shares().size == 28
    assert shares().sum() == pytest.approx(1.0, abs=1e-12)
    assert (np.diff(cuts()) > 0).all()
    # All six edges free of parameters: 0.6^6.
    assert shares()[0] == pytest.approx(0.046656, abs=1e-12)


@pytest.mark.parametrize("population", POPULATIONS, ids=str)
def test_population_values_agree_with_a_large_sample(population):
    scores, truth = population.draw(200_000, np.random.default_rng(1))
    true = population.values()
    # The standard error at this size is below 0.0022 for Spearman and 0.0016 for tau.
    assert stats.spearmanr(scores, truth).statistic == pytest.approx(true["spearman"], abs=0.007)
    assert stats.kendalltau(scores, truth).statistic == pytest.approx(true["kendall"], abs=0.005)


def test_without_correlation_the_tied_values_are_zero_and_with_all_of_it_ties_are_what_is_missing():
    nothing = Population(spearman=0.0, tied=True).values()
    assert nothing == pytest.approx({"spearman": 0.0, "kendall": 0.0}, abs=1e-12)
    # Scores that are a step function of truth: tau-b = sqrt(1 - sum p^2), as every untied pair
    # agrees and only scores tie.
    almost = Population(spearman=0.999999, tied=True).values()
    assert almost["kendall"] == pytest.approx(sqrt(1 - float((shares() ** 2).sum())), abs=1e-2)
