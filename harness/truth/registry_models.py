"""What the registries' TOML files, and that of a user's own ground truth, may contain."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, Strict, model_validator

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
    "RegistryFile",
    "ScoreRow",
    "SourceRow",
    "TaskRow",
    "TrapRow",
]

_Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_Commit = Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")]
_Count = Annotated[int, Strict(), Field(gt=0)]
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
    """One file of published results; nothing of its content is in this package.

    The kind says how it is had: ``published`` is downloaded as it is from its repository,
    ``converted`` exists upstream in a form that is not read here (`upstream` says which), so that
    only a data folder has it, and ``packaged`` is inside a package of the Python index.
    """

    name: str
    kind: Literal["published", "converted", "packaged"]
    publisher: str
    path: str
    size: _Count
    sha256: _Digest
    holds: str
    commit: _Commit | None = None
    upstream: str | None = None
    architectures: str = ""

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


class TaskRow(_Strict):
    """One task: one published column."""

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
    without_value: Annotated[int, Strict(), Field(ge=0)] = 0
    distinct: _Count | None = None
    noise_ceiling: Annotated[float, Strict(), Field(ge=-1, le=1)] | None = None
    training_time: str | None = None
    disturbed_above: Annotated[float, Strict(), Field(gt=0)] | None = None
    note: str = ""

    def task(self) -> Task:
        """Return the row as a value."""
        return Task(**dict(self))


class ScoreRow(_Strict):
    """Stored scores of one task from one source."""

    task: str
    source: str
    reader: str
    arguments: dict[str, str] = {}


class TrapRow(_Strict):
    """What a file or its page says and does not hold; see `harness.truth.traps.Trap`."""

    name: Annotated[str, Field(pattern=FILE_NAME)]
    sources: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    says: _Name
    holds: _Name
    evidence: _Name
    handling: _Name


class RegistryFile(_Strict):
    """One file of the registry, or all of them together."""

    publisher: list[Publisher] = []
    source: list[SourceRow] = []
    task: list[TaskRow] = []
    scores: list[ScoreRow] = []
    trap: list[TrapRow] = []


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
