"""Transformer-XL decoders of LiteTransformerSearch (Javaheripi et al., 2022).

They predict words: 267,736 of WikiText-103, 793,470 of LM1B. The space's own data set has 1,024
tokens, so that vocabulary and softmax do not take most of a score's time; clusters are those that
were published, in proportion. ``wikitext-103-words`` and ``lm1b-words`` are the published ones.

The decoders of both corpora have the same layers and differ in the embedding alone, width and
divisor of which are part of the text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.space import SearchSpace
from harness.spaces import lite_transformer_notation as notation

if TYPE_CHECKING:
    import numpy as np
    from torch import nn

    from harness.core.architecture import Dataset

__all__ = ["SPACE"]

_VOCABULARY = {"wikitext-103": 267_736, "lm1b": 793_470}
_WIKITEXT, _LM1B = (notation.published_corpus(name, _VOCABULARY[name]) for name in _VOCABULARY)
_DEPTHS = (5, 8)


def _network(text: str, dataset: Dataset) -> nn.Module:
    from harness.plugins.spaces.networks_decoder import transformer_xl

    return transformer_xl(notation.read(text), notation.corpus_of(dataset, _VOCABULARY), dataset)


def _sample(generator: np.random.Generator) -> str:
    return notation.sample(generator, _DEPTHS)


def _attention(text: str) -> int:
    return notation.relative_attention_weights(notation.read(text))


def _feed_forward(text: str) -> int:
    return notation.feed_forward_weights(notation.read(text))


def _layers(text: str) -> int:
    return notation.relative_layer_weights(notation.read(text))


def _embedding(text: str, corpus: notation.Corpus) -> int:
    return notation.embedding_weights(notation.read(text), corpus)


def _all(text: str, corpus: notation.Corpus) -> int:
    own = notation.softmax_weights(notation.read(text), corpus)
    return _embedding(text, corpus) + own + _layers(text)


SPACE = SearchSpace(
    name="lts-transformer-xl",
    summary="LiteTransformerSearch: Transformer-XL of 5 to 8 layers, heads and units per layer",
    network=_network,
    parse=notation.parse,
    sample=_sample,
    uniform=False,
    neighbours=notation.neighbours,
    columns={
        "depth": lambda text: len(notation.read(text).layers),
        "width": lambda text: notation.read(text).width,
        "attention_parameters": _attention,
        "feed_forward_parameters": _feed_forward,
        "layer_parameters": _layers,
        "embedding_parameters_wikitext_103": lambda text: _embedding(text, _WIKITEXT),
        "parameters_wikitext_103": lambda text: _all(text, _WIKITEXT),
        "embedding_parameters_lm1b": lambda text: _embedding(text, _LM1B),
        "parameters_lm1b": lambda text: _all(text, _LM1B),
    },
    dataset="wikitext-103",
)
