"""Rank correlation beyond size, depth and width."""

import itertools

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from scipy.stats import rankdata

from harness.core.errors import UsageError
from harness.metrics import Defined, Resamples, Sample, Undefined, bootstrap, find_metric, measure
from tests.metrics.strategies import CONTROLS, expanded, noisy_sample, sample_and_resamples, samples

PARTIAL = find_metric("partial-spearman")


def of_params(size):
    """Return controls in which nothing but parameters differs."""
    return {"params": size, "flops": np.ones(size.size)}


def held(sample):
    return np.column_stack([sample.controls["params"], sample.controls["flops"]])


def residuals(sample):
    """Regress the ranks of scores and truth on the ranks of the controls."""
    design = np.column_stack([np.ones(sample.n), rankdata(held(sample), axis=0)])
    ranks = np.column_stack([rankdata(sample.scores), rankdata(sample.truth)])
    fitted = np.linalg.lstsq(design, ranks, rcond=None)[0]
    return ranks - design @ fitted, ranks


def test_partial_spearman_of_one_control_is_the_textbook_formula():
    sample = Sample(
        scores=np.array([1.0, 2, 3, 4, 5]),
        truth=np.array([1.0, 3, 2, 4, 5]),
        controls=of_params(np.array([1.0, 4, 2, 3, 5])),
    )
    # Spearman of scores and truth is 1 - 6 * 2 / 120 = 0.9 (rank differences 0, 1, 1, 0, 0), of
    # scores and control 1 - 6 * 6 / 120 = 0.7 (0, 2, 1, 1, 0), of truth and control 0.9.
    expected = (0.9 - 0.7 * 0.9) / np.sqrt((1 - 0.49) * (1 - 0.81))
    assert measure(PARTIAL, sample) == Defined(value=pytest.approx(expected, abs=1e-14))


@settings(max_examples=25)
@given(case=sample_and_resamples(low=8, controls=("params", "flops")))
def test_partial_spearman_is_the_correlation_of_residuals_on_every_resample(case):
    sample, resamples = case
    replicates = bootstrap(PARTIAL, sample, resamples)
    values = np.full(len(resamples), np.nan)
    values[replicates.defined] = replicates.values
    for row, counts in enumerate(resamples.counts):
        left, ranks = residuals(expanded(sample, counts))
        share = (left**2).sum(axis=0) / np.maximum(np.ptp(ranks, axis=0), 1) ** 2
        if (share > 1e-8).all():
            expected = left[:, 0] @ left[:, 1] / np.sqrt((left**2).sum(axis=0).prod())
            # The less the controls leave, the more of its digits are rounding.
            close = max(1e-12, 1e-14 / float(share.min()))
            assert values[row] == pytest.approx(expected, abs=close)
        else:
            assert not replicates.defined[row]


def test_scores_that_are_a_control_have_no_partial_correlation():
    generator = np.random.default_rng(0)
    size = generator.normal(size=50)
    truth = generator.normal(size=50)
    sample = Sample(scores=2 * size + 1, truth=truth, controls=of_params(size))
    value = measure(PARTIAL, sample)
    assert isinstance(value, Undefined)
    assert value.reason.startswith("the controls determine")


def test_a_constant_control_and_one_in_the_same_order_change_nothing():
    generator = np.random.default_rng(0)
    scores, truth, size = generator.normal(size=(3, 50))
    sample = Sample(scores=scores, truth=truth, controls=of_params(size))
    more = Sample(scores=scores, truth=truth, controls={"params": size, "flops": np.exp(size)})
    first, second = measure(PARTIAL, sample), measure(PARTIAL, more)
    assert isinstance(first, Defined)
    assert second == Defined(value=pytest.approx(first.value, abs=1e-12))


def test_without_controls_partial_spearman_is_undefined():
    sample = Sample(scores=np.arange(5.0), truth=np.arange(5.0))
    assert measure(PARTIAL, sample) == Undefined(reason="no params given")


def test_as_many_controls_as_degrees_of_freedom_leave_nothing():
    generator = np.random.default_rng(0)
    sample = Sample(
        scores=generator.normal(size=4),
        truth=generator.normal(size=4),
        controls=dict(zip(("params", "flops"), generator.normal(size=(2, 4)), strict=True)),
    )
    assert isinstance(measure(PARTIAL, sample), Undefined)


STRATIFIED = find_metric("stratified-kendall")
WITHIN = find_metric("kendall-within-10%")


def in_strata(scores, truth, depth, params=None):
    """Return a sample of networks of one width."""
    n = len(scores)
    controls = {"depth": np.array(depth, dtype=float), "width": np.ones(n)}
    controls["params"] = np.ones(n) if params is None else np.array(params, dtype=float)
    return Sample(scores=np.array(scores), truth=np.array(truth), controls=controls)


def pairs_of(sample, is_alike):
    """Return sums over the pairs of rows that are alike: balance, untied in scores, in truth."""
    balance = by_scores = by_truth = both = 0
    for first, second in itertools.combinations(range(sample.n), 2):
        if is_alike(first, second):
            score = np.sign(sample.scores[first] - sample.scores[second])
            value = np.sign(sample.truth[first] - sample.truth[second])
            balance += score * value
            by_scores += score**2
            by_truth += value**2
            both += (score * value) ** 2
    return balance, by_scores, by_truth, both


def test_inside_one_stratum_it_is_tau_b() -> None:
    generator = np.random.default_rng(0)
    scores = generator.integers(0, 30, 300).astype(float)
    truth = np.round(scores + generator.normal(0, 20, 300))
    expected = scipy.stats.kendalltau(scores, truth).statistic
    value = measure(STRATIFIED, in_strata(scores, truth, np.ones(300)))
    assert value == Defined(value=pytest.approx(expected))


def test_pairs_of_different_strata_do_not_count() -> None:
    # Between the strata scores say everything; inside, one pair of three is the right way round.
    scores, truth = [1.0, 2, 11, 12, 21, 22], [2.0, 1, 12, 11, 21, 22]
    sample = in_strata(scores, truth, [1, 1, 2, 2, 3, 3])
    assert measure(STRATIFIED, sample) == Defined(value=pytest.approx(-1 / 3))
    assert STRATIFIED.pairs.count(sample) == 3


@settings(max_examples=25)
@given(sample=samples(controls=CONTROLS))
def test_strata_are_of_equal_controls_and_ties_count_as_in_tau_b(sample) -> None:
    metric = find_metric("stratified-kendall-params")
    held = np.column_stack([sample.controls[name] for name in ("params", "depth", "width")])
    sums = pairs_of(sample, lambda first, second: (held[first] == held[second]).all())
    balance, by_scores, by_truth, _ = sums
    norm = np.sqrt(by_scores * by_truth)
    match measure(metric, sample):
        case Defined(value=value):
            assert value == pytest.approx(balance / norm)
        case Undefined():
            assert norm == 0


@settings(max_examples=25)
@given(sample=samples(controls=CONTROLS))
def test_within_ten_percent_are_pairs_closer_than_a_tenth_of_the_larger(sample) -> None:
    params = sample.controls["params"]

    def is_close(first, second):
        low, high = sorted([params[first], params[second]])
        return low == high or low > (1 - 0.1) * high

    balance, _, _, both = pairs_of(sample, is_close)
    match measure(WITHIN, sample):
        case Defined(value=value):
            assert value == pytest.approx(balance / both)
        case Undefined():
            assert both == 0
    close = sum(is_close(*pair) for pair in itertools.combinations(range(sample.n), 2))
    assert WITHIN.pairs.count(sample) == close


def test_pairs_that_tie_are_left_out_within_ten_percent() -> None:
    # Of the networks of 100, 105 and 109 all three pairs are close; one ties in scores, of the
    # other two one is the right way round. 130 is close to none.
    sample = in_strata([1.0, 1, 2, 9], [1.0, 2, 1.5, 0], [1, 2, 3, 4], params=[100, 105, 109, 130])
    assert measure(WITHIN, sample) == Defined(value=0.0)
    assert WITHIN.pairs.count(sample) == 3


@pytest.mark.parametrize(
    ("name", "depth", "params", "reason"),
    [
        ("stratified-kendall", [0, 1, 2], None, "no two architectures have equal depth and width"),
        (
            "stratified-kendall-params",
            [1, 1, 1],
            [1, 2, 3],
            "no two architectures have equal params, depth and width",
        ),
        (
            "kendall-within-10%",
            [1, 1, 1],
            [10, 20, 30],
            "no two architectures have parameters within 10 % of the larger",
        ),
    ],
)
def test_a_metric_without_pairs_says_so_in_its_cell(name, depth, params, reason) -> None:
    value = measure(find_metric(name), in_strata([1.0, 2, 3], [1.0, 2, 3], depth, params))
    assert value == Undefined(reason=reason, brief="no pairs")


def test_ties_in_every_pair_are_no_lack_of_pairs() -> None:
    value = measure(STRATIFIED, in_strata([1.0, 2, 2], [1.0, 2, 3], [0, 1, 1]))
    assert value == Undefined(
        reason="scores or truth are tied in every pair of equal depth and width"
    )


@pytest.mark.parametrize("percent", ["0", "100"])
def test_a_share_that_holds_no_pair_or_all_is_refused(percent: str) -> None:
    with pytest.raises(UsageError, match="is of no pair or of all"):
        find_metric(f"kendall-within-{percent}%")


def test_more_resamples_than_a_block_are_counted_alike() -> None:
    # 300 copies of one resample take two blocks of the kernel.
    sample = noisy_sample(40)
    one = np.random.default_rng(3).multinomial(40, np.full(40, 1 / 40))
    values = WITHIN.replicate(sample, Resamples(counts=np.tile(one, (300, 1))))
    assert values.tolist() == [values[0]] * 300
    assert measure(WITHIN, expanded(sample, one)) == Defined(value=pytest.approx(values[0]))
