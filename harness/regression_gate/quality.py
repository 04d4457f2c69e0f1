"""Whether a plugin ranks architectures worse than it did.

A fall fails the gate when it is larger than the plugin's tolerance, larger than twice the
bootstrap standard error of the paired difference, and, corrected for the number of comparisons,
too large for chance. A smaller fall that shows in three decimals is a warning.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from harness.metrics import Defined, Undefined
from harness.regression_gate.comparison import Comparison
from harness.regression_gate.rule import Rule
from harness.regression_gate.severity import ExitCode, Severity

__all__ = ["Fall", "Gain", "Regression", "ValueLost", "quality"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Regression:
    """A plugin got worse beyond tolerance and noise."""

    severity: ClassVar[Severity] = Severity.FAIL
    code: ClassVar[ExitCode] = ExitCode.REGRESSION
    plugin: str
    task: str
    comparison: Comparison

    @property
    def sentence(self) -> str:
        """What happened."""
        return (
            f"worse by {self.comparison.fall:.4f}: {_values(self.comparison)}, beyond the allowed "
            f"{self.comparison.allowed:.3f} and {_noise(self.comparison)}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Fall:
    """A plugin got worse, within tolerance or noise."""

    severity: ClassVar[Severity] = Severity.WARN
    code: ClassVar[ExitCode] = ExitCode.PASS
    plugin: str
    task: str
    comparison: Comparison

    @property
    def sentence(self) -> str:
        """What happened."""
        within = (
            f"within the allowed {self.comparison.allowed:.3f}"
            if self.comparison.fall <= self.comparison.allowed
            else f"within {_noise(self.comparison)}"
        )
        return f"lower by {self.comparison.fall:.4f}: {_values(self.comparison)}, {within}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """A plugin got better."""

    severity: ClassVar[Severity] = Severity.NOTE
    code: ClassVar[ExitCode] = ExitCode.PASS
    plugin: str
    task: str
    comparison: Comparison

    @property
    def sentence(self) -> str:
        """What happened."""
        return f"better by {-self.comparison.fall:.4f}: {_values(self.comparison)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueLost:
    """A rank correlation that was defined no longer is."""

    severity: ClassVar[Severity] = Severity.FAIL
    code: ClassVar[ExitCode] = ExitCode.REGRESSION
    plugin: str
    task: str
    reason: str

    @property
    def sentence(self) -> str:
        """What happened."""
        return f"the rank correlation is no longer defined: {self.reason}"


def quality(one: Comparison, rule: Rule) -> Iterator[Regression | Fall | Gain | ValueLost]:
    """Judge one comparison."""
    if isinstance(one.then, Defined) and isinstance(one.now, Undefined):
        yield ValueLost(plugin=one.plugin, task=one.task, reason=one.now.reason)
    elif one.fall > one.allowed and _beyond_noise(one, rule):
        yield Regression(plugin=one.plugin, task=one.task, comparison=one)
    elif one.fall >= rule.visible:
        yield Fall(plugin=one.plugin, task=one.task, comparison=one)
    elif -one.fall >= rule.visible:
        yield Gain(plugin=one.plugin, task=one.task, comparison=one)


def _beyond_noise(one: Comparison, rule: Rule) -> bool:
    if not isinstance(one.noise, Defined):
        return True  # a fall that nothing excuses
    return one.fall > rule.noise_factor * one.noise.value and one.p_value < rule.false_alarms


def _values(one: Comparison) -> str:
    then, now = (
        f"{value.value:.4f}" if isinstance(value, Defined) else "undefined"
        for value in (one.then, one.now)
    )
    return f"{then} is now {now} on {one.n} architectures"


def _noise(one: Comparison) -> str:
    if not isinstance(one.noise, Defined):
        return f"noise that is not known ({one.noise.reason})"
    return f"noise (standard error {one.noise.value:.4f}, corrected p {one.p_value:.2g})"
