"""The order of candidates by one method, with ties and with what has no score.

Several proxies are combined by the mean of their ranks, 1 the best, ties sharing the mean of the
ranks that they cover; only candidates that all of them scored are ranked. A proxy that ranks a
whole set by itself, such as ``vote`` or ``az_nas``, is one method like any other.

Candidates of equal score share a rank and are listed in the order of a digest of their texts,
which prefers none. What has no score comes last, without a rank and with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from harness.core.aggregation import average_ranks
from harness.core.architecture import Architecture
from harness.core.identity import digest
from harness.metrics.values import FloatArray

__all__ = ["MEAN_RANK", "Ranked", "RankedCandidate", "mean_ranks", "rank_candidates"]

MEAN_RANK: Final = "mean rank"
"""Name of the combination of several proxies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedCandidate:
    """One candidate.

    Attributes:
        rank: 1 for the best, equal for equal scores; None without a score.
        tied: How many others have the same score.
        score: By the method, higher is better; None without one.
        figures: Counts and limited figures by name; None where unknown.
        proxies: Score by each proxy, as its paper has it; None where it has none.
        reason: Why there is no score.
    """

    architecture: Architecture
    rank: int | None
    tied: int
    score: float | None
    figures: Mapping[str, float | None]
    proxies: Mapping[str, float | None]
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """All candidates, the best first.

    Attributes:
        method: What they are ranked by.
        candidates: Those with a score, then the others.
    """

    method: str
    candidates: tuple[RankedCandidate, ...]

    @property
    def scored(self) -> int:
        """Number of candidates with a score."""
        return sum(candidate.rank is not None for candidate in self.candidates)

    def cut_tie(self, top: int) -> int:
        """Return how many candidates beyond the first `top` tie with the last of them."""
        if top >= self.scored:
            return 0
        last = self.candidates[top - 1].rank
        return sum(candidate.rank == last for candidate in self.candidates[top:])


def mean_ranks(columns: Sequence[FloatArray]) -> FloatArray:
    """Combine scores, higher better, into mean ranks with their sign turned, so that higher is.

    Args:
        columns: At least one, each of shape ``(n,)``; NaN where there is no score.

    Returns:
        Shape ``(n,)``; NaN where one of the columns has none.
    """
    complete = np.logical_and.reduce([np.isfinite(column) for column in columns])
    combined = np.full(complete.size, np.nan)
    if complete.any():
        ranks = [average_ranks(-column[complete]) for column in columns]
        combined[complete] = -np.mean(ranks, axis=0)
    return combined


def rank_candidates(
    architectures: Sequence[Architecture],
    method: str,
    scores: FloatArray,
    details: Mapping[str, Mapping[str, FloatArray]],
    reasons: Mapping[int, str],
) -> Ranked:
    """Order candidates.

    Args:
        architectures: The n candidates.
        method: Name of what scored.
        scores: Shape ``(n,)``, higher is better; NaN where there is none.
        details: Columns of shape ``(n,)`` by name, of ``figures`` and of ``proxies``.
        reasons: Why there is no score, by row.
    """
    ranked = np.isfinite(scores)
    finite = scores[ranked]
    keys = [digest(architecture.text) for architecture in architectures]
    rows = range(len(architectures))
    order = sorted(rows, key=lambda row: (not ranked[row], -np.nan_to_num(scores[row]), keys[row]))
    candidates = []
    for row in order:
        score = float(scores[row])
        candidates.append(
            RankedCandidate(
                architecture=architectures[row],
                rank=int((finite > score).sum()) + 1 if ranked[row] else None,
                tied=int((finite == score).sum()) - 1 if ranked[row] else 0,
                score=score if ranked[row] else None,
                figures=_row(details["figures"], row),
                proxies=_row(details["proxies"], row),
                reason="" if ranked[row] else reasons.get(row, "no score"),
            )
        )
    return Ranked(method=method, candidates=tuple(candidates))


def _row(columns: Mapping[str, FloatArray], row: int) -> dict[str, float | None]:
    values = {name: float(column[row]) for name, column in columns.items()}
    return {name: value if np.isfinite(value) else None for name, value in values.items()}
