"""What the registries' TOML files, and that of a user's own ground truth, may contain."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from harness.core.direction import Direction
from harness.core.names import FILE_NAME
from harness.truth.source import Converted, Origin, Packaged, Published
from harness.truth.task import Split, Task
from harness.truth.unit import Unit

__all__ = [
    "OwnReading",
    "OwnScores",
    "OwnSource",
    "OwnTruth",
    "Publisher",
    "ScoreRow",
    "ScoresFile",
    "SourceRow",
    "SourcesFile",
    "TaskRow",
    "TasksFile",
]

_Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_Commit = Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")]
_Count = Annotated[int, Field(gt=0)]
_Name = Annotated[str, Field(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Publisher(_Strict):
    """One repository or package; its licence and citation hold for all its files."""

    name: str
    licence: str
    citation: str
    version: str | None = None


class SourceRow(_Strict):
    """One file of published results."""

    name: str
    kind: Literal["published", "converted", "packaged"]
    publisher: str
    path: str
    size: _Count
    sha256: _Digest
    holds: str
    commit: _Commit | None = None
    upstream: str | None = None

    def origin(self, publisher: Publisher) -> Origin:
        """Return the origin that the kind calls for.

        Raises:
            ValueError: A key that the kind needs is missing, or one that it has no use for is set.
        """
        match (self.kind, self.commit, self.upstream, publisher.version):
            case ("published", str(commit), None, None):
                return Published(repository=self.publisher, commit=commit, path=self.path)
            case ("converted", str(commit), str(upstream), None):
                return Converted(
                    repository=self.publisher, commit=commit, path=self.path, upstream=upstream
                )
            case ("packaged", None, None, str(version)):
                return Packaged(distribution=self.publisher, version=version, path=self.path)
            case _:
                raise ValueError(f"source {self.name!r} has keys that do not fit its kind")


class SourcesFile(_Strict):
    """``sources.toml``."""

    publisher: list[Publisher]
    source: list[SourceRow]


class TaskRow(_Strict):
    """One task of ``tasks.toml``."""

    name: str
    space: str
    dataset: str
    split: Split
    metric: str
    unit: Unit
    direction: Direction
    n: _Count
    source: str
    reader: str
    arguments: dict[str, str] = {}
    epochs: _Count | None = None
    collections: tuple[str, ...] = ()
    note: str = ""

    def task(self) -> Task:
        """Return the row as a value."""
        return Task(**dict(self))


class TasksFile(_Strict):
    """``tasks.toml``."""

    task: list[TaskRow]


class ScoreRow(_Strict):
    """Stored scores of one task from one source."""

    task: str
    source: str
    reader: str
    arguments: dict[str, str] = {}


class ScoresFile(_Strict):
    """``scores.toml``."""

    scores: list[ScoreRow]


class _Described(_Strict):
    """What every description of a user's own ground truth says."""

    name: Annotated[str, Field(pattern=FILE_NAME)]
    space: _Name
    dataset: _Name
    split: Split
    metric: _Name
    unit: Unit
    direction: Direction
    epochs: _Count | None = None
    verbatim: bool = False


class OwnTruth(_Described):
    """See `harness.truth.own` for the meaning of the keys."""

    table: _Name
    architecture: _Name
    values: Annotated[tuple[_Name, ...], Field(min_length=1)]
    seed: _Name | None = None


class OwnSource(_Strict):
    """The file that a user's own reader reads: beside the description, or of a repository."""

    path: _Name
    sha256: _Digest | None = None
    repository: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$")] | None = None
    commit: _Commit | None = None
    size: _Count | None = None
    licence: str = "none stated"
    citation: str = ""

    @model_validator(mode="after")
    def _is_known(self) -> OwnSource:
        if self.repository is not None and None in (self.commit, self.sha256, self.size):
            raise ValueError("a file of a repository has commit, size and sha256 too")
        if Path(self.path).is_absolute() or ".." in Path(self.path).parts:
            raise ValueError("the path of a file is below the description or the repository")
        return self


class OwnReading(_Described):
    """See `harness.truth.own_reading` for the meaning of the keys."""

    reader: _Name
    arguments: dict[str, str] = {}
    n: _Count | None = None
    source: OwnSource


class OwnScores(_Strict):
    """See `harness.truth.imported_scores` for the meaning of the keys."""

    table: _Name
    name: Annotated[str, Field(pattern=FILE_NAME)] | None = None
    architecture: _Name = "architecture"
    score: _Name | Annotated[tuple[_Name, ...], Field(min_length=1)] = "score"
    direction: Direction = Direction.HIGHER
    seconds: _Name | None = None
