import torch
from torch import nn

from harness.passes.structure import STRUCTURE
from tests.passes.subjects import SmallNetwork, bench, value


class Branches(nn.Module):
    """One convolution beside two, then a linear layer."""

    def __init__(self) -> None:
        super().__init__()
        self.short = nn.Conv2d(3, 4, 1)
        self.long = nn.Sequential(nn.Conv2d(3, 4, 1), nn.ReLU(), nn.Conv2d(4, 4, 1))
        self.unused = nn.Conv2d(3, 4, 1)
        self.head = nn.Linear(4, 10)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.head((self.short(images) + self.long(images)).mean((2, 3)))


def test_parameters_tensors_and_layers_are_counted():
    seen = value(bench(SmallNetwork, STRUCTURE), STRUCTURE)
    # 4*3*9 + 2*4 + (5*4*9 + 5) + (10*5 + 10) = 108 + 8 + 185 + 60; conv, 2 norm, 2 conv, 2 linear
    assert (seen.parameters, seen.tensors, seen.layers) == (361, 7, 3)


def test_multiply_accumulates_leave_everything_but_layers_out():
    # 64 positions * 4*27, 16 positions * 5*36, 50
    assert value(bench(SmallNetwork, STRUCTURE), STRUCTURE).multiply_accumulates == 6912 + 2880 + 50


def test_flops_add_norm_activations_pool_and_bias():
    # 9842, norm 2*256, relu 256, conv bias 80, relu 80, pool of 4 x 4: 5 * 5*5
    assert (
        value(bench(SmallNetwork, STRUCTURE), STRUCTURE).flops == 9842 + 512 + 256 + 80 + 80 + 125
    )


def test_depth_is_the_longest_path_and_layers_count_all():
    seen = value(bench(Branches, STRUCTURE), STRUCTURE)
    assert (seen.depth, seen.layers) == (3, 5)


class OneLayer(nn.Module):
    """Sums its channels by a convolution with ones; a linear layer without bias follows."""

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(1, 10, bias=False)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        sums = nn.functional.conv2d(images, torch.ones((1, 3, 1, 1)))
        return self.head(sums.mean((2, 3)))


def test_a_product_with_constants_is_no_layer_and_one_without_bias_is():
    seen = value(bench(OneLayer, STRUCTURE), STRUCTURE)
    assert (seen.depth, seen.layers) == (1, 1)


def test_a_network_of_no_layer_has_no_depth():
    assert value(bench(nn.Flatten, STRUCTURE), STRUCTURE).depth == 0
