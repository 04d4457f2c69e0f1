"""The score table of one task: ground truth, architectures, and one column for each method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from harness.core.errors import UsageError
from harness.evaluation.failures import count_failures, failures_text
from harness.evaluation.leaderboard import Provenance
from harness.evaluation.method_scores import MethodScores
from harness.execution.population import Population, population_of
from harness.metrics.metric import Metric, measure
from harness.metrics.sample import Sample
from harness.metrics.values import BoolArray, FloatArray, Undefined, Value
from harness.spaces.identical import IDENTICAL, classes_of, network_keys
from harness.truth import TruthTable, column_label, merge_identical

__all__ = ["CONTROLS", "TaskScores", "join"]

CONTROLS = ("params", "flops", "depth", "width")
"""What metrics hold fixed: a column of the space of that name, or the proxy."""


@dataclass(frozen=True, kw_only=True, eq=False)
class TaskScores:
    """One task, before it is measured: ``n`` architectures, row by row.

    Where identical networks are merged, a row is a network: its truth is the mean over the table,
    its scores are means over the population, and the first of the population stands for it.

    Attributes:
        table: The truth table, with identical networks merged or not, as it says.
        population: What was drawn.
        rows: Number of architectures of the population that have ground truth.
        architectures: Their texts, of identical ones the first.
        truth: Their ground truth, shape ``(n,)``, higher is better.
        methods: Scores of these architectures by each method.
        provenance: Whose scores these are.
    """

    table: TruthTable
    population: Population
    rows: int
    architectures: tuple[str, ...]
    truth: FloatArray
    methods: tuple[MethodScores, ...]
    provenance: Provenance

    @property
    def keys(self) -> list[str]:
        """Keys of the architectures, equal for identical networks of any population."""
        return network_keys(self.table.space, self.architectures, self.table.identical)

    @property
    def by_name(self) -> Mapping[str, MethodScores]:
        """The methods by their names."""
        return {method.name: method for method in self.methods}

    @cached_property
    def controls(self) -> Mapping[str, FloatArray | Undefined]:
        """Shape ``(n,)`` of each of `CONTROLS`, or why it is not complete."""
        return {name: self._control(name) for name in CONTROLS}

    def _control(self, name: str) -> FloatArray | Undefined:
        methods, drawn = self.by_name, len(self.architectures)
        method = methods.get(column_label(name), methods.get(name))
        if method is None:
            return Undefined(
                reason=f"{name}, which it holds fixed, is neither a column of the space nor among "
                "the plugins"
            )
        scored = int(method.scored.sum())
        if scored < drawn:
            return Undefined(reason=f"{name}, which it holds fixed, scored {scored} of {drawn}")
        return method.values

    def sample(self, method: MethodScores, rows: BoolArray | None = None) -> Sample:
        """Return scores, truth and controls of the architectures that a method scored.

        Args:
            method: One of `methods`.
            rows: Shape ``(n,)``: which of these architectures alone; all of them when absent.
        """
        kept = method.scored if rows is None else rows
        return Sample(
            scores=method.values[kept], truth=self.truth[kept], controls=self.controls_at(kept)
        )

    def controls_at(self, rows: BoolArray) -> dict[str, FloatArray]:
        """Return the controls that are complete, of the architectures in `rows`, shape ``(n,)``."""
        return {
            name: column[rows]
            for name, column in self.controls.items()
            if not isinstance(column, Undefined)
        }

    def explain(self, method: MethodScores, metric: Metric, sample: Sample) -> Undefined | None:
        """Say why a metric of a method has no value where that is known before it is computed.

        The cause comes first: where scoring failed, that nothing is fewer than the metric's minimum
        only follows.
        """
        failures = count_failures(method.column) if sample.n < metric.minimum_n else {}
        if failures:
            cause, few = failures_text(failures), measure(metric, sample)
            if sample.n and isinstance(few, Undefined):
                cause += f"; {few.reason}"
            return Undefined(reason=cause)
        columns = (self.controls[name] for name in metric.controls)
        return next((column for column in columns if isinstance(column, Undefined)), None)

    def measure(self, method: MethodScores, metric: Metric) -> Value:
        """Compute a metric of one of the methods, or say why it has no value."""
        sample = self.sample(method)
        return self.explain(method, metric, sample) or measure(metric, sample)

    def scores_by_text(self, method: MethodScores) -> dict[str, float]:
        """Return text to score, higher is better, of what one of the methods scored."""
        pairs = zip(self.architectures, method.values.tolist(), method.scored, strict=True)
        return {text: value for text, value, scored in pairs if scored}

    def among_shared(self, least: float) -> TaskScores:
        """Leave out the architectures that some almost complete method lacks.

        A single failure would otherwise keep a method out of every comparison of complete ones.

        Args:
            least: Share of the architectures from which on a method counts as almost complete.

        Returns:
            The task among the architectures that all of these scored; itself where these are all.
        """
        almost = [method.scored for method in self.methods if method.scored.mean() >= least]
        shared = np.logical_and.reduce([np.ones(len(self.architectures), np.bool_), *almost])
        if shared.all():
            return self
        texts = tuple(np.array(self.architectures, dtype=object)[shared].tolist())
        return replace(
            self,
            population=population_of(f"{self.population.name}, shared", self.table.space, texts),
            rows=len(texts),
            architectures=texts,
            truth=self.truth[shared],
            methods=tuple(method.at(shared) for method in self.methods),
        )


def join(
    table: TruthTable,
    population: Population,
    methods: Sequence[MethodScores],
    provenance: Provenance,
    identical: str = IDENTICAL,
) -> TaskScores:
    """Join scores of a population with the truth of one task.

    Args:
        table: The truth, one row for every architecture.
        population: What was drawn.
        methods: Scores of the whole population, row by row.
        provenance: Whose scores these are.
        identical: What makes networks identical, which are merged: a kind of `Space.canonical`, or
            ``"rows"``.

    Raises:
        UsageError: No architecture of the population has ground truth, or the space says nothing
            of this kind.
    """
    texts = population.texts
    rows = np.fromiter((text in table.values for text in texts), np.bool_, len(texts))
    if not rows.any():
        raise UsageError(
            f"task {table.task} has no value for any of the {len(texts)} "
            "architectures of the population; choose another task or population"
        )
    if not rows.all():
        texts = tuple(np.array(texts, dtype=object)[rows].tolist())
        methods = [method.at(rows) for method in methods]
    with_truth = len(texts)
    classes = classes_of(table.space, texts, identical)
    if not classes.are_rows:
        texts = tuple(texts[row] for row in classes.first)
        methods = [method.merged(classes) for method in methods]
    table = merge_identical(table, identical, texts)
    return TaskScores(
        table=table,
        population=population,
        rows=with_truth,
        architectures=texts,
        truth=table.oriented(texts),
        methods=tuple(methods),
        provenance=provenance,
    )
