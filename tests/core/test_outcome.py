import math

import pytest
import torch

from harness.core.outcome import Failed, FailureKind, Scored, scored


def test_a_finite_number_is_a_score():
    assert scored(2, ("score",)) == Scored(components={"score": 2.0})


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_non_finite_number_is_a_failure_and_never_a_score(value):
    outcome = scored(value, ("score",))
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.NONFINITE


def test_components_must_be_those_declared():
    outcome = scored({"a": 1.0}, ("a", "b"))
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.CONTRACT
    assert "['a', 'b']" in outcome.reason


@pytest.mark.parametrize("value", ["text", None, [1, 2]])
def test_something_else_than_a_number_is_a_broken_contract(value):
    outcome = scored(value, ("score",))
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.CONTRACT


def test_an_array_that_is_no_number_is_told_with_its_shape():
    outcome = scored(torch.ones(2, 3), ("score",))
    reason = "returned Tensor of shape (2, 3) for 'score' instead of a number"
    assert outcome == Failed(kind=FailureKind.CONTRACT, reason=reason)


def test_a_whole_number_beyond_float64_is_not_finite():
    outcome = scored(10**400, ("score",))
    reason = "score is a whole number beyond what float64 holds"
    assert outcome == Failed(kind=FailureKind.NONFINITE, reason=reason)


def test_components_whose_names_are_no_texts_are_those_that_were_not_declared():
    outcome = scored({1: 0.5, "a": 1.0}, ("score",))
    reason = "returned components ['1', 'a'] instead of ['score']"
    assert outcome == Failed(kind=FailureKind.CONTRACT, reason=reason)


def test_an_optional_component_may_be_missing_and_no_other():
    names = ("a", "b")
    assert scored({"a": 1.0}, names, ("b",)) == Scored(components={"a": 1.0})
    assert scored({"a": 1.0, "b": 2.0}, names, ("b",)) == Scored(components={"a": 1.0, "b": 2.0})
    for wrong in ({"b": 2.0}, {"a": 1.0, "c": 3.0}):
        failed = scored(wrong, names, ("b",))
        assert isinstance(failed, Failed)
        assert failed.kind is FailureKind.CONTRACT


def test_a_tensor_with_a_gradient_is_a_score_without_a_warning(recwarn):
    weight = torch.tensor(2.0, requires_grad=True)
    assert scored(weight * 3, ("score",)) == Scored(components={"score": 6.0})
    assert list(recwarn) == []
