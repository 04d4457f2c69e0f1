import numpy as np
import pytest
from scipy.stats import rankdata, spearmanr

from harness.core.aggregation import rank_correlations
from harness.core.errors import UsageError
from harness.evaluation.combination import RULES, weights_by_rule
from harness.evaluation.leave_one_out import NESTED, judge_rules
from tests.scored_tables import scored_table

N = 60


def table(number, noises, kin=None, signs=None):
    generator = np.random.default_rng(number)
    truth = generator.normal(size=N)
    scores = {
        name: (signs or {}).get(name, 1) * truth + noise * generator.normal(size=N)
        for name, noise in noises.items()
    }
    return scored_table(f"task{number}", kin or f"space{number}", truth, scores)


def by_name(rows):
    return {row.name: row for row in rows}


def test_correlations_are_those_of_scipy_with_ties_too():
    generator = np.random.default_rng(0)
    truth = generator.integers(0, 5, size=20).astype(float)
    rows = np.stack([generator.normal(size=20), generator.integers(0, 3, size=20)])
    expected = [spearmanr(row, truth).statistic for row in rows]
    assert rank_correlations(rows, truth) == pytest.approx(expected)


def test_a_constant_correlates_with_nothing():
    assert rank_correlations(np.ones((1, 4)), np.arange(4.0)) == 0


def test_a_combination_is_the_weighted_mean_of_log_ranks():
    own = table(0, {"a": 0.1, "b": 2.0})
    a, b = (np.log(rankdata(own.scores[name]) / N) for name in "ab")
    mean = own.criteria.mean(own.row_weights({"a": 3, "b": 1}))
    assert mean == pytest.approx((3 * a + b) / 4)


def test_a_network_without_a_members_score_gets_the_mean_of_the_others():
    own = table(0, {"a": 0.1, "b": 2.0})
    own.scores["b"][3] = np.nan
    assert own.members == ("a", "b")
    assert own.criteria.mean(np.ones(2))[3] == pytest.approx(own.criteria.log_ranks[0, 3])


def test_who_has_scored_too_few_or_says_nothing_is_no_member():
    own = table(0, {"a": 0.1, "few": 0.1, "constant": 0.1})
    own.scores["few"][: N // 10] = np.nan
    own.scores["constant"][:] = 1.0
    assert own.members == ("a",)


def test_no_rule_reads_the_truth_of_the_judged_table():
    others = [table(number, {"a": 0.3, "b": 1.0, "c": 3.0}) for number in (1, 2, 3)]
    own = table(4, {"a": 0.3, "b": 1.0, "c": 3.0})
    turned = scored_table(own.task, own.kin, -own.truth, own.scores)
    assert weights_by_rule(own, others) == weights_by_rule(turned, others)


def test_the_best_of_other_spaces_are_taken():
    others = [table(number, {"a": 3.0, "b": 0.1, "c": 1.0}) for number in (1, 2)]
    weights = weights_by_rule(table(3, {"a": 0.0, "b": 5.0, "c": 5.0}), others)
    assert list(weights["top-2"]) == ["b", "c"]
    assert next(iter(weights["greedy"])) == "b"


def test_greed_reaches_what_no_single_one_does():
    generator = np.random.default_rng(0)
    tables = []
    for number in range(3):
        left, right = generator.normal(size=(2, N))
        tables.append(
            scored_table(
                f"task{number}",
                f"space{number}",
                left + right,
                {"left": left, "right": right},
            )
        )
    weights = weights_by_rule(tables[0], tables[1:])
    assert set(weights["greedy"]) == {"left", "right"}


def test_what_contradicts_the_rest_is_left_out_where_it_is_guarded():
    noises = dict.fromkeys("abcde", 0.2)
    others = [table(number, noises) for number in (1, 2)]
    weights = weights_by_rule(table(3, noises, signs={"c": -1}), others)
    assert sorted(weights["top-5"]) == list("abcde")
    assert sorted(weights["top-5, guarded"]) == list("abde")


def test_the_spectral_rule_gives_the_odd_one_out_nothing():
    noises = {"a": 0.2, "b": 0.2, "c": 0.2, "odd": 0.2}
    weights = weights_by_rule(table(1, noises, signs={"odd": -1}), [table(2, noises)])
    assert sorted(weights["spectral"]) == ["a", "b", "c"]


def test_the_best_of_spaces_like_the_judged_one_are_taken():
    odd = {name: -1 if name in "cd" else 1 for name in "abcd"}
    alike = table(1, {"a": 0.1, "b": 0.3, "c": 2.0, "d": 3.0})
    others = [
        table(number, {"a": 3.0, "b": 2.0, "c": 0.3, "d": 0.1}, signs=odd) for number in (2, 3)
    ]
    judged = table(4, {"a": 0.1, "b": 0.3, "c": 2.0, "d": 3.0})
    weights = weights_by_rule(judged, [alike, *others])
    assert list(weights["similar-3"])[:2] == ["a", "b"]
    unlike = table(5, {"a": 3.0, "b": 2.0, "c": 0.3, "d": 0.1}, signs=odd)
    assert next(iter(weights_by_rule(unlike, [alike, *others])["similar-3"])) != "a"


def test_least_squares_finds_the_shares_of_a_sum_and_drops_what_is_worse_than_nothing():
    generator = np.random.default_rng(0)
    tables = []
    for number in range(4):
        left, right = generator.normal(size=(2, 2000))
        scores = {"left": left, "right": right, "wrong": -left - right}
        truth = 3 * left + right
        tables.append(scored_table(f"task{number}", f"s{number}", truth, scores))
    weights = weights_by_rule(tables[0], tables[1:])["least-squares"]
    assert sorted(weights) == ["left", "right"]
    assert weights["left"] / weights["right"] == pytest.approx(3, rel=0.2)


def test_members_agree_by_what_both_have_scored():
    own = table(0, {"a": 0.0, "b": 0.0})
    worst = np.argsort(own.truth)[:3]
    own.scores["b"][worst] = np.nan  # taken for the best, they would contradict a
    assert own.members == ("a", "b")
    assert own.agreement == pytest.approx(np.ones((2, 2)))


def test_tables_of_one_space_are_held_out_together():
    noises = {"a": 0.5, "b": 1.0}
    tables = [
        table(1, noises, kin="x"),
        table(2, {"a": 9.0, "b": 0.1}, kin="x"),
        *(table(number, noises) for number in (3, 4)),
    ]
    rows = by_name(judge_rules(tables, 100, 0))
    assert list(rows["top-1"].weights["task1"]) == ["a"]  # task2 would say b


def test_the_nested_row_is_what_its_rules_give():
    noises = {"a": 0.4, "b": 0.5, "c": 3.0}
    rows = by_name(judge_rules([table(number, noises) for number in range(6)], 200, 0))
    nested = rows[NESTED]
    for task, rule in nested.rules.items():
        assert rule in RULES
        assert nested.values[task] == rows[rule].values[task]
    assert nested.mean == pytest.approx(np.mean(list(nested.values.values())))


def test_who_has_no_scores_of_a_table_is_last_there():
    tables = [table(number, {"a": 0.2, "b": 1.0}) for number in range(2)]
    tables.append(table(9, {"b": 1.0}))
    rows = by_name(judge_rules(tables, 100, 0))
    assert len(rows["a"].values) == 2
    assert rows["a"].mean_rank.value.value > rows["b"].mean_rank.value.value - 1


def test_the_lead_is_over_the_best_single_proxy():
    rows = by_name(judge_rules([table(n, {"a": 0.1, "b": 2.0}) for n in range(5)], 300, 0))
    assert rows["a"].lead.value.value == 0
    assert rows["b"].lead.value.value < 0
    assert rows["b"].lead.interval.high <= 0


def test_two_spaces_are_too_few():
    with pytest.raises(UsageError, match=r"takes tables of 3 spaces, .* of space1, space2; name"):
        judge_rules([table(1, {"a": 1.0}), table(2, {"a": 1.0})], 100, 0)
