"""GPT-2 decoders of LiteTransformerSearch (Javaheripi et al., 2022).

``n_token`` is 50,264 for both corpora, byte pairs of GPT-2. The space's own data set has 1,024
tokens, so that vocabulary and softmax do not take most of a score's time; clusters are those that
were published, in proportion. ``wikitext-103-bpe`` and ``lm1b-bpe`` are the published ones.
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

_VOCABULARY = {"wikitext-103": 50_264, "lm1b": 50_264}
_WIKITEXT, _LM1B = (notation.published_corpus(name, _VOCABULARY[name]) for name in _VOCABULARY)
_DEPTHS = (2, 16)


def _network(text: str, dataset: Dataset) -> nn.Module:
    from harness.plugins.spaces.networks_decoder import gpt2

    return gpt2(notation.read(text), notation.corpus_of(dataset, _VOCABULARY), dataset)


def _sample(generator: np.random.Generator) -> str:
    return notation.sample(generator, _DEPTHS)


def _attention(text: str) -> int:
    decoder = notation.read(text)
    return len(decoder.layers) * 4 * decoder.width * (decoder.width + 1)


def _feed_forward(text: str) -> int:
    return notation.feed_forward_weights(notation.read(text))


def _layers(text: str) -> int:
    decoder = notation.read(text)
    norms = (2 * len(decoder.layers) + 1) * 2 * decoder.width
    return _attention(text) + _feed_forward(text) + norms


def _embedding(text: str, corpus: notation.Corpus) -> int:
    decoder = notation.read(text)
    return notation.embedding_weights(decoder, corpus) + corpus.positions * decoder.width


def _all(text: str, corpus: notation.Corpus) -> int:
    own = notation.softmax_weights(notation.read(text), corpus)
    return _embedding(text, corpus) + own + _layers(text)


SPACE = SearchSpace(
    name="lts-gpt2",
    summary="LiteTransformerSearch: GPT-2 of 2 to 16 layers, heads and units per layer",
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
