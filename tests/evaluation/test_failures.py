from dataclasses import replace

import numpy as np
import pytest

from harness.core.outcome import SCORE, Failed, FailureKind, Scored, Skipped
from harness.evaluation import (
    FailureCount,
    compare_seeds,
    count_failures,
    failed_everywhere,
    failures_text,
)
from harness.metrics import Undefined
from harness.records.columns import MethodColumn
from tests.reports.boards import QUICK, board_of
from tests.score_tables import computed, method

VALUES = [1.0, 2.0, 4.0, 3.0]
SCORED = Scored(components={SCORE: 1.0})


def raised(reason):
    return Failed(kind=FailureKind.RAISED, reason=reason)


def counted(*outcomes):
    return count_failures(MethodColumn.of(outcomes))


def entries(*methods):
    (board,) = board_of([computed(methods, VALUES)]).boards
    return {entry.plugin: entry for entry in board.entries}


@pytest.mark.parametrize("kind", FailureKind)
def test_every_kind_of_failure_is_counted_with_the_reason_of_its_first(kind):
    outcomes = [SCORED, Failed(kind=kind, reason="first"), None, Failed(kind=kind, reason="second")]
    assert counted(*outcomes) == {str(kind): FailureCount(count=2, reason="first")}


def test_an_architecture_that_a_plugin_skipped_is_counted_too():
    failures = counted(*[Skipped(reason="mine does not support nas-bench-201")] * 3)
    assert failures_text(failures) == "3 skipped: mine does not support nas-bench-201"


def test_the_first_failure_is_that_of_the_first_architecture_not_that_which_was_scored_first():
    # Rows of a column that was filled in another order than it is read in.
    arrived = MethodColumn.of([raised("late"), raised("early"), raised("between"), SCORED])
    mine = replace(method("mine", VALUES), column=arrived.at(np.array([1, 2, 0, 3])))
    assert failures_text(entries(mine)["mine"].failures) == "3 raised: early"


def test_a_reason_becomes_a_line_that_cannot_control_a_terminal():
    (failure,) = counted(raised("two\n\tlines \x1b[2J\udcff")).values()
    assert failure.reason == "two lines \ufffd[2J\ufffd"


def test_a_reason_that_says_nothing_is_called_so():
    assert failures_text(counted(raised(" "))) == "1 raised: no reason was given"


def test_where_all_failed_the_cause_stands_in_place_of_the_metric_s_minimum():
    (value,) = {
        estimate.value for estimate in entries(method("none", [None] * 4))["none"].measured.values()
    }
    assert value == Undefined(reason="4 nonfinite: score is nan")


def test_where_too_few_are_left_the_cause_stands_before_the_metric_s_minimum():
    value = entries(method("some", [1.0, None, None, 2.0]))["some"].measured["spearman"].value
    assert value == Undefined(
        reason="2 nonfinite: score is nan; 2 architectures are fewer than the minimum of 3"
    )


def test_a_mean_over_seeds_names_the_cause_and_counts_the_failures_of_all_seeds():
    tasks = [computed([method("none", [None] * 4)], VALUES) for _ in range(2)]
    (row,) = compare_seeds(tasks, QUICK)
    assert failures_text(row.failures) == "8 nonfinite: score is nan"
    assert isinstance(row.mean.value, Undefined)
    assert row.mean.value.reason.startswith("8 nonfinite: score is nan; ")


def test_only_who_failed_and_has_no_score_failed_everywhere():
    methods = [
        method("none", [None] * 4),
        method("some", [None, None, None, 1.0]),
        method("skips", [1.0] * 4, outcomes=[Skipped(reason="not here")] * 4),
        method("not asked", [1.0] * 4, outcomes=[None] * 4),
    ]
    assert list(failed_everywhere(methods)) == ["none"]
