"""The gate itself: a pure function of a baseline and a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.evaluation import TaskScores
from harness.regression_gate.comparability import (
    ConditionChanged,
    PopulationChanged,
    TruthChanged,
    foundations,
    truths,
)
from harness.regression_gate.comparison import Comparison, compare_all
from harness.regression_gate.cost import CostsElsewhere, Slower, cost
from harness.regression_gate.coverage import CoverageGained, CoverageLost, coverage
from harness.regression_gate.drift import Drift, OtherDigits, VersionChanged, drift
from harness.regression_gate.membership import (
    Newcomer,
    NothingMeasured,
    TaskAdded,
    TaskVanished,
    Vanished,
    members,
)
from harness.regression_gate.quality import Fall, Gain, Regression, ValueLost, quality
from harness.regression_gate.rule import Rule
from harness.regression_gate.severity import ExitCode, Severity
from harness.regression_gate.snapshot import Snapshot

__all__ = ["Finding", "Judgement", "judge", "plugin_of", "task_of"]

Finding = (
    PopulationChanged
    | ConditionChanged
    | TruthChanged
    | TaskVanished
    | TaskAdded
    | Vanished
    | Newcomer
    | NothingMeasured
    | CoverageLost
    | CoverageGained
    | Drift
    | OtherDigits
    | VersionChanged
    | Regression
    | Fall
    | Gain
    | ValueLost
    | Slower
    | CostsElsewhere
)

_PRECEDENCE = (ExitCode.NOT_COMPARABLE, ExitCode.COVERAGE, ExitCode.REGRESSION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a gate found.

    Attributes:
        suite: Name of the suite.
        findings: Gravest first, then by plugin and task.
        comparisons: What was compared, in the order of tasks and plugins.
    """

    suite: str
    findings: tuple[Finding, ...]
    comparisons: tuple[Comparison, ...]

    @property
    def exit_code(self) -> ExitCode:
        """The gravest code of any finding.

        What cannot be compared comes first, since nothing else can be trusted then; lost coverage
        next, since a value over fewer architectures is of another population.
        """
        codes = {one.code for one in self.findings}
        return next((code for code in _PRECEDENCE if code in codes), ExitCode.PASS)

    def of(self, severity: Severity) -> tuple[Finding, ...]:
        """Return the findings of one severity."""
        return tuple(one for one in self.findings if one.severity is severity)


def judge(
    baseline: Snapshot, current: Snapshot, tasks: Sequence[TaskScores], rule: Rule | None = None
) -> Judgement:
    """Hold a run against its baseline.

    Args:
        baseline: The stored snapshot, with the tolerances to apply.
        current: The snapshot of the run.
        tasks: The run's population joined with the truth of each task.
        rule: Thresholds; those of `Rule` by default.
    """
    rule = rule or Rule()
    broken = foundations(baseline, current)
    if broken:
        return Judgement(suite=current.suite, findings=tuple(broken), comparisons=())
    comparisons = compare_all(baseline, current, tasks, rule)
    findings: list[Finding] = [*truths(baseline, current), *members(baseline, current)]
    findings += _plugins(baseline, current, rule)
    findings += [found for one in comparisons for found in quality(one, rule)]
    fails = any(one.severity is Severity.FAIL for one in findings)
    if not fails and not any(one.is_measured for one in comparisons):
        findings.append(NothingMeasured())
    return Judgement(
        suite=current.suite, findings=tuple(sorted(findings, key=_order)), comparisons=comparisons
    )


def plugin_of(finding: Finding) -> str:
    """Return the name of the plugin that a finding is about; empty where it is about none."""
    return getattr(finding, "plugin", "")


def task_of(finding: Finding) -> str:
    """Return the name of the task that a finding is about; empty where it is about none."""
    return getattr(finding, "task", "")


def _plugins(baseline: Snapshot, current: Snapshot, rule: Rule) -> list[Finding]:
    findings: list[Finding] = []
    elsewhere = []
    for name, now in current.plugins.items():
        if name not in baseline.plugins:
            continue
        then = baseline.plugins[name]
        findings += [*coverage(then, now), *drift(then, now), *cost(then, now, rule)]
        if now.times and then.times and not now.same_machine_as(then):
            elsewhere.append(name)
    if elsewhere:
        findings.append(CostsElsewhere(plugins=tuple(elsewhere)))
    return findings


def _order(finding: Finding) -> tuple[int, str, str]:
    return finding.severity.rank, plugin_of(finding), task_of(finding)
