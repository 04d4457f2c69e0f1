"""Runs every rule of the contract on one plugin."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from harness.catalog import LoadedPlugin
from harness.checks.rules import RULES, Rule
from harness.checks.state import known_state
from harness.checks.trial import Trial
from harness.spaces.registry import space

__all__ = ["Finding", "Verdict", "check_plugin"]


class Verdict(StrEnum):
    """What a rule found."""

    KEPT = "kept"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule of the contract and whether the plugin kept it."""

    rule: str
    verdict: Verdict
    detail: str


def check_plugin(plugin: LoadedPlugin, space_name: str) -> tuple[Finding, ...]:
    """Check every rule of the contract for one plugin on one space.

    Raises:
        UsageError: There is no such space.
    """
    on = space(space_name)
    if plugin.plugin.spaces and space_name not in plugin.plugin.spaces:
        detail = f"it supports {', '.join(plugin.plugin.spaces)} only"
        return (Finding(rule="supports the space", verdict=Verdict.BROKEN, detail=detail),)
    trial = Trial(plugin, on)
    return tuple(_finding(name, rule, trial) for name, rule in RULES.items())


def _finding(name: str, rule: Rule, trial: Trial) -> Finding:
    with known_state():
        fault = rule(trial)
    verdict = Verdict.BROKEN if fault else Verdict.KEPT
    return Finding(rule=name, verdict=verdict, detail=fault)
