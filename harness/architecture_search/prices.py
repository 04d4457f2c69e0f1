"""What the training of each architecture costs beside the others: simulated time.

No stored table says how long a training took. Its time is taken to be proportional to a proxy,
FLOPs as a rule, and is counted in average trainings of the table: one that needs twice the mean
FLOPs costs 2. Whoever knows how long an average training takes multiplies by that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from harness.architecture_search.problem import Problem
from harness.core.errors import UsageError
from harness.metrics.values import FloatArray

__all__ = ["USUAL_PRICE", "Prices"]

USUAL_PRICE = "flops"
"""The proxy to which the time of a training is taken to be proportional."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prices:
    """Prices of all architectures of a problem.

    Attributes:
        proxy: Name of what they are proportional to.
        values: Shape ``(n,)``, positive, mean 1.
    """

    proxy: str
    values: FloatArray

    @classmethod
    def of(cls, problem: Problem, proxy: str, scores: Mapping[str, float]) -> Prices:
        """Make prices of a proxy's scores.

        Args:
            problem: What is searched.
            proxy: Name of the proxy.
            scores: Text of an architecture to its score, as the proxy gives it.

        Raises:
            UsageError: An architecture has no score, or one that is not positive.
        """
        seconds = np.array(
            [scores.get(architecture.text, np.nan) for architecture in problem.architectures]
        )
        wrong = int((~(np.isfinite(seconds) & (seconds > 0))).sum())
        if wrong:
            raise UsageError(
                f"{proxy} has no positive score of {wrong} of {problem.n} architectures, so it "
                "cannot be the time of their trainings; name another proxy with --time, such as "
                "flops or params, or none"
            )
        return cls(proxy=proxy, values=seconds / seconds.mean())
