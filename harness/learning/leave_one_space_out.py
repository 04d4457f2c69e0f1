"""Predictors that learn from other spaces, from labels of the judged one, or from both.

See docs/leave-one-space-out.md for the protocol. A predictor never gets the truth of a network that
it is evaluated on: features are ranks of scores, and truth is taken at labelled rows alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

import numpy as np

from harness.catalog import LoadedPredictor
from harness.core.errors import UsageError
from harness.core.identity import derived_seed, digest
from harness.encodings import FloatArray
from harness.learning.draws import FEWEST, Draw, draws
from harness.learning.fits import Fits, StoredFits, stored_fits
from harness.learning.fitting import Progress
from harness.learning.machine import fitting_environment
from harness.learning.other_spaces import (
    Reads,
    Rows,
    columns_read,
    inputs_of_rows,
    rows_of_spaces,
    with_prediction,
)
from harness.learning.picks import Calibration, Pick, calibration_of, pick_of
from harness.metrics import Sample, Undefined, Value, find_metric, measure
from harness.metrics.scored_table import ScoredTable
from harness.metrics.values import IntArray
from harness.plugins.preparation import normal_scores
from harness.predictor import Inputs, Labelled, Predictions
from harness.records.fit import FitFailed, FitRecord

__all__ = [
    "METRIC",
    "Contestant",
    "LearntFrom",
    "Ranked",
    "SpacesPlan",
    "rank_by_predictors",
    "rank_by_scores",
]

METRIC = "spearman"
"""Name of the metric."""

_ENCODING = "zc"

_FEWEST_SPACES = 3

_Prediction: TypeAlias = Predictions | FitFailed


class LearntFrom(StrEnum):
    """Whose labels a ranking rests on."""

    NOTHING = "nothing"
    OTHERS = "other spaces"
    LABELS = "labels"
    BOTH = "both"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpacesPlan:
    """What to try on every space.

    Attributes:
        labels: Numbers of labels of the judged space, ascending, 0 among them or not.
        repeats: Draws of these.
        seed: Seed of draws and predictors.

    Raises:
        UsageError: There is no number, or one below 0 or of 1.
    """

    labels: tuple[int, ...] = (0, 10, 50)
    repeats: int = 10
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.labels or min(self.labels) < 0 or 1 in self.labels:
            raise UsageError(f"--labels {list(self.labels)}: give numbers, 0 or at least 2 each")
        object.__setattr__(self, "labels", tuple(sorted(set(self.labels))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Contestant:
    """Who ranks.

    Attributes:
        name: Of a predictor, a rule or a proxy.
        reads: What its features are: one of `Reads`; ``"rule"`` and ``"proxy"`` of the others.
        learnt_from: Whose labels it saw.
    """

    name: str
    reads: str
    learnt_from: LearntFrom

    @property
    def label(self) -> str:
        """Its name in one line."""
        if self.learnt_from is LearntFrom.NOTHING:
            return self.name
        return f"{self.name} ({self.reads}; {self.learnt_from})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """How well a contestant ranks one table with so many labels of it.

    Attributes:
        contestant: Who.
        task: Name of the table's ground truth.
        labels: Number of labels.
        values: The metric in each draw.
        picks: What the highest is worth in each draw; any network where a fit failed.
        calibrations: How sure it was, in each draw whose fit says so.
        failed: Draws whose fit failed.
    """

    contestant: Contestant
    task: str
    labels: int
    values: tuple[Value, ...]
    picks: tuple[Pick, ...]
    calibrations: tuple[Calibration, ...] = ()
    failed: int = 0


def rank_by_scores(
    contestant: Contestant, table: ScoredTable, scores: FloatArray, plan: SpacesPlan
) -> Iterator[Ranked]:
    """Rank the networks that predictors are evaluated on by scores, for each number of labels.

    Args:
        contestant: Whose scores these are.
        table: The judged table.
        scores: Shape ``(n,)``, higher is better; who has none, NaN, comes last.
        plan: Numbers of labels, and draws.
    """
    known = np.isfinite(scores)
    filled = np.where(known, scores, scores[known].min(initial=0.0) - 1.0)
    for labels in plan.labels:
        drawn = [draw.evaluation for draw in _draws(table, labels, plan)]
        if drawn:
            yield Ranked(
                contestant=contestant,
                task=table.task,
                labels=labels,
                values=tuple(_value(table, evaluated, filled[evaluated]) for evaluated in drawn),
                picks=tuple(
                    pick_of(table.truth, evaluated, filled[evaluated]) for evaluated in drawn
                ),
            )


def rank_by_predictors(
    tables: Sequence[ScoredTable],
    predictors: Sequence[LoadedPredictor],
    plan: SpacesPlan,
    results: Path,
    progress: Progress,
) -> list[Ranked]:
    """Leave out every space in turn, fit on the others and on labels of it, and rank it.

    Args:
        tables: Of at least three spaces.
        predictors: Each reads the encoding ``zc``.
        plan: Numbers of labels, draws and seed.
        results: Results folder, which keeps the fits.
        progress: Is told of the tables done.

    Raises:
        UsageError: There are fewer than three spaces, a predictor reads another encoding, or the
            tables share no proxy.
        InfrastructureError: The results folder cannot be written, or is in use.
    """
    _require(tables, predictors)
    read = [reads for reads in Reads if all(_columns(table, tables, reads) for table in tables)]
    if not read:
        raise UsageError("no proxy has scores of all of these spaces; leave out the newest suite")
    environment = fitting_environment()
    ranked: list[Ranked] = []
    fits = {loaded.name: Fits(loaded) for loaded in predictors}
    for done, table in enumerate(tables):
        task = f"leave-one-space-out/{table.task}"
        with stored_fits(results, task, environment) as stored:
            for loaded in predictors:
                for reads in read:
                    ranked += _Judging(
                        table=table,
                        others=_others(table, tables),
                        loaded=loaded,
                        fits=fits[loaded.name],
                        reads=reads,
                        plan=plan,
                        stored=stored,
                        environment=environment.key,
                    ).ranked()
        progress(done + 1, len(tables))
    return ranked


def _require(tables: Sequence[ScoredTable], predictors: Sequence[LoadedPredictor]) -> None:
    kin = sorted({table.kin for table in tables})
    if len(kin) < _FEWEST_SPACES:
        raise UsageError(
            f"leaving one space out takes tables of {_FEWEST_SPACES} spaces, and there are tables "
            f"of {', '.join(kin) or 'none'}; name more suites"
        )
    for loaded in predictors:
        if loaded.plugin.encoding.name != _ENCODING:
            raise UsageError(
                f"predictor {loaded.name} reads {loaded.plugin.encoding.name}, and only scores of "
                f"proxies are comparable here; choose one that reads {_ENCODING} alone"
            )


def _others(table: ScoredTable, tables: Sequence[ScoredTable]) -> list[ScoredTable]:
    return [other for other in tables if other.kin != table.kin]


def _columns(table: ScoredTable, tables: Sequence[ScoredTable], reads: Reads) -> tuple[str, ...]:
    return columns_read(table, _others(table, tables), reads)


def _draws(table: ScoredTable, labels: int, plan: SpacesPlan) -> tuple[Draw, ...]:
    """Draw labels; none where too few networks are left, and one of none without labels."""
    n = len(table.truth)
    if n - labels < FEWEST:
        return ()
    if labels:
        return draws(table.architectures, labels, plan.repeats, plan.seed)
    nothing = np.empty(0, dtype=np.int64)
    everything = np.arange(n, dtype=np.int64)
    texts = table.architectures
    return (Draw(repeat=0, order=nothing, evaluation=everything, texts=texts),)


def _value(table: ScoredTable, evaluated: IntArray, predicted: FloatArray) -> Value:
    sample = Sample(scores=predicted, truth=table.truth[evaluated])
    return measure(find_metric(METRIC), sample)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Judging:
    """One predictor with one kind of features on one table."""

    table: ScoredTable
    others: Sequence[ScoredTable]
    loaded: LoadedPredictor
    fits: Fits
    reads: Reads
    plan: SpacesPlan
    stored: StoredFits
    environment: str
    columns: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", columns_read(self.table, self.others, self.reads))

    def ranked(self) -> Iterator[Ranked]:
        """Rank with every number of labels."""
        from_others = self._from_others()
        for labels in self.plan.labels:
            drawn = _draws(self.table, labels, self.plan)
            predicted = [self._predicted(draw, from_others) for draw in drawn]
            for source in predicted[0] if predicted else ():
                own = [by_source[source] for by_source in predicted]
                yield self._ranked(source, labels, drawn, own)

    def _predicted(self, draw: Draw, from_others: _Prediction) -> Mapping[LearntFrom, _Prediction]:
        """Predict what a draw evaluates, from each of what can be learnt from."""
        if isinstance(from_others, FitFailed):
            others: _Prediction = from_others
        else:
            others = from_others.rows(draw.evaluation)
        if not draw.order.size:
            return {LearntFrom.OTHERS: others}
        labelled, unseen = self._inputs(draw.order), self._inputs(draw.evaluation)
        targets = normal_scores(self.table.truth[draw.order])
        own = self._fit(labelled, unseen, targets, draw.repeat)
        both: _Prediction = others
        if isinstance(from_others, Predictions):
            labelled = with_prediction(labelled, from_others.values[draw.order])
            unseen = with_prediction(unseen, from_others.values[draw.evaluation])
            both = self._fit(labelled, unseen, targets, draw.repeat)
        return {LearntFrom.LABELS: own, LearntFrom.OTHERS: others, LearntFrom.BOTH: both}

    def _from_others(self) -> _Prediction:
        """Predict all networks of the table from the other spaces."""
        rows = rows_of_spaces(self.others, self.plan.seed)
        targets = [normal_scores(part.table.truth)[part.indices] for part in rows]
        inputs = inputs_of_rows(rows, self.columns, self.loaded.plugin)
        everything = self._inputs(np.arange(len(self.table.truth), dtype=np.int64))
        return self._fit(inputs, everything, np.concatenate(targets), 0)

    def _fit(self, inputs: Inputs, unseen: Inputs, targets: FloatArray, repeat: int) -> _Prediction:
        seed = derived_seed(self.plan.seed, "leave-one-space-out", self.loaded.name, str(repeat))
        learnt = hashlib.sha256(np.ascontiguousarray(targets).tobytes()).hexdigest()[:16]
        parts = [self.loaded.key, inputs.features.digest, learnt, unseen.features.digest]
        key = digest([*parts, seed])

        def fit() -> FitRecord:
            labelled = Labelled(inputs=inputs, labels=targets, unlabelled=self._unlabelled(unseen))
            return FitRecord(
                key=key,
                predictor=self.loaded.key,
                task=self.table.task,
                repeat=repeat,
                labels=len(targets),
                evaluated=unseen.n,
                draw=learnt,
                features=inputs.features.digest,
                environment=self.environment,
                result=self.fits.result(labelled, unseen, seed),
            )

        result = self.stored.record(key, fit).result
        if isinstance(result, FitFailed):
            return result
        return Predictions(values=result.values, deviations=result.deviations)

    def _inputs(self, indices: IntArray) -> Inputs:
        """Return what the predictor reads of networks of the judged table."""
        rows = [Rows(table=self.table, indices=indices)]
        return inputs_of_rows(rows, self.columns, self.loaded.plugin)

    def _unlabelled(self, unseen: Inputs) -> Inputs:
        return unseen if self.loaded.plugin.semi_supervised else unseen.rows(np.arange(0))

    def _ranked(
        self,
        source: LearntFrom,
        labels: int,
        drawn: Sequence[Draw],
        predicted: Sequence[_Prediction],
    ) -> Ranked:
        truth, quantiles = self.table.truth, normal_scores(self.table.truth)
        values: list[Value] = []
        picks, calibrations = [], []
        for draw, own in zip(drawn, predicted, strict=True):
            evaluated = draw.evaluation
            if isinstance(own, FitFailed):
                values.append(Undefined(reason=own.reason))
                picks.append(pick_of(truth, evaluated, np.zeros(len(evaluated))))
                continue
            values.append(_value(self.table, evaluated, own.values))
            picks.append(pick_of(truth, evaluated, own.values))
            calibrations.append(calibration_of(quantiles[evaluated], own))
        return Ranked(
            contestant=Contestant(
                name=self.loaded.name, reads=self.reads.value, learnt_from=source
            ),
            task=self.table.task,
            labels=labels,
            values=tuple(values),
            picks=tuple(picks),
            calibrations=tuple(each for each in calibrations if each is not None),
            failed=sum(isinstance(own, FitFailed) for own in predicted),
        )
