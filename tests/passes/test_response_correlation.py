from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from harness.core.errors import UnsupportedError
from harness.passes.response_correlation import (
    RESPONSE_CORRELATIONS,
    Response,
    sample_correlations,
)
from harness.plugins.zero_cost import wrcor
from tests.passes.subjects import SmallNetwork, bench, score, value


class Cell(nn.Sequential):
    is_cell = True


class Cells(nn.Sequential):
    """Two cells and an activation after each of them and in the second."""

    def __init__(self) -> None:
        super().__init__(
            Cell(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)),
            nn.ReLU(),
            Cell(nn.Conv2d(4, 4, 3), nn.GELU()),
            nn.Tanh(),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(4, 10),
        )


def test_correlations_are_those_of_samples_over_all_units() -> None:
    maps = torch.randn(3, 4, 5, 6)
    expected = torch.corrcoef(maps.flatten(1).double()).abs()
    for layout in (maps, maps.contiguous(memory_format=torch.channels_last)):
        torch.testing.assert_close(sample_correlations(layout), expected, rtol=1e-5, atol=1e-6)


def test_a_sample_of_one_number_alone_has_no_correlations() -> None:
    assert sample_correlations(torch.tensor([[1.0, 1.0], [1.0, 2.0]])) is None


def test_activations_know_the_cells_before_them() -> None:
    responses = value(bench(Cells, RESPONSE_CORRELATIONS), RESPONSE_CORRELATIONS)
    assert [response.cells for response in responses] == [1, 1, 2]


def test_gradients_are_those_of_the_input_of_each_activation_by_itself() -> None:
    class Shared(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first = nn.Conv2d(3, 4, 3)
            self.left, self.right = nn.Conv2d(4, 4, 1), nn.Conv2d(4, 4, 1)
            self.classifier = nn.Linear(4, 10)

        def forward(self, images: torch.Tensor) -> torch.Tensor:
            maps = self.maps = self.first(images)
            left, right = torch.relu(maps), torch.relu(maps)
            if maps.requires_grad:
                left.register_hook(lambda gradient: gradients.append(gradient * (maps > 0)))
            return self.classifier((self.left(left) + self.right(right).tanh()).mean((2, 3)))

    gradients: list[torch.Tensor] = []
    left, right, _ = value(bench(Shared, RESPONSE_CORRELATIONS), RESPONSE_CORRELATIONS)
    torch.testing.assert_close(left.activation, right.activation)
    torch.testing.assert_close(left.gradient, sample_correlations(gradients[0]))
    assert not torch.allclose(left.gradient, right.gradient)


def test_the_kernel_weighs_an_activation_by_the_cells_before_it() -> None:
    on = bench(Cells, RESPONSE_CORRELATIONS)
    kernel = sum(
        2.0**response.cells * (response.activation + response.gradient)
        for response in value(on, RESPONSE_CORRELATIONS)
    )
    expected = float(torch.linalg.slogdet(kernel).logabsdet)
    assert score(on, wrcor.PLUGIN) == pytest.approx(expected)


def test_two_thousand_cells_do_not_overflow() -> None:
    responses = [Response(cells=cells, activation=torch.eye(3).double()) for cells in (0, 2000)]
    # log det of (2**2000 + 1) times the identity of three samples
    logarithm = wrcor.PLUGIN.score({RESPONSE_CORRELATIONS: responses})
    assert logarithm == pytest.approx(3 * 2000 * math.log(2))


def test_an_activation_of_other_rows_than_samples_is_unsupported() -> None:
    class Transposed(SmallNetwork):
        def forward(self, images: torch.Tensor) -> torch.Tensor:
            return super().forward(nn.functional.gelu(images.transpose(0, 1)).transpose(0, 1))

    with pytest.raises(UnsupportedError, match="a gelu returns"):
        value(bench(Transposed, RESPONSE_CORRELATIONS), RESPONSE_CORRELATIONS)


def test_a_network_without_activations_is_unsupported() -> None:
    def linear() -> nn.Module:
        return nn.Sequential(nn.Flatten(), nn.Linear(192, 10))

    with pytest.raises(UnsupportedError, match="no activation function"):
        value(bench(linear, RESPONSE_CORRELATIONS), RESPONSE_CORRELATIONS)
