import numpy as np
import pytest

from harness.core.errors import UsageError
from harness.evaluation import Friedman, Procedure, rank_tasks
from harness.metrics import Interval, Undefined
from tests.score_tables import published

QUICK = Procedure(names=("spearman",), resamples=200)
UP = [1.0, 2.0, 3.0, 4.0, 5.0]
# One exchange of neighbours among five: rho = 1 - 6 * 2 / (5 * 24) = 0.9.
NEARLY = [2.0, 1.0, 3.0, 4.0, 5.0]
DOWN = UP[::-1]


def standings(*tasks, procedure=QUICK):
    """Return the standings of tasks, each given as space and columns."""
    joined = [
        published(columns, task=f"t{index}", space=space)
        for index, (space, columns) in enumerate(tasks)
    ]
    return rank_tasks("suite", "edition", joined, procedure).overall


A = {"good": UP, "fair": NEARLY, "poor": DOWN}
B = {"good": NEARLY, "fair": UP, "poor": DOWN}


def test_mean_rank_and_value_are_means_over_the_tasks_of_a_space():
    (ranking,) = standings(("s", A), ("s", A), ("s", B))
    # Ranks of good: 1, 1, 2; of fair 2, 2, 1; of poor 3. Values of good: 1, 1, 0.9.
    assert [row.plugin for row in ranking.table] == ["good", "fair", "poor"]
    assert [row.mean_rank for row in ranking.table] == pytest.approx([4 / 3, 5 / 3, 3])
    assert ranking.table[0].mean_value == pytest.approx(2.9 / 3)
    assert (ranking.scope, ranking.spaces, ranking.tasks) == ("s", ("s",), ("t0", "t1", "t2"))
    assert ranking.metric == "spearman"


def test_overall_lets_spaces_weigh_alike():
    of_space, overall = standings(("s", A), ("s", A), ("z", B))
    assert of_space.scope == "s"
    # good: 1 in s, 2 in z.
    assert overall.scope == "overall"
    assert overall.table[0].mean_rank == pytest.approx(1.5)
    assert overall.spaces == ("s", "z")


def test_one_task_has_no_standings_and_one_space_no_overall():
    assert standings(("s", A)) == ()
    assert [ranking.scope for ranking in standings(("s", A), ("s", B))] == ["s"]
    assert [ranking.scope for ranking in standings(("s", A), ("z", B))] == ["overall"]


def test_a_plugin_that_is_incomplete_on_one_task_is_counted_and_not_ranked():
    partly = {**A, "fair": UP[:4]}
    absent = {"good": UP, "fair": NEARLY}
    (ranking,) = standings(("s", A), ("s", partly), ("s", absent))
    assert [row.plugin for row in ranking.table] == ["good"]
    assert ranking.incomplete == {"fair": 2, "poor": 2}
    assert ranking.table[0].mean_rank == 1.0
    assert ranking.table[0].interval == Undefined(reason="no other plugin is complete on all tasks")
    assert ranking.friedman == Undefined(
        reason="Friedman's test needs three plugins that are complete on all tasks, not 1"
    )
    assert ranking.tests == ()
    assert ranking.groups == ()


def test_a_constant_score_on_one_task_keeps_a_plugin_out():
    (ranking,) = standings(("s", A), ("s", {**A, "poor": [0.0] * 5}))
    assert ranking.incomplete == {"poor": 1}


def test_five_tasks_have_an_interval_and_four_say_why_not():
    (five,) = standings(*[("s", A)] * 3, *[("s", B)] * 2)
    assert isinstance(five.table[0].interval, Interval)
    assert 1.0 <= five.table[0].interval.low <= 1.4 <= five.table[0].interval.high <= 2.0
    assert (five.table[2].interval.low, five.table[2].interval.high) == pytest.approx((3.0, 3.0))
    (four,) = standings(*[("s", A)] * 4)
    assert four.table[0].interval == Undefined(
        reason="4 tasks are too few to resample; 5 are needed"
    )


def test_two_spaces_of_many_tasks_are_too_few_clusters():
    rankings = standings(*[("s", A)] * 5, *[("z", A)] * 5)
    assert rankings[-1].table[0].interval == Undefined(
        reason="2 spaces are too few to resample; 5 are needed"
    )


def test_tests_are_of_all_pairs_in_the_order_of_the_table():
    (ranking,) = standings(*[("s", A)] * 7, ("s", B))
    assert [(test.first, test.second) for test in ranking.tests] == [
        ("good", "fair"),
        ("good", "poor"),
        ("fair", "poor"),
    ]
    good_fair, good_poor, fair_poor = ranking.tests
    # 8 differences of one sign: 2 / 2^8, times 3 and 2 pairs by Holm (they tie: all times 3).
    assert good_poor.p_value == fair_poor.p_value == 2 / 2**8
    assert good_poor.p_adjusted == fair_poor.p_adjusted == 3 * 2 / 2**8
    # All |differences| tie at 0.1: seven signs of one kind, 2 * (1 + 8) / 2^8.
    assert good_fair.p_value == pytest.approx(18 / 256)
    assert ranking.groups == (("good", "fair"),)


def test_friedman_counts_tasks_once_and_nemenyi_comes_with_it():
    (ranking,) = standings(*[("s", A)] * 4)
    # Ranks 1 2 3 on four tasks: sums 4, 8, 12; 12 / (4 * 3 * 4) * (16 + 64 + 144) - 3 * 4 * 4 = 8.
    assert isinstance(ranking.friedman, Friedman)
    assert ranking.friedman.statistic == pytest.approx(8.0, abs=1e-12)
    assert ranking.friedman.p_value == pytest.approx(np.exp(-4), abs=1e-12)
    # Demšar 2006, table 5a: 2.343 sqrt(3 * 4 / (6 * 4)).
    assert ranking.friedman.critical_difference == pytest.approx(2.343 * np.sqrt(0.5), abs=1e-3)


def test_a_metric_that_is_better_lower_ranks_the_lowest_first():
    by_regret = Procedure(names=("regret@1",), resamples=100)
    (ranking,) = standings(("s", A), ("s", A), procedure=by_regret)
    # good and fair pick the best of five, poor the worst: regrets 0, 0, 4.
    assert [row.plugin for row in ranking.table] == ["fair", "good", "poor"]
    assert [row.mean_rank for row in ranking.table] == [1.5, 1.5, 3.0]
    assert ranking.table[2].mean_value == 4.0


def test_equal_records_give_equal_standings():
    tasks = [("s", A), ("s", B), ("z", A), ("y", B), ("x", A), ("w", B)]
    assert standings(*tasks) == standings(*tasks)


def test_a_metric_named_twice_is_refused_with_its_place():
    with pytest.raises(UsageError, match=r"'kendall' stands twice in s\.toml \[metrics\]"):
        Procedure(names=("kendall", "kendall"), where="s.toml [metrics]")


def test_a_task_with_few_complete_plugins_is_left_out_and_named():
    # Of three plugins one is complete on the last task: with it, one would be left to rank.
    (ranking,) = standings(("s", A), ("s", A), ("s", {"good": UP, "fair": UP[:4], "poor": UP[:4]}))
    assert ranking.tasks == ("t0", "t1")
    assert ranking.left_out == ("t2",)
    assert len(ranking.table) == 3


def test_one_failure_of_a_hundred_costs_an_architecture_and_two_cost_the_plugin():
    whole = [float(value) for value in range(100)]
    columns = {"whole": whole, "almost": whole[:99], "partly": whole[:98]}
    shared = published(columns, task="t", space="s").among_shared(0.99)
    assert len(shared.architectures) == 99
    scored = {method.name: method.scored for method in shared.methods}
    assert {name: bool(rows.all()) for name, rows in scored.items()} == {
        "whole": True,
        "almost": True,
        "partly": False,
    }
    whole_population = published(columns, task="t", space="s").population
    assert shared.population.digest != whole_population.digest


def test_a_task_on_which_all_are_complete_stays_as_it_is():
    same = published(A, task="t", space="s")
    assert same.among_shared(0.99) is same
