"""One seed of one scorer as it is stored: scores and decisions, no metric."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from harness.core.errors import DataError
from harness.records.log import RecordKind, seal_line, unseal_line, validate_record

__all__ = [
    "OLD_OPERATION_SEEDS",
    "OPERATION_SEEDS",
    "OPERATION_SEEDS_PATH",
    "Decided",
    "FailedSeed",
    "OperationSeed",
    "StoredStep",
    "read_old_seed",
]

_STRICT = ConfigDict(extra="forbid", frozen=True)
_Finite = Annotated[float, Field(allow_inf_nan=False)]
_Kept: TypeAlias = dict[str, tuple[str, ...]]


class StoredStep(BaseModel):
    """A decision and the scores before it; these are by choice, then by option."""

    model_config = _STRICT
    fixed: _Kept
    scores: dict[str, dict[str, _Finite]]
    decided: str
    kept: tuple[str, ...]


class Decided(BaseModel):
    """All decisions were made."""

    model_config = _STRICT
    status: Literal["decided"] = "decided"
    steps: tuple[StoredStep, ...]
    at_once: _Kept | None
    derived: _Kept | None


class FailedSeed(BaseModel):
    """The scorer or its measure broke its contract."""

    model_config = _STRICT
    status: Literal["failed"] = "failed"
    reason: str


class OperationSeed(BaseModel):
    """One seed.

    Attributes:
        key: Digest of everything that the scores depend on.
        scorer: Key of the scorer.
        measure: Key of the proxy; empty for a scorer that measures nothing.
        supernet: Name of the supernet.
        dataset: What networks were built for.
        conditions: Removal, norms, order, extent and batch, in words.
        seed: The seed.
        environment: Key of the environment.
        passes: How many networks were measured.
        measure_s: Seconds that this took.
        wall_s: Seconds of everything.
        result: Decisions or failure.
    """

    model_config = _STRICT
    key: str
    scorer: str
    measure: str
    supernet: str
    dataset: str
    conditions: str
    seed: int
    environment: str
    passes: int
    measure_s: _Finite
    wall_s: _Finite
    result: Annotated[Decided | FailedSeed, Field(discriminator="status")]


_ADAPTER = TypeAdapter(OperationSeed)


def read_old_seed(path: Path) -> OperationSeed:
    """Read a seed that version 0.1 stored in a file of its own.

    Raises:
        DataError: It is not what was written.
    """
    try:
        return _validated(path.read_text(encoding="utf-8"), str(path), "the file")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"cannot read {path}: {error}; delete it and run again") from error


def _encode(record: OperationSeed) -> str:
    return seal_line(record.model_dump_json())


def _decode(line: str, where: str) -> OperationSeed:
    text = unseal_line(line, where, "this seed is scored anew")
    return _validated(text, where, "the line")


def _validated(text: str, where: str, what: str) -> OperationSeed:
    remedy = f"; delete {what} and run again, and this seed is scored anew"
    return validate_record(_ADAPTER, text, where, remedy)


OPERATION_SEEDS = RecordKind(
    encode=_encode,
    decode=_decode,
    again="that seed is scored again",
    busy="another process is scoring operations into",
)
"""The log of scored operations."""
OPERATION_SEEDS_PATH = "operations/seeds.jsonl"
"""Its path in a results folder."""
OLD_OPERATION_SEEDS = "operations/seeds/*.json"
"""Where version 0.1 stored them, each in a file called after its key."""
