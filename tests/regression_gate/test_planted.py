"""Faults planted into the committed baseline; the repeats of docs/gate.md, fewer of them."""

import numpy as np
import pytest

from harness.regression_gate import Kind
from tests.regression_gate.planted import (
    committed,
    detected,
    failed,
    faults,
    noise_for,
    published,
    redrawn,
    rerun_elsewhere,
)

VERDICTS = {
    "nothing changed": 0,
    "sign flip, version as before": 1,
    "sign flip, version bumped": 1,
    "0.02 worse, version as before": 1,
    "0.02 worse, version bumped": 0,
    "0.002 worse, version as before": 1,
    "0.002 worse, version bumped": 0,
    "NaN on 5 % of the cells": 4,
    "a plugin is missing": 4,
    "another truth hash on one task": 5,
    "another machine, digits as measured there": 0,
    "another machine and the sign flip": 1,
    "other cells": 5,
}


@pytest.fixture(scope="module")
def setting():
    return committed()


@pytest.fixture(scope="module")
def judged(setting):
    return dict(faults(setting))


def test_every_planted_fault_has_a_verdict(judged):
    assert judged.keys() == VERDICTS.keys()


@pytest.mark.parametrize(("fault", "code"), VERDICTS.items())
def test_a_planted_fault_gets_its_exit_code(judged, fault, code):
    assert judged[fault].exit_code == code


@pytest.mark.parametrize("fall", [0.02, 0.002])
def test_an_undeclared_change_is_seen_as_drift_however_small_its_effect(judged, fall):
    findings = judged[f"{fall} worse, version as before"].findings
    assert Kind.DRIFT in {finding.kind for finding in findings}


@pytest.mark.parametrize("fall", [0.02, 0.002])
def test_a_declared_fall_that_100_cells_cannot_tell_from_noise_is_a_warning(judged, fall):
    findings = judged[f"{fall} worse, version bumped"].findings
    kinds = {finding.kind for finding in findings}
    assert Kind.FALL in kinds
    assert Kind.REGRESSION not in kinds


def test_a_rerun_on_another_processor_raises_no_false_alarm(setting):
    def once(draws: np.random.Generator):
        return setting.judged(rerun_elsewhere(setting.baseline, draws))

    assert failed(once, 10) == 0


def test_other_draws_of_every_plugin_raise_no_false_alarm(setting):
    assert failed(lambda draws: redrawn(setting, draws), 10) == 0


@pytest.mark.shared_data
@pytest.mark.slow
def test_a_fall_of_two_hundredths_is_detected_on_five_thousand_cells_and_a_tenth_of_it_is_not(
    shared_data,
):
    where = published(5000)
    large, small = noise_for(where, 0.02), noise_for(where, 0.002)
    assert failed(lambda draws: detected(where, large, draws), 20) >= 18
    assert failed(lambda draws: detected(where, small, draws), 20) == 0
