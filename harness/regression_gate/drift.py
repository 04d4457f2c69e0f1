"""Scores that changed although plugin and passes have the versions of the baseline.

The same machine gives the same digits, so there every score has to agree within the tolerance.
Another processor or another torch rounds differently; there scores and ranks have to agree within
what the plugin states of its stability.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from harness.metrics import Defined, Sample, Value, find_metric, measure
from harness.metrics.values import FloatArray
from harness.plugin import Stability
from harness.regression_gate.finding import Finding, Kind
from harness.regression_gate.snapshot import Declared, PluginState

__all__ = ["drift"]

_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
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
    def numbers(self) -> dict[str, float]:
        """What the words rest on."""
        return {
            "differ": self.differ,
            "n": self.n,
            "median": self.median,
            "largest": self.largest,
        }

    @property
    def text(self) -> str:
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


def drift(then: PluginState, now: PluginState) -> Iterator[Finding]:
    """Compare the numbers of one plugin, the score last and the worst component alone."""
    if then.declared != now.declared:
        yield Finding(
            kind=Kind.VERSION_CHANGED, plugin=now.name, message=_bumps(then.declared, now.declared)
        )
        return
    same_machine = now.same_machine_as(then)
    changes = [change for change in _changes(then, now) if change.differ]
    if not changes:
        return
    # A plugin that draws numbers of its own draws others where the generator's package differs.
    judged = same_machine or not now.stochastic
    beyond = [change for change in changes if change.exceeds(_limit(then, now, change.column))]
    shown = max(beyond or changes, key=lambda change: change.largest)
    held = _held(_limit(then, now, shown.column), same_machine=same_machine)
    if beyond and judged:
        kind = Kind.DRIFT
        message = (
            f"drift at unchanged version {now.declared.version}: {shown.text}; held to {held}; "
            "find out why, or bump the version"
        )
    else:
        # The same machine should have given the same digits.
        kind = Kind.OTHER_DIGITS_HERE if same_machine else Kind.OTHER_DIGITS_ELSEWHERE
        where = "the same machine" if same_machine else "another machine or other packages"
        why = "it draws numbers of its own" if now.stochastic else f"within {held}"
        message = f"other digits on {where}: {shown.text}; {why}"
    yield Finding(kind=kind, plugin=now.name, message=message, numbers=shown.numbers)


def _bumps(then: Declared, now: Declared) -> str:
    old, new = set(then.passes), set(now.passes)
    version = f"version {then.version} is now {now.version}"
    changes = [version] if then.version != now.version else []
    changes += [f"no longer rests on {name}" for name in sorted(old - new)]
    changes += [f"rests on {name}" for name in sorted(new - old)]
    return f"{', '.join(changes)}: drift is allowed, quality is judged all the same"


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


def _changes(then: PluginState, now: PluginState) -> Iterator[_Change]:
    for name in sorted(then.parts.keys() & now.parts.keys()):
        yield _change(name, then.parts[name], now.parts[name])
    # An aggregated score depends on the others': with fewer of them it changes without drift.
    if not now.parts or then.scores.keys() == now.scores.keys():
        yield _change("", then.scores, now.scores)


def _change(column: str, then: Mapping[str, float], now: Mapping[str, float]) -> _Change:
    texts = sorted(then.keys() & now.keys())
    old = np.array([then[text] for text in texts], dtype=np.float64)
    new = np.array([now[text] for text in texts], dtype=np.float64)
    difference = _relative(old, new)
    return _Change(
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
