"""Metrics that are plain functions: in a program, in a file, in another package."""

from importlib.metadata import EntryPoint

import numpy as np
import pytest

from harness.core.direction import Direction
from harness.core.errors import ContractError, UsageError
from harness.metrics import (
    Defined,
    Sample,
    Undefined,
    bootstrap,
    find_metric,
    measure,
    metric,
    resample_weights,
)
from harness.metrics.registry import installed_metrics
from harness.own_code import offers
from tests.metrics.strategies import expanded

SAMPLE = Sample(scores=np.array([3.0, 1.0, 2.0, 5.0]), truth=np.array([30.0, 10.0, 40.0, 20.0]))
GAP = "def gap(scores, truth):\n    '''Truth of the best.'''\n    return truth[scores.argmax()]\n"


def best(scores, truth):
    """Truth of the architecture with the highest score."""
    return truth[scores.argmax()]


def sorting(scores, truth):
    scores.sort()
    return scores[0] + truth[0]


def drawing(scores, truth):
    return np.random.rand()  # noqa: NPY002 - that is the point


def test_a_function_is_measured_on_scores_and_truth_as_they_are():
    made = metric(best)
    assert measure(made, SAMPLE) == Defined(value=20.0)
    assert (made.name, made.description) == ("best", best.__doc__)
    assert made.direction is Direction.HIGHER


def test_a_function_sees_every_resample_as_if_it_were_written_out():
    resamples = resample_weights(4, 50, seed=1)
    values = bootstrap(metric(best), SAMPLE, resamples).values
    each = [expanded(SAMPLE, counts) for counts in resamples.counts]
    assert values.tolist() == [best(sample.scores, sample.truth) for sample in each]


def test_what_a_function_changes_in_its_arrays_changes_nothing_else():
    made = metric(sorting)
    assert measure(made, SAMPLE) == measure(made, SAMPLE) == Defined(value=1.0 + 30.0)


def test_what_a_function_draws_is_the_same_each_time():
    assert measure(metric(drawing), SAMPLE) == measure(metric(drawing), SAMPLE)


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (lambda scores, truth: float("nan"), "odd returned nan"),
        (lambda scores, truth: float("inf"), "odd returned inf"),
        (lambda scores, truth: None, "odd returned a NoneType, no number"),
        (lambda scores, truth: "0.5", "odd returned a str, no number"),
        (lambda scores, truth: True, "odd returned a bool, no number"),
        (lambda scores, truth: np.complex64(1j), "odd returned a complex64, no number"),
        (lambda scores, truth: scores, "odd returned a ndarray, no number"),
        (lambda scores, truth: 1 / 0, "odd raised ZeroDivisionError: division by zero"),
    ],
)
def test_what_is_no_finite_number_leaves_it_undefined_with_a_reason(function, reason):
    made = metric(function, name="odd")
    assert measure(made, SAMPLE) == Undefined(reason=reason)
    assert bootstrap(made, SAMPLE, resample_weights(4, 3, seed=0)).undefined == 3


def test_a_function_that_changes_the_process_is_undefined_and_put_right():
    import torch

    def changing(scores, truth):
        torch.set_default_dtype(torch.float64)
        return 1.0

    value = measure(metric(changing), SAMPLE)
    assert isinstance(value, Undefined)
    assert value.reason.startswith("changing leaves torch.get_default_dtype()")
    assert torch.get_default_dtype() is torch.float32


@pytest.mark.parametrize(
    ("given", "name", "message"),
    [
        (3, "a", "3 is no metric; give a function f\\(scores, truth\\)"),
        (lambda scores: 1.0, "a", "the metric a takes \\(scores\\); a metric is a function"),
        (best, "a/b", "is named 'a/b'; a name has letters, digits"),
    ],
)
def test_what_is_no_metric_is_refused(given, name, message):
    with pytest.raises(ContractError, match=message):
        metric(given, name=name)


def test_a_file_offers_its_only_function(tmp_path):
    path = tmp_path / "gap.py"
    path.write_text(GAP)
    found = find_metric(str(path))
    assert (found.name, found.description, found.origin) == ("gap", "Truth of the best.", str(path))
    assert measure(found, SAMPLE) == Defined(value=20.0)


def test_a_file_offers_what_it_calls_metric_or_what_is_named(tmp_path):
    path = tmp_path / "gap.py"
    path.write_text(
        f"from harness.core.direction import Direction\nfrom harness.metrics import metric\n{GAP}"
        "def other(scores, truth):\n    return 1.0\n"
        "METRIC = metric(gap, name='regretless', direction=Direction.LOWER, minimum_n=7)\n"
    )
    found = find_metric(str(path))
    assert (found.name, found.direction, found.minimum_n) == ("regretless", Direction.LOWER, 7)
    assert measure(found, SAMPLE) == Undefined(
        reason="4 architectures are fewer than the minimum of 7"
    )
    assert find_metric(f"{path}:other").name == "other"


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("x = 1\n", "has no metric; write a function, or a value under the name METRIC"),
        ("def a(s, t): ...\ndef b(s, t): ...\n", r"has the functions a, b; name the metric among"),
        ("METRIC = 3\n", "has a int under the name METRIC; a metric is a function"),
        ("def spearman(s, t): ...\n", "is named 'spearman' like a built-in one; rename it"),
        ("import nowhere_at_all\n", "cannot be imported: ModuleNotFoundError"),
    ],
)
def test_a_file_without_one_metric_says_what_it_has(tmp_path, code, message):
    (tmp_path / "m.py").write_text(code)
    with pytest.raises((UsageError, ContractError), match=message):
        find_metric(str(tmp_path / "m.py"))


def test_a_name_that_a_file_lacks_and_a_file_that_is_none_are_refused(tmp_path):
    (tmp_path / "m.py").write_text(GAP)
    with pytest.raises(UsageError, match="has no metric 'nope'; its functions: gap"):
        find_metric(f"{tmp_path / 'm.py'}:nope")
    with pytest.raises(UsageError, match="there is no metric file"):
        find_metric("no_such_file.py")


def test_a_package_offers_metrics_by_entry_points(tmp_path, monkeypatch):
    (tmp_path / "offered_metrics.py").write_text(GAP)
    monkeypatch.syspath_prepend(tmp_path)
    group = "harness.metrics"
    points = {
        "gap": EntryPoint(name="gap", value="offered_metrics:gap", group=group),
        "gone": EntryPoint(name="gone", value="offered_metrics:gone", group=group),
    }
    monkeypatch.setattr("harness.metrics.registry.installed_offers", lambda group: points)
    assert find_metric("gap").origin == "offered_metrics"
    usable, broken = installed_metrics()
    assert [known.name for known in usable] == ["gap"]
    assert broken == {"gone": "offered_metrics has no metric 'gone'; its functions: gap"}
    assert offers.installed_offers(group) == {}
