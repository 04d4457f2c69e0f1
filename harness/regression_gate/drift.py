"""Scores that changed although plugin and passes have the versions of the baseline.

The same machine gives the same digits, so there every score has to agree within the tolerance.
Another processor or another torch rounds differently; there scores and ranks have to agree within
what the plugin states of its stability.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from harness.metrics import Defined, Sample, Value, find_metric, measure
from harness.metrics.values import FloatArray
from harness.plugin import Stability
from harness.regression_gate.severity import ExitCode, Severity
from harness.regression_gate.snapshot import Declared, PluginState

__all__ = ["Change", "Drift", "OtherDigits", "VersionChanged", "drift"]

_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How one column of numbers differs from the baseline's.

    Attributes:
        column: Name of a component, or empty for the score itself.
        differ: Architectures whose number is not the same to the last digit.
        n: Architectures that have a number on both sides.
        median, largest: Relative difference, 0 to 2.
        agreement: Spearman correlation of new and old numbers.
    """

    column: str
    differ: int
    n: int
    median: float
    largest: float
    agreement: Value

    @property
    def sentence(self) -> str:
        """The change in words."""
        of = f" of {self.column}" if self.column else ""
        ranks = (
            f", Spearman with the baseline's own {self.agreement.value:.5f}"
            if isinstance(self.agreement, Defined)
            else ""
        )
        return (
            f"{self.differ} of {self.n} scores{of} differ, relative difference "
            f"{self.median:.1e} in the median and {self.largest:.1e} at most{ranks}"
        )

    def exceeds(self, limit: Stability) -> bool:
        """Tell whether the change is more than rounding can explain."""
        if self.largest > limit.score or self.median > limit.median:
            return True
        if not isinstance(self.agreement, Defined):
            return False
        # A score of a large constant and a small varying part shows a change in its ranks alone.
        # Two neighbours that nearly tie may always swap: of n ranks that is 12 / (n^3 - n).
        swap = 12 / (self.n**3 - self.n) + _ROUNDING
        return 1 - self.agreement.value > max(limit.spearman, swap)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """A plugin gives other scores at an unchanged version."""

    severity: ClassVar[Severity] = Severity.FAIL
    code: ClassVar[ExitCode] = ExitCode.REGRESSION
    plugin: str
    version: str
    change: Change
    limit: Stability
    same_machine: bool

    @property
    def sentence(self) -> str:
        """What happened, and what to do."""
        return (
            f"drift at unchanged version {self.version}: {self.change.sentence}; held to "
            f"{_held(self.limit, same_machine=self.same_machine)}; "
            "find out why, or bump the version"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherDigits:
    """Scores differ by no more than rounding does."""

    code: ClassVar[ExitCode] = ExitCode.PASS
    plugin: str
    change: Change
    limit: Stability
    same_machine: bool
    stochastic: bool

    @property
    def severity(self) -> Severity:
        """A warning where the same machine should have given the same digits."""
        return Severity.WARN if self.same_machine else Severity.NOTE

    @property
    def sentence(self) -> str:
        """What happened."""
        where = "the same machine" if self.same_machine else "another machine or other packages"
        why = (
            "it draws numbers of its own"
            if self.stochastic
            else f"within {_held(self.limit, same_machine=self.same_machine)}"
        )
        return f"other digits on {where}: {self.change.sentence}; {why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionChanged:
    """A plugin or a pass was bumped: its scores may change, its quality is still judged."""

    severity: ClassVar[Severity] = Severity.NOTE
    code: ClassVar[ExitCode] = ExitCode.PASS
    plugin: str
    then: Declared
    now: Declared

    @property
    def sentence(self) -> str:
        """What happened."""
        old, new = set(self.then.passes), set(self.now.passes)
        changes = []
        if self.then.version != self.now.version:
            changes.append(f"version {self.then.version} is now {self.now.version}")
        changes += [f"no longer rests on {one}" for one in sorted(old - new)]
        changes += [f"rests on {one}" for one in sorted(new - old)]
        return f"{', '.join(changes)}: drift is allowed, quality is judged all the same"


def drift(then: PluginState, now: PluginState) -> Iterator[Drift | OtherDigits | VersionChanged]:
    """Compare the numbers of one plugin, the score last and the worst component alone."""
    if then.declared != now.declared:
        yield VersionChanged(plugin=now.name, then=then.declared, now=now.declared)
        return
    same_machine = now.same_machine_as(then)
    changes = [one for one in _changes(then, now) if one.differ]
    if not changes:
        return
    # A plugin that draws numbers of its own draws others where the generator's package differs.
    judged = same_machine or not now.stochastic
    beyond = [change for change in changes if change.exceeds(_limit(then, now, change.column))]
    shown = max(beyond or changes, key=lambda change: change.largest)
    limit = _limit(then, now, shown.column)
    if beyond and judged:
        yield Drift(
            plugin=now.name,
            version=now.declared.version,
            change=shown,
            limit=limit,
            same_machine=same_machine,
        )
    else:
        yield OtherDigits(
            plugin=now.name,
            change=shown,
            limit=limit,
            same_machine=same_machine,
            stochastic=now.stochastic,
        )


def _limit(then: PluginState, now: PluginState, column: str) -> Stability:
    here = then.tolerance.here
    if now.same_machine_as(then):
        return Stability(score=here, median=here, spearman=here)
    stated = now.stability.at_least(here)
    if now.parts and not column:  # ranks, which two components that nearly tie change by any factor
        return replace(stated, score=2.0, median=2.0)
    return stated


def _held(limit: Stability, *, same_machine: bool) -> str:
    whose = "the tolerance of one machine" if same_machine else "the stability that it states"
    return f"{whose} ({limit})"


def _changes(then: PluginState, now: PluginState) -> Iterator[Change]:
    for name in sorted(then.parts.keys() & now.parts.keys()):
        yield _change(name, then.parts[name], now.parts[name])
    # An aggregated score depends on the others': with fewer of them it changes without drift.
    if not now.parts or then.scores.keys() == now.scores.keys():
        yield _change("", then.scores, now.scores)


def _change(column: str, then: Mapping[str, float], now: Mapping[str, float]) -> Change:
    texts = sorted(then.keys() & now.keys())
    old = np.array([then[text] for text in texts], dtype=np.float64)
    new = np.array([now[text] for text in texts], dtype=np.float64)
    difference = _relative(old, new)
    return Change(
        column=column,
        differ=int((old != new).sum()),
        n=len(texts),
        median=float(np.median(difference)) if texts else 0.0,
        largest=float(difference.max(initial=0.0)),
        agreement=measure(find_metric("spearman"), Sample(scores=new, truth=old)),
    )


def _relative(old: FloatArray, new: FloatArray) -> FloatArray:
    # Divided before subtracting: the difference of two large scores may overflow.
    scale = np.maximum(np.abs(old), np.abs(new))
    scale[scale == 0] = 1.0
    return np.abs(new / scale - old / scale)
