"""Limits, mean ranks and the order of candidates, by hand."""

import numpy as np
import pytest

from harness.candidates import Figures
from harness.candidates.limits import Limit, apply_limits, parse_limits
from harness.candidates.ranking import mean_ranks, rank_candidates
from harness.core.architecture import Architecture
from harness.core.errors import UsageError
from harness.spaces.registry import space
from harness.truth import load

ATMOST = Limit(figure="params", bound=20, upper=True)
FIGURES = {"params": np.array([10.0, 20.0, 30.0, np.nan]), "macs": np.array([5.0, 1.0, 9.0, 9.0])}


def test_limits_are_read_from_texts_and_mappings_alike():
    texts = parse_limits(["params=2e1"], ["macs = 3"])
    assert texts == parse_limits({"params": 20}, {"macs": 3})
    assert [str(limit) for limit in texts] == ["params at most 20", "macs at least 3"]


@pytest.mark.parametrize(
    ("maximum", "minimum", "message"),
    [
        (["params"], None, "--max params: write NAME=NUMBER"),
        (None, ["params=many"], "--min params=many: give a finite number"),
        (["params=nan"], None, "--max params=nan: give a finite number"),
        (["params=1", "params=2"], None, "--max params=1 is one of two such limits"),
    ],
)
def test_what_is_no_limit_is_refused(maximum, minimum, message):
    with pytest.raises(UsageError, match=message):
        parse_limits(maximum, minimum)


def test_limits_keep_what_all_allow_and_count_what_each_rejects():
    limited = apply_limits((ATMOST, Limit(figure="macs", bound=2, upper=False)), FIGURES)
    assert limited.kept.tolist() == [True, False, False, False]
    assert limited.rejected == (
        "2 rejected by params at most 20, 1 of which have no value",
        "1 rejected by macs at least 2",
    )


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ([("params", 9, True)], "--max params=9: the smallest seen has 10;"),
        ([("macs", 9.5, False)], "--min macs=9.5: the largest seen has 9;"),
        ([("params", 15, True), ("macs", 4, True)], r"some meet each \(1 params at most 15; 1"),
    ],
)
def test_a_limit_that_nothing_meets_says_what_was_seen(limits, message):
    named = [Limit(figure=name, bound=bound, upper=upper) for name, bound, upper in limits]
    with pytest.raises(UsageError, match=message):
        apply_limits(named, FIGURES)


def test_mean_ranks_share_ties_and_leave_out_what_one_proxy_lacks():
    first = np.array([3.0, 2.0, 2.0, 9.0])
    second = np.array([1.0, 3.0, 2.0, np.nan])
    # Of the first three: ranks 1, 2.5, 2.5 and 3, 1, 2.
    combined = mean_ranks([first, second])
    assert combined[:3].tolist() == [-2.0, -1.75, -2.25]
    assert np.isnan(combined[3])
    assert np.isnan(mean_ranks([np.full(2, np.nan), np.ones(2)])).all()


def test_candidates_of_equal_score_share_a_rank_and_those_without_come_last():
    architectures = [Architecture(space="tiny", text=text) for text in "abcd"]
    scores = np.array([1.0, np.nan, 2.0, 1.0])
    details = {"figures": {"params": np.array([1.0, 2.0, 3.0, np.nan])}, "proxies": {}}
    ranked = rank_candidates(architectures, "mine", scores, details, {1: "mine: broke"})
    rows = {each.architecture.text: each for each in ranked.candidates}
    assert [each.architecture.text for each in ranked.candidates][0::3] == ["c", "b"]
    assert (rows["c"].rank, rows["a"].rank, rows["d"].rank) == (1, 2, 2)
    assert (rows["a"].tied, rows["c"].tied, rows["b"].reason) == (1, 0, "mine: broke")
    assert rows["d"].figures == {"params": None}
    assert (ranked.scored, ranked.cut_tie(2), ranked.cut_tie(1), ranked.cut_tie(3)) == (3, 1, 0, 0)


def test_a_task_of_the_space_is_a_figure_and_what_it_lacks_is_within_no_limit() -> None:
    name = "nb201-analog-baseline"
    known, *_ = sorted(load(name).values.items())
    where = space("nas-bench-201")
    cells = [Architecture(space=where.name, text=text) for text in (known[0], "unmeasured")]
    values = Figures.of(where, [name], None).own([name], cells)[name]
    assert values[0] == known[1]
    limited = apply_limits(parse_limits(None, {name: 0.0}), {name: values})
    assert limited.kept.tolist() == [True, False]
    assert limited.rejected == (f"1 rejected by {name} at least 0, 1 of which have no value",)
