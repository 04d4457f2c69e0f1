import numpy as np
import pytest

from harness.metrics import Defined, Sample, Undefined, find_metric, measure


@pytest.mark.parametrize(
    ("name", "expected"),
    # Errors 0, 1, 1, 2: mean 1; squares 0, 1, 1, 4: mean 3/2. Truth 1, 2, 3, 4 has spread 5.
    [("mae", 1.0), ("rmse", 1.5**0.5), ("r2", 1 - 6 / 5)],
)
def test_errors_of_four_predictions_are_those_by_hand(name, expected):
    sample = Sample(scores=np.array([1.0, 3, 2, 6]), truth=np.array([1.0, 2, 3, 4]))
    assert measure(find_metric(name), sample) == Defined(value=pytest.approx(expected, abs=1e-15))


def test_r2_of_constant_truth_is_undefined():
    sample = Sample(scores=np.arange(3.0), truth=np.full(3, 0.1))
    assert measure(find_metric("r2"), sample) == Undefined(reason="constant truth")


def test_calibration_error_is_the_mean_gap_of_ten_bins():
    # Ten bins of two; in each the truth exceeds the prediction by 1 and 3: mean gap 2
    scores = np.arange(20.0)
    sample = Sample(scores=scores, truth=scores + np.tile([1.0, 3.0], 10))
    value = measure(find_metric("calibration-error"), sample)
    assert value == Defined(value=pytest.approx(2.0, abs=1e-12))


def test_calibration_error_sees_gaps_that_cancel_over_all_predictions():
    # The lower half is 1 too low and the upper half 1 too high
    scores = np.arange(20.0)
    sample = Sample(scores=scores, truth=scores + np.where(scores < 10, 1.0, -1.0))
    value = measure(find_metric("calibration-error"), sample)
    assert value == Defined(value=pytest.approx(1.0, abs=1e-12))


def test_equal_predictions_are_calibrated_by_their_mean():
    # One run of ties: its mean truth, 1/2, is the prediction
    sample = Sample(scores=np.full(20, 0.5), truth=np.tile([0.0, 1.0], 10))
    value = measure(find_metric("calibration-error"), sample)
    assert value == Defined(value=pytest.approx(0.0, abs=1e-12))
