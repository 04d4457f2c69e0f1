import pytest

from harness.catalog import FromFile, LoadedScorer, installed
from harness.checks import Verdict, check_plugin
from harness.core.errors import UsageError

SCORERS = installed().of_kind(LoadedScorer)
SOURCE = """
import itertools
import numpy as np
from harness.core.errors import ContractError
from harness.operation_scorer import OperationScorer
from harness.plugin import Direction

COUNT = itertools.count()

def score_operations(probe, fixed, operations):
    state = probe.state(fixed)
    BODY

PLUGIN = OperationScorer(
    name="what_is_missed", version="1", summary="SUMMARY", direction=Direction.LOWER,
    score_operations=score_operations, DECLARED
)
"""
GOOD = "return {key: probe.measure(state.without(key)) for key in operations}"


@pytest.fixture
def broken(tmp_path):
    def check(body=GOOD, declared="", summary="what is missed"):
        text = SOURCE.replace("BODY", body).replace("DECLARED", declared)
        path = tmp_path / "scorer.py"
        path.write_text(text.replace("SUMMARY", summary))
        (loaded,) = FromFile(path=path).load_all()
        findings = check_plugin(loaded, "nas-bench-201")
        return {finding.rule for finding in findings if finding.verdict is Verdict.BROKEN}

    return check


@pytest.mark.parametrize(
    "space", ["nas-bench-201", "nas-bench-1shot1-2", "nas-bench-macro", "darts"]
)
@pytest.mark.parametrize("name", SCORERS)
def test_every_registered_scorer_keeps_its_contract(name, space):
    findings = check_plugin(SCORERS[name], space)
    assert len(findings) == 9
    assert [finding for finding in findings if finding.verdict is Verdict.BROKEN] == []


def test_a_scorer_that_keeps_its_contract_is_told_so(broken):
    assert broken() == set()


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        ({"summary": " "}, "describes itself"),
        ({"body": GOOD.replace("operations}", "operations[1:]}")}, "scores every operation"),
        (
            {"body": "return {key: float('nan') for key in operations}"},
            "scores every operation",
        ),
        ({"body": "state = probe.state({})\n    " + GOOD}, "respects what is fixed"),
        (
            {"body": "return {key: probe.measure(state) + next(COUNT) for key in operations}"},
            "scores the same way twice",
        ),
        (
            {"body": "return {key: probe.measure(state) + probe.seed for key in operations}"},
            "draws only as it declares",
        ),
        ({"declared": "stochastic=True"}, "draws only as it declares"),
        ({"body": "return dict.fromkeys(operations, 1.0)"}, "measures only as it declares"),
        ({"declared": "measures=False"}, "measures only as it declares"),
        (
            {
                "body": "try:\n        return {key: probe.measure(state) for key in operations}\n"
                "    except ContractError:\n        return dict.fromkeys(operations, 0.0)"
            },
            "lets failures through",
        ),
        ({"body": "np.seterr(all='raise')\n    " + GOOD}, "leaves global state alone"),
        (
            {"body": "return {key: probe.measure(state) + id(COUNT) for key in operations}"},
            "loads a second time alike",
        ),
    ],
)
def test_a_scorer_that_breaks_a_rule_is_found_out(broken, fault, rule):
    assert rule in broken(**fault)


def test_a_space_without_a_supernet_is_refused():
    with pytest.raises(UsageError, match="space nas-bench-101 has no supernet"):
        check_plugin(SCORERS["zero_cost_pt"], "nas-bench-101")
