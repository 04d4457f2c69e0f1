"""GPT-2 decoders of LiteTransformerSearch (Javaheripi et al., 2022).

``n_token`` is 50,264 for both corpora, byte pairs of GPT-2. The space's own data set has 1,024
tokens, so that vocabulary and softmax do not take most of a score's time; clusters are those that
were published, in proportion. ``wikitext-103-bpe`` and ``lm1b-bpe`` are the published ones.
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

_VOCABULARY = {"wikitext-103": 50_264, "lm1b": 50_264}
_DEPTHS = (2, 16)


def _network(text: str, dataset: Dataset) -> nn.Module:
    from harness.plugins.spaces.networks_decoder import gpt2

    return gpt2(notation.read(text), notation.corpus_of(dataset, _VOCABULARY), dataset)


def _matrices(text: str, dataset: Dataset) -> Iterator[tuple[int, int, int]]:
    corpus = notation.corpus_of(dataset, _VOCABULARY)
    return notation.matrices(notation.read(text), corpus, relative=False)


def _sample(generator: np.random.Generator) -> str:
    return notation.sample(generator, _DEPTHS)


def _attention(decoder: notation.Decoder) -> int:
    return len(decoder.layers) * 4 * decoder.width * (decoder.width + 1)


def _layers(decoder: notation.Decoder) -> int:
    norms = (2 * len(decoder.layers) + 1) * 2 * decoder.width
    return _attention(decoder) + notation.feed_forward_weights(decoder) + norms


SPACE = SearchSpace(
    name="lts-gpt2",
    family="language model",
    summary="LiteTransformerSearch: GPT-2 of 2 to 16 layers, heads and units per layer",
    network=_network,
    parse=notation.parse,
    sample=_sample,
    uniform=False,
    neighbours=notation.neighbours,
    columns=notation.parameter_columns(_attention, _layers, _VOCABULARY, learned_positions=True),
    matrices=_matrices,
    dataset="wikitext-103",
)
