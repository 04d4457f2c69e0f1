"""The thresholds of a gate that are the same for all plugins."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Rule"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When a difference counts; see docs/gate.md for the reasons.

    Attributes:
        false_alarms: Level of Holm's correction: how often a gate in which only noise changed may
            fail for quality, over all its plugins and tasks together. Half of the one per cent
            that is promised, since a normal approximation with a bootstrap standard error is a
            little too sure.
        noise_factor: Standard errors of the paired difference that a fall has to exceed.
        resamples: Bootstrap resamples behind a standard error.
        seed: Seed of the resamples.
        slower: Ratio of median times from which a plugin may count as slower.
        slower_p: Largest p value of Mann and Whitney's test for that.
        visible: Difference of a value that is mentioned at all: what three decimals show.
    """

    false_alarms: float = 0.005
    noise_factor: float = 2.0
    resamples: int = 1000
    seed: int = 0
    slower: float = 1.25
    slower_p: float = 0.002
    visible: float = 0.0005
