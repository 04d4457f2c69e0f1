"""A judgement as JUnit XML: one test case a plugin and task, which CI systems know how to show."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from harness.core.errors import HarnessError
from harness.core.files import write_at_once
from harness.regression_gate.finding import Finding, Severity
from harness.regression_gate.judgement import Judgement

if TYPE_CHECKING:
    from junitparser import TestCase, TestSuite
    from junitparser.junitparser import FinalResult

__all__ = ["write_junit", "write_junit_error"]

_WHOLE_SUITE = "suite"
_ALL_TASKS = "all tasks"


def write_junit(judgement: Judgement, path: Path) -> None:
    """Write one case a plugin and task; what concerns all tasks of a plugin has its own case.

    Raises:
        InfrastructureError: The file cannot be written.
    """
    from junitparser import TestSuite

    cases: dict[tuple[str, str], list[Finding]] = {
        (comparison.plugin, comparison.task): [] for comparison in judgement.comparisons
    }
    for finding in judgement.findings:
        name = (finding.plugin or _WHOLE_SUITE, finding.task or _ALL_TASKS)
        cases.setdefault(name, []).append(finding)
    suite = TestSuite(f"gate {judgement.suite}")
    for (plugin, task), findings in sorted(cases.items()):
        suite.add_testcase(_case(plugin, task, findings))
    _write(suite, path)


def write_junit_error(name: str, error: HarnessError, path: Path) -> None:
    """Write one case for a gate that an error kept from judging.

    Args:
        name: Name of its suite.
        error: What it ended with.
        path: The file.

    Raises:
        InfrastructureError: It cannot be written.
    """
    from junitparser import Error, TestCase, TestSuite

    case = TestCase(name=_ALL_TASKS, classname=_WHOLE_SUITE, time=0)
    case.result = [Error(str(error), type(error).__name__)]
    suite = TestSuite(f"gate {name}")
    suite.add_testcase(case)
    _write(suite, path)


def _write(suite: TestSuite, path: Path) -> None:
    from junitparser import JUnitXml

    xml = JUnitXml()
    xml.add_testsuite(suite)
    content = io.BytesIO()
    xml.write(content, pretty=True)
    write_at_once(path, content.getvalue().decode(), "choose another file with --junit")


def _case(plugin: str, task: str, findings: Iterable[Finding]) -> TestCase:
    from junitparser import Failure, TestCase

    case = TestCase(name=task, classname=plugin, time=0)
    failures: list[FinalResult] = []
    others: list[str] = []
    for finding in findings:
        if finding.severity is Severity.FAIL:
            failures.append(Failure(finding.message, finding.kind.label))
        else:
            others.append(f"{finding.severity}: {finding.message}")
    if failures:
        case.result = failures
    if others:
        case.system_out = "\n".join(others)
    return case
