"""Who is guilty when a worker process is lost: asked again until only one plugin can be."""

from __future__ import annotations

import signal
from dataclasses import dataclass, replace
from enum import Enum

from harness.core.outcome import Failed, FailureKind
from harness.execution.scoring import Assignment
from harness.execution.work import Limits

__all__ = ["Attempt", "Ending", "Loss", "next_attempts", "verdict"]

_KILLS_FORGIVEN = 2
_FROM_OUTSIDE = frozenset({-signal.SIGTERM, -getattr(signal, "SIGKILL", signal.SIGTERM), 255})
"""Exit codes of a process that another one ended; 255 is told when nobody saw how it ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One asking.

    Attributes:
        fresh: Whether it needs a process in which nothing was scored before, so that whatever an
            earlier plugin leaked or broke cannot count against this one.
        kills: How often its process was killed from outside.
    """

    assignment: Assignment
    fresh: bool = False
    kills: int = 0


class Ending(Enum):
    """How a worker process came to its end."""

    TIMEOUT = "timeout"
    MEMORY = "memory"
    DIED = "died"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """The end of a worker process.

    Attributes:
        exit_code: What the system told; negative for a signal; absent where the harness stopped it.
    """

    ending: Ending
    exit_code: int | None = None

    @property
    def from_outside(self) -> bool:
        """Whether somebody else killed it: an administrator, a queue, the system out of memory."""
        return self.ending is Ending.DIED and self.exit_code in _FROM_OUTSIDE


def next_attempts(attempt: Attempt, loss: Loss) -> tuple[Attempt, ...]:
    """Return how to ask again; nothing when the only plugin that is left is the guilty one."""
    if loss.from_outside and attempt.kills < _KILLS_FORGIVEN:
        return (replace(attempt, fresh=True, kills=attempt.kills + 1),)
    plugins = attempt.assignment.plugins
    if len(plugins) > 1:
        alone = (replace(attempt.assignment, plugins=(plugin,)) for plugin in plugins)
        return tuple(Attempt(assignment=assignment, fresh=True) for assignment in alone)
    if not attempt.fresh and loss.ending is not Ending.TIMEOUT:
        return (replace(attempt, fresh=True),)
    return ()


def verdict(loss: Loss, limits: Limits) -> Failed:
    """Return the outcome of the plugin that nothing else can be blamed for."""
    match loss.ending:
        case Ending.TIMEOUT:
            reason = f"no score after {limits.timeout_s:g} s; its worker was stopped"
            return Failed(kind=FailureKind.TIMEOUT, reason=reason)
        case Ending.MEMORY:
            allowed = (limits.memory_bytes or 0) / 2**30
            reason = f"used more than {allowed:.2f} GiB of memory; its worker was stopped"
            return Failed(kind=FailureKind.OUT_OF_MEMORY, reason=reason)
        case Ending.DIED:
            reason = f"the worker process died (exit code {loss.exit_code})"
            return Failed(kind=FailureKind.CRASHED, reason=reason)
