from dataclasses import replace

import pytest
from junitparser import JUnitXml

from harness.core.errors import InfrastructureError
from harness.regression_gate import judge
from harness.regression_gate.changes import changes
from harness.regression_gate.junit import write_junit
from harness.regression_gate.summary import findings_table, gate_data, summary
from tests.regression_gate.snapshots import bumped, contest, elsewhere, snapshot, state, truth

TWENTY = {f"a{i:02}": float(i) for i in range(20)}
TABLE = truth(TWENTY)
NEGATED = {text: -score for text, score in TWENTY.items()}
BASE = snapshot([state(TWENTY), state(TWENTY, "q"), state(TWENTY, "gone")], TABLE)
NOW = snapshot([bumped(state(TWENTY), NEGATED), state(TWENTY, "q"), state(TWENTY, "new")], TABLE)
FOUND = judge(BASE, NOW, [contest(TABLE, BASE.population)])
DATA = gate_data(FOUND).records


def test_the_summary_begins_with_the_verdict_and_then_the_failures():
    lines = summary(FOUND).splitlines()
    # Missing is coverage (4), which outranks the regression (1).
    assert lines[0] == (
        "## Gate s failed: coverage was lost (exit code 4; failures: 2, warnings: 0, notes: 2)"
    )
    assert lines[2] == "### Failures"
    assert lines[4].startswith("- `gone`: the plugin vanished")
    assert lines[5].startswith("- `p` on `t`: worse by 2.0000: 1.0000 is now -1.0000")


def test_the_summary_shows_both_sides_of_a_value_that_moved():
    text = summary(FOUND)
    assert "| p | 1.000 → -1.000 |" in text
    assert "| q | 1.000 |" in text


def test_programs_find_every_finding_and_every_comparison_without_one():
    rows = [(row["plugin"], row["task"], row["severity"], row["kind"]) for row in DATA]
    assert rows == [
        ("gone", "", "fail", "Vanished"),
        ("p", "t", "fail", "Regression"),
        ("new", "", "note", "Newcomer"),
        ("p", "", "note", "VersionChanged"),
        ("q", "t", "pass", ""),
    ]
    assert [row["now"] for row in DATA if row["task"]] == [-1.0, 1.0]
    assert {row["message"] for row in DATA} - {""} == {row[3] for row in findings_table(FOUND).rows}


def test_junit_has_a_case_a_plugin_and_task_with_the_sentence_as_failure(tmp_path):
    write_junit(FOUND, tmp_path / "deep" / "gate.xml")
    (suite,) = JUnitXml.fromfile(str(tmp_path / "deep" / "gate.xml"))
    cases = {(case.classname, case.name): case for case in suite}
    assert cases.keys() == {
        ("p", "t"),
        ("q", "t"),
        ("p", "all tasks"),
        ("gone", "all tasks"),
        ("new", "all tasks"),
    }
    (failure,) = cases["p", "t"].result
    assert failure.type == "Regression"
    assert failure.message.startswith("worse by 2.0000")
    assert cases["q", "t"].result == []
    assert (suite.tests, suite.failures) == (5, 2)


def test_junit_of_a_gate_that_compared_nothing_still_has_a_failed_case(tmp_path):
    nothing = judge(BASE.of([]), BASE.of([]), [contest(TABLE, BASE.population)])
    write_junit(nothing, tmp_path / "gate.xml")
    (suite,) = JUnitXml.fromfile(str(tmp_path / "gate.xml"))
    assert (suite.tests, suite.failures) == (1, 1)


def test_a_junit_file_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(InfrastructureError, match="choose another file with --junit"):
        write_junit(FOUND, tmp_path / "taken" / "gate.xml")


def test_a_new_baseline_says_what_it_changes_for_each_plugin():
    lines = changes(BASE, elsewhere(NOW))
    assert lines == [
        "machine: other than before; times of old and new baseline are not comparable",
        "gone: removed",
        "new: added",
        "p: version 1 is now 1+",
        # 19 of 20: the score 0 is 0 on both sides.
        "p: 19 of 20 scores differ",
    ]


def test_an_equal_baseline_changes_nothing_and_a_first_one_says_so():
    assert changes(BASE, BASE) == []
    assert changes(None, BASE) == ["first baseline of s (plugins: 3, tasks: 1)"]


def test_failures_that_enter_a_baseline_are_named():
    kept = {text: score for text, score in TWENTY.items() if text > "a02"}
    failures = {"a00": "raised", "a01": "raised", "a02": "timeout"}
    broken = snapshot([state(kept, failures=failures)], TABLE)
    line = "p: failures become part of the baseline: 2 raised, 1 timeout"
    assert changes(None, broken)[1:] == [line]
    assert changes(BASE.of([]), broken) == ["p: added", line]


def test_tolerances_that_people_set_outlive_an_update():
    loose = replace(BASE.plugins["p"].tolerance, drop=0.05)
    old = replace(BASE, plugins={"p": replace(BASE.plugins["p"], tolerance=loose)})
    new = BASE.with_tolerances_of(old)
    assert new.plugins["p"].tolerance.drop == 0.05
    assert new.plugins["q"].tolerance.drop == 0.005
