"""What a network is called under, on whatever device."""

import pytest
import torch
from torch import nn

from harness.core.errors import UnsupportedError
from harness.passes.network_call import call_network


class _Observed(nn.Module):
    """Says whether cuDNN may compute its layers."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.layers = nn.ModuleList(layers)
        self.seen: list[bool] = []

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        self.seen.append(torch.backends.cudnn.enabled)
        return states


@pytest.mark.parametrize("layer", [nn.LSTM(2, 3), nn.GRU(2, 3, 2), nn.RNN(2, 2)], ids=str)
def test_recurrent_layers_are_computed_without_cudnn_which_differentiates_them_once(layer):
    network = _Observed(nn.Sequential(nn.Identity(), layer))
    call_network(network, torch.ones(1, 2))
    assert network.seen == [False]
    assert torch.backends.cudnn.enabled


def test_other_networks_have_cudnn():
    network = _Observed(nn.Conv2d(2, 3, 1))
    call_network(network, torch.ones(1, 2))
    assert network.seen == [True]


def test_a_constant_that_stays_behind_on_the_processor_is_explained():
    said = "Expected all tensors to be on the same device, but found at least two devices, cuda:0"

    class Forgetful(nn.Module):
        def forward(self, states: torch.Tensor) -> torch.Tensor:
            raise RuntimeError(f"{said} and cpu!\nException raised from")

    with pytest.raises(UnsupportedError, match=rf"^Forgetful: .* devices \({said} .*buffers$"):
        call_network(Forgetful(), torch.ones(1, 2))
