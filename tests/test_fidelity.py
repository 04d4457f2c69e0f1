from dataclasses import replace

import pytest

from harness.catalog import FromFile, LoadedScorer, installed
from harness.execution.run import Options
from harness.fidelity import Verdict, check_proxies, check_scorers, judge
from harness.metrics.values import Defined, Estimate, Interval, Undefined
from harness.operation_scorer import OperationReference
from harness.plugin import Reference

REFERENCE = Reference(
    metric="spearman", value=0.70, tolerance=0.05, task="nb201-analog-baseline",
    population="no-unreachable", batch=8, source="a table",
)  # fmt: skip


def measured(value: float, low: float, high: float) -> Estimate:
    return Estimate(value=Defined(value=value), interval=Interval(low=low, high=high, level=0.95))


@pytest.mark.parametrize(
    ("ours", "verdict"),
    [
        (measured(0.72, 0.70, 0.74), Verdict.REPRODUCED),
        (measured(0.62, 0.60, 0.66), Verdict.REPRODUCED),  # 0.66 + 0.05 reaches 0.70
        (measured(0.60, 0.58, 0.64), Verdict.DEVIATES),  # 0.64 + 0.05 does not
        (measured(0.70, 0.50, 0.90), Verdict.UNDECIDED),  # wider than four tolerances
        (
            Estimate(value=Undefined(reason="constant scores"), interval=Undefined(reason="same")),
            Verdict.UNDECIDED,
        ),
    ],
)
def test_a_verdict_follows_from_interval_and_tolerance(ours, verdict):
    assert judge(REFERENCE, ours) is verdict


@pytest.fixture
def plugin_with(write_plugin):
    def build(**changes):
        path = write_plugin("return sum('conv_3x3' in one for one in seen[GRAPH].operations)")
        values = {"value": 0.5, "task": "nb201-analog-baseline", "batch": 8} | changes
        reference = (
            f"Reference(metric='spearman', value={values['value']}, tolerance=0.2, "
            f"task={values['task']!r}, population='no-unreachable', batch={values['batch']}, "
            "source='a table')"
        )
        text = path.read_text().replace("score=score", f"score=score, references=({reference},)")
        path.write_text(text.replace("import Direction", "import Direction, Reference"))
        return FromFile(path=path).load()

    return build


def check(plugin, tmp_path):
    options = Options(results=tmp_path / "r", workers=0)
    (checked,) = check_proxies([plugin], 150, "noise", options, lambda done, total: None)
    return checked


def test_a_plugin_is_evaluated_in_its_reference_s_protocol(plugin_with, tmp_path):
    checked = check(plugin_with(), tmp_path)
    assert checked.verdict is Verdict.REPRODUCED
    assert checked.basis == "150/150"


def test_a_sign_flip_deviates(plugin_with, tmp_path):
    assert check(plugin_with(value=-0.5), tmp_path).verdict is Verdict.DEVIATES


def test_a_plugin_without_reference_says_so(load_plugin, tmp_path):
    assert check(load_plugin("return 1.0"), tmp_path).verdict is Verdict.NO_REFERENCE


def test_missing_ground_truth_is_told_and_does_not_stop_the_others(
    plugin_with, tmp_path, monkeypatch
):
    for name in ("HARNESS_DATA_DIR", "HARNESS_MIRROR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HARNESS_OFFLINE", "1")
    monkeypatch.setenv("HARNESS_CACHE_DIR", str(tmp_path / "cache"))
    checked = check(plugin_with(task="nb201-cifar10-validation-connected"), tmp_path)
    assert checked.verdict is Verdict.UNCHECKED
    assert "HARNESS_OFFLINE is set" in checked.detail


def test_a_reference_without_images_is_checked_too(plugin_with, tmp_path):
    assert check(plugin_with(batch=0), tmp_path).verdict is Verdict.REPRODUCED


def scorer_with(**changes) -> LoadedScorer:
    """A scorer that draws, held against a correlation of its own making."""
    reference = OperationReference(
        metric="spearman_mean", measure="params", value=0.0, tolerance=0.5,
        task="nb201-analog-baseline", batch=2, source="a table",
    )  # fmt: skip
    loaded = installed().of_kind(LoadedScorer)["random_operations"]
    published = (replace(reference, **changes),)
    return replace(loaded, plugin=replace(loaded.plugin, references=published))


def check_scorer(scorer: LoadedScorer, tmp_path):
    options = Options(results=tmp_path / "r", workers=0)
    (checked,) = check_scorers([scorer], "noise", options, lambda done, total: None)
    return checked


def test_a_scorer_is_held_against_its_reference_over_seeds(tmp_path):
    checked = check_scorer(scorer_with(), tmp_path)
    assert (checked.plugin, checked.basis) == ("random_operations by params", "4 seeds")
    assert checked.verdict is Verdict.REPRODUCED
    assert isinstance(checked.measured.value, Defined)
    # Stored seeds are judged anew.
    assert check_scorer(scorer_with(value=2.0), tmp_path).verdict is Verdict.DEVIATES
    assert check_scorer(scorer_with(tolerance=1e-6), tmp_path).verdict is Verdict.UNDECIDED


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"task": "nb201-analog-baselin"}, "did you mean 'nb201-analog-baseline'"),
        ({"measure": "parms"}, "did you mean 'params'"),
    ],
)
def test_a_scorer_that_cannot_be_checked_says_why(tmp_path, changes, reason):
    checked = check_scorer(scorer_with(**changes), tmp_path)
    assert checked.verdict is Verdict.UNCHECKED
    assert reason in checked.detail


def test_a_scorer_without_reference_says_so(tmp_path):
    loaded = installed().of_kind(LoadedScorer)["mean_zero_cost"]
    assert check_scorer(loaded, tmp_path).verdict is Verdict.NO_REFERENCE
