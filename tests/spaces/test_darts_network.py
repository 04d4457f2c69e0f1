import json
import zipfile

import pytest
import torch

from harness.core.architecture import Dataset
from harness.passes.counting import measure
from harness.spaces.darts import SPACE, genotype
from harness.spaces.networks.darts import Cell
from harness.spaces.networks.layers import FactorizedReduce
from tests.spaces.network_checks import (
    assert_layers_are_called_once,
    assert_same_in_double_precision,
)

SMALL = Dataset(name="small", shape=(2, 8, 8), classes=4)
EVERYTHING = (
    "|max_pool_3x3~0|avg_pool_3x3~1|+|skip_connect~0|sep_conv_3x3~2|"
    "+|sep_conv_5x5~1|dil_conv_3x3~3|+|dil_conv_5x5~2|skip_connect~4|"
)
NOTHING = "|none~0|none~1|+|none~0|none~2|+|none~1|none~3|+|none~2|none~4|"
REPEATED = (
    "|none~0|dil_conv_5x5~0|+|sep_conv_5x5~0|sep_conv_5x5~0|"
    "+|none~1|none~2|+|skip_connect~4|max_pool_3x3~4|"
)
CELLS = (EVERYTHING, NOTHING, REPEATED)


def build(cell, dataset=SMALL, reduce=None):
    torch.manual_seed(0)
    return SPACE.network(SPACE.parse(f"normal={cell};reduce={reduce or cell}"), dataset)


def choices(text):
    return genotype(SPACE.parse(f"normal={text};reduce={text}")).normal


def described_cell(cell, text, before, previous, stride):
    """Compute all choices, zeros and identities included, and concatenate the nodes."""
    states = [cell.before(before), cell.previous(previous)]
    for first in range(0, 8, 2):
        total = 0
        for slot in (first, first + 1):
            name, source = choices(text)[slot]
            step = stride if source < 2 else 1
            image = states[source]
            if name == "none":
                total = total + torch.zeros_like(image[:, :, ::step, ::step])
            elif name == "skip_connect" and step == 1:
                total = total + image
            else:
                total = total + cell.operations[f"choice_{slot}"](image)
        states.append(total)
    return torch.cat(states[2:], dim=1)


@pytest.mark.parametrize("text", CELLS)
@pytest.mark.parametrize("reduces", [False, True])
@pytest.mark.parametrize("follows_reduction", [False, True])
def test_a_cell_concatenates_its_nodes(text, reduces, follows_reduction):
    torch.manual_seed(0)
    cell = Cell(
        choices(text), (3, 5, 4), reduces=reduces, follows_reduction=follows_reduction
    ).eval()
    before = torch.randn(2, 3, 12, 12) if follows_reduction else torch.randn(2, 3, 6, 6)
    previous = torch.randn(2, 5, 6, 6)
    expected = described_cell(cell, text, before, previous, 2 if reduces else 1)
    output = cell(before, previous)
    assert output.shape == ((2, 16, 3, 3) if reduces else (2, 16, 6, 6))
    torch.testing.assert_close(output, expected)


@pytest.mark.parametrize("text", CELLS)
@pytest.mark.parametrize("batch", [2, 5])
def test_logits_are_finite_and_hang_on_the_input(text, batch):
    network = build(text)
    images = torch.randn(batch, 2, 8, 8, requires_grad=True)
    logits = network(images)
    assert logits.shape == (batch, 4)
    assert logits.isfinite().all()
    logits.square().sum().backward()
    assert images.grad is not None
    assert images.grad.isfinite().all()


def test_every_parameter_gets_a_gradient_for_every_image_size():
    for size in ((8, 8), (7, 5)):
        network = build(EVERYTHING)
        network(torch.randn(2, 2, *size)).sum().backward()
        unused = [name for name, parameter in network.named_parameters() if parameter.grad is None]
        # The last cell but one is read by the last as the cell before the previous one, too.
        assert unused == []


def test_the_skeleton_has_eight_cells_of_which_two_reduce():
    network = build(EVERYTHING, Dataset(name="cifar10", shape=(3, 32, 32), classes=10))
    shapes = []
    for cell in network.cells:
        cell.register_forward_hook(lambda _m, _i, output: shapes.append(tuple(output.shape[1:])))
    network(torch.randn(1, 3, 32, 32))
    assert shapes == [
        *[(128, 32, 32)] * 2,
        *[(256, 16, 16)] * 3,
        *[(512, 8, 8)] * 3,
    ]


def test_each_layer_is_called_once_and_none_changes_what_a_hook_saw():
    assert_layers_are_called_once(build(EVERYTHING), torch.randn(2, 2, 8, 8))


def test_the_cells_are_marked_as_cells():
    marked = [module for module in build(REPEATED).modules() if getattr(module, "is_cell", False)]
    assert len(marked) == 8


def test_the_network_runs_on_the_meta_device_and_in_double_precision():
    with torch.device("meta"):
        assert build(NOTHING)(torch.empty(7, 2, 8, 8)).shape == (7, 4)
    assert_same_in_double_precision(build(EVERYTHING), torch.randn(2, 2, 8, 8))


@pytest.mark.parametrize("size", [(6, 4), (5, 6), (3, 3), (1, 1)])
def test_a_factorized_reduction_sees_even_pixels_in_one_half_and_odd_pixels_in_the_other(size):
    layer = FactorizedReduce(1, 2, affine=False).eval()
    with torch.no_grad():
        for convolution in (layer.even, layer.odd):
            convolution.weight.fill_(1)
    images = torch.rand(1, 1, *size)
    padded = torch.zeros(1, 1, size[0] + 1, size[1] + 1)
    padded[:, :, : size[0], : size[1]] = images
    rows, columns = (side + side % 2 for side in size)
    odd = padded[:, :, 1 : rows + 1 : 2, 1 : columns + 1 : 2]
    expected = torch.cat([images[:, :, ::2, ::2], odd], dim=1)
    # A fresh batch norm in evaluation mode divides by sqrt(1 + 1e-5).
    torch.testing.assert_close(layer(images), expected / (1 + 1e-5) ** 0.5)


@pytest.mark.shared_data
def test_parameters_and_flops_equal_those_of_nas_bench_suite_zero(shared_data):
    # Every 25th of 500 rows; all of them agree.
    path = shared_data / "automl+NASLib" / "naslib" / "data" / "zc_nasbench301.json"
    rows = json.loads(path.read_text())["nasbench301"]["cifar10"]
    dataset = Dataset(name="cifar10", shape=(3, 32, 32), classes=10)
    for text, stored in list(rows.items())[::25]:
        cost = measure(SPACE.network(SPACE.parse(text), dataset), (3, 32, 32))
        assert cost.parameters / 1e6 == stored["params"]
        assert cost.flops / 1e6 == stored["flops"]


@pytest.mark.shared_data
@pytest.mark.parametrize(
    "dataset",
    [
        Dataset(name="svhn", shape=(3, 32, 32), classes=10),
        Dataset(name="ninapro", shape=(1, 16, 52), classes=18),
        Dataset(name="scifar100", shape=(3, 60, 60), classes=100),
    ],
    ids=lambda case: case.name,
)
def test_parameters_and_flops_equal_those_of_three_more_data_sets(shared_data, dataset):
    # Every 40th of 199 rows; all of them agree.
    path = shared_data / "automl+NASLib" / "run" / "results" / "benchmarks" / "9x_all.zip"
    with zipfile.ZipFile(path) as archive:
        parameters, flops = (
            json.loads(archive.read(f"{name}/benchmark--nasbench301--{dataset.name}--0.json"))
            for name in ("params", "flops")
        )
    scores = {row["arch"]: row["flops"]["score"] for row in flops}
    assert len(parameters) == len(scores) == 199
    for row in parameters[::40]:
        network = SPACE.network(SPACE.parse(row["arch"]), dataset)
        cost = measure(network, dataset.shape)
        assert cost.parameters / 1e6 == row["params"]["score"]
        assert cost.flops / 1e6 == scores[row["arch"]]
