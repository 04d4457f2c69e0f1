import csv
import io

import pytest

from harness.evaluation import Procedure, rank_tasks
from harness.reports.leaderboard import leaderboard_markdown, print_leaderboard
from harness.reports.leaderboard_tables import leaderboard_data
from harness.reports.overall_ranking import (
    overall_ranking_data,
    overall_ranking_sentences,
    paired_test_data,
)
from tests.score_tables import published

UP = [float(value) for value in range(1, 11)]
NEARLY = [2.0, 1.0, *UP[2:]]
A = {"good": UP, "fair": NEARLY, "poor": UP[::-1]}
PARTLY = {**A, "poor": UP[:9]}
QUICK = Procedure(names=("spearman", "partial-spearman"), resamples=200)


def board(*tasks):
    scores = [
        published(columns, task=f"t{index}", space=space)
        for index, (space, columns) in enumerate(tasks)
    ]
    return rank_tasks("suite", "edition", scores, QUICK)


def test_the_page_has_a_section_a_scope_before_the_boards():
    text = leaderboard_markdown(board(("s", A), ("s", A), ("z", A)))
    places = [
        text.index(part)
        for part in ("## Standings", "### s: 2 tasks", "### overall: 3 tasks of 2 spaces", "## t0")
    ]
    assert places == sorted(places)
    assert "| plugin | mean rank | mean spearman |\n| --- | ---: | ---: |\n| good | 1.00 |" in text
    assert "No interval: 2 tasks are too few to resample; 5 are needed." in text


def test_one_task_alone_has_no_standings_section():
    assert "Standings" not in leaderboard_markdown(board(("s", A)))


def test_mean_ranks_carry_their_interval_where_there_is_one():
    text = leaderboard_markdown(board(*[("s", A)] * 5))
    assert "| plugin | mean rank [95%] | mean spearman |" in text
    assert "| good | 1.00 [1.00, 1.00] | 1.000 |" in text


def test_few_tasks_say_that_no_pair_can_differ_rather_than_that_none_does():
    (ranking,) = board(*[("s", A)] * 6).overall
    # 2 / 2^6 = 0.031 times 3 pairs is above 0.05.
    assert overall_ranking_sentences(ranking)[-1] == (
        "Wilcoxon's test cannot tell any pair apart here: on 6 tasks its smallest p is 0.031, "
        "times 3 pairs (Holm)."
    )


def test_pairs_that_differ_are_listed_by_the_better():
    (ranking,) = board(*[("s", A)] * 7).overall
    # 2 / 2^7 = 0.0156 times 3 pairs is 0.047.
    assert overall_ranking_sentences(ranking)[-1] == (
        "3 of 3 pairs differ at 0.05 (Wilcoxon's signed-rank test, Holm): "
        "good from fair, poor; fair from poor."
    )


def test_plugins_that_are_not_ranked_are_named_with_their_number_of_tasks():
    text = leaderboard_markdown(board(("s", A), ("s", PARTLY)))
    assert "Not ranked, since complete on fewer than 2 tasks: poor (1)." in text


def test_a_scope_that_ranks_nobody_says_only_who_is_incomplete():
    nobody = {name: column[:9] for name, column in A.items()}
    (ranking,) = board(("s", A), ("s", {**nobody, "other": UP})).overall
    assert overall_ranking_sentences(ranking) == [
        "Not ranked, since complete on fewer than 2 tasks: fair (1), good (1), other (1), poor (1)."
    ]


def test_a_board_has_a_place_column_and_says_below_why_values_are_undefined():
    text = leaderboard_markdown(board(("s", PARTLY)))
    assert "| plugin | place [95%] | spearman | partial-spearman |" in text
    # A resample without one of the two architectures that fair exchanges lets both tie.
    assert "| good | 1 [1, 1.5] | 1.000 [1.000, 1.000] | undefined |" in text
    incomplete = text[text.index("Incomplete:") :]
    assert "| poor |  | " in incomplete
    sentence = (
        "partial-spearman is undefined for all: params, which it holds fixed, is neither a column "
        "of the space nor among the plugins."
    )
    assert text.count(sentence) == 1
    assert sentence.replace("all", "poor") in incomplete


def test_rows_of_boards_hold_the_place_and_its_interval():
    first, *_, last = leaderboard_data(board(("s", PARTLY))).records
    assert (first["place"], first["place_low"], first["place_high"]) == (1.0, 1.0, 1.5)
    assert (last["plugin"], last["place"], last["place_low"]) == ("poor", None, None)


def test_standings_rows_are_flat_alike_and_put_the_unranked_last():
    records = overall_ranking_data(board(("s", A), ("s", PARTLY))).records
    assert [record["plugin"] for record in records] == ["good", "fair", "poor"]
    assert [record["complete"] for record in records] == [2, 2, 1]
    assert [record["mean_rank"] for record in records] == [1.0, 2.0, None]
    assert records[0]["friedman"] is None
    assert len({tuple(record) for record in records}) == 1
    stream = io.StringIO()
    csv.DictWriter(stream, list(records[0])).writerows(records)
    assert stream.getvalue().count("\n") == 3


def test_test_rows_name_scope_and_pair():
    records = paired_test_data(board(*[("s", A)] * 7)).records
    assert [(record["first"], record["second"]) for record in records] == [
        ("good", "fair"),
        ("good", "poor"),
        ("fair", "poor"),
    ]
    assert {record["scope"] for record in records} == {"s"}
    assert records[0]["p_adjusted"] == 3 * records[0]["p_value"]


def test_a_terminal_shows_tasks_side_by_side_and_the_standings_below(capsys):
    print_leaderboard(board(("s", A), ("s", A)))
    shown = capsys.readouterr().out
    assert shown.index("t1") < shown.index("s: 2 tasks") < shown.index("mean rank")


def test_a_terminal_shows_many_tasks_by_their_standings_alone(capsys):
    print_leaderboard(board(*[("s", A)] * 7))
    shown = capsys.readouterr().out
    assert "t6" not in shown
    assert "s: 7 tasks" in shown


def test_a_single_task_shows_places(capsys):
    print_leaderboard(board(("s", A)))
    assert "3 [3, 3]" in capsys.readouterr().out


def test_a_plugin_that_is_absent_from_a_task_leaves_a_gap(capsys):
    without = {"good": UP, "fair": NEARLY}
    print_leaderboard(board(("s", A), ("s", without)))
    shown = capsys.readouterr().out.splitlines()
    assert next(line.split() for line in shown if line.startswith(" poor")) == [
        *("poor", "-1.000", "[-1.000,", "-1.000]", "undefined", "10/10")
    ]


@pytest.mark.parametrize("name", ["a|b", "a<b"])
def test_names_cannot_break_a_table(name):
    text = leaderboard_markdown(board(("s", {name: UP, "other": NEARLY})))
    assert f"| {name} |" not in text
