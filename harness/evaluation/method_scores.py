"""What is ranked, whoever computed it: outcomes by architecture and how they become scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from harness.core.cost import Cost
from harness.core.outcome import Outcome, Scored
from harness.evaluation.leaderboard import Timing
from harness.metrics.values import FloatArray

__all__ = ["Contender", "Expense", "Orient"]

Orient = Callable[[Mapping[str, FloatArray]], FloatArray]
"""Maps component arrays, each of shape ``(n,)``, to scores of shape ``(n,)``, higher is better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expense:
    """What one outcome took, and on which machine."""

    environment: str
    cost: Cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """A method with its outcomes on architectures.

    Attributes:
        name: Name on the leaderboard.
        version: Version of the method; for published scores, the publication.
        key: Identity of the scores; equal keys, equal scores.
        components: Names of the numbers that a score consists of.
        orient: How components over the scored architectures become scores; it applies the
            declared direction.
        outcomes: Text of an architecture to its outcome; nothing is known of the others.
        expenses: Text to cost, for those whose cost is known.
    """

    name: str
    version: str
    key: str
    components: tuple[str, ...]
    orient: Orient
    outcomes: Mapping[str, Outcome]
    expenses: Mapping[str, Expense]

    def scores(self, scored: Sequence[Scored]) -> FloatArray:
        """Return scores of shape ``(n,)``, higher is better."""
        if not scored:
            return np.empty(0)
        columns = {
            name: np.array([one.components[name] for one in scored], dtype=np.float64)
            for name in self.components
        }
        return np.asarray(self.orient(columns), dtype=np.float64)

    def timing(self, texts: Sequence[str]) -> Timing | None:
        """Summarise the costs of architectures, on the environment that scored most of them."""
        known = [self.expenses[text] for text in texts if text in self.expenses]
        if not known:
            return None
        ((environment, _),) = Counter(one.environment for one in known).most_common(1)
        costs = [one.cost for one in known if one.environment == environment]
        low, median, high = np.quantile([one.wall_s for one in costs], (0.25, 0.5, 0.75))
        gpu = [one.gpu_s for one in costs if one.gpu_s is not None]
        peaks = [one.peak_bytes for one in costs if one.peak_bytes is not None]
        return Timing(
            quartiles_s=(float(low), float(median), float(high)),
            gpu_s=float(np.median(gpu)) if gpu else None,
            peak_bytes=max(peaks) if peaks else None,
            environment=environment,
        )
