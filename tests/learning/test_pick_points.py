"""What predictors pick after so many labels, and how sure they were."""

import numpy as np
import pytest

from harness.learning import Experiment, fit_all, pick_points
from harness.learning.pick_points import pick_point
from harness.learning.picks import Pick
from harness.plugins.preparation import normal_scores
from harness.predictor import Predictions
from harness.reports.predictors import PredictorCurves
from tests.learning.conftest import loaded

ONE = Experiment(sizes=(8,), repeats=2)


def quiet(done, total):
    pass


def knowing(pool, targets, deviation, sign=1.0):
    """A predictor that is told the truth, and says that it may be off."""
    by_text = dict(zip(pool.texts, targets, strict=True))

    def fit(labelled, seed):
        def predict(inputs):
            values = np.array([by_text[each.text] for each in inputs.subjects.architectures])
            return Predictions(values=sign * values, deviations=np.full(inputs.n, deviation))

        return predict

    return fit


def point_of(pool, tmp_path, fit, *, in_unit):
    fitted = fit_all(pool, [loaded(fit, "told", in_unit=in_unit)], ONE, tmp_path, quiet)
    (point,) = pick_points(fitted)
    return fitted, point


def test_who_knows_the_truth_regrets_nothing_and_is_inside_every_interval(pool, tmp_path):
    fit = knowing(pool, pool.labels, 0.01)
    _, point = point_of(pool, tmp_path, fit, in_unit=True)
    assert point.regret.value.value == 0.0
    assert point.calibration.inside == (1.0, 1.0, 1.0)
    assert point.calibration.crps < 0.05
    assert point.calibrated == 2


def test_who_predicts_an_order_is_held_against_quantiles_of_ranks(pool, tmp_path):
    fit = knowing(pool, normal_scores(pool.labels), 0.01)
    _, order = point_of(pool, tmp_path / "order", fit, in_unit=False)
    _, unit = point_of(pool, tmp_path / "unit", fit, in_unit=True)
    assert order.calibration.inside == (1.0, 1.0, 1.0)
    assert max(unit.calibration.inside) < 0.5


def test_no_interval_of_a_regret_goes_below_nothing():
    picks = [Pick(above=0.0, regret=regret, of_range=0.1) for regret in (0.0, 2.0)]
    interval = pick_point("any", 8, picks).regret.interval
    assert interval.low == 0.0  # 1 less 12.7 without the bound
    assert interval.high == pytest.approx(1 + 12.706, abs=1e-3)


def test_who_takes_the_worst_for_the_best_regrets_the_whole_range(pool, tmp_path):
    fit = knowing(pool, pool.labels, 0.01, sign=-1.0)
    fitted, point = point_of(pool, tmp_path, fit, in_unit=True)
    ranges = [float(np.ptp(pool.labels[draw.evaluation])) for draw in fitted.draws]
    assert point.regret.value.value == pytest.approx(np.mean(ranges))
    assert point.above.value.value > 0.9
    # it is sure of its pick, so it expects next to nothing above it
    assert point.calibration.expected_above < 0.1


def test_a_failed_fit_picks_any_architecture_and_says_nothing_of_how_sure_it_is(pool, tmp_path):
    def fit(labelled, seed):
        raise ValueError("no")

    _, point = point_of(pool, tmp_path, fit, in_unit=True)
    assert point.calibration is None
    assert point.calibrated == 0
    assert 0.3 < point.above.value.value < 0.7


def test_the_table_has_a_row_a_predictor_and_size_with_what_it_expects(pool, tmp_path):
    fit = knowing(pool, pool.labels, 0.01)
    fitted, point = point_of(pool, tmp_path, fit, in_unit=True)
    predicted = PredictorCurves(fitted=fitted, curves=(), picks=(point,))
    (row,) = predicted.pick_table.texts
    cells = dict(zip(predicted.pick_table.heads, row, strict=True))
    assert cells["predictor"] == "told"
    assert cells["inside 95%"] == "100%"
    assert cells["expected"] == f"{point.calibration.expected_above:.1%}"
