"""All metrics by name; a name may carry its own depth or percentage, or be that of a file."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from harness.core.errors import ContractError, HarnessError, UsageError, unknown_name
from harness.metrics.controlled import (
    KENDALL_WITHIN_10,
    PARTIAL_SPEARMAN,
    PARTIAL_SPEARMAN_DEPTH,
    STRATIFIED_KENDALL,
    STRATIFIED_KENDALL_PARAMS,
    kendall_within,
)
from harness.metrics.correlation import KENDALL, SPEARMAN, WEIGHTED_KENDALL
from harness.metrics.gain import NDCG, ndcg_at
from harness.metrics.metric import Metric
from harness.metrics.plain import PlainMetric, metric
from harness.metrics.prediction import CALIBRATION_ERROR, MAE, R2, RMSE
from harness.metrics.search import best_at, normalised_regret_at, regret_at
from harness.metrics.top import kendall_top, precision_top, recall_top
from harness.own_code.offers import (
    Offer,
    installed_offers,
    load_offer,
    offer_in_file,
    python_file,
)

__all__ = ["METRICS", "find_metric", "installed_metrics"]

_GROUP = "harness.metrics"
_KIND, _CONSTANTS = "metric", ("METRIC",)

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
            PARTIAL_SPEARMAN_DEPTH,
            STRATIFIED_KENDALL,
            STRATIFIED_KENDALL_PARAMS,
            KENDALL_WITHIN_10,
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
    ``recall-top-0.5%``, ``kendall-within-5%``. So are files, ``my_metric.py`` or
    ``my_metric.py:NAME``, which hold a `Metric` as ``METRIC`` or a plain function of scores and
    truth, and what other packages offer as entry points of the group ``harness.metrics``.

    Args:
        name: The name.
        where: File and key that held the name, for the message.

    Raises:
        UsageError: No metric has the name, or a file has the name of a built-in one.
        ContractError: A file cannot be imported, or holds no metric.
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
    if match := re.fullmatch(r"kendall-within-(\d+(?:\.\d+)?)%", name):
        return kendall_within(float(match[1]))
    if (file := python_file(name)) is not None:
        return _metric_of(offer_in_file(*file, _KIND, _CONSTANTS))
    installed = installed_offers(_GROUP)
    if name in installed:
        return _metric_of(load_offer(installed[name], _KIND, _CONSTANTS), name)
    raise unknown_name("metric", name, [*METRICS, *installed], where)


def installed_metrics() -> tuple[tuple[Metric, ...], dict[str, str]]:
    """Return the metrics that other packages offer, and why some of them cannot be used."""
    usable, broken = [], {}
    for name in installed_offers(_GROUP):
        try:
            usable.append(find_metric(name))
        except HarnessError as error:
            broken[name] = str(error)
    return tuple(usable), broken


def _metric_of(offer: Offer, name: str = "") -> Metric:
    """Return the metric that a file or a package offers.

    Args:
        offer: What it offers.
        name: Name of a plain function; its own when absent.
    """
    value = offer.value
    if isinstance(value, Metric):
        made = dataclasses.replace(value, origin=offer.place)
    elif callable(value) and not isinstance(value, type):
        function: PlainMetric = value
        made = metric(function, name=name, origin=offer.place)
    else:
        raise ContractError(
            f"{offer.place} has a {type(value).__name__} under the name {offer.name}; a metric is "
            "a function f(scores, truth), or METRIC = metric(f, ...) of harness.metrics"
        )
    if made.name in METRICS:
        raise UsageError(
            f"the metric of {offer.place} is named {made.name!r} like a built-in one; rename it"
        )
    return made
