from dataclasses import replace

import pytest

from harness.core.direction import Direction
from harness.core.errors import UsageError
from harness.metrics import Defined, Undefined
from harness.operation_scoring import OperationTruth, TableRank
from harness.operation_scoring.quality import Against, agreement
from harness.spaces.supernets import Operation, supernet
from tests.truth_tables import truth_table

MACRO = supernet("nas-bench-macro")
VALUES = {
    "00000000": 10.0,
    "10000000": 20.0,
    "20000000": 30.0,
    "00000001": 70.0,
    "10000001": 50.0,
    "20000002": 90.0,
}


def operation(layer: int, option: str) -> Operation:
    return Operation(choice=f"layer {layer}", option=option)


def of_chains(values: dict[str, float], **changes: Direction) -> OperationTruth:
    table = truth_table(values, space="nas-bench-macro", **changes)
    return OperationTruth(supernet=MACRO, table=table)


@pytest.fixture
def truth() -> OperationTruth:
    """Six chains that differ in the first layer and in the last."""
    return of_chains(VALUES)


def test_an_operation_is_worth_the_best_and_the_mean_of_what_holds_it(truth):
    assert truth.best(operation(1, "identity"), {}) == Defined(value=70.0)
    assert truth.mean(operation(1, "identity"), {}) == Defined(value=40.0)  # (10 + 70) / 2


def test_the_best_single_run_may_be_of_another_architecture_than_the_best_mean():
    values = {"00000000": 5.0, "00000001": 6.0}
    table = replace(
        truth_table(values, space="nas-bench-macro"),
        runs={"00000000": (2.0, 8.0), "00000001": (6.0,)},
    )
    truth = OperationTruth(supernet=MACRO, table=table)
    assert truth.best(operation(1, "identity"), {}) == Defined(value=6.0)
    assert truth.best_run(operation(1, "identity"), {}) == Defined(value=8.0)


def test_a_table_without_runs_has_no_best_run(truth):
    assert truth.best_run(operation(1, "identity"), {}) == Undefined(
        reason="hand-made has no single runs"
    )


def test_what_is_fixed_narrows_the_architectures_down(truth):
    fixed = {"layer 8": ("identity",)}
    assert truth.best(operation(1, "identity"), fixed) == Defined(value=10.0)
    # The choice itself may be half decided, as inputs are: that does not narrow down.
    assert truth.best(operation(1, "identity"), {"layer 1": ("ir_3x3_t3",)}) == Defined(value=70.0)


def test_an_operation_that_no_architecture_holds_has_no_worth(truth):
    value = truth.best(operation(2, "ir_5x5_t6"), {})
    assert isinstance(value, Undefined)
    assert "no architecture of hand-made holds ir_5x5_t6 on layer 2" in value.reason


def test_an_architecture_has_a_value_and_a_rank_among_all(truth):
    selection = MACRO.selection("10000001")
    # 90 and 70 are better than 50.
    assert truth.rank(selection) == TableRank(value=50.0, rank=3, of=6)


def test_of_values_that_are_better_when_lower_the_lowest_has_rank_one():
    truth = of_chains(VALUES, direction=Direction.LOWER)
    assert truth.rank(MACRO.selection("00000000")) == TableRank(value=10.0, rank=1, of=6)
    assert truth.best(operation(1, "identity"), {}) == Defined(value=-10.0)


def test_an_architecture_outside_the_table_is_looked_up_by_one_that_is_the_same(truth):
    # Layer 2 has stride one: an identity there may stand anywhere in stage 1, or it is the only
    # layer beside the first. 00000010 and 00000001 are one chain: layers 7 and 8 are in one stage.
    assert truth.rank(MACRO.selection("00000010")) == TableRank(value=70.0, rank=2, of=6)
    assert isinstance(truth.rank(MACRO.selection("22222222")), Undefined)


def test_a_table_of_another_space_is_refused():
    table = truth_table(VALUES, space="nas-bench-201")
    with pytest.raises(UsageError, match="hand-made has architectures of nas-bench-201"):
        OperationTruth(supernet=MACRO, table=table)


def test_agreement_is_the_mean_correlation_of_the_choices(truth):
    # Best of layer 1: 70, 50, 90; of layer 8: 30, 70, 90.
    oriented = {
        "layer 1": {"identity": 2.0, "ir_3x3_t3": 1.0, "ir_5x5_t6": 3.0},  # the same order: 1
        "layer 8": {"identity": 3.0, "ir_3x3_t3": 2.0, "ir_5x5_t6": 1.0},  # the other way: -1
    }
    assert agreement(truth, oriented, {}, Against.BEST) == Defined(value=0.0)
    # Means of layer 1: 40, 35, 60 and of layer 8: 20, 60, 90, which are in the same orders.
    assert agreement(truth, oriented, {}, Against.MEAN) == Defined(value=0.0)


def test_a_choice_that_the_table_does_not_tell_apart_does_not_count(truth):
    oriented = {
        "layer 1": {"identity": 2.0, "ir_3x3_t3": 1.0, "ir_5x5_t6": 3.0},
        "layer 2": {"identity": 2.0, "ir_3x3_t3": 1.0, "ir_5x5_t6": 3.0},  # all have identity
    }
    assert agreement(truth, oriented, {}, Against.BEST) == Defined(value=1.0)
    nothing = agreement(truth, {"layer 2": oriented["layer 2"]}, {}, Against.BEST)
    assert nothing == Undefined(reason="the table knows too few operations of every choice")


def test_scores_that_are_all_the_same_agree_with_nothing(truth):
    oriented = {"layer 1": dict.fromkeys(("identity", "ir_3x3_t3", "ir_5x5_t6"), 1.0)}
    value = agreement(truth, oriented, {}, Against.BEST)
    assert isinstance(value, Undefined)
    assert value.reason.startswith("layer 1: ")
