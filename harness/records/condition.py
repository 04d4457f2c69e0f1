"""Under which conditions scores were computed: what makes them comparable."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, SerializerFunctionWrapHandler, model_serializer

from harness.core.errors import DataError
from harness.core.identity import digest
from harness.records.record import SCHEMA

__all__ = ["Condition", "read_condition"]


class Condition(BaseModel):
    """Everything but plugin and architecture that a score depends on.

    Scores of one condition go into one log; scores of different conditions are never mixed.

    Attributes:
        space: Name of the space.
        space_code: Digest of the code of a space from outside; empty, and not stored, for those of
            this package.
        dataset: Data set the networks were built for.
        built_for: Kind, shape, classes and loss of a data set of the user's own; empty, and not
            stored, for one of this package.
        batch_source: Name of the source of images.
        batch_size: Images per batch.
        batch_digest: Digest of the drawn images and labels.
        seed: The run's seed.
        device: ``"cpu"`` or ``"cuda"``; their arithmetic differs.
        schema_version: Version of the stored form.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    space: str
    space_code: str = ""
    dataset: str
    batch_source: str
    batch_size: int
    batch_digest: str
    seed: int
    device: str
    schema_version: int = SCHEMA
    built_for: str = ""

    @model_serializer(mode="wrap")
    def _without_unstated(self, handler: SerializerFunctionWrapHandler) -> dict[str, object]:
        """Write what is of this package as before there was anything else."""
        written: dict[str, object] = handler(self)
        return {name: value for name, value in written.items() if value != ""}

    @property
    def key(self) -> str:
        """Digest that names the log's folder."""
        return digest(self.model_dump(mode="json"))


def read_condition(path: Path) -> Condition:
    """Read the condition of a folder's scores.

    Raises:
        DataError: The file is damaged, or of another version of the harness.
    """
    try:
        content = json.loads(path.read_bytes())
        if (
            isinstance(content, dict)
            and (version := content.get("schema_version", SCHEMA)) != SCHEMA
        ):
            raise DataError(
                f"{path} is of another version of the harness (schema version {version} instead of "
                f"{SCHEMA}); use that one, or another results folder"
            )
        return Condition.model_validate(content)
    except (OSError, ValueError) as error:  # as is a fault of JSON, of its letters or of the model
        raise DataError(
            f"{path} cannot be read, so the scores beside it cannot be trusted; "
            f"move the folder {path.parent.name} away and run again"
        ) from error
