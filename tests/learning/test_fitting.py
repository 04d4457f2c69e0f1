import json
from dataclasses import replace

import numpy as np
import pytest

from harness.core.direction import Direction
from harness.core.errors import DataError, InfrastructureError, UsageError
from harness.encodings import NO_SCORES, encoding
from harness.learning import Experiment, curves, fit_all, pick_points, pool_of
from harness.metrics import Defined, Range, Undefined, find_metric
from harness.records.environment import capture
from harness.records.fit import FITS, FitFailed, Predicted, fits_path
from harness.records.store import Store
from harness.reports.predictors import PredictorCurves, predictor_page, write_predictor_curves
from harness.spaces.registry import space
from harness.truth import Unit
from tests.learning.conftest import loaded
from tests.truth_tables import truth_table

SMALL = Experiment(sizes=(8, 16), repeats=3)
FEW = Experiment(sizes=(8,), repeats=1)


def quiet(done: int, total: int) -> None:
    pass


def test_a_predictor_that_knows_the_answer_ranks_well_and_is_fitted_once_a_draw(
    pool, counting, tmp_path
):
    fitted = fit_all(pool, [counting.loaded()], SMALL, tmp_path, quiet)
    assert counting.fits == 6
    (tau, _) = curves(fitted)
    assert [point.labels for point in tau.points] == [8, 16]
    assert isinstance(tau.points[0].mean.value, Defined)
    # cells with equally many convolutions tie in the prediction, so tau stays below 1
    assert tau.points[0].mean.value.value > 0.8


def test_what_was_fitted_is_not_fitted_again_and_says_the_same(pool, counting, tmp_path):
    first = fit_all(pool, [counting.loaded()], SMALL, tmp_path, quiet)
    second = fit_all(pool, [counting.loaded()], SMALL, tmp_path, quiet)
    assert (counting.fits, first.reused, second.reused) == (6, 0, 6)
    pages = [
        write_predictor_curves(
            PredictorCurves(fitted=fitted, curves=curves(fitted), picks=pick_points(fitted)),
            tmp_path,
        )[0].read_text()
        for fitted in (first, second)
    ]
    assert pages[0] == pages[1]


def test_another_size_reuses_the_fits_of_a_fixed_evaluation_population(pool, counting, tmp_path):
    small = Experiment(sizes=(8,), repeats=3, evaluate_on=20)
    larger = Experiment(sizes=(8, 16), repeats=4, evaluate_on=20)
    fit_all(pool, [counting.loaded()], small, tmp_path, quiet)
    assert fit_all(pool, [counting.loaded()], larger, tmp_path, quiet).reused == 3


def test_a_new_version_is_fitted_anew(pool, counting, tmp_path):
    fit_all(pool, [counting.loaded()], SMALL, tmp_path, quiet)
    fitted = fit_all(pool, [counting.loaded(version="2")], SMALL, tmp_path, quiet)
    assert fitted.reused == 0


def test_other_truth_is_another_fit(pool, counting, make_table, tmp_path):
    fit_all(pool, [counting.loaded()], SMALL, tmp_path, quiet)
    values = {text: float(index) for index, text in enumerate(pool.texts)}
    other = replace(make_table(values), digest="1" * 64)
    fitted = fit_all(pool_of(other, pool.texts), [counting.loaded()], SMALL, tmp_path, quiet)
    assert fitted.reused == 0


def test_a_kill_loses_at_most_the_fit_that_it_cut(pool, counting, tmp_path, caplog):
    fit_all(pool, [counting.loaded()], SMALL, tmp_path, quiet)
    path = tmp_path / "learning" / "made-up" / "fits.jsonl"
    path.write_bytes(path.read_bytes()[:-20])
    assert fit_all(pool, [counting.loaded()], SMALL, tmp_path, quiet).reused == 5
    assert "a run was stopped while writing it; that fit is done again" in caplog.text
    assert fit_all(pool, [counting.loaded()], SMALL, tmp_path, quiet).reused == 6


def test_a_damaged_line_is_named(pool, counting, tmp_path):
    fit_all(pool, [counting.loaded()], SMALL, tmp_path, quiet)
    path = tmp_path / "learning" / "made-up" / "fits.jsonl"
    path.write_text(path.read_text().replace('"labels":8', '"labels":9', 1))
    with pytest.raises(DataError, match=r"fits\.jsonl:1: the record is damaged"):
        fit_all(pool, [counting.loaded()], SMALL, tmp_path, quiet)


def test_two_processes_cannot_fit_into_one_log(tmp_path):
    environment = capture(threads=1, workers=1, gpu=None)
    store = Store(tmp_path)
    log = store.log(fits_path("made-up"), FITS)
    with (
        store.writing(log, environment),
        pytest.raises(InfrastructureError, match="another process is fitting into"),
        store.writing(log, environment),
    ):
        pass


def test_a_predictor_that_raises_is_a_failure_with_its_reason_and_stops_nothing(
    pool, counting, make, tmp_path
):
    def fit(labelled, seed):
        raise ValueError("too few labels for me")

    fitted = fit_all(pool, [make(fit), counting.loaded()], SMALL, tmp_path, quiet)
    first = fitted.records["mine"][8][0].result
    assert first == FitFailed(reason="ValueError: too few labels for me")
    failed, *_, good = curves(fitted, ["kendall"])
    assert isinstance(failed.points[0].mean.value, Undefined)
    (table,) = PredictorCurves(fitted=fitted, curves=[failed], picks=()).tables
    assert "too few labels for me" in table.texts[0][1]
    assert isinstance(good.points[0].mean.value, Defined)


def test_predictions_that_are_not_finite_are_a_failure(pool, make, tmp_path):
    fitted = fit_all(
        pool, [make(lambda labelled, seed: lambda inputs: np.full(inputs.n, np.inf))], SMALL,
        tmp_path, quiet,
    )  # fmt: skip
    result = fitted.records["mine"][16][2].result
    assert isinstance(result, FitFailed)
    assert "predictions are finite" in result.reason


def test_a_predictor_sees_the_labels_of_its_draw_and_no_others(pool, make, tmp_path):
    seen = []

    def fit(labelled, seed):
        seen.append((labelled.labels.shape, labelled.inputs.n, labelled.unlabelled.n))
        return lambda inputs: np.zeros(inputs.n)

    fit_all(pool, [make(fit)], Experiment(sizes=(8,), repeats=1), tmp_path, quiet)
    assert seen == [((8,), 8, 0)]


def test_a_semi_supervised_one_sees_all_others_without_labels(pool, make, tmp_path):
    seen = []

    def fit(labelled, seed):
        seen.append(labelled.unlabelled.n)
        return lambda inputs: np.zeros(inputs.n)

    chosen = [make(fit, semi_supervised=True)]
    fit_all(pool, chosen, Experiment(sizes=(8,), repeats=1), tmp_path, quiet)
    assert seen == [72]


def test_a_task_where_lower_is_better_is_turned_round(pool, make_table):
    values = {text: float(index) for index, text in enumerate(pool.texts)}
    lower = pool_of(make_table(values, Direction.LOWER), pool.texts)
    assert lower.labels.tolist() == [-float(index) for index in range(80)]


def test_a_space_that_a_predictor_does_not_support_is_refused(pool, make, tmp_path):
    with pytest.raises(UsageError, match="predictor mine supports darts, not nas-bench-201"):
        fit_all(pool, [make(lambda *_: None, spaces=("darts",))], SMALL, tmp_path, quiet)


def test_beside_others_a_predictor_that_says_nothing_of_a_task_is_skipped(
    pool, make, counting, tmp_path
):
    others = [
        make(lambda *_: None, name="elsewhere", spaces=("darts",)),
        make(lambda *_: None, name="scored", encoding=encoding("zc")),
    ]
    unscored = replace(pool, subjects=replace(pool.subjects, scores=NO_SCORES))
    fitted = fit_all(unscored, [*others, counting.loaded()], SMALL, tmp_path, quiet)
    assert set(fitted.records) == {"counting"}
    assert list(fitted.skipped) == ["elsewhere", "scored"]
    assert "the encoding zc needs zero-cost scores" in fitted.skipped["scored"]
    facts = PredictorCurves(fitted=fitted, curves=curves(fitted), picks=pick_points(fitted)).facts
    assert "skipped: elsewhere (predictor elsewhere supports darts" in facts


def test_other_code_of_a_space_from_outside_is_another_fit(write_space, make_table, make, tmp_path):
    texts = [str(number) for number in range(22)]
    reused = []
    for body in ("pass", "pass", "text = text[::-1]"):
        own = space(str(write_space(texts=texts, body=body)))
        table = make_table({text: float(text) for text in texts})
        subjects = pool_of(replace(table, space=own.name), texts)
        fitted = fit_all(
            subjects, [make(lambda *_: lambda inputs: np.zeros(inputs.n))], FEW, tmp_path, quiet
        )
        reused.append(fitted.reused)
    assert reused == [0, 1, 0]


def test_a_metric_in_the_unit_of_the_truth_makes_no_curve(pool, counting, tmp_path):
    fitted = fit_all(pool, [counting.loaded()], SMALL, tmp_path, quiet)
    with pytest.raises(UsageError, match="metric mae needs"):
        curves(fitted, ["mae"])


def test_an_experiment_needs_sizes_of_two_or_more():
    with pytest.raises(UsageError, match="make no curve"):
        Experiment(sizes=(1, 8))


def test_sizes_are_sorted_and_each_there_once():
    assert Experiment(sizes=(16, 8, 16)).sizes == (8, 16)


def test_equal_values_leave_nothing_to_predict(pool, make_table):
    with pytest.raises(UsageError, match="has the same value for all 80 architectures"):
        pool_of(make_table(dict.fromkeys(pool.texts, 1.0)), pool.texts)


def test_predictions_survive_storage_to_seven_digits():
    values = np.array([1 / 3, -1e-8, 93.21])
    assert Predicted.of(values, 0.1, 0.2).values == pytest.approx(values, rel=1e-7)
    assert Predicted.of(values, 0.1, 0.2).deviations is None
    stored = Predicted.of(values, 0.1, 0.2, np.abs(values))
    assert stored.deviations == pytest.approx(np.abs(values), rel=1e-7)


def test_a_record_survives_its_line(pool, counting, tmp_path):
    fitted = fit_all(pool, [counting.loaded()], SMALL, tmp_path, quiet)
    record = fitted.records["counting"][8][0]
    assert FITS.decode(FITS.encode(record), "here") == record


def test_all_forms_are_written_with_one_row_a_size_and_metric(pool, counting, tmp_path):
    fitted = fit_all(pool, [counting.loaded()], SMALL, tmp_path, quiet)
    predicted = PredictorCurves(fitted=fitted, curves=curves(fitted), picks=pick_points(fitted))
    paths = write_predictor_curves(predicted, tmp_path)
    assert [path.suffix for path in paths] == [".md", ".csv", ".json", ".html"]
    assert len(paths[1].read_text().splitlines()) == 1 + 2 * 2
    assert {row["evaluated"] for row in predicted.data.records} == {64}
    assert predicted.tables[0].heads[:3] == ["predictor", "kendall at 8", "kendall at 16"]
    assert "on the 64 architectures outside the largest draw" in paths[0].read_text()


def guessing(labelled, seed):
    return lambda inputs: np.random.default_rng(seed).normal(size=inputs.n)


def test_every_other_predictor_is_held_against_the_first_on_the_same_draws(
    pool, counting, tmp_path
):
    both = [counting.loaded(), loaded(guessing, "guessing", stochastic=True)]
    fitted = fit_all(pool, both, SMALL, tmp_path, quiet)
    predicted = PredictorCurves(fitted=fitted, curves=curves(fitted), picks=pick_points(fitted))
    _, (metric, name, less, at_8, _) = predicted.difference_table.rows
    assert (metric, name, less) == ("spearman", "guessing", "counting")
    # the first is at about .9, the other at about 0
    assert at_8.value.value == pytest.approx(-0.9, abs=0.3)
    stored = {
        (row["predictor"], row["metric"], row["labels"]): row for row in predicted.data.records
    }
    assert stored["guessing", "spearman", 8]["difference"] == at_8.value.value
    assert stored["guessing", "spearman", 8]["difference_low"] == at_8.interval.low
    assert stored["counting", "spearman", 8]["difference"] is None
    assert "Paired differences" in predictor_page(predicted)


def test_one_predictor_alone_has_no_table_of_differences(pool, counting, tmp_path):
    fitted = fit_all(pool, [counting.loaded()], SMALL, tmp_path, quiet)
    predicted = PredictorCurves(fitted=fitted, curves=curves(fitted), picks=pick_points(fitted))
    assert [table.title for table in predicted.further_tables] == ["Picks and calibration"]


def test_one_size_has_no_column_for_an_area(pool, counting, tmp_path):
    single = Experiment(sizes=(8,), repeats=2)
    fitted = fit_all(pool, [counting.loaded()], single, tmp_path, quiet)
    table, _ = PredictorCurves(
        fitted=fitted, curves=curves(fitted), picks=pick_points(fitted)
    ).tables
    assert "area" not in table.heads
    assert [len(row) for row in table.rows] == [len(table.heads)]


def test_the_libraries_that_learn_are_on_record(pool, counting, tmp_path):
    fit_all(pool, [counting.loaded()], SMALL, tmp_path, quiet)
    (path,) = (tmp_path / "environments").glob("*.json")
    assert "scikit-learn" in json.loads(path.read_text())["packages"]


def test_the_best_accuracy_that_is_found_has_the_range_of_accuracies(pool, make_table):
    best, regret = find_metric("best@3"), find_metric("regret@3")
    for unit, direction, low, high, most in (
        (Unit.PERCENT, Direction.HIGHER, 0.0, 100.0, 100.0),
        (Unit.PERCENT, Direction.LOWER, -100.0, 0.0, 100.0),
        (Unit.MILLISECONDS, Direction.LOWER, -np.inf, 0.0, np.inf),
        (Unit.NUMBER, Direction.HIGHER, -np.inf, np.inf, np.inf),
    ):
        of_unit = pool_of(replace(make_table(pool.truth.values, direction), unit=unit), pool.texts)
        assert of_unit.range_of(best) == Range(low=low, high=high)
        assert of_unit.range_of(regret) == Range(low=0.0, high=most)
    assert pool.range_of(find_metric("kendall")) == Range(low=-1.0, high=1.0)


def test_intervals_of_the_best_accuracy_end_at_the_highest_that_there_can_be(pool, tmp_path):
    values = {text: 99.9 if text.count("conv") >= 3 else 80.0 for text in pool.texts}
    truth = replace(truth_table(values, "made-up", "nas-bench-201"), unit=Unit.PERCENT)
    signs = iter((1, -1, 1))

    def fit(labelled, seed):
        sign = next(signs)
        convs = [i for i, name in enumerate(labelled.inputs.features.columns) if "conv" in name]
        return lambda inputs: sign * inputs.features.values[:, convs].sum(axis=1)

    three = Experiment(sizes=(8,), repeats=3)
    fitted = fit_all(pool_of(truth, pool.texts), [loaded(fit)], three, tmp_path, quiet)
    (curve,) = curves(fitted, ["best@1"])
    (point,) = curve.points
    assert sorted(value.value for value in point.repeats) == [80.0, 99.9, 99.9]
    assert point.mean.interval.low < 93 < point.mean.interval.high <= 100.0
