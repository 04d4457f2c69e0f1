"""The regression gate: holds a run of a suite against a stored baseline."""

from harness.gate.judgement import Finding, Judgement, judge
from harness.gate.rule import Rule
from harness.gate.severity import ExitCode, Severity
from harness.gate.snapshot import PluginState, Snapshot, Tolerance
from harness.gate.taking import take

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
