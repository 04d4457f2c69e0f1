"""Architectures that a plugin scored before and does not score any more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from harness.regression_gate.severity import ExitCode, Severity
from harness.regression_gate.snapshot import PluginState

__all__ = ["CoverageGained", "CoverageLost", "coverage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageLost:
    """A plugin fails where it did not, or fails in another way.

    Attributes:
        then, now: Architectures with a finite score.
        lost: Number by kind of failure of those that had a score.
        new_kinds: Kinds of failure that the baseline does not know of this plugin.
        reasons: Kind to the reason of its first failure.
    """

    severity: ClassVar[Severity] = Severity.FAIL
    code: ClassVar[ExitCode] = ExitCode.COVERAGE
    plugin: str
    then: int
    now: int
    lost: Mapping[str, int]
    new_kinds: tuple[str, ...]
    reasons: Mapping[str, str] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """What happened."""
        counts = ", ".join(f"{n} {self._kind(kind)}" for kind, n in sorted(self.lost.items()))
        text = f"{self.now} architectures have a score instead of {self.then}"
        text += f"; {sum(self.lost.values())} lost: {counts}" if self.lost else ""
        known = set(self.lost)
        others = [self._kind(kind) for kind in self.new_kinds if kind not in known]
        return text + (f"; new kind of failure: {', '.join(others)}" if others else "")

    def _kind(self, kind: str) -> str:
        return f"{kind} ({self.reasons[kind]})" if kind in self.reasons else kind


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageGained:
    """A plugin scores architectures on which it failed before."""

    severity: ClassVar[Severity] = Severity.NOTE
    code: ClassVar[ExitCode] = ExitCode.PASS
    plugin: str
    gained: int

    @property
    def sentence(self) -> str:
        """What happened."""
        return f"{self.gained} architectures have a score that had none"


def coverage(then: PluginState, now: PluginState) -> Iterator[CoverageLost | CoverageGained]:
    """Compare which architectures have a finite score."""
    lost = Counter(kind for text, kind in now.failures.items() if text in then.scores)
    new_kinds = tuple(sorted(set(now.failures.values()) - set(then.failures.values())))
    gained = sum(1 for text in then.failures if text in now.scores)
    if lost or new_kinds:
        yield CoverageLost(
            plugin=now.name,
            then=len(then.scores),
            now=len(now.scores),
            lost=dict(lost),
            new_kinds=new_kinds,
            reasons=now.reasons,
        )
    if gained:
        yield CoverageGained(plugin=now.name, gained=gained)
