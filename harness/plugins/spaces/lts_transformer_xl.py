"""Transformer-XL decoders of LiteTransformerSearch (Javaheripi et al., 2022).

They predict words: 267,736 of WikiText-103, 793,470 of LM1B. The space's own data set has 1,024
tokens, so that vocabulary and softmax do not take most of a score's time; clusters are those that
were published, in proportion. ``wikitext-103-words`` and ``lm1b-words`` are the published ones.

The decoders of both corpora have the same layers and differ in the embedding alone, width and
divisor of which are part of the text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from harness.space import SearchSpace
from harness.spaces import lite_transformer_notation as notation

if TYPE_CHECKING:
    import numpy as np
    from torch import nn

    from harness.core.architecture import Dataset

__all__ = ["SPACE"]

_VOCABULARY = {"wikitext-103": 267_736, "lm1b": 793_470}
_DEPTHS = (5, 8)


def _network(text: str, dataset: Dataset) -> nn.Module:
    from harness.plugins.spaces.networks_decoder import transformer_xl

    return transformer_xl(notation.read(text), notation.corpus_of(dataset, _VOCABULARY), dataset)


def _matrices(text: str, dataset: Dataset) -> Iterator[tuple[int, int, int]]:
    corpus = notation.corpus_of(dataset, _VOCABULARY)
    return notation.matrices(notation.read(text), corpus, relative=True)


def _sample(generator: np.random.Generator) -> str:
    return notation.sample(generator, _DEPTHS)


SPACE = SearchSpace(
    name="lts-transformer-xl",
    family="language model",
    summary="LiteTransformerSearch: Transformer-XL of 5 to 8 layers, heads and units per layer",
    network=_network,
    parse=notation.parse,
    sample=_sample,
    uniform=False,
    neighbours=notation.neighbours,
    columns=notation.parameter_columns(
        notation.relative_attention_weights,
        notation.relative_layer_weights,
        _VOCABULARY,
        learned_positions=False,
    ),
    matrices=_matrices,
    dataset="wikitext-103",
)
