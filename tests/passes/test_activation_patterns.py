from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from harness.core.errors import UnsupportedError
from harness.passes.activation_patterns import ACTIVATION_PATTERNS
from harness.passes.backward import HALF_GRADIENTS
from harness.plugins.zero_cost import l_swag
from tests.passes.subjects import bench, images, score, value


def patterns(*layers: nn.Module) -> int:
    return value(bench(lambda: nn.Sequential(*layers), ACTIVATION_PATTERNS), ACTIVATION_PATTERNS)


@pytest.mark.parametrize("layer", [nn.ReLU, nn.GELU, nn.SiLU, nn.Tanh, nn.LeakyReLU])
def test_units_are_on_where_they_are_positive_whatever_the_activation(layer) -> None:
    inputs, _ = images()
    assert patterns(layer()) == len(torch.unique(inputs.flatten(1) > 0, dim=1).T) > 1


def test_units_that_are_always_on_have_one_pattern() -> None:
    assert patterns(nn.Sigmoid()) == 1


def test_a_pattern_of_both_kinds_of_activation_counts_once() -> None:
    gelu, both = patterns(nn.GELU()), patterns(nn.GELU(), nn.ReLU())
    assert gelu == both > 1


def test_without_any_activation_function_there_are_no_patterns() -> None:
    with pytest.raises(UnsupportedError, match="has no feature map behind an activation function"):
        patterns(nn.Conv2d(3, 4, 3))


def test_the_score_is_patterns_times_logarithms_of_inverse_deviations() -> None:
    first, second = torch.tensor([1.0, -3.0, 2.0]), torch.tensor([-2.0, 3.0, 6.0])
    # deviations of absolute values: 1/2, 0 (left out), 2
    seen = {HALF_GRADIENTS: {"layer": (first, second)}, ACTIVATION_PATTERNS: 7}
    assert l_swag.PLUGIN.score(seen) == pytest.approx(7 * math.log(2 + 1 / 2))


def test_a_network_of_gelus_has_a_score() -> None:
    def gelus() -> nn.Module:
        return nn.Sequential(nn.Conv2d(3, 4, 3), nn.GELU(), nn.Flatten(), nn.Linear(144, 10))

    assert math.isfinite(score(bench(gelus, *l_swag.PLUGIN.passes), l_swag.PLUGIN))
