import numpy as np
import pytest

from harness.evaluation import Procedure, rank_task, rank_tasks
from harness.metrics import Undefined
from harness.reports.leaderboard import leaderboard_markdown
from harness.reports.leaderboard_tables import leaderboard_data
from tests.score_tables import published

QUICK = Procedure(names=("spearman", "regret@1"), resamples=200)


def noisy(noise: float, n: int = 60) -> list[float]:
    generator = np.random.default_rng(int(noise * 10))
    return (np.arange(n) + noise * n * generator.normal(size=n)).tolist()


def ranked(columns, procedure=QUICK):
    board = rank_task(published(columns), procedure)
    return {entry.plugin: entry.rank for entry in board.entries}


def test_a_plugin_that_is_always_ahead_has_its_place_for_certain():
    ranks = ranked({"right": noisy(0.0), "wrong": (-np.arange(60.0)).tolist()})
    assert (ranks["right"].value.value, ranks["wrong"].value.value) == (1.0, 2.0)
    assert (ranks["right"].interval.low, ranks["right"].interval.high) == (1.0, 1.0)


def test_two_that_noise_cannot_tell_apart_have_intervals_over_both_places():
    ranks = ranked({"one": noisy(0.5), "other": noisy(0.6), "wrong": noisy(9.0)})
    for name in ("one", "other"):
        assert (ranks[name].interval.low, ranks[name].interval.high) == (1.0, 2.0)
    assert ranks["wrong"].value.value == 3.0


def test_equal_scores_share_the_mean_place_in_every_resample():
    ranks = ranked({"one": noisy(0.0), "twin": noisy(0.0), "wrong": noisy(9.0)})
    for name in ("one", "twin"):
        assert ranks[name].value.value == 1.5
        assert (ranks[name].interval.low, ranks[name].interval.high) == (1.5, 1.5)


def test_incomplete_and_constant_plugins_have_no_place_and_take_none_from_others():
    columns = {"partly": noisy(0.0)[:59], "flat": [1.0] * 60, "whole": noisy(0.5)}
    ranks = ranked(columns)
    assert ranks["partly"] is None
    assert ranks["flat"] is None
    assert ranks["whole"].value.value == 1.0


def test_where_lower_is_better_the_lowest_is_first():
    by_regret = Procedure(names=("regret@1", "spearman"), resamples=200)
    # "wrong" picks the worst of 60 architectures, "right" the best.
    ranks = ranked({"right": noisy(0.0), "wrong": (-np.arange(60.0)).tolist()}, by_regret)
    assert (ranks["right"].value.value, ranks["wrong"].value.value) == (1.0, 2.0)
    board = rank_task(published({"wrong": noisy(9.0), "right": noisy(0.0)}), by_regret)
    assert [entry.plugin for entry in board.entries] == ["right", "wrong"]


def test_a_resample_without_a_value_places_a_plugin_last():
    # One score of 60 differs from the others: a resample misses it with (59/60)^60 = 0.365.
    # There "rare" has no correlation; where it has one, it is ahead of "wrong".
    rare = [0.0] * 59 + [1.0]
    ranks = ranked({"rare": rare, "wrong": (-np.arange(60.0)).tolist()})
    assert ranks["rare"].value.value == 1.0
    assert ranks["rare"].interval.high == 2.0


PARTIAL = Procedure(names=("spearman", "partial-spearman"), resamples=100)


def partial(columns, plugin):
    board = rank_task(published(columns), PARTIAL)
    (entry,) = (entry for entry in board.entries if entry.plugin == plugin)
    return entry.measured["partial-spearman"].value


def test_partial_spearman_holds_params_and_flops_fixed():
    from scipy import stats

    columns = {"params": noisy(0.5), "flops": noisy(0.8), "mine": noisy(0.3)}
    ranks = {name: stats.rankdata(column) for name, column in columns.items()}
    controls = np.column_stack([np.ones(60), ranks["params"], ranks["flops"]])
    left = [
        column - controls @ np.linalg.lstsq(controls, column, rcond=None)[0]
        for column in (ranks["mine"], np.arange(60.0))
    ]
    expected = stats.pearsonr(*left).statistic
    assert partial(columns, "mine").value == pytest.approx(expected, abs=1e-9)


def test_partial_spearman_says_which_control_is_missing():
    assert partial({"params": noisy(0.5), "mine": noisy(0.3)}, "mine") == Undefined(
        reason="flops, which it holds fixed, is neither a column of the space nor among the plugins"
    )
    short = {"params": noisy(0.5)[:59], "flops": noisy(0.8), "mine": noisy(0.3)}
    assert partial(short, "mine") == Undefined(
        reason="params, which it holds fixed, scored 59 of 60"
    )


def test_what_the_controls_determine_has_no_partial_correlation():
    columns = {"params": noisy(0.5), "flops": noisy(0.8)}
    assert isinstance(partial(columns, "params"), Undefined)


STRATA = Procedure(names=("kendall", "stratified-kendall-params"), resamples=20)
SIZES = {"params": [1.0, 1, 2, 2, 2, 3], "depth": [1.0] * 6, "width": [8.0] * 6}


def entries_of(columns):
    return {entry.plugin: entry for entry in rank_task(published(columns), STRATA).entries}


def test_depth_is_the_column_of_the_space_where_it_has_one():
    # By the proxy all networks are of one depth; by the column no two of one size are.
    columns = {**SIZES, "depth (column)": [1.0, 2, 3, 4, 5, 6], "mine": noisy(0.0, 6)}
    mine = entries_of(columns)["mine"]
    assert mine.pairs == {"stratified-kendall-params": 0}
    assert mine.measured["stratified-kendall-params"].value == Undefined(
        reason="no two architectures have equal params, depth and width", brief="no pairs"
    )


def test_pairs_are_those_of_the_architectures_that_a_plugin_scored():
    # Of one size are 1 + 3 pairs; without the last of size 2 and that of size 3, 1 + 1.
    entries = entries_of({**SIZES, "mine": noisy(0.0, 6), "partly": noisy(0.0, 6)[:4]})
    pairs = {name: entry.pairs["stratified-kendall-params"] for name, entry in entries.items()}
    assert pairs == {"params": 4, "depth": 4, "width": 4, "mine": 4, "partly": 2}


def test_the_table_says_how_many_pairs_there_are_and_where_there_are_none():
    board = rank_tasks("s", "p", [published({**SIZES, "mine": noisy(0.0, 6)})], STRATA)
    assert (
        "stratified-kendall-params: 4 pairs of architectures with equal params, depth and width."
        in leaderboard_markdown(board)
    )
    records = {record["plugin"]: record for record in leaderboard_data(board).records}
    assert records["mine"]["stratified-kendall-params_pairs"] == 4
    none = {**SIZES, "params": [1.0, 2, 3, 4, 5, 6], "mine": noisy(0.0, 6)}
    text = leaderboard_markdown(rank_tasks("s", "p", [published(none)], STRATA))
    assert "[no interval: fewer than 10 architectures] | no pairs |" in text
