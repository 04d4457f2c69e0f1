"""One seed of one scorer as it is stored: scores and decisions, no metric."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from harness.core.errors import DataError
from harness.operation_scoring.discretise import Derivation, Step
from harness.operation_scoring.seeds import Experiment, Outcome
from harness.spaces.supernets import Operation

__all__ = ["Decided", "FailedSeed", "SeedRecord", "decode", "record_of"]

_STRICT = ConfigDict(extra="forbid", frozen=True)
_Finite = Annotated[float, Field(allow_inf_nan=False)]
_Kept: TypeAlias = dict[str, tuple[str, ...]]


class StoredStep(BaseModel):
    """A `Step`; scores are by choice, then by option."""

    model_config = _STRICT
    fixed: _Kept
    scores: dict[str, dict[str, _Finite]]
    decided: str
    kept: tuple[str, ...]

    @classmethod
    def of(cls, step: Step) -> StoredStep:
        """Store a step."""
        scores: dict[str, dict[str, float]] = {}
        for operation, value in step.scores.items():
            scores.setdefault(operation.choice, {})[operation.option] = value
        return cls(fixed=dict(step.fixed), scores=scores, decided=step.decided, kept=step.kept)

    @property
    def step(self) -> Step:
        """The step."""
        scores = {
            Operation(choice=choice, option=option): value
            for choice, own in self.scores.items()
            for option, value in own.items()
        }
        return Step(fixed=self.fixed, scores=scores, decided=self.decided, kept=self.kept)


class Decided(BaseModel):
    """All decisions were made."""

    model_config = _STRICT
    status: Literal["decided"] = "decided"
    steps: tuple[StoredStep, ...]
    at_once: _Kept | None
    derived: _Kept | None

    @classmethod
    def of(cls, derivation: Derivation) -> Decided:
        """Store a derivation."""
        at_once, derived = derivation.at_once, derivation.derived
        return cls(
            steps=tuple(StoredStep.of(step) for step in derivation.steps),
            at_once=None if at_once is None else dict(at_once),
            derived=None if derived is None else dict(derived),
        )


class FailedSeed(BaseModel):
    """The scorer or its measure broke its contract."""

    model_config = _STRICT
    status: Literal["failed"] = "failed"
    reason: str


class SeedRecord(BaseModel):
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


def record_of(experiment: Experiment, seed: int, outcome: Outcome, environment: str) -> SeedRecord:
    """Store what a seed gave."""
    result: Decided | FailedSeed
    if isinstance(outcome.result, Derivation):
        result = Decided.of(outcome.result)
    else:
        result = FailedSeed(reason=outcome.result)
    return SeedRecord(
        key=experiment.key(seed),
        scorer=experiment.scorer.key,
        measure=experiment.measure.key if experiment.scorer.plugin.measures else "",
        supernet=experiment.supernet.name,
        dataset=experiment.dataset.name,
        conditions=experiment.setup.words,
        seed=seed,
        environment=environment,
        passes=outcome.passes,
        measure_s=round(outcome.measure_s, 6),
        wall_s=round(outcome.wall_s, 6),
        result=result,
    )


def decode(text: str, where: str) -> SeedRecord:
    """Read a stored seed.

    Raises:
        DataError: The text is not what was written; the message starts with `where`.
    """
    try:
        return SeedRecord.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise DataError(
            f"{where}: the record's {place or 'JSON'} is wrong: {first['msg']}; delete the file "
            "and run again, and this seed is scored anew"
        ) from error
