import dataclasses

import numpy as np
import pytest
from scipy import stats

from harness.core.cost import Cost
from harness.core.errors import UsageError
from harness.evaluation import CostRatio, Expense, Party, Procedure, compare_parties
from harness.metrics import Defined, Undefined
from harness.records.environment import Environment
from harness.truth.scores import SENTINEL
from tests.evaluation.contests import contest

QUICK = Procedure(names=("spearman", "kendall"), resamples=200)
HERE = Environment(
    python="3.11.0",
    packages={"nas-proxy-harness": "0.1", "torch": "2.5"},
    system="Linux",
    processor="one",
    cores=2,
    threads=1,
    workers=2,
    gpu=None,
    commit="a" * 40,
)
ELSEWHERE = HERE.model_copy(update={"processor": "another"})
LATER = HERE.model_copy(
    update={"commit": "b" * 40, "packages": {"nas-proxy-harness": "0.2", "torch": "2.5"}}
)


def noisy(seed: int, n: int = 40) -> list[float]:
    return (np.arange(n) + 15 * np.random.default_rng(seed).normal(size=n)).tolist()


def party(label: str, columns, *, environment=HERE, seconds: float | None = None, tasks=("t0",)):
    """Return a side whose contenders took `seconds` an architecture on an environment."""
    made = []
    for task in tasks:
        plain = contest(columns, task=task)
        expenses = {}
        if seconds is not None:
            cost = Expense(environment=environment.key, cost=Cost(wall_s=seconds, cpu_s=seconds))
            expenses = dict.fromkeys(plain.texts, cost)
        contenders = tuple(dataclasses.replace(one, expenses=expenses) for one in plain.contenders)
        made.append(dataclasses.replace(plain, contenders=contenders))
    known = {environment.key: environment}
    return Party(label=label, contests=tuple(made), environments=known)


def compared(first, second, **options):
    (found,) = compare_parties(party("A", first), party("B", second), QUICK, **options)
    return found


def test_values_difference_and_agreement_are_those_of_the_common_architectures():
    ours, theirs = noisy(1), noisy(2)[:30]
    found = compared({"ours": ours}, {"theirs": [*theirs, *[SENTINEL] * 10]})
    assert (found.n, found.only_first, found.only_second) == (30, 10, 0)
    spearman = found.contrasts[0]
    first, second = (stats.spearmanr(one[:30], range(30)).statistic for one in (ours, theirs))
    assert spearman.first.value.value == pytest.approx(first, abs=1e-12)
    assert spearman.second.value.value == pytest.approx(second, abs=1e-12)
    assert spearman.difference.value == pytest.approx(first - second, abs=1e-12)
    between = stats.kendalltau(ours[:30], theirs).statistic
    assert found.agreement["kendall"].value == pytest.approx(between, abs=1e-12)


def test_two_single_plugins_meet_whatever_their_names():
    found = compared({"ours": noisy(1)}, {"theirs": noisy(2)})
    assert (found.first, found.second) == ("ours", "theirs")


def test_several_plugins_meet_their_namesakes():
    first = party("A", {"x": noisy(1), "y": noisy(2), "z": noisy(3)})
    second = party("B", {"y": noisy(4), "x": noisy(5), "w": noisy(6)})
    found = compare_parties(first, second, QUICK)
    assert [(one.first, one.second) for one in found] == [("x", "x"), ("y", "y")]


def test_sides_without_a_common_plugin_are_refused():
    first = party("A", {"x": noisy(1), "y": noisy(2)})
    with pytest.raises(UsageError, match="A and B have no plugin in common: x, y against z"):
        compare_parties(first, party("B", {"z": noisy(3)}), QUICK)


def test_another_truth_is_refused_with_both_digests():
    first, second = party("A", {"x": noisy(1)}), party("B", {"x": noisy(1)[:39]})
    with pytest.raises(UsageError, match=r"the truth differs: t0 with digest \w{16} against t0"):
        compare_parties(first, second, QUICK)


def test_no_common_architecture_is_refused_with_both_numbers():
    first = party("A", {"x": noisy(1), "rest": noisy(2)})
    halves = dataclasses.replace(
        first.contests[0].contenders[0],
        outcomes=dict(list(first.contests[0].contenders[0].outcomes.items())[:20]),
    )
    others = dataclasses.replace(
        halves, outcomes=dict(list(first.contests[0].contenders[0].outcomes.items())[20:])
    )

    def only(contender):
        one = dataclasses.replace(first.contests[0], contenders=(contender,))
        return dataclasses.replace(first, contests=(one,))

    message = "no architecture in common on t0: the first scored 20, the second 20"
    with pytest.raises(UsageError, match=message):
        compare_parties(only(halves), only(others), QUICK)


def test_holm_corrects_for_everything_shown_together():
    first = party("A", {"x": noisy(1)}, tasks=("t0", "t1"))
    second = party("B", {"x": noisy(2)}, tasks=("t0", "t1"))
    found = compare_parties(first, second, QUICK)
    contrasts = [one for comparison in found for one in comparison.contrasts]
    alone = [one.difference.p_value for one in contrasts]
    smallest = int(np.argmin(alone))
    assert len(contrasts) == 4
    expected = Defined(value=pytest.approx(min(1.0, 4 * alone[smallest])))
    assert contrasts[smallest].p_adjusted == expected


def test_equal_scores_differ_by_nothing():
    found = compared({"x": noisy(1)}, {"x": noisy(1)})
    assert found.contrasts[0].difference.value == 0.0
    assert found.contrasts[0].p_adjusted == Defined(value=1.0)
    assert found.disagreements == ()


def test_a_constant_side_is_undefined_with_its_reason_and_not_corrected():
    found = compared({"x": [1.0] * 40}, {"x": noisy(1)})
    assert found.contrasts[0].difference == Undefined(reason="first: constant scores")
    assert found.contrasts[0].p_adjusted == Undefined(reason="first: constant scores")


def test_architectures_that_are_placed_most_differently_come_first():
    # Places by A: 4 3 2 1; by B, which exchanges the outer two: 1 3 2 4.
    found = compared({"x": [1.0, 2.0, 3.0, 4.0]}, {"x": [4.0, 2.0, 3.0, 1.0]}, most=3)
    shown = [(one.architecture, one.first, one.second, one.truth) for one in found.disagreements]
    assert shown == [("a000", 4.0, 1.0, 0.0), ("a003", 1.0, 4.0, 3.0)]


def cost(first_environment, second_environment):
    first = party("A", {"x": noisy(1)}, environment=first_environment, seconds=0.3)
    second = party("B", {"x": noisy(2)}, environment=second_environment, seconds=0.1)
    (found,) = compare_parties(first, second, QUICK)
    return found.cost


@pytest.mark.parametrize("other", [HERE, LATER])
def test_costs_of_one_machine_have_a_ratio_across_commits_too(other):
    assert cost(HERE, other) == CostRatio(value=pytest.approx(3.0), n=40)


def test_costs_of_different_machines_have_none():
    assert cost(HERE, ELSEWHERE) == Undefined(
        reason="not comparable: different machines or package versions"
    )


def test_published_scores_have_no_cost():
    found = compared({"x": noisy(1)}, {"x": noisy(2)})
    assert found.cost == Undefined(reason="no architecture has a cost of both")


def test_equal_sides_give_equal_comparisons():
    sides = (party("A", {"x": noisy(1)}), party("B", {"x": noisy(2)}))
    assert compare_parties(*sides, QUICK) == compare_parties(*sides, QUICK)
