"""Operation counts: how often each operation stands in the cells, and how many edges there are."""

from __future__ import annotations

import numpy as np

from harness.encodings.encoding import Encoding, Features
from harness.encodings.padded import pad
from harness.encodings.subjects import FloatArray, Subjects

__all__ = ["COUNTS"]


def _encode(subjects: Subjects) -> Features:
    columns: list[str] = []
    parts: list[FloatArray] = []
    for role, cells in subjects.cells.items():
        graphs = pad(cells)
        counted = [graphs.labelled([name]).sum(axis=1) for name in graphs.searched]
        counted.append(graphs.edges.sum(axis=(1, 2)))
        columns += [f"{role}.{name}" for name in (*graphs.searched, "edges")]
        parts.append(np.stack(counted, axis=1).astype(np.float64))
    return Features(columns=tuple(columns), values=np.concatenate(parts, axis=1))


COUNTS = Encoding(
    name="counts",
    summary="Number of nodes of every operation, and of edges.",
    encode=_encode,
)
