"""Whether proxies agree enough to be trusted."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import rankdata

from harness.evaluation import Agreement, agreement_text, judge_agreement, rank_task
from harness.evaluation.agreement import KnownTask
from harness.metrics import Undefined
from harness.reports.leaderboard_tables import agreement_notes
from tests.evaluation.test_ranking import QUICK
from tests.reports.boards import board_of, varied
from tests.score_tables import published

PROXIES = ("grad_norm", "jacov", "synflow")
GENERATOR = np.random.default_rng(0)
SIZE = GENERATOR.permutation(200) * 1.0
NOISE = GENERATOR.normal(size=(3, 200))


def columns(shared=0.0, of_size=0.0):
    """Return scores that share a signal, and one of size, beside noise of their own."""
    common = np.random.default_rng(1).normal(size=200)
    scores = {
        name: noise + shared * common + of_size * SIZE / 50
        for name, noise in zip(PROXIES, NOISE, strict=True)
    }
    return {**scores, "params": SIZE}


def known(*pairs):
    """Return an agreement of 0.5 beside known tasks of agreement and quality."""
    tasks = tuple(
        KnownTask(task=f"t{row}", space="s", agreement=agreement, quality=quality)
        for row, (agreement, quality) in enumerate(sorted(pairs))
    )
    return Agreement(proxies=PROXIES, beyond_size=True, value=0.5, known=tasks)


def test_agreement_is_the_mean_correlation_of_ranks_beyond_those_of_parameters():
    scores = columns(shared=1.0, of_size=1.0)
    size = np.column_stack([np.ones(200), rankdata(SIZE)])
    ranks = [rankdata(scores[name]) for name in PROXIES]
    left = [rank - size @ np.linalg.lstsq(size, rank, rcond=None)[0] for rank in ranks]
    pairs = itertools.combinations(left, 2)
    expected = np.mean([np.corrcoef(first, second)[0, 1] for first, second in pairs])
    agreement = judge_agreement("nowhere", scores)
    assert agreement.value == pytest.approx(expected)
    assert agreement.proxies == PROXIES
    assert agreement.beyond_size


def test_that_all_measure_size_is_no_agreement():
    by_size = judge_agreement("nowhere", columns(of_size=5.0))
    shared = judge_agreement("nowhere", columns(shared=2.0))
    assert abs(by_size.value) < 0.1
    assert shared.value > 0.6


def test_known_tasks_of_the_judged_space_have_no_part():
    elsewhere = judge_agreement("nowhere", columns())
    there = judge_agreement("nas-bench-201", columns())
    assert "nas-bench-201" in {task.space for task in elsewhere.known}
    assert {task.space for task in there.known} < {task.space for task in elsewhere.known}
    assert "nas-bench-201" not in {task.space for task in there.known}


def test_what_known_tasks_of_this_agreement_are_worth_decides():
    poor = known((0.1, 0.0), (0.4, 0.2), (0.5, 0.1), (0.9, 0.6))
    assert poor.expected == pytest.approx(0.15)  # .2 and then .1 would fall: their mean
    assert agreement_text(poor).startswith(
        "Proxies disagree so much that none should be trusted here beyond parameters"
    )
    good = known((0.1, 0.0), (0.4, 0.2), (0.6, 0.4))
    assert agreement_text(good) == (
        "Proxies agree as where they are worth following (every two of grad_norm, jacov, synflow "
        "have mean Spearman 0.50 beyond parameters, on 3 known tasks of other spaces 0.10 to 0.60; "
        "at this agreement the median proxy has 0.30 with the truth beyond parameters there)"
    )


def test_spaces_weigh_alike_however_many_tasks_they_have():
    tasks = tuple(
        KnownTask(task=f"t{row}", space=space, agreement=0.5, quality=quality)
        for row, (space, quality) in enumerate([("a", 0.4), ("b", 0.1), ("b", 0.1), ("b", 0.1)])
    )
    agreement = Agreement(proxies=PROXIES, beyond_size=True, value=0.5, known=tasks)
    assert agreement.expected == pytest.approx((0.4 + 0.1) / 2)


def test_fewer_than_three_proxies_or_twenty_architectures_are_not_judged():
    two = {name: values for name, values in columns().items() if name != "jacov"}
    assert "it takes three" in judge_agreement("nowhere", two).reason
    few = {name: values[:10] for name, values in columns().items()}
    assert isinstance(judge_agreement("nowhere", few), Undefined)


def test_a_board_has_the_agreement_of_its_proxies():
    scores = {name: values.tolist() for name, values in columns(shared=1.0).items()}
    board = rank_task(published(scores), QUICK)
    assert board.agreement == judge_agreement("nowhere", columns(shared=1.0))


def test_notes_name_the_tasks_where_these_do_not_agree_alike():
    first, second = board_of(varied()).boards
    poor, good = known((0.1, 0.0), (0.9, 0.0)), known((0.1, 0.4), (0.9, 0.4))
    alike = [replace(board, agreement=poor) for board in (first, second)]
    assert agreement_notes(alike) == [f"{agreement_text(poor)}."]
    assert agreement_notes([*alike, replace(first, agreement=good)]) == [
        f"task-a, task-b: {agreement_text(poor)}.",
        f"task-a: {agreement_text(good)}.",
    ]
