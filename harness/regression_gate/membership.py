"""Tasks and plugins that only one of a run and its baseline has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from harness.regression_gate.severity import ExitCode, Severity
from harness.regression_gate.snapshot import Snapshot

__all__ = ["Newcomer", "NothingMeasured", "TaskAdded", "TaskVanished", "Vanished", "members"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskVanished:
    """The suite no longer has a task."""

    severity: ClassVar[Severity] = Severity.FAIL
    code: ClassVar[ExitCode] = ExitCode.NOT_COMPARABLE
    task: str

    @property
    def sentence(self) -> str:
        """What happened, and what to do."""
        return "the suite no longer has this task; put it back, or write a new baseline"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskAdded:
    """The baseline does not know a task yet."""

    severity: ClassVar[Severity] = Severity.NOTE
    code: ClassVar[ExitCode] = ExitCode.PASS
    task: str

    @property
    def sentence(self) -> str:
        """What happened."""
        return "the baseline does not know this task yet: nothing was compared on it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vanished:
    """A plugin of the baseline was not run."""

    severity: ClassVar[Severity] = Severity.FAIL
    code: ClassVar[ExitCode] = ExitCode.COVERAGE
    plugin: str

    @property
    def sentence(self) -> str:
        """What happened, and what to do."""
        return "the plugin vanished: the baseline has it, this run does not"


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """A plugin that the baseline does not know."""

    severity: ClassVar[Severity] = Severity.NOTE
    code: ClassVar[ExitCode] = ExitCode.PASS
    plugin: str

    @property
    def sentence(self) -> str:
        """What happened."""
        return "new: the baseline does not know this plugin yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingMeasured:
    """No plugin was compared on any task, and nothing measured is never green."""

    severity: ClassVar[Severity] = Severity.FAIL
    code: ClassVar[ExitCode] = ExitCode.NOT_COMPARABLE

    @property
    def sentence(self) -> str:
        """What happened, and what to do."""
        return "no plugin was compared with the baseline on any task; check the names given"


def members(
    baseline: Snapshot, current: Snapshot
) -> Iterator[TaskVanished | TaskAdded | Vanished | Newcomer]:
    """Find the tasks and plugins that one side lacks."""
    yield from (TaskVanished(task=one) for one in baseline.tasks if one not in current.tasks)
    yield from (TaskAdded(task=one) for one in current.tasks if one not in baseline.tasks)
    yield from (Vanished(plugin=one) for one in baseline.plugins if one not in current.plugins)
    yield from (Newcomer(plugin=one) for one in current.plugins if one not in baseline.plugins)
