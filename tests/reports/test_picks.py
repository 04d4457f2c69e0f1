"""Picks of searches without labels, as a table."""

import re

from harness.architecture_search import Pick
from harness.core.architecture import Architecture
from harness.operation_scoring import TableRank
from harness.reports.picks import PickTable
from harness.truth import Unit


def picks_of(unit: Unit, *values: float) -> PickTable:
    """Two searches or more by one algorithm and one proxy, each with the value of its pick."""
    picks = [
        Pick(
            searcher="random",
            guide="params",
            architecture=Architecture(space="nowhere", text=str(seed)),
            score=1.0,
            scored=1,
            seconds=0.0,
            seed=seed,
        )
        for seed in range(len(values))
    ]
    ranks = [TableRank(value=value, rank=1, of=9) for value in values]
    return PickTable(task="any", unit=unit, picks=list(zip(picks, ranks, strict=True)))


def test_the_interval_of_a_mean_accuracy_stays_within_what_an_accuracy_can_be():
    for unit, most in ((Unit.PERCENT, 100.0), (Unit.FRACTION, 1.0)):
        (line,) = picks_of(unit, 0.99 * most, 0.9 * most).means
        low, high = map(float, re.search(r"\[(\S+), (\S+)\]", line).groups())
        assert 0 <= low < 0.9 * most
        assert 0.99 * most < high <= most


def test_the_interval_of_a_mean_of_plain_numbers_is_students():
    (line,) = picks_of(Unit.NUMBER, 99.0, 90.0).means
    # mean 94.5, deviation 4.5 sqrt(2), error 4.5; the t quantile of one degree at .975 is 12.7062
    assert "mean 94.500 [37.322, 151.678]" in line
