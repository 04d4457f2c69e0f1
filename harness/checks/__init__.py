"""The contract kit: what every plugin must keep, checked on real networks."""

from harness.checks.contract import Finding, Verdict, check_plugin
from harness.checks.searches import check_search

__all__ = ["Finding", "Verdict", "check_plugin", "check_search"]
