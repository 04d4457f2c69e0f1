"""Searches on a ring of numbers: neighbours differ by one, and the best is known."""

import itertools
import json
import re
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.architecture_search import (
    HOURS,
    SEARCHERS,
    WALKERS,
    Figure,
    Fixed,
    Learned,
    Prices,
    Problem,
    Unguided,
    simulate,
    summarise,
)
from harness.architecture_search.prices import TRAININGS
from harness.architecture_search.simulation import Trace
from harness.architecture_search.summary import QUERIES
from harness.core.architecture import Architecture
from harness.core.direction import Direction
from harness.core.errors import UsageError
from harness.learning import pool_of
from harness.reports.search_page import search_page
from harness.reports.searches import SearchTable
from harness.spaces.identical import ROWS
from harness.spaces.registry import space
from tests.learning.conftest import loaded
from tests.truth_tables import truth_table

N = 60


@dataclass(frozen=True)
class Ring:
    """Numbers from 0 to n - 1; the neighbours of k are k - 1 and k + 1."""

    n: int = N
    name: str = "ring"

    def neighbours(self, architecture: Architecture) -> tuple[Architecture, ...]:
        number = int(architecture.text)
        around = ((number - 1) % self.n, (number + 1) % self.n)
        return tuple(Architecture(space="ring", text=f"{number:03}") for number in around)


class Isolated(Ring):
    """Nobody knows its neighbours."""

    def neighbours(self, architecture: Architecture) -> tuple[Architecture, ...]:
        raise AssertionError(f"asked for the neighbours of {architecture}")


def problem(direction: Direction = Direction.HIGHER) -> Problem:
    """One hill: the value of k is its distance from 0 on the ring, so that 30 is the best."""
    values = {f"{number:03}": float(min(number, N - number)) for number in range(N)}
    return Problem(space=Ring(), truth=truth_table(values, space="ring", direction=direction))


PERFECT = Fixed(
    name="perfect", values=np.array([min(number, N - number) for number in range(N)], float)
)


@pytest.mark.parametrize("searcher", SEARCHERS)
@pytest.mark.parametrize("guide", [Unguided(), PERFECT], ids=["none", "perfect"])
def test_no_architecture_is_queried_twice_and_the_budget_is_used(searcher, guide):
    trace = simulate(problem(), searcher, guide, 40, 0)
    assert trace.numbers.size == len(set(trace.numbers.tolist())) == 40


@pytest.mark.parametrize("searcher", SEARCHERS)
def test_a_search_of_the_whole_table_ends_at_the_best(searcher):
    trace = simulate(problem(), searcher, Unguided(), 10 * N, 1)
    assert trace.numbers.size == N
    assert trace.regrets[-1] == 0


@pytest.mark.parametrize("searcher", SEARCHERS)
def test_equal_seeds_give_equal_searches_and_others_give_others(searcher):
    first, again, other = (
        simulate(problem(), searcher, Unguided(), 20, seed) for seed in (3, 3, 4)
    )
    assert first.numbers.tolist() == again.numbers.tolist() != other.numbers.tolist()


def test_a_perfect_guide_finds_the_best_with_the_first_query_of_the_ranking():
    assert simulate(problem(), "ranking", PERFECT, 5, 0).queries_to(0.0) == 1


def test_a_ranking_asks_in_the_order_of_the_scores():
    guide = Fixed(name="ascending", values=np.arange(N, dtype=float))
    assert simulate(problem(), "ranking", guide, 4, 0).numbers.tolist() == [59, 58, 57, 56]


def test_a_ranking_draws_the_order_of_equal_scores_once_a_search():
    guide = Fixed(name="steps", values=np.arange(N) // 20 * 1.0)
    orders = [simulate(problem(), "ranking", guide, N, seed).numbers for seed in (0, 0, 1)]
    assert orders[0].tolist() == orders[1].tolist() != orders[2].tolist()
    assert sorted(orders[0][:20]) == list(range(40, 60))
    assert orders[0][:20].tolist() != list(range(40, 60))


def test_a_climb_on_one_hill_goes_straight_to_its_top():
    # A guide that knows the way: start at the best of ten, then every query is one step up.
    trace = simulate(problem(), "local", PERFECT, N, 0)
    steps = trace.queries_to(0.0)
    start = int(trace.numbers[0])
    assert steps == abs(start - 30) + 1


def test_a_task_of_which_lower_is_better_is_turned_round():
    lowest_best = problem(Direction.LOWER)
    assert lowest_best.values.max() == 0.0  # architecture 0, the lowest
    assert simulate(lowest_best, "ranking", Unguided(), N, 0).regrets[-1] == 0


def test_a_guide_that_learns_sees_only_what_was_queried_and_is_asked_every_ten_queries():
    seen: list[int] = []

    @dataclass
    class Learner:
        name: str = "learner"

        def outdated(self, asked_at, queried):
            return queried >= asked_at + 10

        def scores(self, queried, seed):
            assert all(queried[number] == problem().values[number] for number in queried)
            seen.append(len(queried))
            return None if len(queried) < 10 else -np.arange(N, dtype=float)

    simulate(problem(), "ranking", Learner(), 35, 0)
    assert seen == [0, 10, 20, 30]


@pytest.mark.parametrize("algorithm", ["ranking", "bananas"])
def test_a_guide_of_five_labels_learns_once_from_the_first_five_queries(algorithm):
    where, generator = space("nas-bench-201"), np.random.default_rng(0)
    texts = sorted({where.sample(generator).text for _ in range(80)})
    truth = truth_table({text: text.count("conv") for text in texts}, space="nas-bench-201")
    learnt = []

    def fit(labelled, seed):
        learnt.append([cell.text for cell in labelled.inputs.subjects.architectures])
        assert labelled.labels.tolist() == [text.count("conv") for text in learnt[-1]]
        return lambda inputs: np.array(
            [float(cell.text.count("conv")) for cell in inputs.subjects.architectures]
        )

    walked = Problem(space=where, truth=truth)
    guide = Learned(loaded=loaded(fit), pool=pool_of(truth, texts, identical=ROWS), labels=5)
    trace = simulate(walked, algorithm, guide, 40, 0)
    (first,) = learnt
    assert guide.name == "mine, 5 labels"
    assert [walked.architectures[number].text for number in trace.numbers[:5]] == first
    if algorithm == "ranking":
        after = walked.values[trace.numbers[5:]]
        assert (np.diff(after) <= 0).all()
        assert after[0] == walked.values.max()


def test_a_guide_without_most_of_its_scores_is_refused():
    with pytest.raises(UsageError, match="guide sparse has no score of 2 of 3 architectures"):
        Fixed(name="sparse", values=np.array([1.0, -np.inf, -np.inf]))


def test_a_score_that_is_no_number_is_refused():
    with pytest.raises(UsageError, match="guide half has no score of 1 of 2 architectures"):
        Fixed(name="half", values=np.array([1.0, np.nan]))


def test_an_architecture_without_a_score_is_queried_last():
    values = np.arange(N, dtype=float)
    values[N - 1] = -np.inf
    numbers = simulate(problem(), "ranking", Fixed(name="gap", values=values), N, 0).numbers
    assert numbers[-1] == N - 1


def test_a_walk_in_a_table_of_scattered_architectures_is_refused():
    scattered = {f"{number:03}": float(number) for number in range(0, N, 2)}
    sparse = Problem(space=Ring(), truth=truth_table(scattered, space="ring"))
    with pytest.raises(UsageError, match=r"most of them without a neighbour.*so local in ring"):
        sparse.require_neighbours("local")


@pytest.mark.parametrize("searcher", sorted(set(SEARCHERS) - set(WALKERS)))
def test_other_searches_ask_for_no_neighbours(searcher):
    scattered = {f"{number:03}": float(number) for number in range(0, N, 2)}
    sparse = Problem(space=Isolated(), truth=truth_table(scattered, space="ring"))
    assert simulate(sparse, searcher, Unguided(), N, 0).regrets[-1] == 0


def test_the_threshold_is_the_worst_of_the_best_share():
    # Values 30, 29, 29, 28, ...: the best 5 % of 60 are three, the third of which is 29.
    assert problem().threshold(0.05) == 29.0
    assert problem().threshold(1e-9) == 30.0


def traces(*regrets: list[float]) -> list[Trace]:
    return [
        Trace(numbers=np.arange(len(regret)), regrets=np.array(regret), seconds=0.0)
        for regret in regrets
    ]


def test_the_median_of_queries_counts_a_search_that_failed_as_longer_than_any():
    # The goal of the best 1e-9 is regret 0: reached after 2 and 3 queries, and never.
    searches = traces([5, 0, 0, 0], [5, 4, 0, 0], [5, 4, 3, 2])
    progress = summarise(problem(), ("local", "none"), searches, 1e-9).progress[QUERIES]
    assert progress.reach.median == 3
    assert progress.reach.share == pytest.approx(2 / 3)
    assert progress.reach.interval is None  # a resample of three failures is not bounded
    assert progress.points[-1].regret == pytest.approx(2 / 3)  # (0 + 0 + 2) / 3


def test_without_half_of_the_searches_at_the_goal_there_is_no_median():
    searches = traces([5, 0], [5, 4], [5, 4])
    summary = summarise(problem(), ("local", "none"), searches, 1e-9)
    assert summary.progress[QUERIES].reach.median is None


def priced(first: float) -> Prices:
    """Architectures 0 to 3 cost `first`, 1, 1 and 1 average trainings."""
    values = np.ones(N)
    values[0] = first
    return Prices(name="flops", values=values)


def test_regret_against_time_is_that_of_the_last_training_that_had_finished():
    # Trainings end after 2.5, 3.5, 4.5 and 5.5.
    searches = traces([9, 4, 2, 0], [7, 6, 2, 1])
    progress = summarise(problem(), ("local", "none"), searches, 1e-9, priced(2.5)).progress[
        TRAININGS
    ]
    assert [(point.spent, point.regret) for point in progress.points] == [
        (3.0, 8.0),  # one training each
        (4.0, 5.0),  # the budget of four
        (5.0, 2.0),
        (5.5, 0.5),
    ]
    assert progress.reach.median == 5.5


def test_time_is_followed_while_all_searches_go_on():
    # The second search starts with a cheap architecture and has ended after 3.
    searches = [
        Trace(numbers=np.array([0, 1, 2]), regrets=np.array([3.0, 2.0, 1.0]), seconds=0.0),
        Trace(numbers=np.array([1, 2, 3]), regrets=np.array([5.0, 4.0, 3.0]), seconds=0.0),
    ]
    progress = summarise(problem(), ("local", "none"), searches, 1e-9, priced(1.5)).progress[
        TRAININGS
    ]
    assert [(point.spent, point.regret) for point in progress.points] == [(2.0, 3.5), (3.0, 2.5)]


def test_searches_without_a_shared_moment_have_no_curve_and_a_page_all_the_same():
    # One search's first training takes longer than all trainings of the other.
    searches = [
        Trace(numbers=np.array([0, 1]), regrets=np.array([3.0, 2.0]), seconds=0.0),
        Trace(numbers=np.array([1, 2]), regrets=np.array([5.0, 4.0]), seconds=0.0),
    ]
    summary = summarise(problem(), ("local", "none"), searches, 1e-9, priced(9.0))
    assert summary.progress[TRAININGS].points == ()
    page = search_page(table([summary]))
    assert page.count("<h3>local: regret against") == 1  # that of queries


def figure(name: str, **values: float) -> Figure:
    """A figure that is 2 but for some architectures, by their numbers."""
    column = np.full(N, 2.0)
    for text, value in values.items():
        column[int(text.removeprefix("at"))] = value
    return Figure(name=name, values=column)


def test_prices_of_a_model_are_a_figure_over_its_mean():
    prices = Prices.modelled(figure("flops", at7=62.0))
    assert prices.values[7] == pytest.approx(62 / 3)
    assert prices.values.mean() == pytest.approx(1)


@pytest.mark.parametrize("wrong", [0.0, -1.0, float("nan"), float("inf")])
def test_a_price_that_is_not_positive_is_refused(wrong):
    with pytest.raises(UsageError, match="snip has no positive value for 1 of 60 architectures"):
        Prices.modelled(figure("snip", at7=wrong))


# Of 60 trainings, of which most took 2 s, one took 100 s and is disturbed, and one has no time.
TIMES = figure("times", at3=100.0, at5=float("nan"), at7=6.0)
FLOPS = figure("flops", at3=4.0, at5=3.0, at7=4.0)


def test_measured_prices_are_hours_and_a_disturbed_run_costs_what_the_model_says():
    prices = Prices.of_times(TIMES, 99.0, FLOPS)
    # 58 others: 57 x 2 + 6 = 120 s by 57 x 2 + 4 = 118 FLOPs.
    scale = 120 / 118
    hours = prices.values * 3600
    assert hours[[0, 7]].tolist() == [2.0, 6.0]
    assert hours[[3, 5]] == pytest.approx([4 * scale, 3 * scale])
    assert prices.unit == HOURS
    assert np.flatnonzero(prices.measured.disturbed).tolist() == [3]
    assert prices.measured.lacking == 1


def test_the_model_is_judged_on_undisturbed_times_after_scaling_to_their_total():
    model = Prices.of_times(TIMES, 99.0, FLOPS).measured.model
    assert (model.name, model.n) == ("flops", 58)
    assert model.rank_correlation.value == pytest.approx(1)  # the one that is longer is larger
    assert model.median_error == pytest.approx(120 / 118 - 1)  # of the 57, off by 2 scale - 2


def test_without_a_model_a_disturbed_run_costs_the_median_of_the_others():
    prices = Prices.of_times(TIMES, 99.0, None)
    assert (prices.values[[3, 5]] * 3600).tolist() == [2.0, 2.0]
    assert prices.measured.model is None


def test_a_run_at_the_limit_is_not_disturbed():
    assert not Prices.of_times(TIMES, 100.0, FLOPS).measured.disturbed.any()


def test_times_none_of_which_is_usable_are_refused():
    with pytest.raises(UsageError, match="times has no time of an undisturbed training for any"):
        Prices.of_times(TIMES, 1.0, FLOPS)


def table(summaries):
    return SearchTable(problem=problem(), summaries=tuple(summaries), share=0.1, prices=None)


def test_every_row_has_the_same_columns_though_some_searches_end_early():
    budget = list(range(40, 0, -1))
    short = Prices(name="flops", values=np.full(N, 0.5))
    rows = table(
        summarise(problem(), ("local", "none"), traces(budget, budget), 0.1, prices)
        for prices in (short, priced(1.0))
    ).data.records
    assert list(rows[0]) == list(rows[1])
    assert rows[0]["regret@30_time"] is None  # 40 queries of half a training take 20
    assert rows[1]["regret@30_time"] == rows[1]["regret@30_queries"] == 11


def test_the_page_has_a_picture_of_every_algorithm_in_both_units_and_hostile_names_are_text():
    hostile = "<script>window.hacked = 1</script>"
    summaries = [
        summarise(problem(), (name, hostile), traces([3, 2], [2, 1]), 0.1, priced(1.0))
        for name in ("local", "random")
    ]
    html = search_page(table(summaries))
    data = json.loads(re.search(r'id="data">(.*?)</script>', html, re.DOTALL)[1])
    assert len(data["rows"]) == 4
    assert [row["value"] for row in data["rows"]["curve-0"]] == [2.5, 1.5]
    assert {row["unit"] for row in data["rows"]["curve-3"]} == {TRAININGS}
    assert html.count("<script") == 3  # data, library and the page's own
    assert html.count("<h3>random: regret against") == 2


@given(st.sampled_from(sorted(SEARCHERS)), st.integers(0, 2**20), st.integers(1, N))
@settings(max_examples=40)
def test_regret_never_rises_and_is_never_negative(searcher, seed, budget):
    regrets = simulate(problem(), searcher, Unguided(), budget, seed).regrets
    assert all(later <= earlier for earlier, later in itertools.pairwise(regrets))
    assert regrets.min() >= 0
