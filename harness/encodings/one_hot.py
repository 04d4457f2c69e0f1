"""One-hot adjacency: which operation stands on which node, and which nodes are connected.

Nodes are told apart by their position in the graph, as in the first encoding of White et al., A
Study on Encodings for Neural Architecture Search, NeurIPS 2020. A column that is the same for all
architectures is left out, so that a space with fixed connections, such as NAS-Bench-201, has its
operations alone: 6 edges of 5 operations are 30 columns. A space of named choices has a column an
option instead. Graphs of whole networks with more than `_MOST` nodes have too many positions.
"""

from __future__ import annotations

import numpy as np

from harness.core.errors import UnsupportedError
from harness.encodings.encoding import Encoding, Features, varying
from harness.encodings.padded import Padded, pad
from harness.encodings.subjects import FloatArray, Subjects

__all__ = ["ONE_HOT"]

_MOST = 128


def _encode(subjects: Subjects) -> Features:
    if subjects.choices is not None:
        texts = [architecture.text for architecture in subjects.architectures]
        return varying(list(subjects.choices.columns), subjects.choices.one_hot(texts))
    columns: list[str] = []
    parts: list[FloatArray] = []
    for role, graphs in subjects.cells.items():
        names, values = _cell(pad(graphs))
        columns += [f"{role}.{name}" for name in names]
        parts.append(values)
    return varying(columns, np.concatenate(parts, axis=1))


def _cell(graphs: Padded) -> tuple[list[str], FloatArray]:
    most = graphs.operations.shape[1]
    if most > _MOST:
        raise UnsupportedError(
            f"the encoding onehot tells nodes apart by their position, and a graph of {most} nodes "
            f"has more than {_MOST}; take another encoding, or make the space of named choices"
        )
    sources, targets = np.triu_indices(most, k=1)
    names = [f"{source}-{target}" for source, target in zip(sources, targets, strict=True)]
    parts = [graphs.edges[:, sources, targets]]
    for node in range(most):
        names += [f"{node}.{label}" for label in graphs.vocabulary]
        parts.append(graphs.operations[:, node, None] == np.arange(len(graphs.vocabulary)))
    return names, np.concatenate(parts, axis=1).astype(np.float64)


ONE_HOT = Encoding(
    name="onehot",
    summary="Operation of every node and presence of every edge, by position.",
    encode=_encode,
)
