"""Runs every rule of the contract on one zero-cost proxy."""

from __future__ import annotations

from harness.catalog import LoadedProxy
from harness.checks.finding import Finding, findings, unsupported
from harness.checks.rules import RULES
from harness.checks.trial import Trial
from harness.execution.executor import Executor
from harness.spaces.registry import space

__all__ = ["check_proxy"]


def check_proxy(plugin: LoadedProxy, space_name: str, executor: Executor) -> tuple[Finding, ...]:
    """Check every rule of the contract for one proxy on one space.

    Args:
        plugin: The proxy.
        space_name: Name of the space.
        executor: Scores one architecture as a run does.

    Raises:
        UsageError: There is no such space.
    """
    on = space(space_name)
    if elsewhere := unsupported(plugin.plugin, on):
        return elsewhere
    return findings(RULES, Trial(plugin, on, executor))
