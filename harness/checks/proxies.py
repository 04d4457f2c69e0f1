"""Runs every rule of the contract on one zero-cost proxy."""

from __future__ import annotations

from harness.catalog import LoadedPlugin
from harness.checks.finding import Finding, Verdict, findings
from harness.checks.rules import RULES
from harness.checks.trial import Trial
from harness.spaces.registry import space

__all__ = ["check_proxy"]


def check_proxy(plugin: LoadedPlugin, space_name: str) -> tuple[Finding, ...]:
    """Check every rule of the contract for one proxy on one space.

    Raises:
        UsageError: There is no such space.
    """
    on = space(space_name)
    if plugin.plugin.spaces and space_name not in plugin.plugin.spaces:
        detail = f"it supports {', '.join(plugin.plugin.spaces)} only"
        return (Finding(rule="supports the space", verdict=Verdict.BROKEN, detail=detail),)
    return findings(RULES, Trial(plugin, on))
