"""What AnalogNAS-Bench's file holds and does not say."""

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr

from harness.core.errors import InfrastructureError
from harness.truth import load

pytestmark = pytest.mark.shared_data


def are_multiples(values: np.ndarray, step: float) -> np.ndarray:
    return np.abs(values / step - np.round(values / step)) < 1e-3


@pytest.mark.trap("analog-split-unnamed")
def test_accuracies_are_means_of_evaluations_of_ten_thousand_images(shared_data: Path) -> None:
    try:
        table = load("nb201-analog-baseline", shared_data)
    except InfrastructureError as error:
        pytest.skip(str(error))
    values = np.array(list(table.values.values()))
    others = values[~are_multiples(values, 0.0004)]
    assert (len(values), others.tolist()) == (15_625, [92.8475, 91.80559])
    assert round(float(are_multiples(values, 0.01).mean()), 2) == 0.06
    cells = load("nb201-cifar10-suite-zero", shared_data).values
    analog = [table.values[text] for text in cells]
    assert float(spearmanr(analog, list(cells.values()))[0]) == pytest.approx(0.980, abs=5e-4)
