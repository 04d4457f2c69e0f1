"""Agreement at the top: does the order hold, and are the best found, among the true best?"""

from __future__ import annotations

from functools import partial

import numpy as np

from harness.core.direction import Direction
from harness.core.errors import UsageError
from harness.metrics.correlation import kendall_values
from harness.metrics.metric import Family, Metric, Range
from harness.metrics.ordering import Ordering, descending, top_counts
from harness.metrics.sample import Resamples, Sample
from harness.metrics.values import Counts, FloatArray, IntArray

__all__ = ["kendall_top", "precision_top", "recall_top"]

_TRUE_TOP = (
    "The true top is the best {percent:g}% by truth, rounded up, with all that equal the last of "
    "them"
)


def kendall_top(percent: float) -> Metric:
    """Make the metric tau-b within the true top `percent` of the architectures."""
    share = _share(percent)
    return Metric(
        name=f"kendall-top-{percent:g}%",
        family=Family.TOP,
        description=f"Kendall's tau-b among the architectures of the true top {percent:g}%.",
        direction=Direction.HIGHER,
        range=Range(low=-1.0, high=1.0),
        minimum_n=int(np.ceil(round(3 / share, 9))),
        ties=_TRUE_TOP.format(percent=percent) + "; inside it as in tau-b.",
        undefined="scores or truth are constant within the true top",
        needs_spread=True,
        reference="Ning et al. 2021, Evaluating efficient performance estimators of neural "
        "architectures",
        replicate=partial(_kendall_top, share),
    )


def precision_top(percent: float) -> Metric:
    """Make the metric share of the highest-scored `percent` that is in the true top."""
    return Metric(
        name=f"precision-top-{percent:g}%",
        family=Family.TOP,
        description=f"Share of the {percent:g}% highest-scored that is in the true top "
        f"{percent:g}%; {percent:g}% by chance.",
        direction=Direction.HIGHER,
        range=Range(low=0.0, high=1.0),
        minimum_n=int(np.ceil(round(1 / _share(percent), 9))),
        ties=_TRUE_TOP.format(percent=percent)
        + "; expectation over random tie-breaking of scores.",
        undefined="no architectures",
        reference="Ning et al. 2021, P@top-k",
        replicate=partial(_precision, _share(percent)),
    )


def recall_top(percent: float, within: float | None = None) -> Metric:
    """Make the metric share of the true top `percent` found in the highest-scored `within`."""
    within = percent if within is None else within
    suffix = "" if within == percent else f"-in-{within:g}%"
    return Metric(
        name=f"recall-top-{percent:g}%{suffix}",
        family=Family.TOP,
        description=f"Share of the true top {percent:g}% that is among the {within:g}% "
        f"highest-scored; {within:g}% by chance.",
        direction=Direction.HIGHER,
        range=Range(low=0.0, high=1.0),
        minimum_n=int(np.ceil(round(1 / min(_share(percent), _share(within)), 9))),
        ties=_TRUE_TOP.format(percent=percent)
        + ", so that ties of truth lower the recall; expectation over random tie-breaking of "
        "scores.",
        undefined="no architectures",
        reference="Abdelfattah et al. 2021, Zero-cost proxies for lightweight NAS, table 2",
        replicate=partial(_recall, (_share(percent), _share(within))),
    )


def _share(percent: float) -> float:
    if not 0 < percent <= 100:
        raise UsageError(f"a top of {percent:g}% does not exist; use more than 0 and at most 100.")
    return percent / 100


def _kendall_top(share: float, sample: Sample, resamples: Resamples) -> FloatArray:
    by_truth = descending(sample.truth)
    wanted = top_counts(resamples.totals, share)
    counts = _best_columns(by_truth, resamples, wanted)
    top = by_truth.order[: counts.shape[1]]
    last = np.argmax(np.cumsum(counts, axis=1) >= wanted[:, None], axis=1)
    threshold = sample.truth[top][last]
    counts *= sample.truth[top] >= threshold[:, None]
    within = Sample(scores=sample.scores[top], truth=sample.truth[top])
    return kendall_values(within, Resamples(counts=counts))


def _best_columns(by_truth: Ordering, resamples: Resamples, wanted: IntArray) -> Counts:
    """Return the columns, best first, that hold the true top of every resample."""
    most = int(wanted.max())
    # A resample draws as many as it has columns, give or take a few standard deviations.
    columns = most + int(6 * np.sqrt(most))
    while True:
        while columns < resamples.n and not by_truth.start[columns]:
            columns += 1
        counts: Counts = np.take(resamples.counts, by_truth.order[:columns], axis=1)
        if columns >= resamples.n or (counts.sum(axis=1) >= wanted).all():
            return counts
        columns *= 2


def _overlap(share: float, within: float, sample: Sample, resamples: Resamples) -> FloatArray:
    from harness.metrics.kernels.overlap import top_overlap

    selected = top_counts(resamples.totals, within)
    wanted = top_counts(resamples.totals, share)
    by_score, by_truth = descending(sample.scores), descending(sample.truth)
    return top_overlap(resamples.counts, by_score, by_truth, selected, wanted)


def _precision(share: float, sample: Sample, resamples: Resamples) -> FloatArray:
    hits = _overlap(share, share, sample, resamples)[:, 0]
    return hits / top_counts(resamples.totals, share)


def _recall(shares: tuple[float, float], sample: Sample, resamples: Resamples) -> FloatArray:
    overlap = _overlap(*shares, sample, resamples)
    with np.errstate(invalid="ignore"):
        return overlap[:, 0] / overlap[:, 1]
