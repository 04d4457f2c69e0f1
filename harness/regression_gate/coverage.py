"""Which architectures a plugin scores now, and how long it takes.

Longer times are only a warning, and only on the same machine.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import numpy as np

from harness.regression_gate.finding import Finding, Kind, Rule
from harness.regression_gate.snapshot import PluginState

__all__ = ["cost", "costs_elsewhere", "coverage"]


def coverage(then: PluginState, now: PluginState) -> Iterator[Finding]:
    """Compare which architectures have a finite score."""
    lost = Counter(kind for text, kind in now.failures.items() if text in then.scores)
    new_kinds = sorted(set(now.failures.values()) - set(then.failures.values()))
    gained = sum(1 for text in then.failures if text in now.scores)
    if lost or new_kinds:
        counts = ", ".join(f"{n} {_kind(kind, now.reasons)}" for kind, n in sorted(lost.items()))
        others = ", ".join(_kind(kind, now.reasons) for kind in new_kinds if kind not in lost)
        yield Finding(
            kind=Kind.COVERAGE_LOST,
            plugin=now.name,
            message=f"{len(now.scores)} architectures have a score instead of {len(then.scores)}"
            + (f"; {lost.total()} lost: {counts}" if lost else "")
            + (f"; new kind of failure: {others}" if others else ""),
            numbers={"then": len(then.scores), "now": len(now.scores), "lost": lost.total()},
        )
    if gained:
        yield Finding(
            kind=Kind.COVERAGE_GAINED,
            plugin=now.name,
            message=f"{gained} architectures have a score that had none",
            numbers={"gained": gained},
        )


def cost(then: PluginState, now: PluginState, rule: Rule) -> Iterator[Finding]:
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
        yield Finding(
            kind=Kind.SLOWER,
            plugin=now.name,
            message=f"slower by a factor of {after / before:.2f}: {before * 1000:.1f} ms "
            f"per network is now {after * 1000:.1f} ms (p {p_value:.1g})",
            numbers={"then_s": before, "now_s": after, "p_value": p_value},
        )


def costs_elsewhere(plugins: int) -> Finding:
    """Say that times of so many plugins were not compared."""
    return Finding(
        kind=Kind.COSTS_ELSEWHERE,
        message=f"times of {plugins} plugins were not compared: another machine, or other "
        "packages, than the baseline's",
        numbers={"plugins": plugins},
    )


def _kind(kind: str, reasons: Mapping[str, str]) -> str:
    return f"{kind} ({reasons[kind]})" if kind in reasons else kind
