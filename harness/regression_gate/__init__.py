"""The regression gate: holds a run of a suite against a stored baseline."""

from harness.regression_gate.finding import ExitCode, Finding, Kind, Rule, Severity
from harness.regression_gate.judgement import Judgement, judge
from harness.regression_gate.snapshot import PluginState, Snapshot, Tolerance
from harness.regression_gate.taking import take

__all__ = [
    "ExitCode",
    "Finding",
    "Judgement",
    "Kind",
    "PluginState",
    "Rule",
    "Severity",
    "Snapshot",
    "Tolerance",
    "judge",
    "take",
]
