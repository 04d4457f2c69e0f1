import pytest

from harness.catalog import FromFile, LoadedPredictor, installed
from harness.checks import Verdict, check_plugin

SOURCE = """
import itertools
import random
import numpy as np
from harness.encodings import encoding
from harness.predictor import Predictor

COUNT = itertools.count()

def fit(labelled, seed):
    design = np.c_[np.ones(labelled.inputs.n), labelled.inputs.features.values]
    weights = np.linalg.lstsq(design, labelled.labels, rcond=None)[0]
    BODY
    return lambda inputs: LINE

PLUGIN = Predictor(
    name="line-through-counts", version="1", summary="SUMMARY", encoding=encoding("counts"),
    fit=fit, in_unit=True, DECLARED
)
"""
LINE = "weights[0] + inputs.features.values @ weights[1:]"


@pytest.fixture
def broken(tmp_path):
    def check(body="", line=LINE, declared="", summary="a line", space="nas-bench-201"):
        text = SOURCE.replace("BODY", body).replace("LINE", line).replace("DECLARED", declared)
        path = tmp_path / "line.py"
        path.write_text(text.replace("SUMMARY", summary))
        (loaded,) = FromFile(path=path).load_all()
        findings = check_plugin(loaded, space)
        return {finding.rule for finding in findings if finding.verdict is Verdict.BROKEN}

    return check


@pytest.mark.parametrize("space", ["nas-bench-201", "nas-bench-101", "darts"])
def test_a_predictor_that_keeps_its_contract_is_told_so(broken, space):
    assert broken(space=space) == set()


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        ({"summary": " "}, "describes itself"),
        ({"line": "np.full(inputs.n, np.nan)"}, "predicts architectures that it never saw"),
        ({"body": "assert labelled.inputs.n > 30"}, "learns from eight labels"),
        ({"body": "assert np.ptp(labelled.labels) > 0"}, "survives equal labels"),
        ({"line": LINE + " + next(COUNT)"}, "predicts the same way twice"),
        ({"line": LINE + " + seed / 1000"}, "draws only as it declares"),
        ({"line": LINE + " + inputs.n / 1000"}, "predicts each architecture by itself"),
        ({"line": LINE + " + 1000"}, "keeps the unit that it declares"),
        ({"body": "labelled.labels.sort()"}, "leaves what it was given alone"),
        ({"body": "np.seterr(all='raise')"}, "leaves global state alone"),
        ({"line": LINE + " + float(id(COUNT))"}, "loads a second time alike"),
        ({"declared": "spaces=('darts',)"}, "supports the space"),
    ],
)
def test_a_predictor_that_breaks_a_rule_is_found_out(broken, fault, rule):
    assert rule in broken(**fault)


def test_a_predictor_of_some_spaces_is_checked_on_these():
    findings = check_plugin(installed().of_kind(LoadedPredictor)["ridge-onehot"], "nas-bench-graph")
    assert {finding.verdict for finding in findings} == {Verdict.KEPT}
