"""How methods rank on some of the spaces, with intervals, and what a score costs there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from harness.core.identity import derived_seed
from harness.evaluation.leave_one_out import NESTED
from harness.metrics.many_tasks import mean_weights, ranks
from harness.metrics.scored_table import estimate_over_kin
from harness.metrics.values import Estimate, FloatArray
from harness.reports.site.records import Overall, TaskBoard, defined

__all__ = ["Evidence", "weigh"]

_RESAMPLES, _SEED = 10_000, 0  # of harness combine, so that all spaces give its figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One proxy on some spaces.

    Attributes:
        mean_rank: Among all proxies; one without scores of a space is last there.
        mean: Mean correlation, absent ones counting 0.
        lowest: Lowest correlation of those that it has.
        lowest_task: Where that is.
        tables: Number of tables on which it has scores.
        seconds: Median over tables of the median time of a network; None where nothing is known.
    """

    name: str
    mean_rank: Estimate
    mean: float
    lowest: float
    lowest_task: str
    tables: int
    seconds: float | None


def weigh(
    overall: Overall, boards: Mapping[str, TaskBoard], tasks: Sequence[str]
) -> tuple[Evidence, ...]:
    """Return all proxies with scores on some tables, best mean rank first.

    As in the overall ranking they are ranked among the single proxies and the nested rule, and
    spaces weigh alike.

    Args:
        overall: Correlations by table.
        boards: Boards by task, for times.
        tasks: The tables.
    """
    rows = [*overall.proxies, *(rule for rule in overall.rules if rule.name == NESTED)]
    values = np.array([[row.values.get(task, -np.inf) for row in rows] for task in tasks])
    placed = ranks(values)
    kin = [overall.kin[task] for task in tasks]
    seed = derived_seed(_SEED, "combination", *tasks)
    found = [
        Evidence(
            name=row.name,
            mean_rank=estimate_over_kin(kin, placed[:, column], _RESAMPLES, seed),
            mean=_mean(kin, values[:, column]),
            lowest=min(row.values[task] for task in tasks if task in row.values),
            lowest_task=min(
                (task for task in tasks if task in row.values), key=row.values.__getitem__
            ),
            tables=sum(task in row.values for task in tasks),
            seconds=_seconds(row.name, boards, tasks),
        )
        for column, row in enumerate(overall.proxies)
        if any(task in row.values for task in tasks)
    ]
    return tuple(sorted(found, key=lambda own: (defined(own.mean_rank) or 0.0, own.name)))


def _mean(kin: Sequence[str], values: FloatArray) -> float:
    return float(mean_weights(kin) @ np.where(np.isfinite(values), values, 0.0))


def _seconds(name: str, boards: Mapping[str, TaskBoard], tasks: Sequence[str]) -> float | None:
    rows = [boards[task].compared.get(name) for task in tasks if task in boards]
    known = [row.seconds for row in rows if row is not None and row.seconds is not None]
    return median(known) if known else None
