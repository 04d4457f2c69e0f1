"""Two tasks as one: encoded together, drawn from, learnt on the one, evaluated on the other.

See `harness.learning.transfer` for what is done and why.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from harness.catalog import LoadedPredictor
from harness.core.errors import UsageError
from harness.core.identity import derived_seed, digest
from harness.encodings import Features, FloatArray
from harness.encodings.kinds import join_subjects
from harness.learning.draws import FEWEST, Draw, draws
from harness.learning.fits import Fits
from harness.learning.pool import Pool
from harness.metrics import Sample, Undefined, Value, find_metric, measure
from harness.metrics.values import IntArray
from harness.plugins.preparation import normal_scores
from harness.predictor import Inputs, Labelled, inputs_of
from harness.records.fit import FitFailed, FitRecord
from harness.spaces.identical import IDENTICAL

__all__ = ["Pair", "Plan", "pair_of", "target_draws"]

_WEIGHT = 5
"""How often a label of the target stands in what is learnt from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to try for every pair of tasks.

    Attributes:
        source_labels: Labels of the source.
        target_labels: Numbers of labels of the target.
        repeats: Draws of both.
        metric: Name of the metric.
        seed: Seed of draws and predictors.
        identical: What makes networks identical, which are merged in the pools.
    """

    source_labels: int = 400
    target_labels: tuple[int, ...] = (0, 10, 50)
    repeats: int = 10
    metric: str = "kendall"
    seed: int = 0
    identical: str = IDENTICAL


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pair:
    """Both tasks encoded together: rows of the source, then rows of the target."""

    source: Pool
    target: Pool
    loaded: LoadedPredictor
    plan: Plan
    inputs: Inputs
    source_draws: tuple[Draw, ...]
    target_draws: tuple[Draw, ...]
    fits: Fits = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fits", Fits(self.loaded))

    def key(self, labels: int, repeat: int) -> str:
        """Return a digest of everything that the predictions depend on."""
        parts = [self.loaded.key, self.source.truth.digest, self.target.truth.digest]
        drawn = [
            self.source_draws[repeat].digest(self.plan.source_labels),
            self.target_draws[repeat].digest(self._seen(labels)),
        ]
        spaces = [*self.source.space_code, *self.target.space_code]
        return digest(
            [*parts, self.inputs.features.digest, *drawn, self._seed(labels, repeat), *spaces]
        )

    def fit(self, labels: int, repeat: int, environment: str) -> FitRecord:
        """Learn from the source's draw and so many labels of the target; predict its rest."""
        shift = 0 if self._itself else self.source.n
        source, target = self.source_draws[repeat], self.target_draws[repeat]
        known = target.labelled(self._seen(labels))
        rows = np.concatenate([source.order, *[known + shift] * _WEIGHT])
        scores = [normal_scores(self.source.labels[source.order])]
        scores += [normal_scores(self.target.labels[known])] * (_WEIGHT if len(known) else 0)
        labelled = Labelled(
            inputs=self.inputs.rows(rows),
            labels=np.concatenate(scores),
            unlabelled=self.inputs.rows(self._unlabelled(target.evaluation + shift)),
        )
        return FitRecord(
            key=self.key(labels, repeat),
            predictor=self.loaded.key,
            task=self.target.truth.task,
            repeat=repeat,
            labels=labels,
            evaluated=len(target.evaluation),
            draw=target.digest(self._seen(labels)),
            features=self.inputs.features.digest,
            environment=environment,
            result=self.fits.result(
                labelled,
                self.inputs.rows(target.evaluation + shift),
                self._seed(labels, repeat),
            ),
        )

    def measured(self, record: FitRecord, repeat: int) -> Value:
        """Hold predictions against the target's truth."""
        if isinstance(record.result, FitFailed):
            return Undefined(reason=record.result.reason)
        truth = self.target.labels[self.target_draws[repeat].evaluation]
        sample = Sample(scores=record.result.values, truth=truth)
        return measure(find_metric(self.plan.metric), sample)

    @property
    def _itself(self) -> bool:
        return self.source is self.target

    def _seen(self, labels: int) -> int:
        return 0 if self._itself else labels

    def _seed(self, labels: int, repeat: int) -> int:
        seen = str(self._seen(labels))
        return derived_seed(self.plan.seed, "transfer", self.loaded.name, seen, str(repeat))

    def _unlabelled(self, rows: IntArray) -> IntArray:
        return rows if self.loaded.plugin.semi_supervised else rows[:0]


def target_draws(target: Pool, plan: Plan) -> tuple[Draw, ...]:
    """Draw labels of a target; the same whatever it is paired with.

    Raises:
        UsageError: The task has too few architectures.
    """
    return draws(target.texts, max(plan.target_labels), plan.repeats, plan.seed)


def pair_of(source: Pool, target: Pool, loaded: LoadedPredictor, plan: Plan) -> Pair:
    """Encode two tasks together and draw from both.

    Raises:
        UsageError: A task has too few architectures, or the tasks share no zero-cost proxy.
    """
    encoding = loaded.plugin.encoding
    if (most := source.n - FEWEST) < plan.source_labels:
        raise UsageError(
            f"{plan.source_labels} labels are too many of {source.truth.task}, which has "
            f"{source.n} architectures (identical: {plan.identical}); give at most {most} with "
            "--source-labels"
        )
    own = draws(source.texts, plan.source_labels, plan.repeats, plan.seed)
    if source is target:
        inputs, theirs = inputs_of(source.subjects, encoding), own
        features = _levelled(inputs.features, [slice(None)])
    else:
        inputs = inputs_of(join_subjects(source.subjects, target.subjects), encoding)
        theirs = target_draws(target, plan)
        features = _levelled(inputs.features, [slice(source.n), slice(source.n, None)])
    return Pair(
        source=source,
        target=target,
        loaded=loaded,
        plan=plan,
        inputs=replace(inputs, features=features),
        source_draws=own,
        target_draws=theirs,
    )


def _levelled(features: Features, sides: Sequence[slice]) -> Features:
    """Bring each side to mean 0 and deviation 1 by column; a constant column becomes 0."""
    parts = list(_levelled_sides(features.values, sides))
    return Features(columns=features.columns, values=np.concatenate(parts))


def _levelled_sides(values: FloatArray, sides: Sequence[slice]) -> Iterator[FloatArray]:
    for side in sides:
        part = values[side]
        known = ~np.isnan(part)
        counts = np.maximum(known.sum(axis=0), 1)
        centred = part - np.where(known, part, 0.0).sum(axis=0) / counts
        spread = np.sqrt((np.where(known, centred, 0.0) ** 2).sum(axis=0) / counts)
        yield centred / np.where(spread > 0, spread, 1.0)
