"""Proxies that need no label, on the populations that predictors are evaluated on.

A proxy's line in a sample-efficiency curve is level: it is measured on the same evaluation
population at every number of labels, once a draw, and its intervals are over the draws as for the
predictors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.catalog import LoadedProxy
from harness.core.errors import UsageError
from harness.encodings import FloatArray
from harness.learning.curve import Curve, Point, area, needed
from harness.learning.fitting import Fitted
from harness.learning.measuring import HEADLINES, TARGET
from harness.learning.pick_points import PickPoint, pick_point
from harness.learning.picks import Pick, pick_of
from harness.learning.pool import Pool
from harness.learning.transfer import Cell
from harness.learning.transfer_pair import Plan, target_draws
from harness.metrics import Metric, Sample, Undefined, Value, estimate_mean, find_metric, measure
from harness.metrics.values import IntArray
from harness.plugin import real_scores
from harness.truth import ImportedScores

__all__ = [
    "Unlabelled",
    "level_curves",
    "level_picks",
    "unlabelled",
    "unlabelled_cells",
    "unlabelled_imported",
]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Unlabelled:
    """A proxy on a pool.

    Attributes:
        name: Name in tables and charts; says that there are no labels.
        key: Identity of the scores, as far as it is known.
        pool: The architectures.
        scores: Shape ``(n,)``, higher is better; NaN where there is no score.
    """

    name: str
    key: str
    pool: Pool
    scores: FloatArray

    def measured(self, metric: Metric, evaluation: IntArray) -> Value:
        """Hold the scores of some architectures against their truth.

        Undefined where most have no score.
        """
        missing = int((~np.isfinite(self.scores[evaluation])).sum())
        if 2 * missing > len(evaluation):
            return Undefined(reason=f"no score of {missing} of {len(evaluation)} architectures")
        scores = self._ranked(evaluation)
        return measure(metric, Sample(scores=scores, truth=self.pool.labels[evaluation]))

    def picked(self, evaluation: IntArray) -> Pick:
        """Measure the pick of the proxy; any architecture where none has a score."""
        return pick_of(self.pool.labels, evaluation, self._ranked(evaluation))

    def _ranked(self, evaluation: IntArray) -> FloatArray:
        """Return scores with those that are missing last, as in a search by the proxy."""
        scores = self.scores[evaluation]
        known = np.isfinite(scores)
        return np.where(known, scores, scores[known].min(initial=0.0) - 1)


def unlabelled(loaded: LoadedProxy, pool: Pool, *, published: bool) -> Unlabelled:
    """Take a proxy's scores: those that the pool holds, or computed now from the cells' graphs.

    Args:
        loaded: The proxy.
        pool: The architectures, with stored scores where there are some.
        published: Whether the stored scores are published ones, all of which are turned so that
            higher is better; else they are as the proxy returned them.

    Raises:
        UsageError: There are no stored scores, and the proxy cannot score cells by their graphs.
    """
    plugin, stored = loaded.plugin, pool.subjects.scores
    if loaded.name in stored.proxies:
        scores = stored.values[:, stored.proxies.index(loaded.name)]
        scores = scores if published else plugin.direction.orient(scores)
    elif plugin.score_cells is not None:
        given = plugin.score_cells(pool.subjects.graphs)
        scores = plugin.direction.orient(real_scores(f"score_cells of proxy {loaded.name}", given))
    else:
        known = ", ".join(stored.proxies) or "none"
        raise UsageError(
            f"proxy {loaded.name} has no stored scores of task {pool.truth.task} and needs "
            f"networks to compute them; choose one of those with scores ({known}), one that reads "
            "the cell's graph, such as tg_nas, or --scores SUITE after harness run SUITE"
        )
    key = f"published {loaded.name}" if published and loaded.name in stored.proxies else loaded.key
    return Unlabelled(name=f"{loaded.name} (no labels)", key=key, pool=pool, scores=scores)


def unlabelled_imported(imported: ImportedScores, pool: Pool) -> Unlabelled:
    """Take imported scores of a pool's architectures."""
    scores = np.array([imported.scores.get(text, np.nan) for text in pool.texts])
    return Unlabelled(
        name=f"{imported.label} (no labels)",
        key=imported.key,
        pool=pool,
        scores=imported.direction.orient(scores),
    )


def level_curves(fitted: Fitted, proxies: Sequence[Unlabelled]) -> tuple[Curve, ...]:
    """Return one curve a proxy and metric, the same at every number of labels."""
    return tuple(
        _level_curve(fitted, proxy, find_metric(name)) for proxy in proxies for name in HEADLINES
    )


def level_picks(fitted: Fitted, proxies: Sequence[Unlabelled]) -> tuple[PickPoint, ...]:
    """Return the pick of every proxy, the same at every number of labels."""
    return tuple(
        pick_point(proxy.name, size, [proxy.picked(draw.evaluation) for draw in fitted.draws])
        for proxy in proxies
        for size in fitted.experiment.sizes
    )


def unlabelled_cells(proxies: Sequence[Unlabelled], plan: Plan) -> tuple[Cell, ...]:
    """Return one cell of the transfer matrix a proxy, evaluated where predictors are.

    The population is that of a pair of different tasks: what is outside the draws of the target.
    """
    metric = find_metric(plan.metric)
    cells = []
    for proxy in proxies:
        drawn = target_draws(proxy.pool, plan)
        cells.append(
            Cell(
                source=proxy.name,
                target=proxy.pool.truth.task,
                labels=0,
                evaluated=len(drawn[0].evaluation),
                mean=estimate_mean(
                    [proxy.measured(metric, draw.evaluation) for draw in drawn],
                    proxy.pool.range_of(metric),
                ),
            )
        )
    return tuple(cells)


def _level_curve(fitted: Fitted, proxy: Unlabelled, metric: Metric) -> Curve:
    values = tuple(proxy.measured(metric, draw.evaluation) for draw in fitted.draws)
    bounds, sizes = proxy.pool.range_of(metric), fitted.experiment.sizes
    mean = estimate_mean(values, bounds)
    return Curve(
        predictor=proxy.name,
        metric=metric.name,
        points=tuple(
            Point(labels=size, repeats=values, mean=mean, fit_s=None, predict_s=None)
            for size in sizes
        ),
        area=estimate_mean([area(sizes, [value] * len(sizes)) for value in values], bounds),
        needed=needed(sizes, [mean.value] * len(sizes), TARGET),
        level=TARGET,
    )
