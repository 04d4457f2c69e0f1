"""Whether a run and its baseline can be compared: population, condition and truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from harness.regression_gate.severity import ExitCode, Severity
from harness.regression_gate.snapshot import Snapshot

__all__ = ["ConditionChanged", "PopulationChanged", "TruthChanged", "foundations", "truths"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationChanged:
    """Other architectures were scored."""

    severity: ClassVar[Severity] = Severity.FAIL
    code: ClassVar[ExitCode] = ExitCode.NOT_COMPARABLE
    then: str
    now: str

    @property
    def sentence(self) -> str:
        """What happened, and what to do."""
        return (
            f"the population changed from {self.then} to {self.now}: nothing was compared; "
            "if this is meant, write a new baseline"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionChanged:
    """Scores were computed under other conditions.

    Attributes:
        parts: Names of what differs, e.g. ``"batch_digest"``, with both values.
    """

    severity: ClassVar[Severity] = Severity.FAIL
    code: ClassVar[ExitCode] = ExitCode.NOT_COMPARABLE
    parts: tuple[tuple[str, str, str], ...]

    @property
    def sentence(self) -> str:
        """What happened, and what to do."""
        changes = ", ".join(f"{name} from {then} to {now}" for name, then, now in self.parts)
        return (
            f"the condition changed ({changes}): nothing was compared; "
            "if this is meant, write a new baseline"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthChanged:
    """A task has other ground truth; its values are not compared."""

    severity: ClassVar[Severity] = Severity.FAIL
    code: ClassVar[ExitCode] = ExitCode.NOT_COMPARABLE
    task: str
    then: str
    now: str

    @property
    def sentence(self) -> str:
        """What happened, and what to do."""
        return (
            f"the ground truth changed (digest {self.then[:12]} is now {self.now[:12]}): quality "
            "was not compared; find out why, then write a new baseline"
        )


def foundations(
    baseline: Snapshot, current: Snapshot
) -> list[PopulationChanged | ConditionChanged]:
    """Find what makes every comparison of scores meaningless."""
    found: list[PopulationChanged | ConditionChanged] = []
    then, now = baseline.population, current.population
    if then.digest != now.digest:
        found.append(
            PopulationChanged(
                then=f"{then.name} ({len(then.texts)}, {then.digest})",
                now=f"{now.name} ({len(now.texts)}, {now.digest})",
            )
        )
    if baseline.condition != current.condition:
        old, new = baseline.condition.model_dump(), current.condition.model_dump()
        parts = tuple((k, str(old[k]), str(new[k])) for k in old if old[k] != new[k])
        found.append(ConditionChanged(parts=parts))
    return found


def truths(baseline: Snapshot, current: Snapshot) -> Iterator[TruthChanged]:
    """Find the tasks that both sides have with different truth."""
    for task, then in baseline.tasks.items():
        now = current.tasks.get(task, then)
        if now != then:
            yield TruthChanged(task=task, then=then, now=now)
