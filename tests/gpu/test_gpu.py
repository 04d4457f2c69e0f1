"""What `tests/gpu/run.sh` measures, held to what it has to be: on a machine with a CUDA device."""

import time

import pytest
import torch

from tests.gpu.bench import Bench
from tests.gpu.measure import STEPS, measure, start_step

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(
        not torch.cuda.is_available(), reason="there is no CUDA device on this machine"
    ),
]


@pytest.mark.parametrize("step", STEPS)
def test_a_step_ends_and_its_figures_hold(step, tmp_path):
    bench = Bench(device="cuda", small=False, folder=tmp_path, clock=time.monotonic, workers=8)
    report = measure([step], bench, start_step, seconds=880, save=lambda report: None)
    assert not report.broken
    assert not report.missing
    assert {check.holds for check in report.steps[0].checks} == {True}
