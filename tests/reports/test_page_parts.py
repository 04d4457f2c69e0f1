import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.evaluation.leaderboard import Friedman
from harness.metrics import find_metric
from harness.metrics.values import Defined, Undefined
from harness.reports.page.diagram import draw_diagram
from harness.reports.page.document import reproduce_commands
from harness.reports.page.front import Front, Priced, choose_labels, find_fronts
from harness.reports.page.points import align_scores, draw_points
from harness.reports.page.redundancy import find_redundancy
from harness.reports.page.shell import library
from harness.reports.page.table import board_tables, milliseconds
from tests.reports.boards import board_of, varied
from tests.score_tables import computed, method, published

SCORES = {
    "up": np.array([1.0, 2.0, 3.0, 4.0, 5.0]),
    "nearly": np.array([2.0, 1.0, 3.0, 4.0, 5.0]),
    "down": np.array([5.0, 4.0, 3.0, 2.0, 1.0]),
    "flat": np.array([1.0, 1.0, 1.0, 1.0, 1.0]),
    "partly": np.array([np.nan, 3.0, 2.0, 1.0, np.nan]),
}


def cell(redundancy, first, second):
    return redundancy.cells[redundancy.names.index(first)][redundancy.names.index(second)]


def test_redundancy_is_spearman_on_the_architectures_that_both_scored():
    redundancy = find_redundancy(SCORES)
    # Ranks 1 2 3 4 5 and 2 1 3 4 5 differ by 1, 1: 1 - 6 * 2 / (5 * 24) = 0.9.
    assert cell(redundancy, "up", "nearly") == Defined(value=pytest.approx(0.9))
    # In common are the second to the fourth: 2 3 4 against 3 2 1.
    assert cell(redundancy, "up", "partly") == Defined(value=pytest.approx(-1))
    assert isinstance(cell(redundancy, "up", "flat"), Undefined)


def test_like_plugins_stand_side_by_side_and_pairs_begin_with_the_most_alike():
    redundancy = find_redundancy({name: SCORES[name] for name in ("up", "down", "nearly")})
    assert redundancy.names in (("down", "nearly", "up"), ("up", "nearly", "down"))
    assert {redundancy.pairs[0].first, redundancy.pairs[0].second} == {"up", "nearly"}
    # 0.9, then nearly and down at -0.9, then up and down at -1.
    assert [round(pair.value, 6) for pair in redundancy.pairs] == [0.9, -0.9, -1.0]


@given(st.permutations(list(SCORES)))
def test_redundancy_does_not_depend_on_the_order_of_the_plugins(names):
    assert find_redundancy({name: SCORES[name] for name in names}) == find_redundancy(SCORES)


def test_a_small_population_is_drawn_whole_and_in_its_order():
    (first, _) = varied()
    assert draw_points(first, align_scores(first), seed=0).architectures == first.architectures


def test_a_large_population_is_cut_by_the_seed_and_nothing_else():
    first, second = varied()
    drawn = draw_points(first, align_scores(first), seed=3, limit=10)
    assert drawn == draw_points(first, align_scores(first), seed=3, limit=10)
    assert len(set(drawn.architectures)) == 10
    assert list(drawn.architectures) == sorted(drawn.architectures)
    assert draw_points(second, {}, seed=3, limit=10).architectures == drawn.architectures
    assert draw_points(first, {}, seed=4, limit=10).architectures != drawn.architectures
    # The score of architecture i is i.
    assert drawn.scores["climbing"] == tuple(
        float(architecture[1:]) for architecture in drawn.architectures
    )


def test_the_front_holds_what_no_plugin_beats_on_both():
    n = 6
    truth = [float(i) for i in range(n)]
    swapped = [1.0, 0.0, *truth[2:]]
    methods = [
        method("best", truth, seconds=3.0),
        method("dear", truth, seconds=4.0),
        method("cheap", swapped, seconds=1.0),
        method("worse", truth[::-1], seconds=2.0),
    ]
    (front,) = find_fronts(board_of([computed(methods, truth)]).boards[0], find_metric("spearman"))
    assert [(entry.plugin, entry.leads) for entry in front.entries] == [
        ("cheap", True),
        ("worse", False),
        ("best", True),
        ("dear", False),
    ]


def test_a_front_is_of_one_environment():
    truth = [1.0, 2.0, 3.0, 4.0]
    methods = [
        method("here", truth, seconds=1.0, machine="m1"),
        method("there", truth, seconds=9.0, machine="m2"),
    ]
    fronts = find_fronts(board_of([computed(methods, truth)]).boards[0], find_metric("spearman"))
    assert [(front.environment, [entry.plugin for entry in front.leaders]) for front in fronts] == [
        ("m1", ["here"]),
        ("m2", ["there"]),
    ]


def test_incomplete_and_undefined_entries_are_on_no_front():
    (front,) = find_fronts(board_of(varied()).boards[0], find_metric("spearman"))
    assert not {"partly", "flat"} & {entry.plugin for entry in front.entries}


def test_a_lower_metric_is_better_lower_on_the_front():
    (front,) = find_fronts(board_of(varied()).boards[0], find_metric("regret@1"))
    # The cheapest leads, and of the others only those with less regret.
    values = [entry.value for entry in front.leaders]
    assert values == sorted(values, reverse=True)


spots = st.tuples(st.floats(1e-4, 1e4), st.floats(-1, 1))


@given(st.lists(spots, min_size=1, max_size=12))
def test_no_two_names_on_a_front_lie_close(points):
    entries = tuple(
        Priced(plugin=f"p{i}", seconds=seconds, value=value, interval=None, leads=True)
        for i, (seconds, value) in enumerate(points)
    )
    named = choose_labels(Front(environment="m", entries=entries))
    assert named
    kept = [entry for entry in entries if entry.plugin in named]
    logs = [math.log(entry.seconds) for entry in entries]
    values = [entry.value for entry in entries]
    width, height = max(logs) - min(logs), max(values) - min(values)
    for i, label in enumerate(kept):
        for other in kept[i + 1 :]:
            across = abs(math.log(label.seconds) - math.log(other.seconds)) / (width or 1)
            down = abs(label.value - other.value) / (height or 1)
            assert across > 0.249 or down > 0.069


def test_incomplete_entries_have_a_table_of_their_own_without_places():
    board = board_of(varied())
    complete, incomplete = board_tables(board, board.boards[0])
    assert [row.plugin for row in incomplete.rows] == ["partly"]
    assert "place" in [column.head for column in complete.columns]
    assert "place" not in [column.head for column in incomplete.columns]
    # Every eighth of forty failed.
    (scored,) = (cell for cell in incomplete.rows[0].cells if "/" in cell.text)
    assert scored.text == "35/40"
    assert [reason.text.partition(":")[0] for reason in scored.reasons] == ["5 nonfinite"]


def test_the_first_press_of_a_head_gives_the_best_first():
    board = board_of(varied())
    first = {
        column.head: column.first for column in board_tables(board, board.boards[0])[0].columns
    }
    assert (first["spearman"], first["regret@1"]) == ("descending", "ascending")
    assert (first["place"], first["ms / network"]) == ("ascending", "ascending")


def test_an_undefined_value_has_no_number_to_sort_by_and_a_note():
    board = board_of(varied())
    complete, _ = board_tables(board, board.boards[0])
    (flat,) = (row for row in complete.rows if row.plugin == "flat")
    assert [cell.sort for cell in flat.cells if cell.text == "undefined"] == [None]
    assert complete.notes == ("spearman is undefined for flat: constant scores.",)


def test_values_of_fewer_than_ten_networks_keep_their_place_and_say_why_they_have_no_interval():
    columns = {"up": [1.0, 2.0, 3.0, 4.0], "down": [4.0, 3.0, 2.0, 1.0]}
    board = board_of([published(columns)])
    complete, _ = board_tables(board, board.boards[0])
    cells = {
        row.plugin: [(cell.text, cell.detail) for cell in row.cells[:2]] for row in complete.rows
    }
    assert cells == {
        "up": [("1", "no interval"), ("1.000", "no interval")],
        "down": [("2", "no interval"), ("-1.000", "no interval")],
    }
    assert complete.notes == ("No interval of spearman, regret@1: fewer than 10 architectures.",)


@pytest.mark.parametrize(
    ("value", "text"), [(3414.4, "3,414"), (77.04, "77.0"), (0.7431, "0.74"), (0.00012, "0.00012")]
)
def test_milliseconds_have_the_digits_that_mean_something(value, text):
    assert milliseconds(value) == text


def test_a_diagram_has_a_name_for_every_plugin_and_a_bar_for_every_group():
    up = [1.0, 2.0, 3.0, 4.0, 5.0]
    columns = {"good": up, "fair": [2.0, 1.0, *up[2:]], "poor": up[::-1]}
    tasks = [published(columns, task=f"t{i}", space="s") for i in range(3)]
    (standings,) = board_of(tasks).overall
    assert isinstance(standings.friedman, Friedman)
    marks = draw_diagram(standings, standings.friedman)
    named = [(mark.part, mark.text) for mark in marks if mark.part in ("left", "right")]
    assert named == [("left", "good 1.00"), ("left", "fair 2.00"), ("right", "poor 3.00")]
    bars = [(mark.x, mark.x2) for mark in marks if mark.part == "group"]
    # Three tasks tell nobody apart, so one bar spans from the best to the worst.
    assert bars == [(1.0, 3.0)]


def test_a_critical_difference_is_never_drawn_past_the_worst_place():
    up = [1.0, 2.0, 3.0, 4.0, 5.0]
    columns = {"good": up, "fair": [2.0, 1.0, *up[2:]], "poor": up[::-1]}
    (standings,) = board_of([published(columns, task=f"t{i}", space="s") for i in range(3)]).overall
    assert isinstance(standings.friedman, Friedman)
    wide = dataclasses.replace(standings.friedman, critical_difference=99.0)
    (bar,) = (mark for mark in draw_diagram(standings, wide) if mark.part == "difference")
    assert (bar.x, bar.x2, bar.text) == (1, 3, "critical difference 99.00")


def test_computed_boards_are_run_again_by_one_command():
    board = board_of(varied(), suite="my suite")
    assert reproduce_commands(board) == (
        "harness run 'my suite' --seed 0 --batch noise:8 --identical computation --sample 40",
    )


def test_published_boards_are_ranked_again_together():
    tasks = [published({"a": [1.0, 2.0, 3.0]}, task=name) for name in ("t1", "t2")]
    again = "harness report --published t1 t2 --identical computation"
    assert reproduce_commands(board_of(tasks)) == (again,)


def test_the_library_is_read_from_the_cache_once_it_is_there(tmp_path, monkeypatch):
    monkeypatch.setenv("HARNESS_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr("vl_convert.javascript_bundle", lambda snippet: "a('</script>')\r\n")
    library.cache_clear()
    try:
        assert library() == "a('<\\/script>')\n"
        library.cache_clear()
        monkeypatch.setattr("vl_convert.javascript_bundle", pytest.fail)
        assert library() == "a('<\\/script>')\n"
    finally:
        library.cache_clear()


def test_a_cache_that_cannot_be_written_does_not_stop_the_page(tmp_path, monkeypatch):
    (tmp_path / "page").write_text("a file where the folder should be")
    monkeypatch.setenv("HARNESS_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr("vl_convert.javascript_bundle", lambda snippet: "a()")
    library.cache_clear()
    try:
        assert library() == "a()"
    finally:
        library.cache_clear()
