"""Decoders of LiteTransformerSearch: their texts, and their numbers of weights in five meanings.

``512-128-2:8x1601|4x1533`` is a decoder of width 512 with embeddings of width 128, which each
further cluster of the vocabulary divides by 2, and two layers: one of 8 heads and 1,601 units
between its feed-forward matrices, one of 4 and 1,533.

A vocabulary is sorted by frequency and cut into clusters. What a decoder predicts are the logits of
the first cluster and one for each further cluster, in which a second softmax follows. The embedding
of a token is the row of its cluster's table times the cluster's projection; the same tables, and
some of the projections, serve the output.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.errors import DataError
from harness.spaces.literal import quote

if TYPE_CHECKING:
    import numpy as np

    from harness.core.architecture import Dataset

__all__ = [
    "CORPORA",
    "DEEPEST",
    "Corpus",
    "Decoder",
    "corpus_of",
    "embedding_weights",
    "feed_forward_weights",
    "matrices",
    "neighbours",
    "parameter_columns",
    "parse",
    "published_corpus",
    "read",
    "relative_attention_weights",
    "relative_layer_weights",
    "sample",
    "softmax_weights",
    "text",
]

WIDTHS, HEADS, DIVISORS, INNER = (64, 128, 256, 512), (2, 4, 8), (1, 2, 4), (512, 2048)
_STEP = 64
"""Units by which neighbours differ between feed-forward matrices."""

_HEADING = re.compile(r"(64|128|256|512)-(64|128|256|512)-(1|2|4)")
_LAYER = re.compile(r"(2|4|8)x([1-9][0-9]{2,3})")
_EXAMPLE = "512-128-2:8x1601|4x1533"
DEEPEST = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoder:
    """One decoder; `layers` are pairs of heads and units between the feed-forward matrices."""

    width: int
    embedding: int
    divisor: int
    layers: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """What a decoder needs to know of the texts that it is built for.

    Attributes:
        sizes: Tokens of each cluster.
        tied: Whether the output of a cluster shares the projection of its embedding.
        positions: Longest text of the training.
    """

    sizes: tuple[int, ...]
    tied: tuple[bool, ...]
    positions: int

    @property
    def vocabulary(self) -> int:
        """Number of tokens."""
        return sum(self.sizes)

    def embeddings(self, decoder: Decoder) -> tuple[int, ...]:
        """Return the width of each cluster's embedding."""
        return tuple(
            decoder.embedding // decoder.divisor**number for number in range(len(self.tied))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Published:
    ends: tuple[int, ...]
    tied: bool
    positions: int


CORPORA: Mapping[str, _Published] = {
    "wikitext-103": _Published(ends=(19_997, 39_997, 199_997), tied=True, positions=192),
    "lm1b": _Published(ends=(59_997, 99_997, 639_997), tied=False, positions=32),
}
"""Ends of the clusters; whether all clusters but the first tie projections; longest text."""


def corpus_of(dataset: Dataset, published_vocabulary: Mapping[str, int]) -> Corpus:
    """Return the clusters of a data set: the published ones, in proportion to its vocabulary.

    A data set with another name than those of the two corpora has the clusters of WikiText-103.
    """
    name = "lm1b" if dataset.name.startswith("lm1b") else "wikitext-103"
    return _clusters(name, published_vocabulary[name], dataset.vocabulary)


def _clusters(name: str, published: int, vocabulary: int) -> Corpus:
    known = CORPORA[name]
    scaled = [round(end * vocabulary / published) for end in known.ends if end < published]
    ends = (0, *scaled, vocabulary)
    sizes = tuple(after - before for before, after in itertools.pairwise(ends))
    tied = tuple(known.tied and number > 0 for number in range(len(sizes)))
    return Corpus(sizes=sizes, tied=tied, positions=known.positions)


def published_corpus(name: str, vocabulary: int) -> Corpus:
    """Return a corpus as it was trained on."""
    return _clusters(name, vocabulary, vocabulary)


def read(written: str) -> Decoder:
    """Read a decoder.

    Raises:
        DataError: It is none.
    """
    heading, _, rest = "".join(written.split()).partition(":")
    first, layers = _HEADING.fullmatch(heading), rest.split("|")
    if first is None:
        raise DataError(
            f"decoder {quote(written)}: {quote(heading)} is no width, width of embeddings and "
            f"divisor, as in {_EXAMPLE!r}"
        )
    read_layers = [_LAYER.fullmatch(layer) for layer in layers]
    matches = [match for match in read_layers if match is not None]
    pairs = tuple((int(match[1]), int(match[2])) for match in matches)
    if len(pairs) < len(layers) or not all(INNER[0] <= units <= INNER[1] for _, units in pairs):
        raise DataError(
            f"decoder {quote(written)}: a layer is 2, 4 or 8 heads and {INNER[0]} to {INNER[1]} "
            f"units, as in {_EXAMPLE!r}"
        )
    if not 2 <= len(pairs) <= DEEPEST:
        raise DataError(f"decoder {quote(written)}: {len(pairs)} layers; there are 2 to {DEEPEST}")
    width, embedding, divisor = map(int, first.groups())
    return Decoder(width=width, embedding=embedding, divisor=divisor, layers=pairs)


def text(decoder: Decoder) -> str:
    """Return the text of a decoder."""
    layers = "|".join(f"{heads}x{units}" for heads, units in decoder.layers)
    return f"{decoder.width}-{decoder.embedding}-{decoder.divisor}:{layers}"


def parse(written: str) -> str:
    """Return the text of a decoder without blanks; raises `DataError` for anything else."""
    return text(read(written))


def sample(generator: np.random.Generator, depths: tuple[int, int]) -> str:
    """Draw depth and choices uniformly, as the published decoders were."""
    depth = int(generator.integers(depths[0], depths[1] + 1))
    layers = tuple(
        (int(generator.choice(HEADS)), int(generator.integers(INNER[0], INNER[1] + 1)))
        for _ in range(depth)
    )
    width, embedding, divisor = (
        int(generator.choice(options)) for options in (WIDTHS, WIDTHS[1:], DIVISORS)
    )
    return text(Decoder(width=width, embedding=embedding, divisor=divisor, layers=layers))


def neighbours(written: str) -> Iterator[str]:
    """Yield the decoders that differ in one decision.

    Units change by 64, and the last layer may be doubled, or dropped where it is such a double.
    """
    heading, _, rest = written.partition(":")
    own, layers = heading.split("-"), rest.split("|")
    for number, options in enumerate((WIDTHS, WIDTHS, DIVISORS)):
        for option in options:
            if str(option) != own[number]:
                yield f"{'-'.join([*own[:number], str(option), *own[number + 1 :]])}:{rest}"
    for number, layer in enumerate(layers):
        for other in _near(layer):
            yield f"{heading}:{'|'.join([*layers[:number], other, *layers[number + 1 :]])}"
    if len(layers) < DEEPEST:
        yield f"{written}|{layers[-1]}"
    if len(layers) > 2 and layers[-1] == layers[-2]:
        yield f"{heading}:{'|'.join(layers[:-1])}"


def embedding_weights(decoder: Decoder, corpus: Corpus) -> int:
    """Return the weights of the tables of a vocabulary, and of the projections to the width."""
    if decoder.divisor == 1:
        project = decoder.width * decoder.embedding if decoder.width != decoder.embedding else 0
        return corpus.vocabulary * decoder.embedding + project
    return sum(
        (size + decoder.width) * embedding
        for size, embedding in zip(corpus.sizes, corpus.embeddings(decoder), strict=True)
    )


def softmax_weights(decoder: Decoder, corpus: Corpus) -> int:
    """Return the weights that the output alone has: biases, logits of clusters, projections."""
    further = len(corpus.sizes) - 1
    own = corpus.vocabulary + further * (decoder.embedding + 1)
    if decoder.divisor == 1:
        plain = decoder.width == decoder.embedding
        return own if plain else own + corpus.tied.count(False) * decoder.width * decoder.embedding
    return own + sum(
        decoder.width * embedding
        for embedding, tied in zip(corpus.embeddings(decoder), corpus.tied, strict=True)
        if not tied
    )


def feed_forward_weights(decoder: Decoder) -> int:
    """Return the weights of all feed-forward matrices with their biases."""
    width = decoder.width
    return sum(2 * width * units + units + width for _, units in decoder.layers)


def relative_attention_weights(decoder: Decoder) -> int:
    """Return the weights of a Transformer-XL's attention: five matrices and one normalisation."""
    return len(decoder.layers) * (5 * decoder.width**2 + 2 * decoder.width)


def relative_layer_weights(decoder: Decoder) -> int:
    """Return the weights of a Transformer-XL's layers.

    Beside attention and feed-forward matrices a layer has a second normalisation and two biases of
    its width.
    """
    rest = len(decoder.layers) * 4 * decoder.width
    return relative_attention_weights(decoder) + feed_forward_weights(decoder) + rest


def matrices(decoder: Decoder, corpus: Corpus, *, relative: bool) -> Iterator[tuple[int, int, int]]:
    """Yield rows, columns and number of the weight matrices of a decoder, tables left out.

    Args:
        decoder: The decoder.
        corpus: Its clusters.
        relative: Whether attention has a matrix for distances, as in a Transformer-XL.
    """
    width, further = decoder.width, len(corpus.sizes) - 1
    for _, units in decoder.layers:
        yield 3 * width, width, 1
        yield width, width, 2 if relative else 1
        yield units, width, 1
        yield width, units, 1
    if further:
        yield further, decoder.embedding, 1
    embeddings = corpus.embeddings(decoder)
    if decoder.divisor > 1:
        yield from ((width, own, 1) for own in embeddings)
    elif width != decoder.embedding:
        yield width, decoder.embedding, 1
    else:
        return
    for own, tied in zip(embeddings, corpus.tied, strict=True):
        if not tied:
            yield own, width, 1


def parameter_columns(
    attention: Callable[[Decoder], int],
    layers: Callable[[Decoder], int],
    vocabulary: Mapping[str, int],
    *,
    learned_positions: bool,
) -> dict[str, Callable[[str], int]]:
    """Return depth, width and the five numbers of parameters of a decoder by its text.

    Args:
        attention: Weights of attention in all layers.
        layers: Weights of all layers.
        vocabulary: Published number of tokens of each corpus.
        learned_positions: Whether each position of a text has weights, which the embedding holds.
    """

    def embedding(written: str, corpus: Corpus) -> int:
        decoder = read(written)
        positions = corpus.positions * decoder.width if learned_positions else 0
        return embedding_weights(decoder, corpus) + positions

    def total(written: str, corpus: Corpus) -> int:
        decoder = read(written)
        return embedding(written, corpus) + softmax_weights(decoder, corpus) + layers(decoder)

    columns: dict[str, Callable[[str], int]] = {
        "depth": lambda written: len(read(written).layers),
        "width": lambda written: read(written).width,
        "attention_parameters": lambda written: attention(read(written)),
        "feed_forward_parameters": lambda written: feed_forward_weights(read(written)),
        "layer_parameters": lambda written: layers(read(written)),
    }
    for name, tokens in vocabulary.items():
        corpus, suffix = published_corpus(name, tokens), name.replace("-", "_")
        columns[f"embedding_parameters_{suffix}"] = functools.partial(embedding, corpus=corpus)
        columns[f"parameters_{suffix}"] = functools.partial(total, corpus=corpus)
    return columns


def _near(layer: str) -> Iterator[str]:
    heads, units = map(int, layer.split("x"))
    yield from (f"{other}x{units}" for other in HEADS if other != heads)
    for changed in (units - _STEP, units + _STEP):
        if INNER[0] <= changed <= INNER[1]:
            yield f"{heads}x{changed}"
