"""How much a finding weighs, and the exit code that it asks for."""

from __future__ import annotations

from enum import IntEnum, StrEnum

__all__ = ["ExitCode", "Severity"]


class Severity(StrEnum):
    """What a finding means for the gate, gravest first."""

    FAIL = "fail"
    WARN = "warn"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """Position in lists: failures first."""
        return list(Severity).index(self)


class ExitCode(IntEnum):
    """Exit codes of ``harness gate``; 2 and 3 are those of every command's errors."""

    PASS = 0
    REGRESSION = 1
    USAGE = 2
    INFRASTRUCTURE = 3
    COVERAGE = 4
    NOT_COMPARABLE = 5
