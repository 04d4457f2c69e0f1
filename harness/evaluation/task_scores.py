"""What is ranked on one task: its truth, a population and the contenders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from harness.core.errors import UsageError
from harness.core.identity import digest_lines
from harness.core.outcome import Outcome, Scored
from harness.evaluation.failures import FailureCount, count_failures, failures_text
from harness.evaluation.leaderboard import Provenance
from harness.evaluation.method_scores import Contender
from harness.metrics.metric import Metric, measure
from harness.metrics.sample import Sample
from harness.metrics.values import BoolArray, FloatArray, Undefined, Value
from harness.truth.table import TruthTable

__all__ = ["CONTROLS", "Contest", "Performance"]

CONTROLS = ("params", "flops")
"""Contenders that partial metrics hold fixed. Ranks of counts are those of their logarithms."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Performance:
    """A contender's outcomes on the architectures of a contest that have ground truth.

    Attributes:
        outcomes: One an architecture, in the order of `Contest.known`; None where nobody asked.
        mask: Shape ``(n,)``: which architectures have a finite score.
        sample: Scores and truth of those, both higher is better.
    """

    outcomes: Sequence[Outcome | None]
    mask: BoolArray
    sample: Sample

    @property
    def failures(self) -> dict[str, FailureCount]:
        """Count the failures by kind, with the reason of the first."""
        return count_failures(self.outcomes)

    def too_few(self, metric: Metric) -> Undefined | None:
        """Say that a metric has no value since scoring failed; None where that is not why.

        The cause comes first: that nothing is fewer than the metric's minimum only follows.
        """
        failures = self.failures if self.sample.n < metric.minimum_n else {}
        if not failures:
            return None
        cause, few = failures_text(failures), measure(metric, self.sample)
        if self.sample.n and isinstance(few, Undefined):
            cause += f"; {few.reason}"
        return Undefined(reason=cause)

    def measure(self, metric: Metric) -> Value:
        """Compute a metric, or say why it has no value."""
        return self.too_few(metric) or measure(metric, self.sample)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Contest:
    """One task, before it is measured.

    Attributes:
        truth: Ground truth.
        population: Name of the population.
        population_digest: Digest of its set of architectures.
        texts: Texts of its architectures, with or without ground truth.
        contenders: What is ranked.
        provenance: Whose scores these are.
        known: Texts of the architectures that have ground truth.
        target: Their ground truth, shape ``(n,)``, turned round where lower is better.
        controls: Scores of `CONTROLS`, shape ``(n, 2)``; undefined where they are not complete.

    Raises:
        UsageError: No architecture of the population has ground truth.
    """

    truth: TruthTable
    population: str
    population_digest: str
    texts: tuple[str, ...]
    contenders: tuple[Contender, ...]
    provenance: Provenance
    known: tuple[str, ...] = field(init=False)
    target: FloatArray = field(init=False)
    controls: FloatArray | Undefined = field(init=False)

    def __post_init__(self) -> None:
        known = tuple(text for text in self.texts if text in self.truth.values)
        if not known:
            raise UsageError(
                f"task {self.truth.task} has no value for any of the {len(self.texts)} "
                "architectures of the population; choose another task or population"
            )
        object.__setattr__(self, "known", known)
        object.__setattr__(self, "target", self.truth.merits(known))
        object.__setattr__(self, "controls", _controls(self.contenders, known))

    def among_shared(self, least: float) -> Contest:
        """Leave out the architectures that some almost complete contender lacks.

        A single failure would otherwise keep a contender out of every comparison of complete ones.

        Args:
            least: Share of the architectures from which on a contender counts as almost complete.

        Returns:
            The contest among the architectures that all of these scored; itself where these are
            all.
        """
        masks = [self.performance(one).mask for one in self.contenders]
        almost = [one for one in masks if one.mean() >= least]
        shared = np.logical_and.reduce(almost) if almost else np.ones(len(self.known), np.bool_)
        if shared.all():
            return self
        texts = tuple(text for text, kept in zip(self.known, shared, strict=True) if kept)
        return replace(
            self,
            population=f"{self.population}, shared",
            population_digest=digest_lines(texts),
            texts=texts,
        )

    def performance(self, contender: Contender) -> Performance:
        """Join a contender's scores with the truth."""
        outcomes = [contender.outcomes.get(text) for text in self.known]
        mask = np.array([isinstance(one, Scored) for one in outcomes], dtype=np.bool_)
        scores = contender.scores([one for one in outcomes if isinstance(one, Scored)])
        controls = np.empty((0, 0)) if isinstance(self.controls, Undefined) else self.controls[mask]
        return Performance(
            outcomes=outcomes,
            mask=mask,
            sample=Sample(scores=scores, truth=self.target[mask], controls=controls),
        )

    def scores_of(self, contender: Contender) -> dict[str, float]:
        """Return text to score, higher is better, of what has truth and was scored."""
        shown = self.performance(contender)
        known = [text for text, scored in zip(self.known, shown.mask, strict=True) if scored]
        return dict(zip(known, shown.sample.scores.tolist(), strict=True))


def _controls(contenders: Sequence[Contender], known: Sequence[str]) -> FloatArray | Undefined:
    named = {one.name: one for one in contenders if one.name in CONTROLS}
    columns = []
    for name in CONTROLS:
        if name not in named:
            return Undefined(reason=f"{name}, which it holds fixed, is not among the plugins")
        outcomes = [named[name].outcomes.get(text) for text in known]
        scored = [one for one in outcomes if isinstance(one, Scored)]
        if len(scored) < len(known):
            return Undefined(
                reason=f"{name}, which it holds fixed, scored {len(scored)} of {len(known)}"
            )
        columns.append(named[name].scores(scored))
    return np.stack(columns, axis=1)
