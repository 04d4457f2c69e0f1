"""Rank correlation beyond size, depth and width: what scores know that these do not say.

Partial correlation holds ranks of the controls fixed by regression. The others compare pairs of
architectures that are alike, about which a score that only counts has nothing to say: those of one
stratum, which have equal controls, or those whose numbers of parameters are close.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from harness.core.counts import joined
from harness.core.direction import Direction
from harness.core.errors import UsageError
from harness.metrics.correlation import rank_covariances
from harness.metrics.metric import Family, Metric, Needs, Pairs, Range
from harness.metrics.sample import Resamples, Sample
from harness.metrics.values import FloatArray, IntArray

__all__ = [
    "KENDALL_WITHIN_10",
    "PARTIAL_SPEARMAN",
    "PARTIAL_SPEARMAN_DEPTH",
    "STRATIFIED_KENDALL",
    "STRATIFIED_KENDALL_PARAMS",
    "kendall_within",
]

# Shares of rank variance below this are rounding: the controls explain everything.
_NOTHING = 1e-10


def _partial_spearman(
    controls: tuple[str, ...], sample: Sample, resamples: Resamples
) -> FloatArray:
    """Residualise by the correlation matrix of ranks, which equals regressing on the ranks."""
    held = [sample.controls[name] for name in controls]
    products = rank_covariances(np.stack([sample.scores, sample.truth, *held]), resamples)
    products_as_float = products.astype(np.float64)
    spread = np.sqrt(np.diagonal(products_as_float, axis1=1, axis2=2))
    inverse = np.divide(1.0, spread, out=np.zeros_like(spread), where=spread > 0)
    correlation = products_as_float * inverse[:, :, None] * inverse[:, None, :]
    cross = correlation[:, :2, 2:]
    # The pseudo-inverse gives constant and collinear controls no say of their own.
    within = np.linalg.pinv(correlation[:, 2:, 2:], rcond=_NOTHING, hermitian=True)
    left = correlation[:, :2, :2] - cross @ within @ cross.transpose(0, 2, 1)
    variances = np.diagonal(left, axis1=1, axis2=2)
    degrees = resamples.totals - len(controls) - 2
    defined = (variances > _NOTHING).all(axis=1) & (degrees > 0)
    result = np.full(len(resamples), np.nan)
    scale = np.sqrt(variances[defined].prod(axis=1))
    result[defined] = np.clip(left[defined, 0, 1] / scale, -1.0, 1.0)
    return result


def _partial(name: str, controls: tuple[str, ...]) -> Metric:
    return Metric(
        name=name,
        family=Family.PARTIAL,
        description="Pearson correlation of the average ranks of scores and truth after a linear "
        f"regression of both on the average ranks of {joined(controls)}.",
        direction=Direction.HIGHER,
        range=Range(low=-1.0, high=1.0),
        minimum_n=4,
        ties="Equal values share their average rank, in scores, truth and controls.",
        undefined="the controls determine the ranks of scores or truth, or leave no degree of "
        "freedom",
        needs_spread=True,
        reference="Conover 1999, Practical nonparametric statistics; pingouin.partial_corr",
        needs=Needs.CONTROLS,
        controls=controls,
        replicate=partial(_partial_spearman, controls),
    )


def _strata(controls: tuple[str, ...], sample: Sample) -> tuple[IntArray, IntArray]:
    """Return rows sorted by stratum, and where the stratum of each place stops."""
    held = np.stack([sample.controls[name] for name in controls], axis=1)
    _, numbers, sizes = np.unique(held, axis=0, return_inverse=True, return_counts=True)
    order = np.argsort(numbers.reshape(-1), kind="stable")
    return order, np.repeat(np.cumsum(sizes), sizes)


def _close(share: float, sample: Sample) -> tuple[IntArray, IntArray]:
    """Return rows sorted by parameters, and the place where these become too many for a pair."""
    params = sample.controls["params"]
    order = np.argsort(params, kind="stable")
    ascending = params[order]
    # A difference is below a share of the larger where the smaller is above the rest of it; equal
    # ones are alike whatever they are.
    stops = np.searchsorted((1 - share) * ascending, ascending, side="left")
    return order, np.maximum(stops, np.searchsorted(ascending, ascending, side="right"))


def _agreement(
    sample: Sample, resamples: Resamples, order: IntArray, stops: IntArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    from harness.metrics.kernels.alike_pairs import alike_agreement

    counts = np.ascontiguousarray(resamples.counts[:, order].T)
    sums = alike_agreement(counts, sample.scores[order], sample.truth[order], stops)
    concordant, discordant, tied_truth, tied_scores = sums.astype(np.float64)
    return concordant, discordant, tied_truth, tied_scores


def _stratified_kendall(
    controls: tuple[str, ...], sample: Sample, resamples: Resamples
) -> FloatArray:
    agreement = _agreement(sample, resamples, *_strata(controls, sample))
    concordant, discordant, tied_truth, tied_scores = agreement
    untied = concordant + discordant
    norm = np.sqrt((untied + tied_truth) * (untied + tied_scores))
    return _ratio(concordant - discordant, norm)


def _kendall_within(share: float, sample: Sample, resamples: Resamples) -> FloatArray:
    concordant, discordant, *_ = _agreement(sample, resamples, *_close(share, sample))
    return _ratio(concordant - discordant, concordant + discordant)


def _ratio(balance: FloatArray, norm: FloatArray) -> FloatArray:
    result = np.full(balance.shape, np.nan)
    np.divide(balance, norm, out=result, where=norm > 0)
    clipped: FloatArray = np.clip(result, -1.0, 1.0)
    return clipped


def _count(grouped: Callable[[Sample], tuple[IntArray, IntArray]], sample: Sample) -> int:
    _, stops = grouped(sample)
    return int((stops - np.arange(1, len(stops) + 1)).sum())


def _stratified(name: str, controls: tuple[str, ...]) -> Metric:
    alike = f"equal {joined(controls)}"
    return Metric(
        name=name,
        family=Family.PARTIAL,
        description=f"Kendall's tau-b over the pairs of architectures with {alike} alone.",
        direction=Direction.HIGHER,
        range=Range(low=-1.0, high=1.0),
        minimum_n=3,
        ties="As in tau-b, over these pairs.",
        undefined=f"scores or truth are tied in every pair of {alike}",
        reference="Kendall 1945; scipy.stats.kendalltau (variant b) where there is one stratum",
        needs=Needs.CONTROLS,
        controls=controls,
        pairs=Pairs(alike=alike, count=partial(_count, partial(_strata, controls))),
        replicate=partial(_stratified_kendall, controls),
    )


def kendall_within(percent: float) -> Metric:
    """Return tau over the pairs whose parameters differ by less than a percentage of the larger.

    Raises:
        UsageError: The percentage is not between 0 and 100.
    """
    if not 0 < percent < 100:
        raise UsageError(f"kendall-within-{percent:g}% is of no pair or of all; use 0 to 100")
    share, alike = percent / 100, f"parameters within {percent:g} % of the larger"
    return Metric(
        name=f"kendall-within-{percent:g}%",
        family=Family.PARTIAL,
        description="Concordant less discordant pairs over their sum, of pairs of architectures "
        f"whose numbers of parameters differ by less than {percent:g} % of the larger one.",
        direction=Direction.HIGHER,
        range=Range(low=-1.0, high=1.0),
        minimum_n=3,
        ties="Pairs tied in scores or truth are left out.",
        undefined=f"scores or truth are tied in every pair with {alike}",
        reference="Optima-CityU/neural-spectral-capacity, README, 10 %-PW tau; Goodman and Kruskal "
        "1954 (gamma)",
        needs=Needs.CONTROLS,
        controls=("params",),
        pairs=Pairs(alike=alike, count=partial(_count, partial(_close, share))),
        replicate=partial(_kendall_within, share),
    )


PARTIAL_SPEARMAN = _partial("partial-spearman", ("params", "flops"))
PARTIAL_SPEARMAN_DEPTH = _partial("partial-spearman-depth", ("params", "flops", "depth"))
STRATIFIED_KENDALL = _stratified("stratified-kendall", ("depth", "width"))
STRATIFIED_KENDALL_PARAMS = _stratified("stratified-kendall-params", ("params", "depth", "width"))
KENDALL_WITHIN_10 = kendall_within(10)
