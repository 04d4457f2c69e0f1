"""Every registered operation scorer is held to the contract by being registered."""

import numpy as np
import pytest

from harness.catalog import FromFile, LoadedProxy, LoadedScorer, installed
from harness.core.direction import Direction
from harness.core.errors import ContractError, UsageError
from harness.operation_scorer import OperationScorer, scores_of
from harness.operation_scoring import Extent, Order
from harness.operation_scoring.discretise import Plan, discretise
from harness.spaces.supernets import Operation
from tests.operation_scoring.conftest import FakeProbe

SCORERS = installed().of_kind(LoadedScorer)


@pytest.mark.parametrize("name", SCORERS)
def test_every_scorer_scores_what_it_is_asked_for_and_the_same_again(name, probe):
    wanted = [Operation(choice="a", option=option) for option in ("x", "y")]
    fixed = {"b": ("z",)}
    first = scores_of(SCORERS[name].plugin, probe, fixed, wanted)
    assert scores_of(SCORERS[name].plugin, probe, fixed, wanted) == first


@pytest.mark.parametrize("name", ["zero_cost_pt", "discretisation", "mean_zero_cost"])
def test_scorers_that_measure_find_what_worths_add_up_to(name, probe, probes):
    plan = Plan(order=Order.FIXED, extent=Extent.FIRST, seed=0)
    derivation = discretise(SCORERS[name].plugin, probes, plan)
    assert derivation.at_once is not None
    assert (derivation.at_once["a"], derivation.at_once["b"]) == (("y",), ("z",))


@pytest.mark.parametrize("value", [1 + 2j, np.complex64(1 + 2j), np.inf, None, "high", "1.5"])
def test_a_scorer_that_gives_no_finite_real_number_breaks_the_contract(probe, value):
    scorer = OperationScorer(
        name="mine",
        version="1",
        summary="x",
        direction=Direction.HIGHER,
        score_operations=lambda probe, fixed, operations: dict.fromkeys(operations, value),
    )
    with pytest.raises(ContractError, match=r"mine returned .* for .*; scores are finite real"):
        scores_of(scorer, probe, {"b": ("z",)}, [Operation(choice="a", option="x")])


@pytest.mark.parametrize("returned", [3, None, [1.0]])
def test_a_scorer_that_returns_no_mapping_breaks_the_contract(probe, returned):
    scorer = OperationScorer(
        name="mine",
        version="1",
        summary="x",
        direction=Direction.HIGHER,
        score_operations=lambda probe, fixed, operations: returned,
    )
    with pytest.raises(ContractError, match=r"mine returned .*; it returns a mapping of operation"):
        scores_of(scorer, probe, {"b": ("z",)}, [Operation(choice="a", option="x")])


def test_best_zero_cost_is_the_best_of_the_architectures_that_hold_an_operation(probe):
    # With b and the inputs fixed there is one architecture for each option of a.
    fixed = {"b": ("z",), "in": ("1", "3")}
    wanted = [Operation(choice="a", option=option) for option in ("x", "y", "z")]
    scores = scores_of(SCORERS["best_zero_cost"].plugin, probe, fixed, wanted)
    assert list(scores.values()) == [1 + 7 + 3 + 4, 5 + 7 + 3 + 4, 2 + 7 + 3 + 4]


class Choosy(FakeProbe):
    """Has no score of an architecture with x on b."""

    def measure_network(self, selection):
        if "x" in selection["b"]:
            raise ContractError("x on b is beyond me")
        return super().measure_network(selection)


def test_architectures_without_a_score_take_no_part(probe):
    choosy = Choosy(worths=probe.worths)
    wanted = [Operation(choice="a", option=option) for option in ("x", "y", "z")]
    best = SCORERS["best_zero_cost"].plugin
    assert scores_of(best, choosy, {}, wanted) == scores_of(best, probe, {}, wanted)
    mean = SCORERS["mean_zero_cost"].plugin
    higher = scores_of(mean, choosy, {}, wanted)
    # x on b is worth least, so that the mean of the others is higher.
    assert all(
        higher[operation] > scores_of(mean, probe, {}, wanted)[operation] for operation in wanted
    )


def test_an_operation_whose_architectures_all_have_no_score_says_why(probe):
    choosy = Choosy(worths=probe.worths)
    wanted = [Operation(choice="b", option="x")]
    with pytest.raises(ContractError, match="x on b has no score: x on b is beyond me"):
        scores_of(SCORERS["best_zero_cost"].plugin, choosy, {}, wanted)


def test_a_random_scorer_measures_nothing(probe):
    scores_of(SCORERS["random_operations"].plugin, probe, {}, [Operation(choice="a", option="x")])
    assert probe.measured == []


def test_a_scorer_is_no_proxy_and_says_where_it_is_evaluated(tmp_path):
    import harness.operation_scorer as module

    path = tmp_path / "mine.py"
    example = (module.__doc__ or "").split("::\n")[1].split("\nIt sees")[0]
    path.write_text("\n".join(line[4:] for line in example.splitlines()))
    (loaded,) = FromFile(path=path).load_all()
    assert loaded.name == "what_is_missed"
    with pytest.raises(UsageError, match=r"operation scorer 'what_is_missed' in .* is no proxy"):
        FromFile(path=path).load()
    with pytest.raises(UsageError, match="scorers are evaluated with harness operations"):
        installed().choose(LoadedProxy, ["zero_cost_pt"], "--plugin")
    with pytest.raises(UsageError, match="did you mean 'zero_cost_pt'"):
        installed().choose(LoadedScorer, ["zero_cost_p"], "--scorer")
