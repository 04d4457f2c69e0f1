"""No numbers at all: for models that read the graphs themselves."""

from __future__ import annotations

import numpy as np

from harness.encodings.encoding import Encoding, Features
from harness.encodings.subjects import Subjects

__all__ = ["GRAPH"]


def _encode(subjects: Subjects) -> Features:
    return Features(columns=(), values=np.empty((subjects.n, 0)))


GRAPH = Encoding(
    name="graph",
    summary="No numbers: the model reads operations and edges.",
    encode=_encode,
)
