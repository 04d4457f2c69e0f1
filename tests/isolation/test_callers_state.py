"""What a caller has set in torch and numpy reaches no score, and is in force again afterwards."""

import json
from contextlib import suppress

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils import flop_counter

import harness
from harness.isolation import as_torch_comes, process_guard

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
    "precision": lambda: chosen(torch.set_float32_matmul_precision, "medium", "highest"),
    "numpy raises": lambda: entered(np.errstate(all="raise")),
}


@pytest.fixture(scope="module")
def expected():
    return scores()


@pytest.mark.parametrize("name", STATES)
def test_what_a_caller_has_set_changes_no_score(name, expected):
    leave = STATES[name]()
    try:
        before = process_guard().state().values
        found = scores()
        assert process_guard().state().values == before
    finally:
        leave()
    assert found == expected
    assert all(status == "scored" for _, status, _ in found)


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
