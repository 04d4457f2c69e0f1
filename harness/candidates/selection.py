"""Which method to rank by, when a few architectures of a space have been trained.

Methods are compared on labels that they have not seen: repeated K-fold cross-validation of the
labelled architectures, with folds of five or more. A proxy needs no labels, but is measured on the
same folds. Folds of several repeats share data, so errors of means are those of Nadeau and Bengio
(2003), which more repeats do not make arbitrarily small.

The rule, fixed in advance:

1. The leader has the highest mean Kendall correlation over the held-out folds.
2. The usual choice is `USUAL` where it reads the usual proxies: over the known spaces it is ahead
   of all of them with ten labels and more (``tests/benchmarks/rank_with_labels.py``). Elsewhere it
   is the choice that needs no label: the proxy that was named, or the mean rank of several.
3. The usual choice is within noise of the leader if their paired difference is at most one standard
   error of itself. Within noise it is kept; otherwise the leader is taken.

So labels have to speak for a method that was chosen by them, and a few labels that tell no method
from another change nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import numpy as np

from harness.catalog import LoadedPredictor
from harness.core.errors import UsageError
from harness.core.identity import derived_seed, digest_lines
from harness.learning import Draw, Pool, fit_draws
from harness.learning.label_free_baselines import Unlabelled
from harness.metrics import (
    Defined,
    Estimate,
    Metric,
    Sample,
    Undefined,
    Value,
    estimate_mean,
    find_metric,
    mean_error,
    measure,
)
from harness.metrics.metric import UNBOUNDED
from harness.metrics.values import FloatArray, IntArray
from harness.records.fit import FitRecord, Predicted

__all__ = ["FEWEST_LABELS", "USUAL", "Kind", "MethodFolds", "Plan", "Selection", "select_method"]

USUAL: Final = "ensemble-zc"
"""Name of the predictor that is kept unless held-out labels speak for another method."""

FEWEST_LABELS: Final = 10
"""Two folds of five."""

_SMALLEST_FOLD = 5
_MOST_FOLDS = 5
_METRICS = ("kendall", "spearman", "regret@1")
Progress = Callable[[int, int], None]


class Kind(StrEnum):
    """Kinds of methods."""

    LABEL_FREE = "label-free choice"
    PROXY = "proxy"
    PREDICTOR = "predictor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How labels are held out.

    Attributes:
        folds: Parts that the labels are divided into, each held out once a repeat.
        repeats: How often they are divided anew.
        seed: Seed of the divisions.
    """

    folds: int
    repeats: int
    seed: int

    @classmethod
    def of(cls, n: int, repeats: int, seed: int) -> Plan:
        """Plan folds of five or more, at most five of them.

        Args:
            n: Number of labels.
            repeats: How often they are divided.
            seed: Seed of the divisions.

        Raises:
            UsageError: There are fewer than ten labels.
        """
        if n < FEWEST_LABELS:
            raise UsageError(
                f"too few labels to compare methods on held-out ones, {n}; give "
                f"{FEWEST_LABELS} or more, or rank without --labels"
            )
        return cls(folds=min(_MOST_FOLDS, n // _SMALLEST_FOLD), repeats=repeats, seed=seed)

    @property
    def overlap(self) -> float:
        """Size of a held-out fold over that of the rest."""
        return 1 / (self.folds - 1)

    def draws(self, texts: Sequence[str]) -> tuple[Draw, ...]:
        """Return what is learnt from and what is held out, fold by fold of every repeat."""
        where = digest_lines(texts)
        drawn: list[Draw] = []
        for repeat in range(self.repeats):
            seed = derived_seed(self.seed, "folds", where, str(repeat))
            order = np.random.default_rng(seed).permutation(len(texts))
            for fold in np.array_split(order, self.folds):
                drawn.append(
                    Draw(
                        repeat=len(drawn),
                        order=order[~np.isin(order, fold)],
                        evaluation=np.sort(fold),
                        texts=texts,
                    )
                )
        return tuple(drawn)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MethodFolds:
    """One method on every held-out fold.

    Attributes:
        name: Name of the method.
        kind: What it is.
        values: By metric, shape ``(folds of all repeats,)``; NaN where it has none.
        reason: Why it cannot be chosen; empty where it can.
    """

    name: str
    kind: Kind
    values: Mapping[str, FloatArray]
    reason: str = ""

    def estimate(self, metric: str, plan: Plan) -> Estimate:
        """Return the mean over the folds with its interval."""
        if self.reason:
            unknown = Undefined(reason=self.reason)
            return Estimate(value=unknown, interval=unknown)
        return fold_mean(self.values[metric], find_metric(metric), plan)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Selection:
    """What the labels say of the methods.

    Attributes:
        plan: How labels were held out.
        n: Number of labels.
        methods: All of them, by descending mean Kendall correlation, those that failed last.
        chosen: Taken by the rule.
        leader: The highest mean.
        usual: What is kept within noise of the leader.
        label_free: The choice that needs no label.
        of_the_rule: Regret on every held-out fold of the method that the rule takes by the other
            folds of the same repeat, which know nothing of that fold's labels as far as proxies go.
        at_random: Expected regret of a random pick on every held-out fold.
    """

    plan: Plan
    n: int
    methods: tuple[MethodFolds, ...]
    chosen: MethodFolds
    leader: MethodFolds
    usual: MethodFolds
    label_free: MethodFolds
    of_the_rule: FloatArray
    at_random: FloatArray

    @property
    def within_noise(self) -> bool:
        """Whether the usual choice is kept though another method leads."""
        return self.chosen is not self.leader

    def regret(self, values: FloatArray) -> Estimate:
        """Return the mean of regrets with its interval."""
        return fold_mean(values, find_metric("regret@1"), self.plan)

    def ahead(self, method: MethodFolds, other: MethodFolds, metric: str) -> Estimate:
        """Return how far a method is above another one, over the same folds."""
        for each in (method, other):
            if each.reason:
                return each.estimate(metric, self.plan)
        difference = method.values[metric] - other.values[metric]
        return _mean([_value(number) for number in difference.tolist()], None, self.plan)


def select_method(
    pool: Pool,
    proxies: Sequence[Unlabelled],
    predictors: Sequence[LoadedPredictor],
    plan: Plan,
    keeping: tuple[Path, Progress],
    usual: str = "",
) -> Selection:
    """Compare methods on held-out labels and take one by the rule of this module.

    Args:
        pool: The labelled architectures.
        proxies: Their scores by every proxy, the label-free choice first.
        predictors: What learns from labels.
        plan: How labels are held out.
        keeping: Results folder that keeps the fits, and what is told of them.
        usual: Name of the method that is kept within noise of the leader; the label-free choice
            where no method of this name can be taken.

    Raises:
        UsageError: The labels do not differ, or a predictor does not support the space.
        InfrastructureError: The results folder cannot be written.
    """
    drawn = plan.draws(pool.texts)
    results, progress = keeping
    fits = fit_draws(pool, predictors, drawn, results, progress) if predictors else {}
    methods = [
        _of_proxy(proxy, drawn, Kind.PROXY if number else Kind.LABEL_FREE)
        for number, proxy in enumerate(proxies)
    ]
    methods += [_of_predictor(name, records, pool, drawn) for name, records in fits.items()]
    usable = [method for method in methods if not method.reason]
    if not usable:
        raise UsageError(
            f"no method has scores of the {pool.n} labelled architectures; the first, "
            f"{methods[0].name}: {methods[0].reason}"
        )
    kept = next((each for each in usable if each.name == usual), methods[0])
    every = np.arange(len(drawn))
    return Selection(
        plan=plan,
        n=pool.n,
        methods=tuple(sorted(methods, key=_height, reverse=True)),
        chosen=_take(usable, kept, every, plan),
        leader=_leader(usable, every),
        usual=kept,
        label_free=methods[0],
        of_the_rule=_regrets_of_the_rule(usable, kept, plan),
        at_random=np.array([_regret_at_random(pool.labels[draw.evaluation]) for draw in drawn]),
    )


def fold_mean(values: FloatArray, metric: Metric, plan: Plan) -> Estimate:
    """Return the mean of a metric over folds with its interval."""
    return _mean([_value(number) for number in values.tolist()], metric, plan)


def _mean(values: Sequence[Value], metric: Metric | None, plan: Plan) -> Estimate:
    known = [value for value in values if isinstance(value, Defined)]
    if not known:
        return estimate_mean(values, UNBOUNDED)
    bounds = UNBOUNDED if metric is None else metric.range
    return estimate_mean(known, bounds, overlap=plan.overlap)


def _value(number: float) -> Value:
    if np.isfinite(number):
        return Defined(value=number)
    return Undefined(reason="all labels of the fold are equal")


def _of_proxy(proxy: Unlabelled, drawn: Sequence[Draw], kind: Kind) -> MethodFolds:
    missing = int((~np.isfinite(proxy.scores)).sum())
    reason = ""
    if 2 * missing > len(proxy.scores):
        reason = f"no score of {missing} of {len(proxy.scores)} labelled architectures"
    scores = proxy.scores
    if missing and not reason:  # as in a search: what has no score comes last
        scores = np.where(np.isfinite(scores), scores, np.nanmin(scores) - 1)
    rows = [(scores[draw.evaluation], proxy.pool.labels[draw.evaluation]) for draw in drawn]
    values = {} if reason else _measured(rows)
    return MethodFolds(name=proxy.name, kind=kind, values=values, reason=reason)


def _of_predictor(
    name: str, records: Sequence[FitRecord], pool: Pool, drawn: Sequence[Draw]
) -> MethodFolds:
    rows = []
    for record, draw in zip(records, drawn, strict=True):
        if not isinstance(record.result, Predicted):
            reason = f"a fit failed: {record.result.reason}"
            return MethodFolds(name=name, kind=Kind.PREDICTOR, values={}, reason=reason)
        rows.append((record.result.values, pool.labels[draw.evaluation]))
    return MethodFolds(name=name, kind=Kind.PREDICTOR, values=_measured(rows))


def _measured(rows: Sequence[tuple[FloatArray, FloatArray]]) -> dict[str, FloatArray]:
    """Measure scores against truth, fold by fold.

    Where all scores of a fold are equal they order it no better than chance: a correlation of 0.
    """
    measured = {}
    for name in _METRICS:
        metric = find_metric(name)
        column = []
        for scores, truth in rows:
            value = measure(metric, Sample(scores=scores, truth=truth))
            if isinstance(value, Defined):
                column.append(value.value)
            else:
                column.append(np.nan if np.ptp(truth) == 0 else 0.0)
        measured[name] = np.array(column)
    return measured


def _height(method: MethodFolds) -> float:
    return -np.inf if method.reason else float(np.nanmean(method.values["kendall"]))


def _leader(methods: Sequence[MethodFolds], folds: IntArray) -> MethodFolds:
    return max(methods, key=lambda method: _mean_of(method, folds))


def _mean_of(method: MethodFolds, folds: IntArray) -> float:
    values = method.values["kendall"][folds]
    return float(np.nanmean(values)) if np.isfinite(values).any() else 0.0


def _take(
    methods: Sequence[MethodFolds], usual: MethodFolds, folds: IntArray, plan: Plan
) -> MethodFolds:
    """Apply the rule to some of the folds."""
    leader = _leader(methods, folds)
    if usual in methods and _is_near(usual, leader, folds, plan):
        return usual
    return leader


def _is_near(method: MethodFolds, leader: MethodFolds, folds: IntArray, plan: Plan) -> bool:
    difference = (leader.values["kendall"] - method.values["kendall"])[folds]
    difference = difference[np.isfinite(difference)]
    if difference.size < 2:
        return False
    return float(difference.mean()) <= mean_error(difference, plan.overlap)


def _regrets_of_the_rule(
    methods: Sequence[MethodFolds], usual: MethodFolds, plan: Plan
) -> FloatArray:
    regrets = []
    for fold in range(plan.folds * plan.repeats):
        first = fold - fold % plan.folds
        others = np.array([other for other in range(first, first + plan.folds) if other != fold])
        regrets.append(_take(methods, usual, others, plan).values["regret@1"][fold])
    return np.array(regrets)


def _regret_at_random(truth: FloatArray) -> float:
    return float(truth.max() - truth.mean())
