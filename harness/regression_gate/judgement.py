"""The gate itself: a pure function of a baseline and a run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harness.core.short_repr import ShortRepr
from harness.evaluation import TaskScores
from harness.regression_gate.comparability import foundations, members, truths
from harness.regression_gate.comparison import Comparison, compare_all
from harness.regression_gate.coverage import cost, costs_elsewhere, coverage
from harness.regression_gate.drift import drift
from harness.regression_gate.finding import ExitCode, Finding, Kind, Rule, Severity
from harness.regression_gate.quality import quality
from harness.regression_gate.snapshot import Snapshot, same_arithmetic

__all__ = ["Coverage", "Judgement", "judge", "ordered"]

_PRECEDENCE = (ExitCode.NOT_COMPARABLE, ExitCode.COVERAGE, ExitCode.REGRESSION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What of a space a gate over an archive has compared.

    Attributes:
        networks: Number of architectures.
        plugins: Number of plugins that were asked for all of them.
        scores: Number of their archived scores; the others are failures, which are compared too.
        left_out: Plugins that are too slow there.
    """

    space: str
    networks: int
    plugins: int
    scores: int
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Judgement(ShortRepr):
    """What a gate found.

    Attributes:
        suite: Name of the suite.
        findings: Gravest first, then by plugin and task; over an archive tasks are spaces.
        comparisons: What was compared, in the order of tasks and plugins.
        coverage: What of each space was compared, over an archive.
    """

    suite: str
    findings: tuple[Finding, ...]
    comparisons: tuple[Comparison, ...]
    coverage: tuple[Coverage, ...] = ()

    @property
    def exit_code(self) -> ExitCode:
        """The gravest code of any finding.

        What cannot be compared comes first, since nothing else can be trusted then; lost coverage
        next, since a value over fewer architectures is of another population.
        """
        codes = {finding.code for finding in self.findings}
        return next((code for code in _PRECEDENCE if code in codes), ExitCode.PASS)

    def of(self, severity: Severity) -> tuple[Finding, ...]:
        """Return the findings of one severity."""
        return tuple(finding for finding in self.findings if finding.severity is severity)


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
    broken = tuple(foundations(baseline, current))
    if broken:
        return Judgement(suite=current.suite, findings=broken, comparisons=())
    comparisons = compare_all(baseline, current, tasks, rule)
    findings = [*truths(baseline, current), *members(baseline, current)]
    findings += _plugins(baseline, current, rule)
    findings += [finding for each in comparisons for finding in quality(each, rule)]
    fails = any(finding.severity is Severity.FAIL for finding in findings)
    if not fails and not any(comparison.is_measured for comparison in comparisons):
        message = "no plugin was compared with the baseline on any task; check the names given"
        findings.append(Finding(kind=Kind.NOTHING_MEASURED, message=message))
    return Judgement(suite=current.suite, findings=ordered(findings), comparisons=comparisons)


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings, gravest first, then by plugin and task."""
    return tuple(sorted(findings, key=lambda f: (f.severity.rank, f.plugin, f.task)))


def _plugins(baseline: Snapshot, current: Snapshot, rule: Rule) -> list[Finding]:
    findings: list[Finding] = []
    elsewhere = 0
    for name, now in current.plugins.items():
        if name not in baseline.plugins:
            continue
        then = baseline.plugins[name]
        exact = same_arithmetic(baseline, current, name)
        findings += [*coverage(then, now), *drift(then, now, exact=exact), *cost(then, now, rule)]
        if now.times and then.times and not now.same_machine_as(then):
            elsewhere += 1
    if elsewhere:
        findings.append(costs_elsewhere(elsewhere))
    return findings
