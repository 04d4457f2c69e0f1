"""What a caller has set in torch and numpy reaches no score, and is in force again afterwards."""

import json
import operator
from contextlib import suppress
from functools import partial

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils import flop_counter

import harness
from harness.isolation import as_torch_comes, process_guard
from harness.isolation.switches import switches

PROXIES = ["grad_norm", "synflow", "nwot", "zen", "w_pca"]


def network():
    body = (nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.AdaptiveAvgPool2d(1))
    return nn.Sequential(*body, nn.Flatten(), nn.Linear(4, 10))


def scores():
    """Score a network that the harness builds, and a search space in this process."""
    done = harness.score(network, shape=(3, 8, 8), batch="noise:4", proxies=PROXIES)
    return [(row.proxy, row.status, row.score) for row in done.scores]


def entered(context):
    context.__enter__()
    return lambda: context.__exit__(None, None, None)


def chosen(switch, value, usual):
    switch(value)
    return lambda: switch(usual)


PRECISIONS = ("backends", "backends.mkldnn.matmul", "backends.cuda.matmul")
PRECISIONS = PRECISIONS if hasattr(torch.backends, "fp32_precision") else ()
"""What torch 2.9 and later have beside `torch.set_float32_matmul_precision`."""


def rounding(path):
    owner = operator.attrgetter(path)(torch)
    owner.fp32_precision = "tf32"
    return lambda: setattr(owner, "fp32_precision", "none")


STATES = {
    "inference mode": lambda: entered(torch.inference_mode()),
    "no gradients": lambda: entered(torch.no_grad()),
    "autocast": lambda: entered(torch.autocast("cpu")),
    "anomaly detection": lambda: entered(torch.autograd.set_detect_anomaly(True)),
    "a device": lambda: entered(torch.device("meta")),
    "default device": lambda: chosen(torch.set_default_device, "meta", None),
    "counting FLOPs": lambda: entered(flop_counter.FlopCounterMode(display=False)),
    "default dtype": lambda: chosen(torch.set_default_dtype, torch.float64, torch.float32),
    "deterministic": lambda: chosen(torch.use_deterministic_algorithms, True, False),
    "numpy raises": lambda: entered(np.errstate(all="raise")),
}
ROUNDING = {
    "precision": lambda: chosen(torch.set_float32_matmul_precision, "medium", "highest"),
    **{f"{path} rounds": partial(rounding, path) for path in PRECISIONS},
}
"""States in whose place is one that is as exact as the usual one."""


@pytest.fixture(scope="module")
def expected():
    return scores()


@pytest.mark.parametrize("name", [*STATES, *ROUNDING])
def test_what_a_caller_has_set_changes_no_score(name, expected):
    leave = (STATES | ROUNDING)[name]()
    try:
        before = process_guard().state().values
        found = scores()
        assert process_guard().state().values == before
    finally:
        leave()
    assert found == expected
    assert all(status == "scored" for _, status, _ in found)


@pytest.mark.parametrize("name", ROUNDING)
def test_no_block_rounds_factors(name):
    leave = ROUNDING[name]()
    try:
        with as_torch_comes():
            precisions = [
                each.read()
                for each in switches()
                if each.name.endswith("fp32_precision") and "cudnn" not in each.name
            ]
            assert {"tf32", "bf16"}.isdisjoint(precisions)
    finally:
        leave()


@pytest.mark.parametrize("name", STATES)
def test_a_block_computes_as_in_a_new_process(name):
    usual = process_guard().state().values
    leave = STATES[name]()
    try:
        before = process_guard().state().values
        assert before != usual
        with suppress(KeyboardInterrupt), as_torch_comes():
            assert process_guard().state().values == usual
            raise KeyboardInterrupt
        assert process_guard().state().values == before
    finally:
        leave()
    assert process_guard().state().values == usual


def test_a_run_in_this_process_stores_what_workers_store(tmp_path):
    options = {"plugins": PROXIES[:2], "sample": 2, "workers": 0}
    usual = harness.frame(harness.run("smoke", results=tmp_path / "usual", **options))
    with torch.autocast("cpu"), torch.inference_mode():
        other = harness.frame(harness.run("smoke", results=tmp_path / "other", **options))
    columns = ["plugin", "scored", "spearman"]
    assert usual[columns].equals(other[columns])
    assert stored(tmp_path / "usual") == stored(tmp_path / "other")


def stored(folder):
    (file,) = folder.glob("runs/*/scores.jsonl")
    records = map(json.loads, file.read_text().splitlines())
    return {
        record["architecture"]: {
            key: score["outcome"]["components"] for key, score in record["scores"].items()
        }
        for record in records
    }
