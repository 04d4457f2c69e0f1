"""Scores of ensembles are joined of stored scores of their members, and computed otherwise."""

from dataclasses import replace

import numpy as np
import pytest

import harness
from harness.api.choice import choose_proxies, choose_suite
from harness.core.errors import DataError
from harness.core.outcome import Skipped
from harness.execution.archive import archive_in
from harness.execution.execute import execute
from harness.execution.run import Options, open_run
from harness.plugin import Direction, ZeroCostProxy
from harness.plugins.ensembles import consensus_of, rank_sum_of
from harness.plugins.zero_cost import params, params_attention, vote, width, zerolm
from tests.execution.archives import changed, scaled

SAMPLE = 12
MEMBERS = ("params", "width", "zerolm")
SUM = rank_sum_of(
    "sum", params.PLUGIN, width.PLUGIN, zerolm.PLUGIN, version="1", summary="Three ranks"
)


def own_score(observation):
    return 1.0


def broken(observation):
    raise ValueError("no score today")


OWN = ZeroCostProxy(
    name="own",
    version="1",
    summary="One",
    direction=Direction.HIGHER,
    passes=(),
    score=own_score,
)


def executed(results, *plugins):
    """Score without a board; return the run too."""
    suite = choose_suite("smoke", SAMPLE)
    options = Options(results=results, workers=0, archive=archive_in(results))
    run = open_run(suite, choose_proxies(suite, list(plugins), only=True), options)
    return run, execute(run, options, lambda done, total: None)


def column(run, name):
    (key,) = (plugin.key for plugin in run.plugins if plugin.name == name)
    return run.scores.column(key, run.population.texts)


@pytest.fixture(scope="module")
def computed(tmp_path_factory):
    """Return a results folder with the members' scores, which nobody changes."""
    results = tmp_path_factory.mktemp("computed")
    executed(results, *MEMBERS)
    return results


@pytest.fixture
def results(computed, tmp_path):
    """Return a results folder of its own with these scores."""
    harness.merge(computed, into=tmp_path)
    return tmp_path


@pytest.fixture
def archived(computed, tmp_path):
    """Return a results folder with nothing but an archive of them."""
    harness.archive(computed, into=tmp_path / "archive")
    return tmp_path


def test_nothing_is_computed_where_all_members_are_stored(results, tmp_path):
    run, done = executed(results, SUM)
    assert (done.computed, done.reused, done.archived) == (0, SAMPLE, 0)
    other, alone = executed(tmp_path / "alone", SUM)
    assert alone.computed == SAMPLE
    joined, asked = column(run, "sum"), column(other, "sum")
    assert joined.scored.all()
    assert joined.values.keys() == asked.values.keys() == set(SUM.components)
    for name, values in joined.values.items():
        assert values.tolist() == asked.values[name].tolist()
    assert np.isnan(joined.costs().wall_s).all()
    assert np.isfinite(asked.costs().wall_s).all()


def test_what_lacks_a_member_is_computed(results):
    more = rank_sum_of("more", SUM, vote.PLUGIN, version="1", summary="Six")
    assert executed(results, more)[1].computed == SAMPLE  # synflow, jacov and snip are not stored


def test_a_member_that_is_an_ensemble_is_joined_too(results):
    pair = rank_sum_of("pair", params.PLUGIN, vote.PLUGIN, version="1", summary="Two")
    executed(results, "synflow", "jacov", "snip")
    run, done = executed(results, pair)
    assert done.computed == 0
    assert column(run, "pair").values["vote.snip.score"].tolist() == (
        column(executed(results, "snip")[0], "snip").values["score"].tolist()
    )


def test_scores_of_a_member_that_is_not_installed_are_not_taken(results):
    executed(results, OWN)
    own = rank_sum_of("with_own", params.PLUGIN, OWN, version="1", summary="Two")
    assert executed(results, own)[1].computed == SAMPLE
    other = replace(params.PLUGIN, score=own_score)
    changed = rank_sum_of("changed", other, width.PLUGIN, version="1", summary="Two")
    run, done = executed(results, changed)
    assert done.computed == SAMPLE
    assert set(column(run, "changed").values["params.score"]) == {1.0}


def test_stochastic_ensembles_draw_for_themselves(results):
    drawn = replace(SUM, name="drawn", stochastic=True)
    assert executed(results, drawn)[1].computed == SAMPLE


def test_another_rule_than_that_of_ensembles_is_asked(results):
    other = replace(SUM, name="other", score=broken)
    run, done = executed(results, other)
    assert done.computed == SAMPLE
    assert not column(run, "other").scored.any()


def test_a_consensus_is_joined_where_a_member_can_have_no_score(results):
    consensus = consensus_of(
        "consensus",
        {params.PLUGIN: 1.0, width.PLUGIN: 1.0, params_attention.PLUGIN: 1.0},
        version="1",
        summary="Two of three",
    )
    run, _ = executed(results, "params_attention")
    assert isinstance(column(run, "params_attention").outcome(0), Skipped)
    run, done = executed(results, consensus)
    assert done.computed == 0
    outcome = column(run, "consensus").outcome(0)
    assert set(outcome.components) == {"params.score", "width.score"}
    both = rank_sum_of("both", params.PLUGIN, params_attention.PLUGIN, version="1", summary="No")
    run, done = executed(results, both)
    assert done.computed == SAMPLE  # it has no score, and says why itself
    assert isinstance(column(run, "both").outcome(0), Skipped)


def test_what_is_joined_of_an_archive_is_shown_and_checked(archived):
    done = executed(archived, SUM)[1]
    assert done.computed == done.checked == 10
    assert done.archived == SAMPLE - 10
    again = executed(archived, SUM)[1]
    assert (again.computed, again.checked, again.archived) == (0, 10, SAMPLE - 10)
    board, *_ = harness.run(
        "smoke", plugins=SUM, only=True, sample=SAMPLE, workers=0, results=archived
    ).table.boards
    (entry,) = board.entries
    assert (entry.archived, entry.scored) == (SAMPLE - 10, SAMPLE)
    assert entry.timing is not None  # of those that were computed


def test_members_of_which_one_is_archived_and_another_is_not_are_computed(archived):
    executed(archived, "depth")
    mixed = rank_sum_of(
        "mixed", params.PLUGIN, _installed("depth"), version="1", summary="One of each"
    )
    done = executed(archived, mixed)[1]
    assert (done.computed, done.archived, done.checked) == (SAMPLE, 0, 0)


def test_an_archived_ensemble_is_taken_also_where_its_members_are_here(archived, tmp_path):
    executed(tmp_path / "whole", *MEMBERS, "vote", "synflow", "jacov", "snip")
    harness.archive(tmp_path / "whole", into=archived / "archive")
    executed(archived / "parts", "synflow", "jacov", "snip")
    harness.merge(archived / "parts", into=archived)
    run, done = executed(archived, "vote")
    assert (done.computed, done.archived, done.checked) == (0, SAMPLE, SAMPLE)
    assert np.isfinite(column(run, "vote").costs().wall_s).all()  # as archived


def test_a_wrong_archived_member_stops_the_run(archived):
    changed(
        archived,
        lambda key, _, outcome: scaled(outcome, -1.0 if key.startswith("zerolm:") else 1.0),
    )
    with pytest.raises(DataError, match=r"archived scores of sum are not .* run with --fresh"):
        executed(archived, SUM)


def _installed(name):
    suite = choose_suite("smoke", SAMPLE)
    (plugin,) = choose_proxies(suite, [name], only=True)
    return plugin.plugin
