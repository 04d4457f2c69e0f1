import numpy as np
import pytest
from scipy import integrate, stats

from harness.metrics.calibration import crps, crps_of_all, expected_share_above, share_inside


def test_a_standard_normal_holds_half_of_itself_within_two_thirds_of_a_deviation():
    # the quartiles of a normal distribution are .6745 deviations from its mean
    truth = np.array([0.67, -0.67, 0.68, -0.68])
    assert share_inside(np.zeros(4), np.ones(4), truth, 0.5) == 0.5
    assert share_inside(np.full(4, 3.0), np.full(4, 2.0), 2 * truth + 3, 0.5) == 0.5


def test_predictions_that_are_what_the_truth_is_drawn_from_are_calibrated():
    generator = np.random.default_rng(0)
    means, deviations = generator.normal(size=20_000), generator.uniform(0.1, 3, 20_000)
    truth = generator.normal(means, deviations)
    for level in (0.5, 0.8, 0.95):
        # three standard errors of a share of 20,000
        within = 3 * np.sqrt(level * (1 - level) / 20_000)
        assert share_inside(means, deviations, truth, level) == pytest.approx(level, abs=within)
        assert share_inside(means, deviations / 2, truth, level) < level - 10 * within


def test_the_interval_of_a_certain_prediction_holds_its_own_value_alone():
    assert share_inside(np.array([1.0, 1.0]), np.zeros(2), np.array([1.0, 1.1]), 0.95) == 0.5


@pytest.mark.parametrize(("mean", "deviation", "truth"), [(0, 1, 0), (2, 0.5, 1), (-1, 3, 4)])
def test_crps_is_the_squared_distance_of_distribution_functions(mean, deviation, truth):
    def squared(at):
        return (stats.norm.cdf(at, mean, deviation) - (at >= truth)) ** 2

    area = sum(integrate.quad(squared, *ends)[0] for ends in ((-40, truth), (truth, 40)))
    scored = crps(np.array([mean]), np.array([deviation]), np.array([truth]))
    assert scored == pytest.approx(area, rel=1e-6)


def test_crps_of_a_certain_prediction_is_its_absolute_error():
    certain = crps(np.array([1.0, 2.0]), np.zeros(2), np.array([4.0, 1.0]))
    assert certain == 2.0
    almost = crps(np.array([1.0, 2.0]), np.full(2, 1e-9), np.array([4.0, 1.0]))
    assert almost == pytest.approx(certain)


def test_no_other_distribution_scores_lower_than_that_of_the_truth():
    truth = stats.norm.ppf((np.arange(1000) + 0.5) / 1000)
    own = crps(np.zeros(1000), np.ones(1000), truth)
    assert own == pytest.approx(1 / np.sqrt(np.pi), abs=1e-3)
    for mean, deviation in ((0, 0.8), (0, 1.25), (0.3, 1), (0, 0)):
        assert crps(np.full(1000, mean), np.full(1000, deviation), truth) > own + 1e-3


def test_who_gives_all_networks_the_distribution_of_all_has_half_their_mean_difference():
    truth = np.array([3.0, 1.0, 1.0, 7.0])
    assert crps_of_all(truth) == pytest.approx(np.abs(truth[:, None] - truth).mean() / 2)
    normal = stats.norm.ppf((np.arange(5000) + 0.5) / 5000)
    assert crps_of_all(normal) == pytest.approx(1 / np.sqrt(np.pi), abs=1e-3)
    assert crps_of_all(normal) == pytest.approx(crps(np.zeros(5000), np.ones(5000), normal), 1e-3)


def test_the_share_above_is_how_often_draws_are_above_the_draw_of_the_highest():
    generator = np.random.default_rng(0)
    means, deviations = np.array([0.0, 2.0, 1.5, -1.0]), np.array([1.0, 0.5, 2.0, 0.0])
    draws = means + deviations * generator.normal(size=(200_000, 4))
    above = (draws > draws[:, [1]]).mean(axis=0)
    above[1] = 0.5
    assert expected_share_above(means, deviations) == pytest.approx(above.mean(), abs=3e-3)


def test_who_is_certain_expects_nothing_above_but_half_of_the_pick():
    assert expected_share_above(np.array([1.0, 3.0, 2.0]), np.zeros(3)) == pytest.approx(0.5 / 3)
    # of two equal ones any is picked, and each is half above the other
    assert expected_share_above(np.array([3.0, 3.0]), np.zeros(2)) == pytest.approx(0.5)
