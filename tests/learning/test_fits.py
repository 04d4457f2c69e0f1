"""Fits of predictors from outside happen in a process of their own."""

import os

import pytest
import torch

from harness.catalog import FromFile
from harness.learning import Experiment, fit_all
from harness.records.fit import FitFailed, Predicted

SOURCE = """
import os
import numpy as np
import torch
from harness.encodings import encoding
from harness.predictor import Predictor

def fit(labelled, seed):
    {body}
    return lambda inputs: np.arange(inputs.n) + torch.rand(()).item()

PLUGIN = Predictor(
    name="mine", version="1", summary="a line", encoding=encoding("counts"), fit=fit, in_unit=False,
)
"""


@pytest.fixture
def fitted(pool, tmp_path):
    def fit(body):
        path = tmp_path / "mine.py"
        path.write_text(SOURCE.format(body=body))
        (loaded,) = FromFile(path=path).load_all()
        experiment = Experiment(sizes=(8,), repeats=2, seed=0)
        done = fit_all(pool, [loaded], experiment, tmp_path / "r", lambda done, total: None)
        return [record.result for record in done.records["mine"][8]]

    return fit


def test_it_is_another_process_and_the_same_for_all_fits(fitted):
    first, second = fitted("raise RuntimeError(os.getpid())")
    assert isinstance(first, FitFailed)
    assert first == second
    assert first.reason != f"RuntimeError: {os.getpid()}"


def test_who_leaves_the_process_changed_fails(fitted):
    for result in fitted("torch.set_default_dtype(torch.float64)"):
        assert isinstance(result, FitFailed)
        assert result.reason.startswith("mine leaves torch.get_default_dtype() (torch.float32, now")
    assert torch.get_default_dtype() is torch.float32


def test_a_process_that_dies_fails_one_fit(fitted):
    results = fitted("os._exit(3)")
    reason = "the process of mine died (exit code 3)"
    assert results == [FitFailed(reason=reason), FitFailed(reason=reason)]


def test_draws_from_global_generators_follow_the_seed_of_the_fit(fitted, tmp_path):
    first = fitted("pass")
    (tmp_path / "r").rename(tmp_path / "before")
    assert all(isinstance(result, Predicted) for result in first)
    assert [result.packed for result in first] == [result.packed for result in fitted("pass")]
