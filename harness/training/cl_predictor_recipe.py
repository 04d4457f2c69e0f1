"""What the encoder of cl_predictor follows from."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["ContrastiveRecipe"]

_FAMILIES = {
    "nas-bench-101": 600,
    "nas-bench-201": 600,
    "darts": 250,
    "transnas-bench-101-micro": 400,
    "transnas-bench-101-macro": 300,
}


class ContrastiveRecipe(BaseModel):
    """How an encoder is trained without labels.

    Attributes:
        families: How many architectures are drawn of each space.
        layers: Rounds of messages of the encoder; `width` and `embedding` are its numbers of an
            operator and of a graph.
        eigenvalues: How many of the smallest eigenvalues tell graphs apart.
        sharpness: What distances of spectra are multiplied by before the softmax; 1 is the form
            of the method.
        temperature: What cosines are divided by.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    families: dict[str, int] = Field(default_factory=lambda: dict(_FAMILIES))
    layers: int = 4
    width: int = 48
    embedding: int = 64
    eigenvalues: int = 11
    sharpness: float = 10.0
    temperature: float = 0.1
    epochs: int = 20
    batch: int = 128
    learning_rate: float = 2e-3
    weight_decay: float = 1e-4
    seed: int = 0
