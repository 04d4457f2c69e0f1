"""The readable part of a stored baseline: ``baseline.json``."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from statistics import median
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from harness.core.errors import ContractError, DataError
from harness.core.file_faults import first_fault
from harness.metrics import Defined, Undefined, Value
from harness.plugin import Stability
from harness.records.condition import Condition
from harness.records.environment import Environment
from harness.regression_gate.snapshot import PluginState, Snapshot, Tolerance

__all__ = [
    "SCORES",
    "SECONDS",
    "BaselineFile",
    "PluginFile",
    "described",
    "read_model",
    "read_text",
]

SCORES = "scores.csv"
SECONDS = "seconds.csv"

_Model = TypeVar("_Model", bound=BaseModel)
_STRICT = ConfigDict(extra="forbid", frozen=True)
_Finite = Annotated[float, Field(allow_inf_nan=False)]
_NotNegative = Annotated[float, Field(allow_inf_nan=False, ge=0)]


class ToleranceFile(BaseModel):
    """What people may change by hand; see `harness.regression_gate.snapshot.Tolerance`."""

    model_config = _STRICT
    here: _NotNegative
    drop: _NotNegative


class UndefinedFile(BaseModel):
    """Why a value is undefined."""

    model_config = _STRICT
    undefined: str


class PluginFile(BaseModel):
    """One plugin; `scored`, `failures`, `values` and `median_s` are there for people to read.

    Attributes:
        parts: Names of its components, in the order of their columns.
        stability: What the plugin stated when the baseline was written.
        failures: Number of failures by kind.
        machine: Key of the machine of its times.
    """

    model_config = _STRICT
    version: str
    key: str
    passes: tuple[str, ...]
    stochastic: bool
    stability: Stability
    tolerance: ToleranceFile
    parts: tuple[str, ...]
    scored: int
    failures: dict[str, int]
    values: dict[str, _Finite | UndefinedFile]
    median_s: _NotNegative | None
    machine: str | None

    def value(self, task: str) -> Value:
        """Return the rank correlation on a task as a value."""
        stored = self.values[task]
        if isinstance(stored, UndefinedFile):
            return Undefined(reason=stored.undefined)
        return Defined(value=stored)

    def limits(self) -> Tolerance:
        """Return the tolerance as a value."""
        limits = self.tolerance
        return Tolerance(here=limits.here, drop=limits.drop)


class PopulationFile(BaseModel):
    """The population; its texts are the rows of the tables."""

    model_config = _STRICT
    name: str
    digest: str
    size: int


class BaselineFile(BaseModel):
    """Everything but the tables.

    Attributes:
        tasks: Task to the digest of its truth.
        files: Name of a table to its SHA-256, so that a table of another run is refused.
    """

    model_config = _STRICT
    schema_version: Literal[1] = 1
    suite: str
    population: PopulationFile
    condition: Condition
    tasks: dict[str, str]
    plugins: dict[str, PluginFile]
    machines: dict[str, Environment]
    files: dict[str, str]

    @model_validator(mode="after")
    def _know_machines(self) -> BaselineFile:
        for name, plugin in self.plugins.items():
            if plugin.machine is not None and plugin.machine not in self.machines:
                raise ContractError(f"the machine of plugins.{name} is not among its machines")
        return self


def described(snapshot: Snapshot, files: dict[str, str]) -> BaselineFile:
    """Return the readable part of a snapshot, everything by name in alphabetical order."""
    population = snapshot.population
    return BaselineFile(
        suite=snapshot.suite,
        population=PopulationFile(
            name=population.name, digest=population.digest, size=len(population.texts)
        ),
        condition=snapshot.condition,
        tasks=dict(sorted(snapshot.tasks.items())),
        plugins={name: _plugin(snapshot.plugins[name]) for name in sorted(snapshot.plugins)},
        machines={key: _sorted(snapshot.machines[key]) for key in sorted(snapshot.machines)},
        files=files,
    )


def _plugin(plugin: PluginState) -> PluginFile:
    seconds = plugin.times.seconds.values() if plugin.times else ()
    return PluginFile(
        version=plugin.declared.version,
        key=plugin.key,
        passes=plugin.declared.passes,
        stochastic=plugin.stochastic,
        stability=plugin.stability,
        tolerance=ToleranceFile(here=plugin.tolerance.here, drop=plugin.tolerance.drop),
        parts=tuple(plugin.parts),
        scored=len(plugin.scores),
        failures=dict(sorted(Counter(plugin.failures.values()).items())),
        values={task: _value(plugin.values[task]) for task in sorted(plugin.values)},
        median_s=float(f"{median(seconds):.4g}") if seconds else None,
        machine=plugin.times.machine if plugin.times else None,
    )


def _value(value: Value) -> float | UndefinedFile:
    match value:
        case Defined():
            return value.value
        case Undefined():
            return UndefinedFile(undefined=value.reason)


def _sorted(machine: Environment) -> Environment:
    return machine.model_copy(update={"packages": dict(sorted(machine.packages.items()))})


def read_model(path: Path, model: type[_Model], remedy: str) -> _Model:
    """Read a JSON file of the gate.

    Raises:
        DataError: It cannot be read, or holds something else; the message ends with `remedy`.
    """
    try:
        return model.model_validate_json(read_text(path, remedy))
    except ValidationError as error:
        place, fault = first_fault(error)
        at = f" [{place}]" if place else ""
        raise DataError(f"{path}{at}: {fault}; {remedy}") from error


def read_text(path: Path, remedy: str) -> str:
    """Read a text file of the gate.

    Raises:
        DataError: It cannot be read; the message ends with `remedy`.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise DataError(f"{path} cannot be read: {reason}; {remedy}") from error
