"""ELECTRA's encoder (Clark et al., 2020) with the operations of FlexiBERT (Tuli et al., 2022).

Normalisation comes after each sum, activations are GELU, weights are drawn from a normal of
standard deviation 0.02 cut at two of them, as in the program that trained NAS-Bench-BERT. Of a data
set with one class a text the head is that of its fine-tuning: one matrix on the first token. With
``per_token`` it is the discriminator's of its pre-training, with as many outputs as classes instead
of one logit. There is no dropout, and all tokens are of segment 0.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from harness.core.errors import UsageError
from harness.plugins.spaces.truncated_normal import truncated_normal_
from harness.spaces.nas_bench_bert_notation import EMBEDDING, POSITIONS, Encoder, Layer

if TYPE_CHECKING:
    from harness.core.architecture import Dataset

__all__ = ["build"]

_DEVIATION = 0.02
_SEGMENTS = 2
_CONVOLUTION_SHARE = 2
"""Of two heads of span-based dynamic convolution one attends and one convolves."""


class _Attention(nn.Module):
    """Self-attention; in the multiplicative form a further matrix stands between query and key."""

    def __init__(self, width: int, heads: int, *, weighted: bool = False) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value = (nn.Linear(width, width) for _ in range(3))
        self.between = nn.Linear(width, width, bias=False) if weighted else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        query, key, value = self.between(self.query(x)), self.key(x), self.value(x)
        return _attended(query, key, value, self.heads)


class _Transform(nn.Module):
    """A matrix, then the fixed Fourier or cosine transform over positions and each head."""

    def __init__(self, width: int, heads: int, *, cosine: bool) -> None:
        super().__init__()
        self.heads, self.cosine = heads, cosine
        self.input = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        mixed = _split(self.input(x), self.heads)
        length, width = mixed.shape[-2:]
        if self.cosine:
            changed = _cosines(length, x) @ mixed @ _cosines(width, x).transpose(0, 1)
        else:
            rows, columns = _angles(length, x), _angles(width, x)
            changed = rows.cos() @ mixed @ columns.cos() - rows.sin() @ mixed @ columns.sin()
        return _joined(changed)


class _DynamicConvolution(nn.Module):
    """Half of the heads attend, the other half convolve with kernels made from a span of tokens."""

    def __init__(self, width: int, heads: int, kernel: int) -> None:
        super().__init__()
        self.heads, self.kernel = heads // _CONVOLUTION_SHARE, kernel
        own = width // _CONVOLUTION_SHARE
        self.query, self.key, self.value = (nn.Linear(width, own) for _ in range(3))
        self.depthwise = nn.Conv1d(
            width, width, kernel, padding=kernel // 2, groups=width, bias=False
        )
        self.pointwise = nn.Linear(width, own)
        self.kernels = nn.Linear(own, self.heads * kernel)
        self.output = nn.Linear(width, own)

    def forward(self, x: Tensor) -> Tensor:
        query = self.query(x)
        attended = _attended(query, self.key(x), self.value(x), self.heads)
        span = self.pointwise(self.depthwise(x.transpose(1, 2)).transpose(1, 2))
        n, length, _ = x.shape
        kernels = self.kernels(span * query).reshape(n, length, self.heads, self.kernel, 1)
        side = self.kernel // 2
        padded = functional.pad(self.output(x), (0, 0, side, side))
        windows = padded.unfold(1, self.kernel, 1).reshape(n, length, self.heads, -1, self.kernel)
        convolved = (windows @ kernels.softmax(-2)).flatten(2)
        return torch.cat([attended, convolved], dim=-1)


class _Mixer(nn.Module):
    """An operation over positions with output matrix, residual sum and normalisation."""

    def __init__(self, width: int, operation: nn.Module) -> None:
        super().__init__()
        self.operation = operation
        self.output = nn.Linear(width, width)
        self.norm = nn.LayerNorm(width)

    def forward(self, x: Tensor) -> Tensor:
        mixed: Tensor = self.norm(x + self.output(self.operation(x)))
        return mixed


class _FeedForward(nn.Module):
    """Matrices with GELU between them, residual sum and normalisation."""

    def __init__(self, width: int, inner: tuple[int, ...]) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for before, after in zip((width, *inner), inner, strict=False):
            layers += [nn.Linear(before, after), nn.GELU()]
        self.layers = nn.Sequential(*layers, nn.Linear(inner[-1], width))
        self.norm = nn.LayerNorm(width)

    def forward(self, x: Tensor) -> Tensor:
        changed: Tensor = self.norm(x + self.layers(x))
        return changed


class _Electra(nn.Module):
    """Embeddings, layers and head."""

    def __init__(self, encoder: Encoder, dataset: Dataset) -> None:
        super().__init__()
        width = encoder.width
        self.tokens = nn.Embedding(dataset.vocabulary, EMBEDDING)
        self.positions = nn.Embedding(POSITIONS, EMBEDDING)
        self.segments = nn.Embedding(_SEGMENTS, EMBEDDING)
        self.norm = nn.LayerNorm(EMBEDDING)
        self.project = nn.Identity() if width == EMBEDDING else nn.Linear(EMBEDDING, width)
        self.layers = nn.Sequential(*(_layer(layer, width) for layer in encoder.layers))
        self.per_token = dataset.loss == "per_token"
        output = nn.Linear(width, dataset.classes)
        if self.per_token:
            self.head: nn.Module = nn.Sequential(nn.Linear(width, width), nn.GELU(), output)
        else:
            self.head = output

    def forward(self, tokens: Tensor) -> Tensor:
        """Return logits ``(n, classes)``, or ``(n, length, classes)`` of a loss per token."""
        positions = torch.arange(tokens.shape[1], device=tokens.device)
        x = self.tokens(tokens) + self.positions(positions)
        x = x + self.segments(torch.zeros_like(positions))
        x = self.layers(self.project(self.norm(x)))
        logits: Tensor = self.head(x if self.per_token else x[:, 0])
        return logits


def build(encoder: Encoder, dataset: Dataset) -> nn.Module:
    """Build an untrained encoder.

    Raises:
        UsageError: The data set is none of texts of at most 512 tokens.
    """
    if dataset.inputs != "tokens" or len(dataset.shape) != 1 or dataset.shape[0] > POSITIONS:
        raise UsageError(
            f"samples of data set {dataset.name!r} are {dataset.inputs} {dataset.shape}; encoders "
            f"of NAS-Bench-BERT read at most {POSITIONS} tokens, such as the data set glue"
        )
    network = _Electra(encoder, dataset)
    network.apply(_initialise)
    return network


def _layer(layer: Layer, width: int) -> nn.Module:
    feed_forward = _FeedForward(width, layer.inner)
    if layer.operation in ("dft", "dct"):  # without output matrix and sum of their own
        transform = _Transform(width, layer.heads, cosine=layer.operation == "dct")
        return nn.Sequential(transform, feed_forward)
    operation: nn.Module
    if layer.operation in ("sdp", "wma"):
        operation = _Attention(width, layer.heads, weighted=layer.operation == "wma")
    else:
        kernel = int(layer.operation.removeprefix("dsc"))
        operation = _DynamicConvolution(width, layer.heads, kernel)
    return nn.Sequential(_Mixer(width, operation), feed_forward)


def _initialise(module: nn.Module) -> None:
    if isinstance(module, nn.Linear | nn.Embedding | nn.Conv1d):
        truncated_normal_(module.weight, _DEVIATION, 2 * _DEVIATION)
    if isinstance(module, nn.Linear) and module.bias is not None:
        nn.init.zeros_(module.bias)


def _attended(query: Tensor, key: Tensor, value: Tensor, heads: int) -> Tensor:
    query, key, value = (_split(part, heads) for part in (query, key, value))
    return _joined(functional.scaled_dot_product_attention(query, key, value))


def _split(x: Tensor, heads: int) -> Tensor:
    """Return ``(n, heads, length, width of a head)`` of ``(n, length, width)``."""
    n, length, width = x.shape
    return x.reshape(n, length, heads, width // heads).transpose(1, 2)


def _joined(x: Tensor) -> Tensor:
    return x.transpose(1, 2).flatten(2)


def _angles(length: int, like: Tensor) -> Tensor:
    places = torch.arange(length, dtype=like.dtype, device=like.device)
    return places[:, None] * places * (2 * math.pi / length)


def _cosines(length: int, like: Tensor) -> Tensor:
    places = torch.arange(length, dtype=like.dtype, device=like.device)
    return 2 * ((places[:, None] * (2 * places + 1)) * (math.pi / (2 * length))).cos()
