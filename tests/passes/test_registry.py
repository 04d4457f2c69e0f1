"""Every pass says what it gives."""

import pkgutil
from importlib import import_module

import pytest

import harness.passes
from harness.passes.observation import Pass
from harness.passes.registry import passes


def test_every_pass_of_the_package_is_listed_once():
    constants = {
        id(value)
        for module in pkgutil.walk_packages(harness.passes.__path__, "harness.passes.")
        for value in vars(import_module(module.name)).values()
        if isinstance(value, Pass)
    }
    assert len(passes()) == len(constants)
    assert len({described.name for described in passes()}) == len(constants)


@pytest.mark.parametrize("described", passes(), ids=lambda described: described.name)
def test_a_pass_says_shape_unit_and_what_it_is(described):
    assert described.shape
    assert described.unit
    assert described.summary.endswith(".")
