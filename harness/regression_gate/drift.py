"""Scores that changed although plugin and passes have the versions of the baseline.

What counts as a change is the rule of `harness.execution.agreement`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from harness.execution.agreement import Agreement, compare_numbers, limits
from harness.plugin import Stability
from harness.regression_gate.finding import Finding, Kind
from harness.regression_gate.snapshot import Declared, PluginState

__all__ = ["drift"]


def drift(then: PluginState, now: PluginState, *, exact: bool) -> Iterator[Finding]:
    """Compare the numbers of one plugin, the score last and the worst component alone.

    Args:
        then: The baseline's side.
        now: The run's side.
        exact: Whether both were computed by one arithmetic.
    """
    if then.declared != now.declared:
        yield Finding(
            kind=Kind.VERSION_CHANGED, plugin=now.name, message=_bumps(then.declared, now.declared)
        )
        return
    changes = {name: change for name, change in _changes(then, now) if change.differ}
    if not changes:
        return
    allowed = {name: _limit(then, now, name, exact=exact) for name in changes}
    # A plugin that draws numbers of its own draws others where the generator's package differs.
    judged = exact or not now.stochastic
    beyond = [name for name, change in changes.items() if change.exceeds(allowed[name])]
    shown = max(beyond or changes, key=lambda name: changes[name].largest)
    text = changes[shown].text(shown)
    whose = "the tolerance of one machine" if exact else "the stability that it states"
    held = f"{whose} ({allowed[shown]})"
    if beyond and judged:
        kind = Kind.DRIFT
        message = (
            f"drift at unchanged version {now.declared.version}: {text}; held to {held}; "
            "find out why, or bump the version"
        )
    else:
        # The same machine should have given the same digits.
        kind = Kind.OTHER_DIGITS_HERE if exact else Kind.OTHER_DIGITS_ELSEWHERE
        where = "the same machine" if exact else "another machine or other packages"
        why = "it draws numbers of its own" if now.stochastic else f"within {held}"
        message = f"other digits on {where}: {text}; {why}"
    yield Finding(kind=kind, plugin=now.name, message=message, numbers=changes[shown].numbers)


def _bumps(then: Declared, now: Declared) -> str:
    old, new = set(then.passes), set(now.passes)
    version = f"version {then.version} is now {now.version}"
    changes = [version] if then.version != now.version else []
    changes += [f"no longer rests on {name}" for name in sorted(old - new)]
    changes += [f"rests on {name}" for name in sorted(new - old)]
    return f"{', '.join(changes)}: drift is allowed, quality is judged all the same"


def _limit(then: PluginState, now: PluginState, column: str, *, exact: bool) -> Stability:
    limit = limits(now.stability, exact=exact, here=then.tolerance.here)
    if not exact and now.parts and not column:
        # Only ranks: two components that nearly tie change an aggregated score by any factor.
        return replace(limit, score=2.0, median=2.0)
    return limit


def _changes(then: PluginState, now: PluginState) -> Iterator[tuple[str, Agreement]]:
    for name in sorted(then.parts.keys() & now.parts.keys()):
        yield name, _compare(then.parts[name], now.parts[name])
    # An aggregated score depends on the others': with fewer of them it changes without drift.
    if not now.parts or then.scores.keys() == now.scores.keys():
        yield "", _compare(then.scores, now.scores)


def _compare(then: Mapping[str, float], now: Mapping[str, float]) -> Agreement:
    texts = sorted(then.keys() & now.keys())
    return compare_numbers(
        np.array([then[text] for text in texts], dtype=np.float64),
        np.array([now[text] for text in texts], dtype=np.float64),
    )
