"""A judgement in Markdown, for a pull request or a log."""

from __future__ import annotations

from collections.abc import Sequence

from harness.core.pipe_table import pipe_table
from harness.metrics import Defined, Value
from harness.regression_gate.comparison import Comparison
from harness.regression_gate.judgement import Finding, Judgement, plugin_of, task_of
from harness.regression_gate.severity import ExitCode, Severity

__all__ = ["headline", "summary", "value_cells", "value_heads"]

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
        found = judgement.of(severity)
        if found:
            parts.append(f"### {_HEADINGS[severity]}")
            parts.append("\n".join(f"- {_line(one)}" for one in found))
    if judgement.comparisons:
        parts.append("### Spearman correlation with the truth, baseline and now")
        parts.append(pipe_table(value_heads(judgement), value_cells(judgement)))
    return "\n\n".join(parts) + "\n"


def value_heads(judgement: Judgement) -> list[str]:
    """Return the heads of the table of values: one column a task."""
    return ["plugin", *_tasks(judgement)]


def value_cells(judgement: Judgement) -> list[list[str]]:
    """Return one row a plugin; a value that three decimals show as moved has both sides."""
    found = {(one.plugin, one.task): one for one in judgement.comparisons}
    plugins = dict.fromkeys(one.plugin for one in judgement.comparisons)
    tasks = _tasks(judgement)
    return [[name, *(_cell(found[name, task]) for task in tasks)] for name in sorted(plugins)]


def _tasks(judgement: Judgement) -> Sequence[str]:
    return list(dict.fromkeys(one.task for one in judgement.comparisons))


def _cell(one: Comparison) -> str:
    then, now = _written(one.then), _written(one.now)
    return now if then == now else f"{then} → {now}"


def _written(value: Value) -> str:
    return f"{value.value:.3f}" if isinstance(value, Defined) else "undefined"


def _line(finding: Finding) -> str:
    names = [f"`{name}`" for name in (plugin_of(finding), task_of(finding)) if name]
    prefix = f"{' on '.join(names)}: " if names else ""
    return f"{prefix}{finding.sentence.replace('|', chr(92) + '|')}"
