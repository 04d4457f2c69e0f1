"""One line of a score log: everything that was observed on one architecture at one time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal, assert_never

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from harness.core.cost import Cost
from harness.core.errors import encodable
from harness.core.outcome import Failed, FailureKind, Outcome, Scored, Skipped
from harness.records.log import seal_line, unseal_line, validate_record

__all__ = ["SCHEMA", "PluginScore", "ScoreRecord", "decode", "encode", "rounded_cost"]

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
            return _Failed(kind=outcome.kind, reason=encodable(outcome.reason))
        case Skipped():
            return _Skipped(reason=encodable(outcome.reason))
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
                "outcome": _outcome(score.outcome),
                **({"cost": _cost(score.cost)} if score.cost else {}),
                **({"passes": list(score.passes)} if score.passes else {}),
            }
            for key, score in record.scores.items()
        },
    }
    return seal_line(json.dumps(body, separators=(",", ":"), allow_nan=False, ensure_ascii=False))


def decode(line: str, where: str) -> ScoreRecord:
    """Read one line.

    Raises:
        DataError: The line is not what was written; the message starts with `where`.
    """
    text = unseal_line(line, where, "its architecture is scored anew")
    return validate_record(_ADAPTER, text, where)


def rounded_cost(cost: Cost) -> tuple[float, float]:
    """Return seconds on the wall clock and of processor time as they are stored."""
    return round(cost.wall_s, 7), round(cost.cpu_s, 7)


def _cost(cost: Cost) -> dict[str, float | int]:
    """Return a cost as it is stored: without what is absent or zero, but with both times."""
    wall_s, cpu_s = rounded_cost(cost)
    stored: dict[str, float | int] = {"wall_s": wall_s, "cpu_s": cpu_s}
    if cost.gpu_s:
        stored["gpu_s"] = cost.gpu_s
    if cost.peak_bytes:
        stored["peak_bytes"] = cost.peak_bytes
    for name in ("forwards", "backwards", "images", "labels"):
        if count := getattr(cost, name):
            stored[name] = count
    return stored


def _outcome(outcome: _Scored | _Failed | _Skipped) -> dict[str, Any]:
    match outcome:
        case _Scored():
            return {"status": outcome.status, "components": outcome.components}
        case _Failed():
            return {"status": outcome.status, "kind": outcome.kind, "reason": outcome.reason}
        case _Skipped():
            return {"status": outcome.status, "reason": outcome.reason}
        case _:
            assert_never(outcome)
