import pytest

from harness.core.outcome import SCORE, Failed, FailureKind, Scored, Skipped
from harness.evaluation import (
    FailureCount,
    count_failures,
    failed_everywhere,
    failures_text,
    over_seeds,
)
from harness.metrics import Undefined
from tests.reports.boards import QUICK, board_of, computed, contender

VALUES = [1.0, 2.0, 4.0, 3.0]
SCORED = Scored(components={SCORE: 1.0})


def raised(reason):
    return Failed(kind=FailureKind.RAISED, reason=reason)


def entries(*contenders):
    (board,) = board_of([computed(contenders, VALUES)]).boards
    return {one.plugin: one for one in board.entries}


@pytest.mark.parametrize("kind", FailureKind)
def test_every_kind_of_failure_is_counted_with_the_reason_of_its_first(kind):
    outcomes = [SCORED, Failed(kind=kind, reason="first"), None, Failed(kind=kind, reason="second")]
    assert count_failures(outcomes) == {str(kind): FailureCount(count=2, reason="first")}


def test_an_architecture_that_a_plugin_skipped_is_counted_too():
    found = count_failures([Skipped(reason="mine does not support nas-bench-201")] * 3)
    assert failures_text(found) == "3 skipped: mine does not support nas-bench-201"


def test_the_first_failure_is_that_of_the_first_architecture_not_that_which_was_scored_first():
    arrived = {"a002": raised("late"), "a000": raised("early"), "a001": raised("between")}
    mine = contender("mine", [1.0, 2.0, 3.0, 4.0], outcomes=arrived | {"a003": SCORED})
    assert failures_text(entries(mine)["mine"].failures) == "3 raised: early"


def test_a_reason_becomes_a_line_that_cannot_control_a_terminal():
    (found,) = count_failures([raised("two\n\tlines \x1b[2J\udcff")]).values()
    assert found.reason == "two lines \ufffd[2J\ufffd"


def test_a_reason_that_says_nothing_is_called_so():
    assert failures_text(count_failures([raised(" ")])) == "1 raised: no reason was given"


def test_where_all_failed_the_cause_stands_in_place_of_the_metric_s_minimum():
    (value,) = {
        one.value for one in entries(contender("none", [None] * 4))["none"].measured.values()
    }
    assert value == Undefined(reason="4 nonfinite: score is nan")


def test_where_too_few_are_left_the_cause_stands_before_the_metric_s_minimum():
    found = entries(contender("some", [1.0, None, None, 2.0]))["some"].measured["spearman"].value
    assert found == Undefined(
        reason="2 nonfinite: score is nan; 2 architectures are fewer than the minimum of 3"
    )


def test_a_mean_over_seeds_names_the_cause_and_counts_the_failures_of_all_seeds():
    contests = [computed([contender("none", [None] * 4)], VALUES) for _ in range(2)]
    (found,) = over_seeds(contests, QUICK)
    assert failures_text(found.failures) == "8 nonfinite: score is nan"
    assert isinstance(found.mean.value, Undefined)
    assert found.mean.value.reason.startswith("8 nonfinite: score is nan; ")


def test_only_who_failed_and_has_no_score_failed_everywhere():
    texts = [f"a{index:03}" for index in range(4)]
    skipped = dict.fromkeys(texts, Skipped(reason="not here"))
    contenders = [
        contender("none", [None] * 4),
        contender("some", [None, None, None, 1.0]),
        contender("skips", [1.0] * 4, outcomes=skipped),
        contender("not asked", [1.0] * 4, outcomes={}),
    ]
    assert list(failed_everywhere(contenders, texts)) == ["none"]
