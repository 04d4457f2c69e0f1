import pytest
import torch
from torch import nn

from harness.core.errors import UnsupportedError
from harness.passes.activation_patterns import LINEAR_REGIONS
from harness.passes.feature_map import feature_map_before_pool
from harness.passes.initialisation import draw_gaussian, draw_kaiming
from harness.passes.perturbation import PERTURBATION
from tests.passes.subjects import SmallNetwork, bench, value


class OwnPool(nn.Module):
    """Pools with a mean instead of a module."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Conv2d(3, 4, 3)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.features(images).mean((2, 3))


def test_the_feature_map_is_the_input_of_the_last_global_pool():
    network = SmallNetwork()
    images = torch.randn((2, 3, 8, 8))
    features = nn.Sequential(*list(network)[:5])
    assert torch.equal(feature_map_before_pool(network, images), features(images))


def test_a_network_that_pools_by_itself_gives_its_last_feature_map():
    network = OwnPool()
    images = torch.randn((2, 3, 8, 8))
    assert torch.equal(feature_map_before_pool(network, images), network.features(images))


class Reader(nn.Module):
    """Reads a sequence, and returns the last state of a recurrent layer."""

    def __init__(self, *, batch_first: bool) -> None:
        super().__init__()
        self.layer = nn.LSTM(5, 6, num_layers=2, batch_first=batch_first)

    def forward(self, signals: torch.Tensor) -> torch.Tensor:
        sequence = signals if self.layer.batch_first else signals.transpose(0, 1)
        _, (state, _) = self.layer(sequence)
        return state[-1]


@pytest.mark.parametrize("batch_first", [True, False])
def test_the_feature_map_of_a_recurrent_layer_is_its_sequence(batch_first):
    # two samples: the zeros that two layers start from, (2, 2, 6), are no map of two samples
    network, signals = Reader(batch_first=batch_first), torch.randn((2, 7, 5))
    maps = feature_map_before_pool(network, signals)
    assert maps.shape == (2, 7, 6)
    assert torch.equal(maps[:, -1], network(signals))


def test_a_network_without_feature_maps_has_none_to_give():
    network = nn.Sequential(nn.Flatten(), nn.Linear(3, 2))
    with pytest.raises(UnsupportedError, match="no feature map"):
        feature_map_before_pool(network, torch.ones((1, 3, 1, 1)))


def test_no_hook_stays():
    network = SmallNetwork()
    feature_map_before_pool(network, torch.randn((2, 3, 8, 8)))
    assert not any(module._forward_hooks for module in network.modules())


def test_weights_are_drawn_with_the_deviation_of_their_rule():
    layer = nn.Conv2d(50, 200, 3).requires_grad_(requires_grad=False)
    draw_kaiming(layer, torch.zeros(1, 50, 8, 8))
    assert float(layer.weight.std()) == pytest.approx((2 / 450) ** 0.5, rel=0.02)
    draw_gaussian(layer, torch.zeros(1, 50, 8, 8))
    assert float(layer.weight.std()) == pytest.approx(1.0, rel=0.02)
    assert not layer.bias.any()


def test_scales_of_norms_become_one():
    norm = nn.BatchNorm2d(4)
    nn.init.constant_(norm.weight, 5.0)
    draw_kaiming(nn.Sequential(norm, nn.BatchNorm2d(4, affine=False)), torch.zeros(1, 4, 8, 8))
    assert torch.equal(norm.weight, torch.ones(4))


def test_the_distance_is_linear_in_the_step_for_a_linear_network():
    # distance of 0.01 * f(x'), f a convolution of weights N(0, 1): per position and channel
    # E|N(0, 27)| = sqrt(27 * 2 / pi) = 4.146, times 4 channels * 36 positions * 0.01
    seen = value(bench(OwnPool, PERTURBATION, count=64), PERTURBATION)
    assert seen.mean_distance == pytest.approx(5.97, rel=0.1)
    assert seen.normalisation_variances == ()


def test_norms_without_running_statistics_count_with_their_batch():
    def untracked() -> nn.Module:
        norm = nn.BatchNorm2d(4, track_running_stats=False)
        return nn.Sequential(nn.Conv2d(3, 4, 3), norm, nn.AdaptiveAvgPool2d(1), nn.Flatten())

    # variance of a convolution of 27 inputs N(0, 1) with weights N(0, 1)
    (variance,) = value(
        bench(untracked, PERTURBATION, count=64), PERTURBATION
    ).normalisation_variances
    assert 10 < variance < 60


def test_running_variances_are_those_after_both_passes():
    # two steps of momentum 0.1 from 1: 0.81 + 0.19 * variance of the batch, near 27
    (variance,) = value(
        bench(SmallNetwork, PERTURBATION, count=64), PERTURBATION
    ).normalisation_variances
    assert 0.81 + 0.19 * 10 < variance < 0.81 + 0.19 * 60


def test_every_image_has_a_linear_region_of_its_own_in_a_wide_network():
    assert value(bench(SmallNetwork, LINEAR_REGIONS, count=16), LINEAR_REGIONS) == 16


def test_a_network_without_relu_has_no_linear_regions_to_count():
    with pytest.raises(UnsupportedError, match="OwnPool has no ReLU"):
        value(bench(OwnPool, LINEAR_REGIONS), LINEAR_REGIONS)


def test_one_unit_makes_two_linear_regions():
    def one_unit() -> nn.Module:
        return nn.Sequential(nn.Conv2d(3, 1, 8), nn.ReLU(), nn.Flatten())

    assert value(bench(one_unit, LINEAR_REGIONS, count=32), LINEAR_REGIONS) == 2
