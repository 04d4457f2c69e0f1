"""Which method is taken by a few labels, and what is said of it."""

import itertools
from types import SimpleNamespace

import numpy as np
import pytest

from harness.candidates.selection import (
    Kind,
    MethodFolds,
    Plan,
    _regrets_of_the_rule,
    _take,
    select_method,
)
from harness.core.architecture import Architecture
from harness.core.deferred import Deferred
from harness.core.direction import Direction
from harness.core.errors import UsageError
from harness.encodings.subjects import Subjects
from harness.learning import Pool
from harness.learning.label_free_baselines import Unlabelled
from harness.metrics import Defined, Interval, mean_error
from harness.reports.candidates import noise_warning, selection_notes

PLAN = Plan(folds=2, repeats=2, seed=0)


def method(name, kind, kendall, regret=(0.0, 0.0, 0.0, 0.0)):
    values = {"kendall": kendall, "spearman": kendall, "regret@1": regret}
    return MethodFolds(
        name=name, kind=kind, values={metric: np.array(row) for metric, row in values.items()}
    )


def pool_of_numbers(labels):
    architectures = tuple(Architecture(space="tiny", text=f"{n:03}") for n in range(len(labels)))
    subjects = Subjects(space="tiny", architectures=architectures, drawn=Deferred(dict))
    truth = SimpleNamespace(task="mine", space="tiny", direction=Direction.HIGHER)
    return Pool(truth=truth, subjects=subjects, labels=np.array(labels, float), digest="")


def selected(labels, scores, plan=None, usual=""):
    """Select among proxies; the first is the label-free choice."""
    pool = pool_of_numbers(labels)
    proxies = [
        Unlabelled(name=name, key="", pool=pool, scores=np.array(values, float))
        for name, values in scores.items()
    ]
    plan = plan or Plan.of(pool.n, 3, 0)
    return select_method(pool, proxies, (), plan, (None, lambda done, total: None), usual)


@pytest.mark.parametrize(("n", "folds"), [(10, 2), (14, 2), (15, 3), (24, 4), (25, 5), (900, 5)])
def test_every_label_is_held_out_once_a_repeat_in_folds_of_five_or_more(n, folds):
    plan = Plan.of(n, 3, 0)
    texts = [f"{number:03}" for number in range(n)]
    draws = plan.draws(texts)
    assert (plan.folds, len(draws)) == (folds, 3 * folds)
    for repeat in range(3):
        rows = draws[repeat * folds : (repeat + 1) * folds]
        held_out = list(itertools.chain.from_iterable(draw.evaluation for draw in rows))
        assert sorted(held_out) == list(range(n))
        assert all(len(draw.evaluation) >= 5 for draw in rows)
        assert all(not set(draw.order) & set(draw.evaluation) for draw in rows)
        assert all(len(draw.order) + len(draw.evaluation) == n for draw in rows)
    assert [list(draw.order) for draw in plan.draws(texts)] == [list(draw.order) for draw in draws]
    assert list(draws[0].evaluation) != list(draws[folds].evaluation)


def test_fewer_than_ten_labels_are_refused():
    with pytest.raises(UsageError, match="too few labels to compare methods on held-out ones, 9"):
        Plan.of(9, 5, 0)


def test_the_error_of_folds_does_not_vanish_with_more_repeats():
    values = np.array([0.0, 1.0, 0.0, 1.0])
    # Variance 1/3; two folds: held-out sets as large as the rest, so (1/4 + 1) / 3 under the root.
    assert mean_error(values, 1.0) == pytest.approx(np.sqrt(1.25 / 3))
    assert mean_error(values) == pytest.approx(np.sqrt(1 / 12))
    assert mean_error(np.tile(values, 1000), 1.0) > 0.4


def test_the_label_free_choice_is_kept_within_one_standard_error_of_the_leader():
    ours = method("ours", Kind.LABEL_FREE, [0.5, 0.5, 0.5, 0.5])
    # Differences 0.1, 0.3, 0.1, 0.3: mean 0.2, variance 0.04/3, error 0.115 * sqrt(1.25) = 0.129.
    ahead = method("ahead", Kind.PREDICTOR, [0.6, 0.8, 0.6, 0.8])
    # Differences 0, 0.4, 0, 0.4: the same mean, twice the error.
    unsure = method("unsure", Kind.PREDICTOR, [0.5, 0.9, 0.5, 0.9])
    every = np.arange(4)
    assert _take([ours, ahead], ours, every, PLAN) is ahead
    assert _take([ours, unsure], ours, every, PLAN) is ours
    # A single proxy within noise is not preferred to a predictor that leads.
    proxy = method("proxy", Kind.PROXY, [0.6, 0.8, 0.6, 0.7])
    assert _take([proxy, ahead], ours, every, PLAN) is ahead
    # Nor is the label-free choice, where a predictor is the usual one.
    assert _take([ours, unsure, proxy], proxy, every, PLAN) is proxy


def test_regret_of_the_rule_is_that_of_what_the_other_fold_would_take():
    ours = method("ours", Kind.LABEL_FREE, [0.1, 0.9, 0.1, 0.1], [4.0, 5.0, 6.0, 7.0])
    other = method("other", Kind.PREDICTOR, [0.5, 0.5, 0.5, 0.5], [0.0, 1.0, 2.0, 3.0])
    # By fold 1 ours leads, by fold 0 the other; by folds 3 and 2 the other.
    regrets = _regrets_of_the_rule([ours, other], ours, PLAN)
    assert regrets.tolist() == [4.0, 1.0, 2.0, 3.0]


def test_a_proxy_that_orders_the_labels_is_taken_from_one_that_does_not():
    labels = np.arange(20.0)
    chosen = selected(labels, {"bad": -labels, "good": labels**3})
    assert (chosen.chosen.name, chosen.leader.name, chosen.within_noise) == ("good", "good", False)
    assert [each.name for each in chosen.methods] == ["good", "bad"]
    assert chosen.chosen.estimate("kendall", chosen.plan).value == Defined(value=1.0)
    assert chosen.regret(chosen.of_the_rule).value == Defined(value=0.0)
    assert chosen.ahead(chosen.chosen, chosen.label_free, "kendall").value == Defined(value=2.0)
    # The best of five equally spaced labels less their mean, over folds that hold all of them.
    at_random = chosen.regret(chosen.at_random)
    assert isinstance(at_random.interval, Interval)
    assert at_random.value.value > 2


def test_the_usual_choice_is_kept_within_noise_and_the_label_free_one_where_it_fails():
    labels = np.arange(20.0)
    swapped = labels[np.arange(20) ^ 1]
    scores = {"free": -labels, "usual": swapped, "leader": labels, "few": np.full(20, np.nan)}
    chosen = selected(labels, scores, usual="usual")
    assert (chosen.usual.name, chosen.leader.name) == ("usual", "leader")
    assert chosen.chosen is (chosen.usual if chosen.within_noise else chosen.leader)
    noisy = {"free": swapped, "usual": swapped, "leader": np.where(labels < 2, labels, swapped)}
    chosen = selected(labels, noisy, usual="usual")
    assert (chosen.chosen.name, chosen.within_noise) == ("usual", True)
    assert "usual, which is the best on known spaces and is kept" in noise_warning(chosen)
    assert "leader less the usual choice, usual, on" in " ".join(selection_notes(chosen))
    assert "less the label-free choice, free, on" in " ".join(selection_notes(chosen))
    chosen = selected(labels, noisy, usual="nowhere")
    assert chosen.chosen is chosen.usual is chosen.label_free
    assert "free, which needs no label and is kept" in noise_warning(chosen)
    assert selected(labels, scores, usual="few").usual.name == "free"


def test_that_no_method_orders_the_labels_is_said():
    labels = np.arange(20.0)
    said = "free orders the held-out labels no better than chance"
    assert said in " ".join(selection_notes(selected(labels, {"free": -labels})))
    assert said not in " ".join(selection_notes(selected(labels, {"free": labels})))


def test_equal_methods_keep_the_label_free_choice_and_say_nothing_of_noise():
    labels = np.arange(20.0)
    chosen = selected(labels, {"first": labels, "second": labels})
    assert chosen.chosen.name == "first"
    assert not chosen.within_noise


def test_constant_scores_are_no_better_than_chance_and_missing_ones_come_last():
    labels = np.arange(20.0)
    scores = {"constant": np.ones(20), "gaps": np.where(labels < 4, np.nan, labels)}
    chosen = selected(labels, scores)
    constant = next(each for each in chosen.methods if each.name == "constant")
    assert constant.values["kendall"].tolist() == [0.0] * 12
    assert chosen.chosen.name == "gaps"
    assert chosen.chosen.values["regret@1"].tolist() == [0.0] * 12


def test_a_method_without_most_scores_cannot_be_taken_and_says_why():
    labels = np.arange(20.0)
    most = np.where(labels < 15, np.nan, labels)
    chosen = selected(labels, {"few": most, "all": labels})
    assert chosen.chosen.name == "all"
    few = chosen.methods[-1]
    assert few.reason == "no score of 15 of 20 labelled architectures"
    assert few.estimate("kendall", chosen.plan).value.reason == few.reason
    assert chosen.ahead(chosen.chosen, chosen.label_free, "kendall").value.reason == few.reason
    with pytest.raises(UsageError, match="no method has scores of the 20 labelled"):
        selected(labels, {"few": most})


def test_a_fold_of_equal_labels_says_nothing_and_the_others_do():
    labels = [*[0.0] * 8, 1.0, 2.0]
    chosen = selected(labels, {"same": labels, "opposite": [-label for label in labels]})
    assert chosen.chosen.name == "same"
    assert 0 < np.isnan(chosen.chosen.values["kendall"]).sum() < 6
