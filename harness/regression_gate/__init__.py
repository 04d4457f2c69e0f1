"""The regression gate: holds a run of a suite against a stored baseline."""

from harness.regression_gate.judgement import Finding, Judgement, judge
from harness.regression_gate.rule import Rule
from harness.regression_gate.severity import ExitCode, Severity
from harness.regression_gate.snapshot import PluginState, Snapshot, Tolerance
from harness.regression_gate.taking import take

__all__ = [
    "ExitCode",
    "Finding",
    "Judgement",
    "PluginState",
    "Rule",
    "Severity",
    "Snapshot",
    "Tolerance",
    "judge",
    "take",
]
