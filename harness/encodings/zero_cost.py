"""Zero-cost scores as features; they come from outside, with NaN where a proxy gave none."""

from __future__ import annotations

import numpy as np

from harness.core.errors import UsageError
from harness.encodings.encoding import Encoding, Features
from harness.encodings.subjects import Subjects

__all__ = ["ZERO_COST"]


def _encode(subjects: Subjects) -> Features:
    if not subjects.scores.proxies:
        raise UsageError(
            f"the encoding zc needs zero-cost scores, and there are none for these {subjects.n} "
            f"architectures of {subjects.space}; choose a task with stored scores or a predictor "
            "with another encoding"
        )
    without = int(np.isnan(subjects.scores.values).all(axis=1).sum())
    if 2 * without > subjects.n:
        raise UsageError(
            f"the encoding zc needs zero-cost scores, and {without} of {subjects.n} architectures "
            f"of {subjects.space} have none; score them first, or choose a predictor with another "
            "encoding"
        )
    return Features(columns=subjects.scores.proxies, values=subjects.scores.values)


ZERO_COST = Encoding(
    name="zc",
    summary="Scores of zero-cost proxies, stored or computed.",
    encode=_encode,
)
