"""Decoders of LiteTransformerSearch: vocabulary in clusters, GPT-2 layers, Transformer-XL layers.

A network returns logits ``(n, length, vocabulary)`` of the next token, or, where there are several
clusters, their logarithmic probabilities, whose cross-entropy is the same. Weights are drawn from
the published normal distributions. There is no dropout, and a Transformer-XL has no memory of an
earlier text: what it is called with is the first segment.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from harness.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.core.architecture import Dataset
    from harness.spaces.lite_transformer_notation import Corpus, Decoder

__all__ = ["gpt2", "transformer_xl"]

_DEVIATION, _OF_PROJECTIONS = 0.02, 0.01


class _Vocabulary(nn.Module):
    """Embedding and output, which share the tables of all clusters.

    A table is padded with zeros to all tokens, so that token ids themselves are looked up in it.
    """

    def __init__(self, decoder: Decoder, corpus: Corpus) -> None:
        super().__init__()
        width, self.sizes = decoder.width, corpus.sizes
        self.scale = width**0.5
        self.one_table = decoder.divisor == 1
        embeddings = corpus.embeddings(decoder)
        self.tables = _parameters(zip(corpus.sizes, embeddings, strict=True))
        embedded = embeddings
        if self.one_table:
            embedded = () if width == decoder.embedding else (decoder.embedding,)
        self.projections = nn.ModuleList(nn.Linear(own, width, bias=False) for own in embedded)
        self.biases = nn.ParameterList(torch.zeros(size) for size in corpus.sizes)
        further = len(corpus.sizes) - 1
        self.clusters = nn.Linear(decoder.embedding, further) if further else None
        self.outputs = nn.ParameterDict(
            {
                str(number): nn.Parameter(torch.empty(width, own))
                for number, (own, tied) in enumerate(zip(embeddings, corpus.tied, strict=True))
                if embedded and not tied
            }
        )

    def forward(self, tokens: Tensor) -> Tensor:
        """Return embeddings of token ids."""
        if self.one_table:
            x = functional.embedding(tokens, torch.cat([*self.tables]))
            for project in self.projections:
                x = project(x)
            return self._scaled(x)
        parts, start = [], 0
        for table, project in zip(self.tables, self.projections, strict=True):
            rest = sum(self.sizes) - start - len(table)
            padded = functional.pad(table, (0, 0, start, rest))
            parts.append(project(functional.embedding(tokens, padded)))
            start += len(table)
        return self._scaled(torch.stack(parts).sum(0))

    def logits(self, x: Tensor) -> Tensor:
        """Return logits, or logarithmic probabilities of several clusters."""
        first = self._turned(x, 0)
        logits = functional.linear(first, self.tables[0], self.biases[0])
        if self.clusters is None:
            return logits
        size = len(self.tables[0])
        head = torch.cat([logits, self.clusters(first)], dim=-1).log_softmax(-1)
        parts = [head[..., :size]]
        for number in range(1, len(self.sizes)):
            turned = self._turned(x, number)
            rest = functional.linear(turned, self.tables[number], self.biases[number])
            parts.append(rest.log_softmax(-1) + head[..., size + number - 1].unsqueeze(-1))
        return torch.cat(parts, dim=-1)

    def draw(self) -> None:
        """Draw weights anew."""
        for table in self.tables:
            nn.init.normal_(table, std=_DEVIATION)
        for projection in (*self.projections.parameters(), *self.outputs.values()):
            nn.init.normal_(projection, std=_OF_PROJECTIONS)

    def _scaled(self, x: Tensor) -> Tensor:
        scaled: Tensor = x * self.scale
        return scaled

    def _turned(self, x: Tensor, number: int) -> Tensor:
        """Return hidden states in the width of a cluster's embedding."""
        if not len(self.projections):
            return x
        shared: nn.Linear = self.projections[0 if self.one_table else number]  # type: ignore[assignment]
        turned: Tensor = x @ self.outputs.get(str(number), shared.weight)
        return turned


class _Gpt2Layer(nn.Module):
    """Causal attention and a feed-forward block, each behind its normalisation."""

    def __init__(self, width: int, heads: int, units: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = nn.Linear(width, 3 * width)
        self.output = nn.Linear(width, width)
        self.widen, self.narrow = nn.Linear(width, units), nn.Linear(units, width)
        self.activation = nn.GELU(approximate="tanh")

    def forward(self, x: Tensor) -> Tensor:
        parts = self.attention(self.norm1(x)).chunk(3, dim=-1)
        query, key, value = (_split(part, self.heads) for part in parts)
        seen = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        x = x + self.output(_joined(seen))
        changed: Tensor = x + self.narrow(self.activation(self.widen(self.norm2(x))))
        return changed


class _Gpt2(nn.Module):
    """Embeddings of tokens and positions, layers, a last normalisation and the output."""

    def __init__(self, decoder: Decoder, corpus: Corpus) -> None:
        super().__init__()
        width = decoder.width
        self.vocabulary = _Vocabulary(decoder, corpus)
        self.positions = nn.Embedding(corpus.positions, width)
        self.layers = nn.Sequential(
            *(_Gpt2Layer(width, heads, units) for heads, units in decoder.layers)
        )
        self.norm = nn.LayerNorm(width)

    def forward(self, tokens: Tensor) -> Tensor:
        places = torch.arange(tokens.shape[1], device=tokens.device)
        x = self.vocabulary(tokens) + self.positions(places)
        return self.vocabulary.logits(self.norm(self.layers(x)))


class _RelativeLayer(nn.Module):
    """Transformer-XL: attention to contents and distances, feed-forward, norms after the sums."""

    def __init__(self, width: int, heads: int, units: int) -> None:
        super().__init__()
        self.heads = heads
        self.attention = nn.Linear(width, 3 * width, bias=False)
        self.distances = nn.Linear(width, width, bias=False)
        self.output = nn.Linear(width, width, bias=False)
        self.content_bias = nn.Parameter(torch.empty(heads, 1, width // heads))
        self.distance_bias = nn.Parameter(torch.empty(heads, 1, width // heads))
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.feed_forward = nn.Sequential(
            nn.Linear(width, units), nn.ReLU(), nn.Linear(units, width)
        )

    def forward(self, x: Tensor) -> Tensor:
        parts = self.attention(x).chunk(3, dim=-1)
        query, key, value = (_split(part, self.heads) for part in parts)
        places = self.distances(_sinusoids(x.shape[1], x).expand(*x.shape))  # samples first
        of_distance = (query + self.distance_bias) @ _split(places, self.heads).transpose(-1, -2)
        mask = _shifted(of_distance) / query.shape[-1] ** 0.5
        later = torch.ones(mask.shape[-2:], dtype=torch.bool, device=x.device).triu(1)
        seen = functional.scaled_dot_product_attention(
            query + self.content_bias, key, value, attn_mask=mask.masked_fill(later, -math.inf)
        )
        x = self.norm1(x + self.output(_joined(seen)))
        changed: Tensor = self.norm2(x + self.feed_forward(x))
        return changed


class _TransformerXl(nn.Module):
    """Embeddings of tokens, layers and the output."""

    def __init__(self, decoder: Decoder, corpus: Corpus) -> None:
        super().__init__()
        self.vocabulary = _Vocabulary(decoder, corpus)
        self.layers = nn.Sequential(
            *(_RelativeLayer(decoder.width, heads, units) for heads, units in decoder.layers)
        )

    def forward(self, tokens: Tensor) -> Tensor:
        return self.vocabulary.logits(self.layers(self.vocabulary(tokens)))


def gpt2(decoder: Decoder, corpus: Corpus, dataset: Dataset) -> nn.Module:
    """Build an untrained GPT-2.

    Raises:
        UsageError: The data set is none of texts whose next token is predicted, or too long.
    """
    _require_texts(dataset, corpus.positions)
    network = _Gpt2(decoder, corpus)
    residual = _DEVIATION / math.sqrt(2 * len(decoder.layers))
    for name, module in network.named_modules():
        if isinstance(module, nn.Linear | nn.Embedding):
            ends = name.endswith((".output", ".narrow"))
            nn.init.normal_(module.weight, std=residual if ends else _DEVIATION)
        if isinstance(module, nn.Linear) and module.bias is not None:
            nn.init.zeros_(module.bias)
    network.vocabulary.draw()
    return network


def transformer_xl(decoder: Decoder, corpus: Corpus, dataset: Dataset) -> nn.Module:
    """Build an untrained Transformer-XL.

    Raises:
        UsageError: The data set is none of texts whose next token is predicted.
    """
    _require_texts(dataset, None)
    network = _TransformerXl(decoder, corpus)
    for module in network.modules():
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=_DEVIATION)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.LayerNorm):
            nn.init.normal_(module.weight, mean=1.0, std=_DEVIATION)
        elif isinstance(module, _RelativeLayer):
            nn.init.normal_(module.content_bias, std=_DEVIATION)
            nn.init.normal_(module.distance_bias, std=_DEVIATION)
    network.vocabulary.draw()
    return network


def _parameters(shapes: Iterable[tuple[int, ...]]) -> nn.ParameterList:
    return nn.ParameterList(nn.Parameter(torch.empty(shape)) for shape in shapes)


def _require_texts(dataset: Dataset, longest: int | None) -> None:
    if (
        dataset.inputs != "tokens"
        or dataset.loss != "per_token"
        or len(dataset.shape) != 1
        or dataset.classes != dataset.vocabulary
    ):
        raise UsageError(
            f"data set {dataset.name!r} has {dataset.inputs} {dataset.shape}, {dataset.classes} "
            f"classes and loss {dataset.loss}; a decoder predicts the next of the tokens that it "
            "reads, such as those of wikitext-103"
        )
    if longest is not None and dataset.shape[0] > longest:
        raise UsageError(
            f"texts of data set {dataset.name!r} have {dataset.shape[0]} tokens; these networks "
            f"have {longest} positions: give shorter texts"
        )


def _split(x: Tensor, heads: int) -> Tensor:
    """Return ``(..., heads, length, width of a head)`` of ``(..., length, width)``."""
    return x.reshape(*x.shape[:-1], heads, x.shape[-1] // heads).transpose(-3, -2)


def _joined(x: Tensor) -> Tensor:
    return x.transpose(-3, -2).flatten(-2)


def _sinusoids(length: int, like: Tensor) -> Tensor:
    """Return embeddings ``(length, width)`` of the distances ``length - 1`` to 0."""
    width = like.shape[-1]
    rates = torch.arange(0, width, 2, dtype=like.dtype, device=like.device) / width
    places = torch.arange(length - 1, -1, -1, dtype=like.dtype, device=like.device)
    angles = places[:, None] / 10_000**rates
    return torch.cat([angles.sin(), angles.cos()], dim=-1)


def _shifted(x: Tensor) -> Tensor:
    """Move the value of distance ``i - j`` to row i and column j; later columns mean nothing."""
    *outer, rows, columns = x.shape
    padded = functional.pad(x, (1, 0)).reshape(*outer, columns + 1, rows)
    return padded[..., 1:, :].reshape(*outer, rows, columns)
