import math

import pytest
import torch
from torch import nn
from torch.nn import functional

from harness.core.errors import UndefinedError, UnsupportedError
from harness.passes.cells import (
    CELL_OUTPUTS,
    TRAINABILITY,
    CellOutput,
    _unshuffled,
    cell_outputs,
    cells,
    gradient_preservation,
    spectral_entropy,
)
from tests.passes.subjects import bench, value


class Block(nn.Sequential):
    """A convolution of 4 channels and a ReLU."""

    def __init__(self, stride: int = 1) -> None:
        super().__init__(nn.Conv2d(4, 4, 3, stride=stride, padding=1), nn.ReLU())


class MarkedBlock(Block):
    """A block that says that it is a cell."""

    is_cell = True


def stacked(kind: type[Block]) -> nn.Sequential:
    body = nn.Sequential(nn.Conv2d(3, 4, 1), nn.Sequential(kind(), kind()), kind(2))
    return body.append(nn.Flatten()).append(nn.Linear(64, 10))


@pytest.mark.parametrize("kind", [MarkedBlock, Block])
def test_cells_are_marked_modules_or_modules_of_own_classes(kind):
    assert [type(cell) for cell in cells(stacked(kind))] == [kind] * 3


@pytest.mark.parametrize("relu", [nn.ReLU(), nn.PReLU()])
def test_convolutions_stand_in_for_cells_where_there_are_none(relu):
    network = nn.Sequential(nn.Conv2d(3, 4, 1), relu, nn.Conv2d(4, 6, 1))
    given, *outputs = cell_outputs(network, torch.zeros(2, 3, 5, 5))
    assert given.is_input
    assert [(output.maps.shape[1], output.axis) for output in outputs] == [(4, 1), (6, 1)]


def test_layers_of_transformers_are_cells_with_channels_on_the_last_axis():
    layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
    network = nn.Sequential(nn.Linear(3, 8), nn.TransformerEncoder(layer, 2))
    outputs = cell_outputs(network, torch.zeros(2, 5, 3))
    assert [(tuple(output.maps.shape), output.axis) for output in outputs] == [((2, 5, 8), 2)] * 3


class ChannelsLast(nn.Module):
    """A cell that normalises where channels are last, and returns them second."""

    def __init__(self):
        super().__init__()
        self.norm, self.linear = nn.LayerNorm(6), nn.Linear(6, 6)

    def forward(self, maps):
        return self.linear(self.norm(maps.permute(0, 2, 3, 1))).permute(0, 3, 1, 2)


def test_channels_that_were_last_inside_of_a_cell_are_found_where_it_returns_them():
    network = nn.Sequential(nn.Conv2d(3, 6, 1), ChannelsLast())
    outputs = cell_outputs(network, torch.zeros(2, 3, 4, 4))
    assert [output.axis for output in outputs] == [1, 1]


def test_cell_outputs_begin_with_the_input_of_the_first_cell():
    outputs = value(bench(lambda: stacked(MarkedBlock), CELL_OUTPUTS), CELL_OUTPUTS)
    assert [tuple(output.maps.shape) for output in outputs] == [(8, 4, 8, 8)] * 3 + [(8, 4, 4, 4)]


def test_a_network_without_feature_maps_has_no_cells():
    on = bench(lambda: nn.Sequential(nn.Flatten(), nn.Linear(192, 10)), CELL_OUTPUTS)
    with pytest.raises(UnsupportedError, match="is_cell"):
        value(on, CELL_OUTPUTS)


def test_independent_channels_have_the_largest_entropy():
    generator = torch.Generator().manual_seed(0)
    features = torch.randn((64, 4, 16, 16), generator=generator)
    assert spectral_entropy(features) == pytest.approx(math.log(4), abs=1e-3)


def test_equal_channels_have_no_entropy():
    features = torch.randn((8, 1, 16, 16)).expand(-1, 4, -1, -1)
    assert spectral_entropy(features) == pytest.approx(0.0, abs=1e-5)


def test_the_entropy_is_that_of_the_shares_of_the_variances():
    # independent channels of variance 3 and 1: shares 3/4 and 1/4
    generator = torch.Generator().manual_seed(0)
    features = torch.randn((256, 2, 16, 16), generator=generator)
    features[:, 0] *= math.sqrt(3)
    expected = -0.75 * math.log(0.75) - 0.25 * math.log(0.25)
    assert spectral_entropy(features) == pytest.approx(expected, abs=1e-2)


@pytest.mark.parametrize(("level", "reason"), [(0.0, "is constant"), (math.nan, "is not finite")])
def test_a_constant_map_has_no_entropy_at_all(level, reason):
    with pytest.raises(UndefinedError, match=reason):
        spectral_entropy(torch.full((4, 3, 8, 8), level))


def preserved(before, after):
    return gradient_preservation(CellOutput(maps=before, axis=1), CellOutput(maps=after, axis=1))


def test_a_cell_that_halves_gradients_has_singular_value_one_half():
    before = torch.randn((64, 2, 16, 16), requires_grad=True)
    # the correlation is 0.5 * identity, up to the sampling of the off-diagonal
    assert preserved(before, before * 0.5) == pytest.approx(-0.5, abs=0.05)


def test_gradients_that_arrive_unchanged_have_no_number():
    before = torch.randn((4, 2, 8, 8), requires_grad=True)
    with pytest.raises(UndefinedError, match="passes gradients on exactly as they are"):
        preserved(before, before + 0)


def test_maps_that_do_not_depend_on_each_other_have_no_number():
    before = torch.randn((4, 2, 8, 8), requires_grad=True)
    other = torch.randn((4, 2, 8, 8), requires_grad=True)
    with pytest.raises(UndefinedError, match="does not arrive at its input"):
        preserved(before, other * 2)


def test_each_pair_of_outputs_has_a_number_of_at_most_zero():
    seen = value(bench(lambda: stacked(MarkedBlock), TRAINABILITY), TRAINABILITY)
    assert len(seen) == 3
    assert all(math.isfinite(number) and number <= 1e-5 for number in seen)


def test_coarser_outputs_are_compared_with_positions_as_channels_in_the_order_of_torch():
    maps = torch.randn(2, 3, 4, 6)
    assert torch.equal(_unshuffled(maps, (2, 3)), functional.pixel_unshuffle(maps, 2))
    assert _unshuffled(torch.randn(2, 3, 8), (2,)).shape == (2, 12, 2)


def test_a_cell_that_doubles_the_resolution_has_a_number():
    before = torch.randn((8, 2, 4, 4), requires_grad=True)
    after = functional.interpolate(before, scale_factor=2.0)
    assert math.isfinite(preserved(before, after))


def test_resolutions_of_which_none_divides_the_other_are_refused():
    before = torch.randn((2, 3, 7), requires_grad=True)
    with pytest.raises(UnsupportedError, match="neither divides the other"):
        preserved(before, before[:, :, :5] * 2)


class Branches(nn.Module):
    """Two blocks side by side, of which none follows the other."""

    def __init__(self):
        super().__init__()
        self.left, self.right, self.head = Block(), Block(), nn.Linear(4, 10)
        self.stem = nn.Conv2d(3, 4, 1)

    def forward(self, images):
        maps = self.stem(images)
        return self.head((self.left(maps) + self.right(maps)).mean((2, 3)))


def test_cells_that_do_not_follow_each_other_are_told_apart_from_a_cell_without_a_path():
    with pytest.raises(UnsupportedError, match="a Block does not arrive at that of a Block"):
        value(bench(Branches, TRAINABILITY), TRAINABILITY)
