"""A classifier of texts by an LSTM: harness score lstm.py."""

import torch
from torch import Tensor, nn

LENGTH, VOCABULARY, CLASSES = 24, 1000, 4


class Classifier(nn.Module):
    """Embedding, two-layer LSTM, linear head on the last state."""

    def __init__(self, width: int = 128, hidden: int = 256) -> None:
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, width)
        self.lstm = nn.LSTM(width, hidden, num_layers=2, batch_first=True)
        self.head = nn.Linear(hidden, CLASSES)

    def forward(self, tokens: Tensor) -> Tensor:
        """Return logits ``(n, classes)``."""
        _, (state, _) = self.lstm(self.embedding(tokens))
        return self.head(state[-1])


def network() -> Classifier:
    """Build the network."""
    return Classifier()


inputs = torch.randint(VOCABULARY, (16, LENGTH))
labels = torch.arange(16) % CLASSES
