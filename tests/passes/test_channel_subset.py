import pytest
import torch
from torch import nn
from torch.nn import functional

from harness.passes.channel_correlation import (
    SMALLEST_CORRELATIONS,
    SUBSET_CORRELATIONS,
    channel_correlations,
    subset_redundancy,
)
from harness.passes.first_maps import see_first_maps
from tests.passes.subjects import SmallNetwork, bench, value


def test_few_channels_count_all_and_once():
    sample = torch.randn((5, 6, 6))
    smallest = torch.linalg.eigvalsh(channel_correlations(sample))[0]
    assert subset_redundancy(sample) == pytest.approx(float(smallest))


def test_many_channels_are_drawn_and_scaled():
    # uncorrelated channels: any eight have the smallest eigenvalue 1, times 16 / 8
    sample = torch.eye(16)[:, :, None] - 1 / 16
    centred = torch.linalg.qr(torch.cat([torch.ones((64, 1)), torch.randn((64, 16))], dim=1)).Q[
        :, 1:
    ]
    assert subset_redundancy(centred.T) == pytest.approx(2.0, abs=1e-4)
    assert subset_redundancy(sample) < 2.0


def test_every_feature_map_has_a_number():
    seen = value(bench(SmallNetwork, SUBSET_CORRELATIONS), SUBSET_CORRELATIONS)
    assert len(seen) == 5  # what comes after the pool has one position


class Functional(SmallNetwork):
    """Two of its layers by functions."""

    def forward(self, images):
        maps = functional.relu(self[1](self[0](images)))
        return self[7](self[6](self[5](self[3](maps).relu())))


@pytest.mark.parametrize("pass_", [SUBSET_CORRELATIONS, SMALLEST_CORRELATIONS])
def test_an_operator_that_no_module_computes_counts_as_a_module(pass_):
    modules, functions = (value(bench(kind, pass_), pass_) for kind in (SmallNetwork, Functional))
    assert list(functions) == list(modules)


def test_maps_of_token_networks_have_their_channels_on_the_last_axis():
    seen = []
    network = nn.Sequential(nn.Linear(3, 4), nn.GELU(), nn.LSTM(4, 5, batch_first=True))
    see_first_maps(network, torch.randn(2, 7, 3), lambda output, sample: seen.append(sample.shape))
    assert seen == [(4, 7), (4, 7), (5, 7)]
