"""One line of a score log: everything that was observed on one architecture at one time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any, Literal, assert_never

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from harness.core.cost import Cost
from harness.core.errors import DataError
from harness.core.outcome import Failed, FailureKind, Outcome, Scored, Skipped
from harness.records.lines import sealed, unsealed

__all__ = ["SCHEMA", "PluginScore", "ScoreRecord", "decode", "encode"]

SCHEMA = 1
"""Version of the stored form; a folder of another version is refused, never guessed at."""

_STRICT = ConfigDict(extra="forbid", frozen=True)
_Finite = Annotated[float, Field(allow_inf_nan=False)]


class _Scored(BaseModel):
    model_config = _STRICT
    status: Literal["scored"] = "scored"
    components: dict[str, _Finite]


class _Failed(BaseModel):
    model_config = _STRICT
    status: Literal["failed"] = "failed"
    kind: FailureKind
    reason: str


class _Skipped(BaseModel):
    model_config = _STRICT
    status: Literal["skipped"] = "skipped"
    reason: str


def _stored(outcome: Outcome) -> _Scored | _Failed | _Skipped:
    match outcome:
        case Scored():
            return _Scored(components=dict(outcome.components))
        case Failed():
            return _Failed(kind=outcome.kind, reason=outcome.reason)
        case Skipped():
            return _Skipped(reason=outcome.reason)
        case _:
            assert_never(outcome)


class PluginScore(BaseModel):
    """What one plugin said, and the cost of its own reduction."""

    model_config = _STRICT
    outcome: Annotated[_Scored | _Failed | _Skipped, Field(discriminator="status")]
    cost: Cost | None = None
    passes: tuple[str, ...] = ()

    @classmethod
    def of(cls, outcome: Outcome, cost: Cost | None, passes: tuple[str, ...]) -> PluginScore:
        """Wrap an outcome for storage."""
        return cls(outcome=_stored(outcome), cost=cost, passes=passes)

    def result(self) -> Outcome:
        """Return the outcome as a value."""
        match self.outcome:
            case _Scored():
                return Scored(components=self.outcome.components)
            case _Failed():
                return Failed(kind=self.outcome.kind, reason=self.outcome.reason)
            case _Skipped():
                return Skipped(reason=self.outcome.reason)
            case _:
                assert_never(self.outcome)


class ScoreRecord(BaseModel):
    """One observation of one architecture.

    Attributes:
        architecture: Text of the architecture.
        environment: Digest of the environment that computed it.
        passes: Cost of each pass, by name; the forward pass of a plugin that ran beside others
            is the same entry as theirs.
        scores: What each plugin said, by plugin key.
    """

    model_config = _STRICT
    architecture: str
    environment: str
    passes: dict[str, Cost]
    scores: dict[str, PluginScore]


_ADAPTER = TypeAdapter(ScoreRecord)


def encode(record: ScoreRecord) -> str:
    """Return the record as one line of JSON that ends in its own checksum."""
    body: Mapping[str, Any] = {
        "architecture": record.architecture,
        "environment": record.environment,
        "passes": {name: _cost(cost) for name, cost in record.passes.items()},
        "scores": {
            key: {
                "outcome": score.outcome.model_dump(mode="json"),
                **({"cost": _cost(score.cost)} if score.cost else {}),
                **({"passes": list(score.passes)} if score.passes else {}),
            }
            for key, score in record.scores.items()
        },
    }
    return sealed(json.dumps(body, separators=(",", ":"), allow_nan=False, ensure_ascii=False))


def decode(line: str, where: str) -> ScoreRecord:
    """Read one line.

    Raises:
        DataError: The line is not what was written; the message starts with `where`.
    """
    text = unsealed(line, where, "its architecture is scored anew")
    try:
        return _ADAPTER.validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise DataError(f"{where}: the record's {place} is wrong: {first['msg']}") from error


def _cost(cost: Cost) -> dict[str, float | int]:
    return {name: value for name, value in asdict(cost).items() if value not in (None, 0)} | {
        "wall_s": round(cost.wall_s, 7),
        "cpu_s": round(cost.cpu_s, 7),
    }
