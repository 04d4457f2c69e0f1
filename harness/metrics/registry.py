"""All metrics by name; a name may carry its own depth or percentage."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from harness.core.errors import unknown_name
from harness.metrics.correlation import KENDALL, PARTIAL_SPEARMAN, SPEARMAN, WEIGHTED_KENDALL
from harness.metrics.gain import NDCG, ndcg_at
from harness.metrics.metric import Metric
from harness.metrics.prediction import CALIBRATION_ERROR, MAE, R2, RMSE
from harness.metrics.search import best_at, normalised_regret_at, regret_at
from harness.metrics.top import kendall_top, precision_top, recall_top

__all__ = ["METRICS", "find_metric"]

METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        metric.name: metric
        for metric in (
            SPEARMAN,
            KENDALL,
            WEIGHTED_KENDALL,
            kendall_top(10),
            precision_top(10),
            recall_top(10),
            best_at(1),
            best_at(10),
            best_at(100),
            regret_at(10),
            normalised_regret_at(10),
            NDCG,
            PARTIAL_SPEARMAN,
            MAE,
            RMSE,
            R2,
            CALIBRATION_ERROR,
        )
    }
)
"""The metrics that are listed, in the order in which they are shown."""

_BY_COUNT: Mapping[str, Callable[[int], Metric]] = MappingProxyType(
    {
        "best": best_at,
        "regret": regret_at,
        "normalised-regret": normalised_regret_at,
        "ndcg": ndcg_at,
    }
)
_BY_PERCENT: Mapping[str, Callable[[float], Metric]] = MappingProxyType(
    {"kendall": kendall_top, "precision": precision_top, "recall": recall_top}
)


def find_metric(name: str, where: str = "") -> Metric:
    """Return the metric of a name.

    Besides the names of `METRICS`, any depth and percentage is understood: ``best@25``,
    ``regret@5``, ``normalised-regret@5``, ``ndcg@50``, ``kendall-top-5%``, ``precision-top-1%``,
    ``recall-top-0.5%``.

    Args:
        name: The name.
        where: File and key that held the name, for the message.

    Raises:
        UsageError: No metric has the name.
    """
    if name in METRICS:
        return METRICS[name]
    if (match := re.fullmatch(r"([a-z-]+)@([1-9]\d*)", name)) and match[1] in _BY_COUNT:
        return _BY_COUNT[match[1]](int(match[2]))
    pattern = r"([a-z]+)-top-(\d+(?:\.\d+)?)%(?:-in-(\d+(?:\.\d+)?)%)?"
    if (match := re.fullmatch(pattern, name)) and match[1] in _BY_PERCENT:
        if match[3] is None:
            return _BY_PERCENT[match[1]](float(match[2]))
        if match[1] == "recall":
            return recall_top(float(match[2]), float(match[3]))
    raise unknown_name("metric", name, METRICS, where)
