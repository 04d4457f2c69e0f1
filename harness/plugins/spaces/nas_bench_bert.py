"""NAS-Bench-BERT as it was trained (Serianni and Kalita, 2023): plain self-attention encoders.

The published configurations name FlexiBERT operations that the training program never built; see
`harness.spaces.nas_bench_bert_notation`. The space has the 2,664 encoders that it could build, 301
of which were trained; written configurations are read as the encoder that came of them. What the
configurations say is the space ``flexibert``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from harness.space import SearchSpace
from harness.spaces import nas_bench_bert_notation as notation

if TYPE_CHECKING:
    from torch import nn

    from harness.core.architecture import Dataset

__all__ = ["SPACE"]

_LAYERS = notation.trained_layers()


def _network(text: str, dataset: Dataset) -> nn.Module:
    from harness.plugins.spaces.networks_electra import build

    return build(notation.read_trained(text), dataset)


def _texts() -> Iterator[str]:
    return notation.texts(_LAYERS)


def _neighbours(text: str) -> Iterator[str]:
    return notation.neighbours(text, _LAYERS)


SPACE = SearchSpace(
    name="nas-bench-bert",
    family="language model",
    summary="NAS-Bench-BERT: encoders of 2 or 4 self-attention layers, as trained",
    network=_network,
    texts=_texts,
    parse=notation.as_trained,
    neighbours=_neighbours,
    size=sum(len(notation.WIDTHS) * len(_LAYERS) ** depth for depth in notation.DEPTHS),
    columns={
        "depth": lambda text: len(notation.read_trained(text).layers),
        "width": lambda text: notation.read_trained(text).width,
        "parameters": lambda text: notation.weights(notation.read_trained(text)),
        "layer_parameters": lambda text: notation.weights_of_layers(notation.read_trained(text)),
    },
    matrices=lambda text, dataset: notation.matrices(notation.read_trained(text), dataset),
    dataset="glue",
)
