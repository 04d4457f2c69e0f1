from __future__ import annotations

import pytest
import torch
from torch import nn

from harness.core.errors import UnsupportedError, UsageError
from harness.passes.sample_responses import SAMPLE_RESPONSES, squared_distances
from harness.plugins.zero_cost.rbflex import log_determinant
from tests.passes.subjects import SmallNetwork, bench, value


def test_units_are_scaled_to_their_span_and_constant_ones_count_nothing() -> None:
    vectors = torch.tensor([[0.0, 5.0, 1.0], [2.0, 5.0, 3.0], [1.0, 5.0, 1.0]])
    # scaled: (0, 0), (1, 1), (1/2, 0)
    assert squared_distances(vectors).tolist() == [[0, 2, 0.25], [2, 0, 1.25], [0.25, 1.25, 0]]


def test_the_logarithm_of_a_determinant_is_that_of_the_kernel() -> None:
    distances = squared_distances(torch.rand(4, 20))
    kernel = torch.exp(-0.1 * distances)
    assert log_determinant(distances, 0.1, "samples") == pytest.approx(float(torch.logdet(kernel)))


def test_a_small_scale_moves_the_logarithm_by_its_powers() -> None:
    distances = squared_distances(torch.rand(3, 20))
    # of three samples, the determinant is a multiple of the square of the scale
    small, smaller = (log_determinant(distances, scale, "samples") for scale in (1e-11, 1e-14))
    assert small - smaller == pytest.approx(2 * torch.tensor(1000.0).log().item())


def test_three_samples_run_alone() -> None:
    class Recorded(SmallNetwork):
        def forward(self, inputs: torch.Tensor) -> torch.Tensor:
            shapes.append(tuple(inputs.shape))
            return super().forward(inputs)

    shapes: list[tuple[int, ...]] = []
    seen = value(bench(Recorded, SAMPLE_RESPONSES), SAMPLE_RESPONSES)
    assert shapes == [(1, 3, 8, 8)] * 3
    assert seen.activations.shape == seen.features.shape == (3, 3)
    # five pooled channels, each with a sample at 0 and one at 1
    assert 0 < float(seen.features.max()) <= 5


def test_one_sample_is_too_few() -> None:
    with pytest.raises(UsageError, match="1 samples"):
        value(bench(SmallNetwork, SAMPLE_RESPONSES, count=1), SAMPLE_RESPONSES)


def test_a_network_of_linear_layers_has_no_responses() -> None:
    def linear() -> nn.Module:
        return nn.Sequential(nn.Flatten(), nn.Linear(192, 10))

    with pytest.raises(UnsupportedError, match="no activation function"):
        value(bench(linear, SAMPLE_RESPONSES), SAMPLE_RESPONSES)
