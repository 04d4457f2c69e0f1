import pytest

from harness.core.errors import ContractError
from harness.operation_scorer import OperationScorer, scores_of
from harness.operation_scoring import Extent, Order
from harness.operation_scoring.discretise import Plan, best_of, discretise
from harness.plugin import Direction
from harness.spaces.supernets import Choice, Operation


def plan(order: Order = Order.FIXED, extent: Extent = Extent.TURN, seed: int = 0) -> Plan:
    return Plan(order=order, extent=extent, seed=seed)


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("extent", [Extent.TURN, Extent.NEXT, Extent.ALL])
def test_the_operations_that_are_missed_most_are_kept_in_every_order(scorer, probes, order, extent):
    derivation = discretise(scorer, probes, plan(order, extent))
    assert derivation.derived == {"a": ("y",), "b": ("z",), "in": ("1", "3")}


def test_a_turn_scores_its_own_options_alone(scorer, probes, probe):
    discretise(scorer, probes, plan())
    # Three options of a, three of b, then four inputs and, after one was given up, three.
    assert len(probe.measured) == 3 + 3 + 4 + 3


def test_the_first_decision_alone_decides_nothing_and_picks_the_best_at_once(scorer, probes):
    derivation = discretise(scorer, probes, plan(extent=Extent.FIRST))
    assert derivation.derived is None
    assert derivation.at_once == {"a": ("y",), "b": ("z",), "in": ("1", "3")}
    assert len(derivation.steps) == 1


def test_all_open_choices_are_scored_at_every_decision(scorer, probes):
    derivation = discretise(scorer, probes, plan(extent=Extent.ALL))
    scored = [sorted({score.choice for score in step.scores}) for step in derivation.steps]
    assert scored == [["a", "b", "in"], ["b", "in"], ["in"], ["in"]]


def test_inputs_are_given_up_one_at_a_time_the_worst_first(scorer, probes):
    steps = discretise(scorer, probes, plan()).steps[2:]
    assert [step.kept for step in steps] == [("1", "2", "3"), ("1", "3")]


@pytest.mark.parametrize(
    ("order", "first"),
    [
        (Order.FIXED, "a"),
        (Order.REVERSE, "b"),
        # Supernets without bz are worth least of all: 27 - 7 = 20 against 27 - 5 = 22 for ay.
        (Order.GLOBAL_OPERATION_ITERATED, "b"),
        (Order.GLOBAL_OPERATION_ONCE, "b"),
        # Mean worth of what is missed: (1 + 5 + 2) / 3 for a, (0 + 3 + 7) / 3 for b.
        (Order.GLOBAL_EDGE_ITERATED, "b"),
        (Order.GLOBAL_EDGE_ONCE, "b"),
    ],
)
def test_an_order_says_which_choice_comes_first(scorer, probes, order, first):
    assert discretise(scorer, probes, plan(order)).steps[0].decided == first


def test_a_random_order_depends_on_the_seed_and_leaves_inputs_last(scorer, probes):
    orders = {
        tuple(step.decided for step in discretise(scorer, probes, plan(Order.RANDOM, seed=s)).steps)
        for s in range(8)
    }
    assert orders == {("a", "b", "in", "in"), ("b", "a", "in", "in")}


def test_iterated_orders_score_everything_again_and_others_only_once(scorer, probes):
    again = discretise(scorer, probes, plan(Order.GLOBAL_OPERATION_ITERATED)).steps[1]
    once = discretise(scorer, probes, plan(Order.GLOBAL_OPERATION_ONCE)).steps[1]
    assert {score.choice for score in again.scores} == {"a", "in"}
    assert {score.choice for score in once.scores} == {"a"}


def test_what_is_fixed_is_alone_in_the_next_supernet(scorer, probes, probe):
    discretise(scorer, probes, plan())
    assert all(set(state.weights["a"]) == {"y"} for state in probe.measured[3:])


def test_of_equal_operations_the_first_is_kept():
    choice = Choice(name="a", options=("x", "y", "z"))
    assert best_of(choice, {"a": {"z": 1.0, "y": 1.0, "x": 0.0}}) == ("z",)
    assert best_of(choice, {"a": {"x": 1.0, "y": 1.0, "z": 1.0}}) == ("x",)


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (lambda probe, fixed, operations: {}, "scores of 0 operations instead of the 1"),
        (
            lambda probe, fixed, operations: dict.fromkeys(operations, float("nan")),
            "returned nan for x on a; scores are finite",
        ),
    ],
)
def test_a_scorer_that_breaks_its_contract_is_told_so(probe, returned, message):
    scorer = OperationScorer(
        name="mine", version="1", summary="", direction=Direction.HIGHER, score_operations=returned
    )
    with pytest.raises(ContractError, match=message):
        scores_of(scorer, probe, {}, [Operation(choice="a", option="x")])
