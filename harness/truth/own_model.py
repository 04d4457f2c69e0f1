"""Keys of the TOML file that describes a user's own ground truth."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from harness.core.direction import Direction
from harness.core.names import FILE_NAME
from harness.truth.task import Split
from harness.truth.unit import Unit

__all__ = ["OwnTruth"]

_Name = Annotated[str, Field(min_length=1)]


class OwnTruth(BaseModel):
    """See `harness.truth.own` for the meaning of the keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=FILE_NAME)]
    space: _Name
    dataset: _Name
    split: Split
    metric: _Name
    unit: Unit
    direction: Direction
    table: _Name
    architecture: _Name
    values: Annotated[tuple[_Name, ...], Field(min_length=1)]
    seed: _Name | None = None
    epochs: Annotated[int, Field(gt=0)] | None = None
    verbatim: bool = False
