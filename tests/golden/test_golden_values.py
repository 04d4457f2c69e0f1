"""Every golden value is reproduced by the plugin of its name, alone and beside all the others."""

from __future__ import annotations

import importlib
from functools import cache

import pytest

from harness.passes.backward import BACKWARD
from harness.passes.workbench import Workbench
from harness.plugin import ZeroCostProxy
from tests.golden.networks import NAMES, golden
from tests.golden.reference import EXACT, REFERENCE
from tests.passes.subjects import score, subject, value

CASES = [(name, key) for name in NAMES for key in REFERENCE[name] if key != "loss"]


def _plugin(name: str) -> ZeroCostProxy:
    return importlib.import_module(f"harness.plugins.zero_cost.{name}").PLUGIN


def _bench(name: str, *plugins: ZeroCostProxy) -> Workbench:
    network = golden(name)
    return Workbench(
        subject(lambda: golden(name).network, network.inputs, network.labels),
        [needed for plugin in plugins for needed in plugin.passes] or [BACKWARD],
    )


@cache
def _beside_all_others(name: str) -> dict[str, float]:
    plugins = [_plugin(key) for key in REFERENCE[name] if key != "loss"]
    bench = _bench(name, *plugins)
    return {plugin.name: score(bench, plugin) for plugin in plugins}


def _expected(name: str, key: str) -> object:
    reference = REFERENCE[name][key]
    if key in EXACT:
        return pytest.approx(reference, abs=EXACT[key], rel=0.0)
    return pytest.approx(reference, rel=1e-3, abs=0.0)


@pytest.mark.parametrize(("name", "key"), CASES)
def test_a_proxy_alone_gives_its_golden_value(name: str, key: str) -> None:
    plugin = _plugin(key)
    assert score(_bench(name, plugin), plugin) == _expected(name, key)


@pytest.mark.parametrize(("name", "key"), CASES)
def test_a_proxy_beside_all_others_gives_its_golden_value(name: str, key: str) -> None:
    assert _beside_all_others(name)[key] == _expected(name, key)


@pytest.mark.parametrize("name", NAMES)
def test_the_loss_is_the_golden_loss(name: str) -> None:
    loss = value(_bench(name), BACKWARD).loss
    assert float(loss) == pytest.approx(REFERENCE[name]["loss"], rel=1e-3)


def test_the_reference_covers_the_same_measures_for_each_network() -> None:
    assert len({frozenset(REFERENCE[name]) for name in NAMES}) == 1
