"""A judgement in words and tables: for a terminal, a pull request or a log, and for programs."""

from __future__ import annotations

from harness.metrics import Defined, Value
from harness.regression_gate.comparison import Comparison
from harness.regression_gate.finding import ExitCode, Finding, Severity
from harness.regression_gate.judgement import Judgement
from harness.reports.report_table import Cell, ReportTable, columns
from harness.reports.writers import markdown, markdown_table

__all__ = ["coverage_table", "findings_table", "gate_data", "headline", "summary", "values_table"]

_HEADINGS = {Severity.FAIL: "Failures", Severity.WARN: "Warnings", Severity.NOTE: "Notes"}
_VERDICTS = {
    ExitCode.PASS: "passed",
    ExitCode.REGRESSION: "failed: something got worse or drifted",
    ExitCode.COVERAGE: "failed: coverage was lost",
    ExitCode.NOT_COMPARABLE: "failed: not comparable with the baseline",
}


def headline(judgement: Judgement) -> str:
    """Say in one line how the gate ended."""
    code = judgement.exit_code
    counts = ", ".join(
        f"{_HEADINGS[severity].lower()}: {len(judgement.of(severity))}" for severity in Severity
    )
    return f"gate {judgement.suite} {_VERDICTS[code]} (exit code {int(code)}; {counts})"


def summary(judgement: Judgement) -> str:
    """Return findings, gravest first, and every value compared, as Markdown."""
    text = headline(judgement)
    parts = [f"## {text[0].upper()}{text[1:]}"]
    for severity in Severity:
        findings = judgement.of(severity)
        if findings:
            parts.append(f"### {_HEADINGS[severity]}")
            parts.append("\n".join(f"- {_line(finding)}" for finding in findings))
    if judgement.comparisons:
        parts.append("### Spearman correlation with the truth, baseline and now")
        parts.append(markdown_table(values_table(judgement)))
    if judgement.coverage:
        parts.append("### What was compared")
        parts.append(markdown_table(coverage_table(judgement)))
    return markdown(parts)


def values_table(judgement: Judgement) -> ReportTable:
    """Return one row a plugin; a value that three decimals show as moved has both sides."""
    texts = {(each.plugin, each.task): _values(each) for each in judgement.comparisons}
    plugins = sorted({comparison.plugin for comparison in judgement.comparisons})
    tasks = list(dict.fromkeys(comparison.task for comparison in judgement.comparisons))
    return ReportTable(
        columns=columns("plugin", *tasks),
        rows=tuple((plugin, *(texts[plugin, task] for task in tasks)) for plugin in plugins),
    )


def coverage_table(judgement: Judgement) -> ReportTable:
    """Return one row a space of an archive, and one for all."""
    rows = judgement.coverage
    total = ("all", sum(row.networks for row in rows), "", sum(row.scores for row in rows), "")
    return ReportTable(
        columns=columns("space", "networks", "plugins", "scores", "too slow"),
        rows=(
            *(
                (row.space, row.networks, row.plugins, row.scores, ", ".join(row.left_out))
                for row in rows
            ),
            total,
        ),
    )


def findings_table(judgement: Judgement) -> ReportTable:
    """Return one row a finding."""
    return ReportTable(
        columns=columns("", "plugin", "task", "finding"),
        rows=tuple(
            (str(finding.severity), finding.plugin, finding.task, finding.message)
            for finding in judgement.findings
        ),
    )


def gate_data(judgement: Judgement) -> ReportTable:
    """Return one row a finding and one a comparison without any, for programs."""
    compared = {(each.plugin, each.task): each for each in judgement.comparisons}
    told = {(finding.plugin, finding.task) for finding in judgement.findings}
    rows: list[tuple[Finding | None, str, str]] = [
        (finding, finding.plugin, finding.task) for finding in judgement.findings
    ]
    rows += [(None, *name) for name in compared if name not in told]
    return ReportTable.of_records(
        [
            {
                "suite": judgement.suite,
                "plugin": plugin,
                "task": task,
                "severity": str(finding.severity) if finding else "pass",
                "kind": finding.kind.label if finding else "",
                "message": finding.message if finding else "",
                **_numbers(compared.get((plugin, task))),
            }
            for finding, plugin, task in rows
        ]
    )


def _numbers(comparison: Comparison | None) -> dict[str, Cell]:
    if comparison is None:
        return dict.fromkeys(("n", "then", "now", "noise", "p_value", "allowed"))
    return {
        "n": comparison.n,
        "then": comparison.then,
        "now": comparison.now,
        "noise": comparison.noise,
        "p_value": comparison.p_value,
        "allowed": comparison.allowed,
    }


def _values(comparison: Comparison) -> str:
    then, now = _written(comparison.then), _written(comparison.now)
    return now if then == now else f"{then} → {now}"


def _written(value: Value) -> str:
    return f"{value.value:.3f}" if isinstance(value, Defined) else "undefined"


def _line(finding: Finding) -> str:
    names = [f"`{name}`" for name in (finding.plugin, finding.task) if name]
    prefix = f"{' on '.join(names)}: " if names else ""
    return f"{prefix}{finding.message.replace('|', chr(92) + '|')}"
