"""Rank correlation inside strata."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import scipy.stats

from harness.metrics.metric import measure
from harness.metrics.sample import Sample, resample_weights
from harness.metrics.strata import STRATIFIED_KENDALL
from harness.metrics.values import Defined, Undefined


def _sample(n: int, strata: int) -> Sample:
    generator = np.random.default_rng(n)
    scores = generator.integers(0, 30, n).astype(float)
    truth = np.round(scores + generator.normal(0, 20, n))
    return Sample(scores=scores, truth=truth, strata=generator.integers(0, strata, n))


def test_inside_one_stratum_it_is_tau_b() -> None:
    sample = _sample(300, 1)
    expected = scipy.stats.kendalltau(sample.scores, sample.truth).statistic
    assert measure(STRATIFIED_KENDALL, sample) == Defined(value=pytest.approx(expected))


def test_pairs_of_different_strata_do_not_count() -> None:
    # Between the strata scores say everything; inside, one pair of three is the right way round.
    sample = Sample(
        scores=np.array([1.0, 2, 11, 12, 21, 22]),
        truth=np.array([2.0, 1, 12, 11, 21, 22]),
        strata=np.array([0, 0, 1, 1, 2, 2]),
    )
    assert measure(STRATIFIED_KENDALL, sample) == Defined(value=pytest.approx(-1 / 3))


def test_ties_count_as_in_tau_b_and_large_strata_in_parts() -> None:
    sample = _sample(700, 2)
    agreement = by_scores = by_truth = 0.0
    for first, second in itertools.combinations(range(sample.n), 2):
        if sample.strata[first] == sample.strata[second]:
            score = np.sign(sample.scores[first] - sample.scores[second])
            value = np.sign(sample.truth[first] - sample.truth[second])
            agreement += score * value
            by_scores += score**2
            by_truth += value**2
    expected = agreement / np.sqrt(by_scores * by_truth)
    assert measure(STRATIFIED_KENDALL, sample) == Defined(value=pytest.approx(expected))


def test_a_resample_counts_an_architecture_as_often_as_it_was_drawn() -> None:
    sample = _sample(60, 3)
    resamples = resample_weights(60, 5, seed=1)
    drawn = [np.repeat(np.arange(60), counts) for counts in resamples.counts]
    expected = [
        measure(
            STRATIFIED_KENDALL,
            Sample(scores=sample.scores[of], truth=sample.truth[of], strata=sample.strata[of]),
        )
        for of in drawn
    ]
    values = STRATIFIED_KENDALL.replicate(sample, resamples)
    assert [Defined(value=pytest.approx(value)) for value in values] == expected


@pytest.mark.parametrize(
    ("strata", "reason"),
    [
        ([], "no strata given"),
        ([0, 1, 2], "no two architectures of one stratum"),
        ([0, 1, 1], "constant scores or truth inside every stratum"),
    ],
)
def test_it_says_why_it_has_no_value(strata: list[int], reason: str) -> None:
    sample = Sample(
        scores=np.array([1.0, 2, 2]),
        truth=np.array([1.0, 2, 3]),
        strata=np.array(strata, dtype=np.int64),
    )
    assert measure(STRATIFIED_KENDALL, sample) == Undefined(reason=reason)
