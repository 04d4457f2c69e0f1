import pickle
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from harness.core.errors import ContractError, UnsupportedError
from harness.passes.subject import GRAPH
from harness.plugin import Direction, ZeroCostProxy
from harness.plugins.ensembles import components_of, consensus_of, rank_sum_of, vote_of
from harness.plugins.zero_cost import az_nas, rank_sum, snip, synflow, vote
from tests.passes.subjects import SmallNetwork, bench, score


def half(components):
    return components["half"] / 2


def proxy(name, value=1.0, direction=Direction.HIGHER, **settings):
    return ZeroCostProxy(
        name=name,
        version="3",
        summary="a member",
        direction=direction,
        passes=(GRAPH,),
        score=lambda observation: value,
        **settings,
    )


def combined(ensemble, **columns):
    named = {name.replace("__", "."): np.array(column) for name, column in columns.items()}
    return ensemble.aggregate(named).tolist()


def test_components_carry_the_names_of_their_members():
    ensemble = rank_sum_of("both", proxy("a", 2.0), proxy("b", 3.0), version="1", summary="x")
    assert ensemble.components == ("a.score", "b.score")
    assert score(bench(SmallNetwork, *ensemble.passes), ensemble) == {
        "a.score": 2.0,
        "b.score": 3.0,
    }


def test_passes_are_those_of_all_members_once():
    ensemble = rank_sum_of("both", proxy("a"), proxy("b"), version="1", summary="x")
    assert ensemble.passes == (GRAPH,)


def test_a_member_that_is_better_when_lower_is_turned_round():
    lower = proxy("b", direction=Direction.LOWER)
    ensemble = rank_sum_of("both", proxy("a"), lower, version="1", summary="x")
    # ranks 1, 2, 3 and 3, 2, 1
    assert combined(ensemble, a__score=[1.0, 2.0, 3.0], b__score=[1.0, 2.0, 3.0]) == [4.0, 4.0, 4.0]


def test_a_set_level_member_is_aggregated_by_its_own_rule_first():
    member = proxy("b", components=("half",), aggregate=half)
    ensemble = vote_of("both", proxy("a"), member, version="1", summary="x")
    # both prefer the second
    assert combined(ensemble, a__score=[1.0, 2.0], b__half=[4.0, 6.0]) == [-1.0, 1.0]


def test_a_set_level_member_whose_rule_returns_complex_numbers_breaks_the_contract():
    member = proxy("b", components=("half",), aggregate=lambda parts: parts["half"] + 1j)
    ensemble = vote_of("both", proxy("a"), member, version="1", summary="x")
    with pytest.raises(ContractError, match=r"aggregate of proxy b .* no real numbers"):
        combined(ensemble, a__score=[1.0, 2.0], b__half=[4.0, 6.0])


def test_the_version_changes_with_that_of_a_member():
    ensemble = rank_sum_of("both", proxy("a"), proxy("b"), version="1", summary="x")
    assert ensemble.version == "1+a-3+b-3"


def test_spaces_are_those_that_all_members_support():
    first, second = proxy("a", spaces=("x", "y")), proxy("b", spaces=("y", "z"))
    ensemble = rank_sum_of("both", first, second, proxy("c"), version="1", summary="x")
    assert ensemble.spaces == ("y",)


def test_members_without_a_common_space_are_refused():
    with pytest.raises(ContractError, match="no space"):
        rank_sum_of(
            "both", proxy("a", spaces=("x",)), proxy("b", spaces=("y",)), version="1", summary="x"
        )


@pytest.mark.parametrize("members", [("a",), ("a", "a")])
def test_one_member_or_the_same_twice_is_refused(members):
    with pytest.raises(ContractError, match="two or more different"):
        rank_sum_of("one", *(proxy(name) for name in members), version="1", summary="x")


def test_components_of_a_set_level_proxy_keep_their_names():
    member = proxy("b", value={"half": 4.0}, components=("half",), aggregate=half)
    assert components_of(member, None) == {"b.half": 4.0}


def test_a_stochastic_member_makes_the_ensemble_stochastic():
    ensemble = rank_sum_of(
        "both", proxy("a", stochastic=True), proxy("b"), version="1", summary="x"
    )
    assert ensemble.stochastic


def test_an_ensemble_can_hold_an_ensemble():
    ensemble = rank_sum_of("more", vote.PLUGIN, az_nas.PLUGIN, version="1", summary="x")
    columns = {name: np.array([1.0, 2.0]) for name in ensemble.components}
    assert "vote.snip.score" in columns
    assert ensemble.aggregate(columns).tolist() == [2.0, 4.0]


@pytest.mark.parametrize("plugin", [vote.PLUGIN, rank_sum.PLUGIN])
def test_shipped_ensembles_can_be_sent_to_a_worker(plugin):
    sent = pickle.loads(pickle.dumps(plugin))
    assert sent.passes == plugin.passes
    columns = {name: np.array([2.0, 1.0, 3.0]) for name in plugin.components}
    assert np.array_equal(sent.aggregate(columns), plugin.aggregate(columns))


def test_a_vote_gives_what_its_members_give():
    on = bench(SmallNetwork, *vote.PLUGIN.passes)
    components = score(on, vote.PLUGIN)
    assert components["snip.score"] == score(on, snip.PLUGIN)
    assert components["synflow.score"] == score(on, synflow.PLUGIN)


def test_ensembles_are_imported_without_torch():
    program = (
        "import sys, harness.plugins.zero_cost.vote, harness.plugins.zero_cost.rank_sum\n"
        "import harness.plugins.zero_cost.vkdnw_agg, harness.plugins.zero_cost.te_nas\n"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def consensus(*members, weights=None):
    given = dict(zip(members, weights or [1.0] * len(members), strict=True))
    return consensus_of("agreed", given, version="1", summary="x")


def refusing(name):
    def refuse(observation):
        raise UnsupportedError(f"{name} sees no ReLU")

    return replace(proxy(name), score=refuse)


def test_a_consensus_is_the_weighted_mean_of_log_ranks():
    both = consensus(proxy("a"), proxy("b"), weights=[3.0, 1.0])
    scores = combined(both, a__score=[1.0, 2.0, 3.0], b__score=[20.0, 10.0, 30.0])
    expected = [(3 * np.log(a / 3) + np.log(b / 3)) / 4 for a, b in [(1, 2), (2, 1), (3, 3)]]
    assert scores == pytest.approx(expected)


def test_a_consensus_ranks_by_the_members_that_are_there():
    both = consensus(proxy("a"), proxy("b"))
    nan = np.nan
    assert combined(both, a__score=[1.0, 2.0, 3.0], b__score=[nan, nan, nan]) == pytest.approx(
        [np.log(1 / 3), np.log(2 / 3), 0.0]
    )
    partly = combined(both, a__score=[1.0, 2.0, 3.0], b__score=[nan, 5.0, 6.0])
    assert partly[0] == pytest.approx(np.log(1 / 3))
    assert partly[1] == pytest.approx((np.log(2 / 3) + np.log(1 / 2)) / 2)


def test_a_consensus_leaves_out_who_contradicts_the_others():
    four = consensus(*map(proxy, "abcd"))
    up, down = [1.0, 2.0, 3.0, 4.0], [4.0, 3.0, 2.0, 1.0]
    scores = combined(four, a__score=up, b__score=up, c__score=up, d__score=down)
    assert scores == pytest.approx([np.log(rank / 4) for rank in up])


def test_a_consensus_scores_what_some_member_supports():
    some = consensus(proxy("a", 2.0), refusing("b"), proxy("c", np.inf))
    assert score(bench(SmallNetwork, *some.passes), some) == {"a.score": 2.0}


def test_a_consensus_skips_what_no_member_supports():
    none = consensus(refusing("a"), refusing("b"))
    with pytest.raises(UnsupportedError, match="b sees no ReLU"):
        score(bench(SmallNetwork, *none.passes), none)


def test_a_consensus_has_no_member_that_refuses_spaces():
    with pytest.raises(ContractError, match="a of consensus 'agreed' refuses whole spaces"):
        consensus(replace(proxy("a"), spaces=("nas-bench-201",)), proxy("b"))
