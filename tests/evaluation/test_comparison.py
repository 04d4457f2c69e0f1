import dataclasses

import numpy as np
import pytest
from scipy import stats

from harness.core.errors import UsageError
from harness.evaluation import CostRatio, Procedure, Side, compare_sides
from harness.metrics import Defined, Undefined
from harness.records.columns import ABSENT
from harness.records.environment import Environment
from harness.truth.scores import SENTINEL
from tests.score_tables import costs, published

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


def side(label: str, columns, *, environment=HERE, seconds: float | None = None, tasks=("t0",)):
    """Return a side whose methods took `seconds` an architecture on an environment."""
    made = []
    for task in tasks:
        scores = published(columns, task=task)
        if seconds is not None:
            spent = costs(len(scores.architectures), seconds, environment.key)
            methods = tuple(
                dataclasses.replace(
                    method,
                    column=dataclasses.replace(
                        method.column, _load_costs=lambda spent=spent: spent
                    ),
                )
                for method in scores.methods
            )
            scores = dataclasses.replace(scores, methods=methods)
        made.append(scores)
    return Side(label=label, tasks=tuple(made), environments={environment.key: environment})


def compared(first, second, **options):
    (comparison,) = compare_sides(side("A", first), side("B", second), QUICK, **options)
    return comparison


def test_values_difference_and_agreement_are_those_of_the_common_architectures():
    ours, theirs = noisy(1), noisy(2)[:30]
    comparison = compared({"ours": ours}, {"theirs": [*theirs, *[SENTINEL] * 10]})
    assert (comparison.n, comparison.only_first, comparison.only_second) == (30, 10, 0)
    spearman = comparison.contrasts[0]
    first, second = (stats.spearmanr(scores[:30], range(30)).statistic for scores in (ours, theirs))
    assert spearman.first.value.value == pytest.approx(first, abs=1e-12)
    assert spearman.second.value.value == pytest.approx(second, abs=1e-12)
    assert spearman.difference.value == pytest.approx(first - second, abs=1e-12)
    between = stats.kendalltau(ours[:30], theirs).statistic
    assert comparison.agreement["kendall"].value == pytest.approx(between, abs=1e-12)


def test_two_single_plugins_meet_whatever_their_names():
    comparison = compared({"ours": noisy(1)}, {"theirs": noisy(2)})
    assert (comparison.first, comparison.second) == ("ours", "theirs")


def test_several_plugins_meet_their_namesakes():
    first = side("A", {"x": noisy(1), "y": noisy(2), "z": noisy(3)})
    second = side("B", {"y": noisy(4), "x": noisy(5), "w": noisy(6)})
    comparisons = compare_sides(first, second, QUICK)
    assert [(each.first, each.second) for each in comparisons] == [("x", "x"), ("y", "y")]


def test_sides_without_a_common_plugin_are_refused():
    first = side("A", {"x": noisy(1), "y": noisy(2)})
    with pytest.raises(UsageError, match="A and B have no plugin in common: x, y against z"):
        compare_sides(first, side("B", {"z": noisy(3)}), QUICK)


def test_another_truth_is_refused_with_both_digests():
    first, second = side("A", {"x": noisy(1)}), side("B", {"x": noisy(1)[:39]})
    with pytest.raises(UsageError, match=r"the truth differs: t0 with digest \w{16} against t0"):
        compare_sides(first, second, QUICK)


def test_no_common_architecture_is_refused_with_both_numbers():
    whole = side("A", {"x": noisy(1)})
    (task,) = whole.tasks
    column = task.methods[0].column

    def only(kept):
        status = np.where(kept, column.status, ABSENT).astype(np.int8)
        method = dataclasses.replace(
            task.methods[0], column=dataclasses.replace(column, status=status)
        )
        return dataclasses.replace(whole, tasks=(dataclasses.replace(task, methods=(method,)),))

    first = np.arange(40) < 20
    message = "no architecture in common on t0: the first scored 20, the second 20"
    with pytest.raises(UsageError, match=message):
        compare_sides(only(first), only(~first), QUICK)


def test_a_plugin_without_common_architectures_leaves_the_others_of_a_folder_compared(caplog):
    nothing = [SENTINEL] * 40
    first = side("A", {"x": noisy(1), "unsupported": nothing})
    second = side("B", {"x": noisy(2), "unsupported": nothing})
    (comparison,) = compare_sides(first, second, QUICK)
    assert (comparison.first, comparison.n) == ("x", 40)
    assert caplog.messages == ["left out where both sides scored nothing in common: unsupported"]


def test_holm_corrects_for_everything_shown_together():
    first = side("A", {"x": noisy(1)}, tasks=("t0", "t1"))
    second = side("B", {"x": noisy(2)}, tasks=("t0", "t1"))
    comparisons = compare_sides(first, second, QUICK)
    contrasts = [contrast for comparison in comparisons for contrast in comparison.contrasts]
    alone = [contrast.difference.p_value for contrast in contrasts]
    smallest = int(np.argmin(alone))
    assert len(contrasts) == 4
    expected = Defined(value=pytest.approx(min(1.0, 4 * alone[smallest])))
    assert contrasts[smallest].p_adjusted == expected


def test_equal_scores_differ_by_nothing():
    comparison = compared({"x": noisy(1)}, {"x": noisy(1)})
    assert comparison.contrasts[0].difference.value == 0.0
    assert comparison.contrasts[0].p_adjusted == Defined(value=1.0)
    assert comparison.disagreements == ()


def test_a_constant_side_is_undefined_with_its_reason_and_not_corrected():
    comparison = compared({"x": [1.0] * 40}, {"x": noisy(1)})
    assert comparison.contrasts[0].difference == Undefined(reason="first: constant scores")
    assert comparison.contrasts[0].p_adjusted == Undefined(reason="first: constant scores")


def test_architectures_that_are_placed_most_differently_come_first():
    # Places by A: 4 3 2 1; by B, which exchanges the outer two: 1 3 2 4.
    comparison = compared({"x": [1.0, 2.0, 3.0, 4.0]}, {"x": [4.0, 2.0, 3.0, 1.0]}, most=3)
    shown = [
        (each.architecture, each.first, each.second, each.truth)
        for each in comparison.disagreements
    ]
    assert shown == [("a000", 4.0, 1.0, 0.0), ("a003", 1.0, 4.0, 3.0)]


def cost(first_environment, second_environment):
    first = side("A", {"x": noisy(1)}, environment=first_environment, seconds=0.3)
    second = side("B", {"x": noisy(2)}, environment=second_environment, seconds=0.1)
    (comparison,) = compare_sides(first, second, QUICK)
    return comparison.cost


@pytest.mark.parametrize("other", [HERE, LATER])
def test_costs_of_one_machine_have_a_ratio_across_commits_too(other):
    assert cost(HERE, other) == CostRatio(value=pytest.approx(3.0), n=40)


def test_costs_of_different_machines_have_none():
    assert cost(HERE, ELSEWHERE) == Undefined(
        reason="not comparable: different machines or package versions"
    )


def test_published_scores_have_no_cost():
    comparison = compared({"x": noisy(1)}, {"x": noisy(2)})
    assert comparison.cost == Undefined(reason="no architecture has a cost of both")


def test_equal_sides_give_equal_comparisons():
    sides = (side("A", {"x": noisy(1)}), side("B", {"x": noisy(2)}))
    assert compare_sides(*sides, QUICK) == compare_sides(*sides, QUICK)
