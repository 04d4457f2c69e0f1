"""Every proxy on another device, by a stand-in that refuses what a GPU refuses."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from torch.utils import backend_registration

from tests.golden.networks import NAMES
from tests.golden.reference import EXACT, REFERENCE

if not hasattr(backend_registration, "_setup_privateuseone_for_python_backend"):
    pytest.skip("this torch lets no device be written in Python", allow_module_level=True)

from tests.passes.scores_on_standin import KINDS  # which an older torch cannot import

TRAINED = {"eproxy", "eproxy-no_barrier"}
"""Ten steps of training magnify the rounding of another memory layout."""


@pytest.fixture(scope="module")
def said():
    done = subprocess.run(
        [sys.executable, "-m", "tests.passes.scores_on_standin"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_every_proxy_says_on_another_device_what_it_says_on_the_processor(said, kind):
    on_cpu, on_standin = said["cpu"][kind], said["standin"][kind]
    assert len(on_cpu) > 50
    for name, expected in on_cpu.items():
        if isinstance(expected, dict):
            rounding = 0.05 if name in TRAINED else 2e-3
            assert on_standin[name] == pytest.approx(expected, rel=rounding), name
        else:
            assert on_standin[name] == expected, name


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_golden_values_are_reproduced_on_another_device(said, name):
    for key, expected in REFERENCE[name].items():
        if key == "loss":
            continue
        (value,) = said["standin"][name][key].values()
        within = {"abs": EXACT[key], "rel": 0.0} if key in EXACT else {"abs": 0.0, "rel": 1e-3}
        assert value == pytest.approx(expected, **within), key


def test_weights_that_eproxy_draws_anew_are_the_same_on_all_devices(said):
    on_cpu, on_standin = said["drawn"]
    assert len({tuple(weights) for weights in on_cpu.values()}) == len(on_cpu) == 5
    assert on_standin == on_cpu


def test_the_stand_in_refuses_what_a_gpu_refuses_and_nothing_else(said):
    refused = said["refused"]
    assert set(refused) == {
        "two devices",
        "an array",
        "numbers of its own",
        "sums without a weight",
    }
    assert "same device" in refused["two devices"]
    assert "draws on the device" in refused["numbers of its own"]
