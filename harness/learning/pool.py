"""What labelled draws and evaluations are taken from: the architectures of one task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.core.architecture import Architecture
from harness.core.errors import UsageError
from harness.core.identity import digest_lines
from harness.encodings import NO_SCORES, FloatArray, ScoreTable, Subjects, subjects_of
from harness.execution.task_truth import load_architectures
from harness.learning.zero_cost import published_scores
from harness.metrics import Metric, OfTruth, Range
from harness.spaces.identical import IDENTICAL, ROWS, Classes, classes_of
from harness.spaces.registry import load_space
from harness.truth import Places, TruthTable, merge_identical, tasks_with_scores
from harness.truth.unit import bounds

__all__ = ["Pool", "load_pool", "pool_of"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pool:
    """All architectures of a task that take part.

    Where identical networks are merged, every network is there once, so that no draw labels what
    another part of it is evaluated on.

    Attributes:
        truth: Ground truth, with identical networks merged or not, as it says.
        subjects: The architectures, in a fixed order.
        labels: Their values, shape ``(n,)``, higher is better.
        digest: Digest of the set of architectures.
    """

    truth: TruthTable
    subjects: Subjects
    labels: FloatArray
    digest: str

    @property
    def n(self) -> int:
        """Number of architectures."""
        return self.subjects.n

    def range_of(self, metric: Metric) -> Range:
        """Return which values a metric can have of these labels."""
        if metric.of_truth is OfTruth.NOTHING:
            return metric.range
        low, high = sorted(map(self.truth.direction.orient, bounds(self.truth.unit)))
        if metric.of_truth is OfTruth.DIFFERENCE:
            low, high = 0.0, high - low
        return Range(low=low, high=high)

    @property
    def space_code(self) -> tuple[str, ...]:
        """Digest of the code of a space from outside; nothing of one of this package."""
        code = load_space(self.truth.space).origin.code
        return (code,) if code else ()

    @property
    def texts(self) -> tuple[str, ...]:
        """Texts of the architectures."""
        return tuple(architecture.text for architecture in self.subjects.architectures)


def load_pool(
    task: str,
    places: Places | None = None,
    truth: TruthTable | None = None,
    identical: str = IDENTICAL,
) -> Pool:
    """Read a task with the zero-cost scores that were published for it, where there are some.

    Args:
        task: Name of a task, or path of a table of one's own.
        places: Where files are looked for; those of the environment when absent.
        truth: Its table, or a part of it; all of it when absent.
        identical: What makes networks identical, which are merged; see `pool_of`.

    Raises:
        HarnessError: As for `load_architectures` and `harness.truth.stored_scores`.
    """
    places = places or Places.from_environment()
    truth = truth or load_architectures(task, places)
    texts = sorted(truth.values)
    scored = task in tasks_with_scores()
    scores = published_scores(task, texts, places) if scored else NO_SCORES
    return pool_of(truth, texts, scores, identical)


def pool_of(
    truth: TruthTable,
    texts: Sequence[str],
    scores: ScoreTable = NO_SCORES,
    identical: str = ROWS,
) -> Pool:
    """Bring a truth table and zero-cost scores together.

    Args:
        truth: Ground truth.
        texts: Architectures of the table that take part.
        scores: One row for each of `texts`, or `NO_SCORES`.
        identical: What makes networks identical: a kind of `Space.canonical`, or ``"rows"``. The
            first of `texts` stands for its network, with the means of truth and scores.

    Raises:
        UsageError: The truth is the same for all architectures, or the space says nothing of this
            kind.
        DataError: The scores have another number of rows.
    """
    classes = classes_of(truth.space, texts, identical)
    if not classes.are_rows:
        texts = [texts[row] for row in classes.first]
        scores = _merged(scores, classes)
    truth = merge_identical(truth, identical, texts)
    labels = truth.oriented(texts)
    if not labels.size or not np.ptp(labels) > 0:
        raise UsageError(
            f"task {truth.task} has the same value for all {len(texts)} architectures; "
            "there is nothing to predict"
        )
    architectures = [Architecture(space=truth.space, text=text) for text in texts]
    return Pool(
        truth=truth,
        subjects=subjects_of(truth.space, architectures, scores),
        labels=labels,
        digest=digest_lines(texts),
    )


def _merged(scores: ScoreTable, classes: Classes) -> ScoreTable:
    if not scores.proxies:
        return scores
    columns = [classes.mean(column) for column in scores.values.T]
    return ScoreTable(proxies=scores.proxies, values=np.stack(columns, axis=1))
