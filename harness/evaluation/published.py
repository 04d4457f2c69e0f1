"""The contests of scores that others computed and published beside the ground truth.

It needs no network and computes no proxy. The population of a task are the architectures that
have a value and an outcome of at least one proxy: of the others nothing was published.
"""

from __future__ import annotations

from collections.abc import Mapping

from harness.core.errors import DataError
from harness.core.identity import digest_lines
from harness.core.outcome import SCORE, Outcome, Scored
from harness.evaluation.leaderboard import PublishedScores
from harness.evaluation.method_scores import Contender
from harness.evaluation.task_scores import Contest
from harness.metrics.values import FloatArray
from harness.truth import Places, TruthTable, load, score_sources, stored_outcomes
from harness.truth.scores import DIRECTION

__all__ = ["published_contest", "stored_contest"]

_VERSION = "nas-bench-suite-zero"


def stored_contest(name: str, places: Places | None = None) -> Contest:
    """Join the published scores of a task with its truth.

    Args:
        name: Name of a task of `harness.truth.tasks_with_scores`.
        places: Where files are looked for; those of the environment by default.

    Raises:
        UsageError: There is no such task, or it has no stored scores.
        DataError: A file is not the published one, or holds something unexpected.
        InfrastructureError: A file is absent and cannot be downloaded.
    """
    outcomes = stored_outcomes(name, places=places)
    published = PublishedScores(sources=score_sources(name))
    return published_contest(load(name, places=places), outcomes, published)


def published_contest(
    truth: TruthTable, outcomes: Mapping[str, Mapping[str, Outcome]], published: PublishedScores
) -> Contest:
    """Join published outcomes, given by proxy and text of an architecture, with their truth.

    Raises:
        DataError: No architecture has both a value and an outcome.
    """
    texts = tuple(text for text in truth.values if any(text in one for one in outcomes.values()))
    if not texts:
        raise DataError(
            f"task {truth.task} has no value for any architecture that "
            f"{', '.join(published.sources)} has scores of"
        )
    return Contest(
        truth=truth,
        population=truth.task,
        population_digest=digest_lines(texts),
        texts=texts,
        contenders=tuple(_contender(name, column) for name, column in outcomes.items()),
        provenance=published,
    )


def _contender(name: str, outcomes: Mapping[str, Outcome]) -> Contender:
    content = digest_lines(f"{text}\t{_written(one)}" for text, one in outcomes.items())
    return Contender(
        name=name,
        version=_VERSION,
        key=f"{name}:{_VERSION}:{content}",
        components=(SCORE,),
        orient=_orient,
        outcomes=outcomes,
        expenses={},
    )


def _written(outcome: Outcome) -> str:
    return repr(outcome.components[SCORE]) if isinstance(outcome, Scored) else "none"


def _orient(columns: Mapping[str, FloatArray]) -> FloatArray:
    return DIRECTION.orient(columns[SCORE])
