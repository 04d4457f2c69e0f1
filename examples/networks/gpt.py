"""A small language model (Radford et al., 2019) with a tied head: harness score gpt.py."""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

LENGTH, VOCABULARY = 32, 256


class Layer(nn.Module):
    """Causal attention and a perceptron."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(
            nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Mix tokens with earlier ones, then change each."""
        n, length, width = x.shape
        qkv = self.qkv(self.norm1(x)).view(n, length, 3, self.heads, width // self.heads)
        query, key, value = qkv.permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        x = x + self.out(seen.transpose(1, 2).reshape(n, length, width))
        return x + self.mlp(self.norm2(x))


class GPT(nn.Module):
    """Predicts the next token at every position."""

    def __init__(
        self,
        vocabulary: int = VOCABULARY,
        length: int = LENGTH,
        width: int = 128,
        depth: int = 4,
    ) -> None:
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width)
        self.positions = nn.Embedding(length, width)
        self.layers = nn.ModuleList(Layer(width, 4) for _ in range(depth))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, vocabulary, bias=False)
        self.head.weight = self.tokens.weight

    def forward(self, tokens: Tensor) -> Tensor:
        """Return logits ``(n, length, vocabulary)``."""
        places = torch.arange(tokens.shape[1], device=tokens.device)
        x = self.tokens(tokens) + self.positions(places)
        for layer in self.layers:
            x = layer(x)
        return self.head(self.norm(x))


def network() -> GPT:
    """Build the network."""
    return GPT()


text = torch.tensor(list(Path(__file__).read_bytes()))
starts = torch.arange(16) * LENGTH
inputs = torch.stack([text[start : start + LENGTH] for start in starts])
labels = torch.stack([text[start + 1 : start + LENGTH + 1] for start in starts])
