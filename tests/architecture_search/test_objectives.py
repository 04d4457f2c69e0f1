"""Searches for a Pareto front on a small board, and what they are measured by."""

from dataclasses import dataclass

import numpy as np
import pytest

from harness.architecture_search import (
    SEARCHERS,
    Fixed,
    Objective,
    Objectives,
    Problem,
    Unguided,
    simulate,
    summarise,
)
from harness.core.architecture import Architecture
from harness.core.direction import Direction
from harness.core.errors import UsageError
from harness.reports.search_page import search_page
from harness.reports.searches import SearchTable
from tests.truth_tables import truth_table

NAMES = (
    Objective(name="accuracy", unit="percent", direction=Direction.HIGHER),
    Objective(name="latency", unit="milliseconds", direction=Direction.LOWER),
)
# Accuracy and latency: a, b and c are the front, d copies b, e is worse than b, f than all.
ACCURACY = [10.0, 60.0, 90.0, 60.0, 50.0, 5.0]
LATENCY = [1.0, 3.0, 11.0, 3.0, 4.0, 20.0]


def objectives() -> Objectives:
    return Objectives(names=NAMES, values=np.array([ACCURACY, [-ms for ms in LATENCY]]).T)


def test_the_front_has_three_points_one_of_which_two_architectures_share() -> None:
    known = objectives()
    assert known.front.tolist() == [True, True, True, True, False, False]
    assert known.size == 3
    assert known.points.tolist() == [0, 1, 2, 1, -1, -1]


def test_the_hypervolume_lacking_is_that_of_the_scaled_front() -> None:
    # Scaled and shifted by .1: a (.1, 1.1), b (.725, .9), c (1.1, .1). Columns of the staircase:
    # c is .375 wider than b and .1 high, b .625 wider than a and .9 high, a .1 wide and 1.1 high.
    front = 0.375 * 0.1 + 0.625 * 0.9 + 0.1 * 1.1
    regrets = objectives().regrets(np.array([5, 1, 2, 3, 0]))
    alone = 0.725 * 0.9
    assert regrets.tolist() == pytest.approx(
        [1, 1 - alone / front, 1 - (alone + 0.0375) / front, 1 - (alone + 0.0375) / front, 0]
    )


def test_a_point_is_found_by_any_architecture_that_has_it() -> None:
    assert objectives().hits(np.array([3, 4])).tolist() == [False, True, False]


def test_of_a_front_of_one_point_the_table_is_the_scale() -> None:
    known = Objectives(names=NAMES, values=np.array([[1.0, -1.0], [0.0, -3.0]]))
    # The best is (.1, .1) above the reference, the other a whole extent below.
    assert known.volume == pytest.approx(0.01)
    assert known.regrets(np.array([1, 0])).tolist() == pytest.approx([1, 0])


def test_an_objective_that_is_the_same_for_all_is_refused() -> None:
    with pytest.raises(UsageError, match="latency is 2 for all 3 architectures, so it is no obj"):
        Objectives(names=NAMES, values=np.array([[1.0, 2.0], [2.0, 2.0], [3.0, 2.0]]))


WIDTH = 10


@dataclass(frozen=True)
class Board:
    """Fields of ten by ten, texts "00" to "99"; neighbours differ by one in one digit."""

    name: str = "board"

    def neighbours(self, architecture: Architecture) -> tuple[Architecture, ...]:
        row, column = map(int, architecture.text)
        around = [(row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)]
        return tuple(
            Architecture(space="board", text=f"{row}{column}")
            for row, column in around
            if 0 <= row < WIDTH and 0 <= column < WIDTH
        )


def board() -> Problem:
    """The value is row plus column, and rows cost: the front is the last column, ten points."""
    fields = [(row, column) for row in range(WIDTH) for column in range(WIDTH)]
    values = {f"{row}{column}": float(row + column) for row, column in fields}
    costs = [-float(row) for row, _ in fields]
    both = np.array([list(values.values()), costs]).T
    return Problem(
        space=Board(),
        truth=truth_table(values, task="fields", space="board"),
        objectives=Objectives(names=NAMES, values=both),
    )


PERFECT = Fixed(name="perfect", values=np.array([row + column for row in range(10)
                                                 for column in range(10)], float))  # fmt: skip


@pytest.mark.parametrize("searcher", SEARCHERS)
@pytest.mark.parametrize("guide", [Unguided(), PERFECT], ids=["none", "perfect"])
def test_a_search_of_the_whole_table_finds_the_whole_front(searcher, guide) -> None:
    trace = simulate(board(), searcher, guide, 1000, 0)
    assert sorted(trace.numbers.tolist()) == list(range(WIDTH * WIDTH))
    assert trace.regrets[-1] == pytest.approx(0)
    assert (np.diff(trace.regrets) <= 0).all()


def test_a_ranking_by_a_perfect_guide_is_the_front_and_then_the_front_of_the_rest() -> None:
    numbers = simulate(board(), "ranking", PERFECT, 20, 0).numbers
    assert {number % WIDTH for number in numbers[:10].tolist()} == {9}
    assert {number % WIDTH for number in numbers[10:].tolist()} == {8}


def test_what_has_no_score_is_queried_last_however_little_it_costs() -> None:
    values = PERFECT.values.copy()
    values[:WIDTH] = -np.inf  # the cheapest row
    numbers = simulate(board(), "ranking", Fixed(name="gap", values=values), 100, 0).numbers
    assert sorted(numbers[-WIDTH:].tolist()) == list(range(WIDTH))


def test_climbs_and_mutations_go_where_something_dominates() -> None:
    # Without dominance the value alone would count, and the expensive corner would come first.
    for searcher in ("evolution", "bananas", "local"):
        trace = simulate(board(), searcher, PERFECT, 60, 0)
        assert board().objectives.hits(trace.numbers).mean() >= 0.5


def searched() -> SearchTable:
    problem = board()
    traces = [simulate(problem, "ranking", PERFECT, 10, seed) for seed in (0, 1)]
    other = [simulate(problem, "ranking", Unguided(), 10, seed) for seed in (0, 1)]
    summaries = [
        summarise(problem, ("ranking", name), repeats, 0.01)
        for name, repeats in (("perfect", traces), ("<script>", other))
    ]
    return SearchTable(problem=problem, summaries=summaries, share=0.01, prices=None)


def test_the_table_says_how_much_of_the_front_was_found() -> None:
    table = searched()
    assert "fields against latency (milliseconds, lower is better): 100" in table.facts
    assert "10 on the Pareto front, at 10 points" in table.facts
    first, second = table.data.records
    assert (first["front_found"], first["reached"], first["queries"]) == (1, 1, 10)
    assert second["front_found"] < 1
    assert table.tables["queries"].heads[2:5] == [
        *("queries to 0.99 of the hypervolume", "reached", "front found")
    ]


def test_the_front_names_its_architectures_as_they_were_measured_best_value_first() -> None:
    table = searched()
    records = table.front(table.problem.objectives).records
    assert [record["architecture"] for record in records] == [f"{row}9" for row in range(9, -1, -1)]
    assert (records[0]["accuracy"], records[0]["latency"]) == (18, 9)
    assert {record["ranking perfect"] for record in records} == {1}


def test_the_page_draws_the_fronts_and_hostile_names_are_text() -> None:
    html = search_page(searched())
    assert "ranking: accuracy against latency" in html
    assert '"interpolate":"step-after"' in html
    assert html.count("<script") == 3  # data, library and the page's own
