import json

import pytest
import torch
from torch import nn

from harness.core.architecture import Dataset
from harness.passes.counting import count_parameters, measure
from harness.spaces import nas_bench_101_cell as cells
from harness.spaces.nas_bench_101 import SPACE, cell
from harness.spaces.networks.nas_bench_101 import Cell, vertex_channels
from tests.spaces.network_checks import (
    assert_layers_are_called_once,
    assert_same_in_double_precision,
)
from tests.spaces.writers import naslib_nas_bench_101

CIFAR = Dataset(name="cifar10", shape=(3, 32, 32), classes=10)
SMALL = Dataset(name="small", shape=(2, 8, 8), classes=4)
TEXTS = (
    "output:0",
    "conv3x3:0|output:1",
    "conv1x1:0|maxpool3x3:01|output:012",
    "conv3x3:0|conv1x1:0|maxpool3x3:012|output:123",
    "conv3x3:0|maxpool3x3:1|conv1x1:12|conv3x3:|output:03",
)


def build(text, dataset=SMALL):
    torch.manual_seed(0)
    return SPACE.network(SPACE.parse(text), dataset)


def channels_of(text, channels_out):
    return vertex_channels(cells.prune(cell(SPACE.parse(text))), channels_out)


def test_channels_of_the_output_are_shared_and_the_remainder_goes_to_the_lowest_vertices():
    # 128 = 43 + 43 + 42; the input enters the output too, and does not share.
    assert channels_of("conv3x3:0|conv3x3:0|conv3x3:0|output:0123", 128) == (43, 43, 42, 128)


def test_a_vertex_before_others_is_as_wide_as_its_widest_child():
    # Vertices 2 (43), 3 (43) and 4 (42) share; vertex 1 feeds 3 and 4 and takes 43.
    text = "conv3x3:0|conv3x3:0|conv3x3:1|conv3x3:1|output:234"
    assert channels_of(text, 128) == (43, 43, 43, 42, 128)


def test_a_vertex_that_enters_the_output_does_not_widen_for_its_children():
    # 1 and 2 share 128; 1 also feeds 2, which has 64 channels.
    assert channels_of("conv3x3:0|conv3x3:1|output:12", 128) == (64, 64, 128)


def test_a_path_keeps_all_channels():
    assert channels_of("conv3x3:0|conv1x1:1|output:2", 256) == (256, 256, 256)


def test_a_cell_computes_what_the_benchmark_describes():
    torch.manual_seed(0)
    # Vertices 1, 2, 3 with 3, 2 and 2 of 7 channels; 2 truncates 1; the input enters 1, 2, output.
    specification = cell(SPACE.parse("conv3x3:0|conv1x1:01|maxpool3x3:2|output:0123"))
    network = Cell(specification, 4, 7).eval()
    images = torch.randn(2, 4, 5, 5)
    project, operate = network.projections, network.operations
    first = operate[0](project["vertex_1"](images))
    second = operate[1](first[:, :2] + project["vertex_2"](images))
    third = operate[2](second)
    expected = torch.cat([first, second, third], dim=1) + project["vertex_4"](images)
    assert (first.shape[1], second.shape[1], third.shape[1]) == (3, 2, 2)
    torch.testing.assert_close(network(images), expected)


def test_a_cell_of_input_and_output_is_a_projection():
    torch.manual_seed(0)
    network = Cell(cell(SPACE.parse("output:0")), 4, 6)
    kinds = [type(layer) for layer in network.modules() if not list(layer.children())]
    assert kinds.count(nn.Conv2d) == kinds.count(nn.ReLU) == 1
    assert network(torch.randn(2, 4, 3, 3)).shape == (2, 6, 3, 3)


def test_parameters_of_the_smallest_network_are_those_computed_by_hand():
    # Every cell is one projection; the first of the stacks 2 and 3 doubles the channels. The stem
    # and the cells have a norm of two parameters per channel. Linear: 512 * 10 + 10.
    convolutions = 27 * 128 + 3 * 128**2 + 128 * 256 + 2 * 256**2 + 256 * 512 + 2 * 512**2
    norms = 2 * (4 * 128 + 3 * 256 + 3 * 512)
    assert count_parameters(build("output:0", CIFAR)) == convolutions + norms + 5_130 == 882_570


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("batch", [1, 3])
def test_logits_are_finite_and_every_parameter_gets_a_gradient(text, batch):
    network = build(text)
    images = torch.randn(batch, 2, 8, 8, requires_grad=True)
    logits = network(images)
    assert logits.shape == (batch, 4)
    assert logits.isfinite().all()
    logits.square().sum().backward()
    assert images.grad.isfinite().all()
    assert all(parameter.grad is not None for parameter in network.parameters())


def test_each_layer_is_called_once_and_changes_no_tensor_that_a_hook_saw():
    assert_layers_are_called_once(build(TEXTS[3]), torch.randn(2, 2, 8, 8))


def test_the_skeleton_has_nine_cells_of_three_widths_and_resolutions():
    network = build("conv3x3:0|output:1", CIFAR)
    shapes = []
    for layer in network.modules():
        if getattr(layer, "is_cell", False):
            layer.register_forward_hook(lambda _m, _i, output: shapes.append(tuple(output.shape)))
    with torch.no_grad():
        network(torch.randn(1, 3, 32, 32))
    assert shapes == [(1, 128, 32, 32)] * 3 + [(1, 256, 16, 16)] * 3 + [(1, 512, 8, 8)] * 3


def test_the_network_can_be_built_and_run_on_the_meta_device():
    with torch.device("meta"):
        logits = build(TEXTS[2])(torch.empty(7, 2, 8, 8))
    assert logits.device.type == "meta"
    assert logits.shape == (7, 4)


def test_double_precision_gives_the_same_logits():
    assert_same_in_double_precision(build(TEXTS[2]), torch.randn(2, 2, 8, 8))


def published_rows(shared_data):
    path = shared_data / "automl+NASLib" / "naslib" / "data" / "zc_nasbench101.json"
    rows = list(json.loads(path.read_text())["nasbench101"]["cifar10"].items())
    assert len(rows) == 500
    return rows


@pytest.mark.shared_data
def test_parameters_and_flops_equal_those_of_nas_bench_suite_zero(shared_data):
    # Every 25th row, for time. The stored flops lack the global pool, which is no layer there:
    # 512 channels x 9 x 9 by the definition of `harness.passes.counting`.
    for text, row in published_rows(shared_data)[::25]:
        architecture = SPACE.parse(text)
        with torch.device("meta"):
            network = SPACE.network(architecture, CIFAR)
        cost = measure(network, (3, 32, 32))
        assert naslib_nas_bench_101(architecture) == text
        assert cost.parameters / 1e6 == row["params"]
        assert (cost.flops - 512 * 81) / 1e6 == row["flops"]


@pytest.mark.shared_data
def test_weights_have_the_norms_behind_the_published_scores(shared_data):
    rows = sorted(published_rows(shared_data), key=lambda item: item[1]["params"])
    for text, row in rows[:40:10]:
        network = build(text, CIFAR)
        layers = [
            module for module in network.modules() if isinstance(module, nn.Conv2d | nn.Linear)
        ]
        norms = sum(float(layer.weight.detach().norm()) for layer in layers)
        assert norms == pytest.approx(row["l2_norm"], rel=0.01)
