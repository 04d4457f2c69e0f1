"""Whether a plugin takes longer than it did; only a warning, and only on the same machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.regression_gate.rule import Rule
from harness.regression_gate.severity import ExitCode, Severity
from harness.regression_gate.snapshot import PluginState

__all__ = ["CostsElsewhere", "Slower", "cost"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slower:
    """A plugin takes longer on the machine of the baseline.

    Attributes:
        then_s, now_s: Median seconds per network.
        p_value: Of Mann and Whitney's two-sided test on the times per architecture.
    """

    severity: ClassVar[Severity] = Severity.WARN
    code: ClassVar[ExitCode] = ExitCode.PASS
    plugin: str
    then_s: float
    now_s: float
    p_value: float

    @property
    def sentence(self) -> str:
        """What happened."""
        return (
            f"slower by a factor of {self.now_s / self.then_s:.2f}: {self.then_s * 1000:.1f} ms "
            f"per network is now {self.now_s * 1000:.1f} ms (p {self.p_value:.1g})"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CostsElsewhere:
    """Times come from other machines, and those are never compared."""

    severity: ClassVar[Severity] = Severity.NOTE
    code: ClassVar[ExitCode] = ExitCode.PASS
    plugins: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """What happened."""
        return (
            f"times of {len(self.plugins)} plugins were not compared: another machine, or other "
            "packages, than the baseline's"
        )


def cost(then: PluginState, now: PluginState, rule: Rule) -> Iterator[Slower]:
    """Compare the times of one plugin; nothing where they are of different machines."""
    if then.times is None or now.times is None or not now.same_machine_as(then):
        return
    from scipy.stats import mannwhitneyu

    old = np.array(sorted(then.times.seconds.values()))
    new = np.array(sorted(now.times.seconds.values()))
    if not (old.size and new.size):
        return
    before, after = float(np.median(old)), float(np.median(new))
    if after <= rule.slower * before:
        return
    p_value = float(mannwhitneyu(new, old, alternative="two-sided").pvalue)
    if p_value < rule.slower_p:
        yield Slower(plugin=now.name, then_s=before, now_s=after, p_value=p_value)
