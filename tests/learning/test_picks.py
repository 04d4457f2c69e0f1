"""What the network is worth that is predicted highest, and how sure a predictor was of all."""

from dataclasses import replace

import numpy as np
import pytest

from harness.learning.leave_one_space_out import SpacesPlan, rank_by_scores
from harness.learning.picks import LEVELS, pick_of
from harness.predictor import Predictions
from harness.reports.leave_one_space_out import SpacesMatrix
from tests.learning.made_up_spaces import (
    SINGLE,
    least_squares,
    line,
    ranked_by,
    rows_by_label,
    space,
    spaces,
)
from tests.scored_tables import scored_table


def test_the_pick_is_what_is_highest_and_its_regret_what_the_best_has_more():
    truth = np.array([1.0, 5.0, 3.0, 4.0])
    pick = pick_of(truth, np.array([0, 2, 3]), np.array([0.0, 9.0, 1.0]))
    # row 2 is picked, of 1, 3 and 4; in its table of four it is the third, 2.5 / 4 from above
    assert pick.regret == 1.0
    assert pick.of_range == pytest.approx(1 / 3)
    assert pick.above == pytest.approx(2.5 / 4)


def test_of_equal_predictions_any_is_picked():
    truth = np.array([1.0, 5.0, 3.0, 4.0])
    pick = pick_of(truth, np.arange(4), np.zeros(4))
    assert pick.regret == pytest.approx(5 - 13 / 4)
    assert pick.above == pytest.approx(0.5)


def sure(deviation, fit=least_squares):
    """A line that says that its errors are of such a deviation."""

    def fitted(labelled, seed):
        predict = fit(labelled, seed)
        return lambda inputs: Predictions(
            values=predict(inputs), deviations=np.full(inputs.n, deviation)
        )

    return line(fit=fitted)


def calibrations(tmp_path, predictor):
    tables = [space(number, sign=0, noise=1.0) for number in range(5)]
    plan = SpacesPlan(labels=(0, 10), repeats=2)
    ranked = ranked_by(tables, tmp_path, predictor, plan=plan)
    for table in tables:
        ranked += rank_by_scores(SINGLE, table, table.scores["informs"], plan)
    rows = rows_by_label(ranked, tables)
    return tables, rows, rows["line (proxies; other spaces)", 0]


def test_who_is_too_sure_is_inside_less_than_it_says_and_scores_worse(tmp_path):
    # half of the variance is noise, so the error of a quantile has a deviation of about .7
    _, _, right = calibrations(tmp_path / "right", sure(0.75))
    _, _, too_sure = calibrations(tmp_path / "sure", sure(0.1))
    for level, inside in zip(LEVELS, right.calibration.inside, strict=True):
        assert inside.value.value == pytest.approx(level, abs=0.1)
        assert inside.interval.low <= inside.value.value <= inside.interval.high
    assert too_sure.calibration.inside[2].value.value < 0.4
    assert too_sure.calibration.crps.value.value > right.calibration.crps.value.value + 0.05
    # it expects less above its pick, and there is as much
    assert too_sure.pick == right.pick
    expected = too_sure.calibration.expected_above.value.value
    assert expected < right.calibration.expected_above.value.value
    surprise = too_sure.calibration.surprise.value.value
    assert surprise == pytest.approx(right.pick.above.value.value - expected)


def test_who_does_not_say_how_sure_it_is_and_who_failed_have_no_calibration(tmp_path):
    def failing(labelled, seed):
        if "task0" not in {n.text.split("-")[0] for n in labelled.inputs.subjects.architectures}:
            raise ValueError("not without task0")
        return least_squares(labelled, seed)

    tables, rows, row = calibrations(tmp_path, sure(0.75, fit=failing))
    assert row.failed == 1
    assert row.calibration is None
    # where it failed any network is picked
    assert row.pick.by_task["task0"].above == pytest.approx(0.5)
    assert rows["informs", 0].calibration is None
    assert set(rows["informs", 0].pick.by_task) == {table.task for table in tables}


@pytest.mark.parametrize(
    ("silent_fits", "note", "written"),
    [
        (1, "9 of 10 fits with 10 labels.", True),
        (4, "8 of 10 fits with 10 labels, none on task0, so that it has no mean.", False),
    ],
)
def test_who_gives_deviations_in_some_fits_alone_is_named(tmp_path, silent_fits, note, written):
    asked = []

    def in_some(labelled, seed):
        spaces_learnt = {n.text.split("-")[0] for n in labelled.inputs.subjects.architectures}
        asked.append(spaces_learnt == {"task0"})
        fit = least_squares if asked[-1] and sum(asked) <= silent_fits else sure(1.0).plugin.fit
        return fit(labelled, seed)

    # with labels of task0 it is fitted four times: on them and on errors, in two draws
    tables, rows, _ = calibrations(tmp_path, line(fit=in_some))
    plan = SpacesPlan(labels=(0, 10), repeats=2)
    matrix = SpacesMatrix(rows=tuple(rows.values()), tables=tuple(tables), plan=plan, failed={})
    assert repr(matrix).startswith(f"SpacesMatrix(rows=<{len(rows)}>, ")
    assert f"line (proxies; labels) gave deviations in {note}" in matrix.sure_in_part
    assert set(matrix.sure_in_part) < set(matrix.calibration.notes)
    (row,) = (row for row in matrix.calibration.rows if row[1:4] == (10, "proxies", "labels"))
    assert (row[4] is not None) == written


def test_a_proxy_without_scores_of_a_table_picks_any_network_there():
    tables = spaces()
    plan = SpacesPlan(labels=(0,))
    ranked = [
        each for table in tables[:3] for each in rank_by_scores(SINGLE, table, table.truth, plan)
    ]
    for table in tables[3:]:
        ranked += rank_by_scores(
            replace(SINGLE, name="other"), table, table.scores["informs"], plan
        )
    pick = rows_by_label(ranked, tables)["informs", 0].pick
    # it picks the best of 40 in three spaces, half of one network above, and any in the others
    assert pick.above.value.value == pytest.approx((0.5 / 40 + 0.5) / 2)
    assert len(pick.by_task) == 3


def test_a_table_with_too_few_networks_left_has_no_pick_and_no_calibration(tmp_path):
    few = scored_table(
        "few",
        "few",
        np.arange(19.0),
        {name: values[:19] for name, values in space(0).scores.items()},
    )
    tables = [few, *spaces()]
    plan = SpacesPlan(labels=(10,), repeats=2)
    ranked = ranked_by(tables, tmp_path, sure(0.5), plan=plan)
    for table in tables:
        ranked += rank_by_scores(SINGLE, table, table.scores["informs"], plan)
    rows = tuple(rows_by_label(ranked, tables).values())
    matrix = SpacesMatrix(rows=rows, tables=tuple(tables), plan=plan, failed={})
    columns = [column.head for column in matrix.data.columns]
    crps = columns.index("crps")
    values = {(row[0], row[columns.index("name")]): row[crps] for row in matrix.data.rows}
    assert values["few", "line"] is None
    assert values[tables[1].task, "line"] is not None
