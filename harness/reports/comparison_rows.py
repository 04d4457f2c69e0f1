"""A comparison as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from harness.core.identity import Json
from harness.evaluation import Comparison, Contrast, CostRatio
from harness.metrics.intervals import Difference
from harness.metrics.values import Defined, Estimate, Interval, Undefined, Value

__all__ = ["comparison_json"]


def comparison_json(found: Sequence[Comparison]) -> list[Json]:
    """Return one object a task and pair, unrounded; what is undefined carries its reason."""
    return [
        {
            "task": one.task,
            "truth": one.truth,
            "first": one.first,
            "second": one.second,
            "both_scored": one.n,
            "only_first": one.only_first,
            "only_second": one.only_second,
            "metrics": {each.metric: _contrast(each) for each in one.contrasts},
            "agreement": {name: _value(value) for name, value in one.agreement.items()},
            "cost_ratio": _cost(one.cost),
            "disagreements": [
                {
                    "architecture": each.architecture,
                    "place_first": each.first,
                    "place_second": each.second,
                    "truth": each.truth,
                }
                for each in one.disagreements
            ],
        }
        for one in found
    ]


def _contrast(one: Contrast) -> dict[str, Json]:
    return {
        "first": _measured(one.first),
        "second": _measured(one.second),
        "difference": _difference(one.difference),
        "p_adjusted": _value(one.p_adjusted),
    }


def _measured(one: Estimate) -> dict[str, Json]:
    return {"value": _value(one.value), "interval": _ends(one.interval)}


def _difference(one: Difference | Undefined) -> dict[str, Json]:
    if isinstance(one, Undefined):
        return {"undefined": one.reason}
    return {"value": one.value, "interval": _ends(one.interval), "p_value": one.p_value}


def _ends(one: Interval | Undefined) -> Json:
    return [one.low, one.high] if isinstance(one, Interval) else {"undefined": one.reason}


def _value(one: Value) -> Json:
    return one.value if isinstance(one, Defined) else {"undefined": one.reason}


def _cost(one: CostRatio | Undefined) -> dict[str, Json]:
    if isinstance(one, Undefined):
        return {"undefined": one.reason}
    return {"value": one.value, "architectures": one.n}
