"""NAS-Bench-BERT as its configurations are written: encoders of FlexiBERT operations.

They were not trained: the values of the published file are those of plain self-attention encoders,
which are the space ``nas-bench-bert``; see `harness.spaces.nas_bench_bert_notation`. Operations are
those of the authors' second program, which scored them: the fixed transforms stand without output
matrix and residual sum, and a feed-forward block of three matrices has the written width between
each two of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from harness.space import SearchSpace
from harness.spaces import nas_bench_bert_notation as notation

if TYPE_CHECKING:
    import numpy as np
    from torch import nn

    from harness.core.architecture import Dataset

__all__ = ["SPACE"]

_LAYERS = notation.written_layers()


def _network(text: str, dataset: Dataset) -> nn.Module:
    from harness.plugins.spaces.networks_electra import build

    return build(notation.read_written(text), dataset)


def _parse(text: str) -> str:
    written = "".join(text.split()).lower()
    notation.read_written(written)
    return written


def _neighbours(text: str) -> Iterator[str]:
    return notation.neighbours(text, _LAYERS)


def _sample(generator: np.random.Generator) -> str:
    return notation.sample(generator, _LAYERS)


def _parameters_of_trained(text: str) -> int:
    return notation.weights(notation.read_trained(notation.as_trained(text)))


SPACE = SearchSpace(
    name="flexibert",
    family="language model",
    kin="nas-bench-bert",
    summary="NAS-Bench-BERT as written: encoders of 2 or 4 FlexiBERT layers, never trained",
    network=_network,
    parse=_parse,
    sample=_sample,
    neighbours=_neighbours,
    size=sum(len(notation.WIDTHS) * len(_LAYERS) ** depth for depth in notation.DEPTHS),
    columns={
        "depth": lambda text: len(notation.read_written(text).layers),
        "width": lambda text: notation.read_written(text).width,
        "parameters": lambda text: notation.weights(notation.read_written(text)),
        "parameters_as_trained": _parameters_of_trained,
    },
    matrices=lambda text, dataset: notation.matrices(notation.read_written(text), dataset),
    dataset="glue",
)
