"""What the weights of TG-NAS, beside the tables, and those of cl_predictor follow from."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from harness.core.errors import UsageError
from harness.core.file_faults import file_fault
from harness.core.files import read_toml
from harness.core.identity import SEEDS
from harness.spaces.knowledge import PRETRAINED_ON
from harness.text_graphs import Form, Readout, Words

__all__ = ["ContrastiveRecipe", "Loss", "Recipe", "read_recipe", "recipe_of"]

_Kind = TypeVar("_Kind", bound=BaseModel)


class Loss(StrEnum):
    """What is minimised.

    ``hinge`` and ``logistic`` go over the pairs of a batch whose labels differ; ``squares`` is
    the mean square against the labels, as TG-NAS has it.
    """

    HINGE = "hinge"
    LOGISTIC = "logistic"
    SQUARES = "squares"


class Recipe(BaseModel):
    """How networks are trained.

    Attributes:
        members: Networks of the ensemble.
        rewrites: Probabilities of `Rewrites`; none trains on the cells as they are.
        fresh: Epochs after which cells are rewritten anew.
        noise: Standard deviation of the noise on a sentence's vector, whose length is 1.
        share: Share of the training cells that is used.
        words: How operators become vectors: sentences, or what they are held against.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    layers: int = 2
    normalised: bool = True
    width: int = 64
    readout: Readout = Readout.GLOBAL
    loss: Loss = Loss.LOGISTIC
    margin: float = 0.1
    rewrites: tuple[float, float, float] | None = (0.3, 0.5, 0.5)
    fresh: int = 4
    noise: float = 0.0
    epochs: int = 40
    batch: int = 128
    learning_rate: float = 4e-3
    weight_decay: float = 1e-2
    members: int = 5
    share: float = 1.0
    words: Words = Words.SHORT
    seed: Annotated[int, Field(ge=0, le=SEEDS - 1)] = 0

    @property
    def form(self) -> Form:
        """Shape of the network."""
        return Form(
            layers=self.layers,
            normalised=self.normalised,
            width=self.width,
            readout=self.readout,
            words=self.words,
        )


def read_recipe(path: Path | None) -> Recipe:
    """Read a recipe of TG-NAS from a TOML file; the shipped one without a path.

    Raises:
        UsageError: There is no such file, or a key or value is wrong.
        DataError: It is no TOML.
    """
    return recipe_of(path, Recipe)


def recipe_of(path: Path | None, kind: type[_Kind]) -> _Kind:
    """Read a recipe of some kind from a TOML file; the shipped one without a path.

    Args:
        path: The file.
        kind: A model whose defaults are the shipped recipe.

    Raises:
        UsageError: There is no such file, or a key or value is wrong.
        DataError: It is no TOML.
    """
    if path is None:
        return kind()
    if not path.is_file():
        raise UsageError(f"the recipe {path} cannot be read: there is no such file")
    try:
        return kind.model_validate(read_toml(path))
    except ValidationError as error:
        raise UsageError(file_fault(error, kind, str(path))) from error


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

    families: dict[str, int] = Field(default_factory=lambda: dict(PRETRAINED_ON))
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
    seed: Annotated[int, Field(ge=0, le=SEEDS - 1)] = 0
