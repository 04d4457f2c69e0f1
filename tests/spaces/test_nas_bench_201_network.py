import pytest
import torch
from torch import nn

from harness.core.architecture import Dataset
from harness.spaces.nas_bench_201 import SPACE
from harness.spaces.networks.layers import AveragePool3x3
from harness.spaces.networks.nas_bench_201 import Cell
from tests.spaces.network_checks import (
    assert_layers_are_called_once,
    assert_same_in_double_precision,
)

SMALL = Dataset(name="small", shape=(3, 8, 8), classes=4)
EDGES = ((0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3))
DEAD_END = "|nor_conv_3x3~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|"
ORPHAN = "|none~0|+|none~0|skip_connect~1|+|skip_connect~0|nor_conv_3x3~1|avg_pool_3x3~2|"
NOTHING = "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|"
ONLY_ORPHAN_CONVOLUTION = "|none~0|+|none~0|none~1|+|none~0|none~1|nor_conv_1x1~2|"
HEAVIEST = (
    "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|"
    "+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|"
)
MIXED = (
    "|avg_pool_3x3~0|+|nor_conv_3x3~0|skip_connect~1|"
    "+|skip_connect~0|nor_conv_1x1~1|avg_pool_3x3~2|"
)
CELLS = (DEAD_END, ORPHAN, NOTHING, ONLY_ORPHAN_CONVOLUTION, HEAVIEST, MIXED)


def build(text, dataset=SMALL):
    torch.manual_seed(0)
    return SPACE.network(SPACE.parse(text), dataset)


def names_of(text):
    return [part.partition("~")[0] for node in text.split("+") for part in node[1:-1].split("|")]


def published_cell(cell, names, images):
    """Compute every edge and add everything, zeros included, as the benchmark describes it."""
    nodes = [images]
    for node in (1, 2, 3):
        terms = []
        for (source, target), name in zip(EDGES, names, strict=True):
            if target != node:
                continue
            if name == "none":
                terms.append(torch.zeros_like(images))
            elif name == "skip_connect":
                terms.append(nodes[source])
            else:
                terms.append(cell.operations[f"edge_{source}_{target}"](nodes[source]))
        nodes.append(sum(terms))
    return nodes[3]


@pytest.mark.parametrize("text", CELLS)
def test_a_cell_computes_the_sum_over_all_edges(text):
    torch.manual_seed(0)
    cell = Cell(tuple(names_of(text)), 4)
    for layer in cell.modules():  # biases other than zero tell a computed zero from a missing one
        if isinstance(layer, nn.BatchNorm2d):
            nn.init.normal_(layer.bias)
    images = torch.randn(3, 4, 6, 6)
    torch.testing.assert_close(cell(images), published_cell(cell, names_of(text), images))


@pytest.mark.parametrize("text", CELLS)
@pytest.mark.parametrize("batch", [1, 5])
def test_logits_are_finite_and_hang_on_the_input(text, batch):
    network = build(text)
    images = torch.randn(batch, 3, 8, 8, requires_grad=True)
    logits = network(images)
    assert logits.shape == (batch, 4)
    assert logits.isfinite().all()
    logits.square().sum().backward()
    assert images.grad is not None
    assert images.grad.isfinite().all()


def test_every_parameter_gets_a_gradient_where_no_operation_is_a_dead_end():
    network = build(ORPHAN)
    network(torch.randn(2, 3, 8, 8)).sum().backward()
    assert all(parameter.grad is not None for parameter in network.parameters())


def test_an_operation_whose_output_nothing_uses_is_computed_but_has_no_gradient():
    network = build(DEAD_END)
    called = []
    for name, layer in network.named_modules():
        if isinstance(layer, nn.ReLU) and "edge_0_1" in name:
            layer.register_forward_hook(lambda *_: called.append(1))
    logits = network(torch.randn(2, 3, 8, 8))
    assert len(called) == 15
    parameters = dict(network.named_parameters())
    gradients = torch.autograd.grad(logits.sum(), list(parameters.values()), materialize_grads=True)
    for name, gradient in zip(parameters, gradients, strict=True):
        if "edge_0_1" in name:
            assert not gradient.any()


def test_a_cell_without_a_path_gives_a_gradient_of_zeros_to_the_input():
    network = build(NOTHING)
    images = torch.randn(2, 3, 8, 8, requires_grad=True)
    network(images).square().sum().backward()
    assert not images.grad.any()


def test_the_skeleton_has_the_published_layers():
    network = build(HEAVIEST)
    kinds = [type(layer) for layer in network.modules() if not list(layer.children())]
    # 15 cells of 6 operations, stem, two residual blocks of two convolutions and one 1x1, head
    assert kinds.count(nn.Conv2d) == 90 + 1 + 2 * 3
    assert kinds.count(nn.BatchNorm2d) == 90 + 1 + 2 * 2 + 1
    assert kinds.count(nn.ReLU) == 90 + 2 * 2 + 1
    assert kinds.count(nn.Linear) == 1
    widths = [layer.out_channels for layer in network.modules() if isinstance(layer, nn.Conv2d)]
    assert widths == [16] * 31 + [32] * 33 + [64] * 33
    assert not any(layer.inplace for layer in network.modules() if isinstance(layer, nn.ReLU))


def test_each_layer_is_called_once_and_changes_no_tensor_that_a_hook_saw():
    assert_layers_are_called_once(build(MIXED), torch.randn(2, 3, 8, 8))


def test_resolution_halves_twice():
    network = build(MIXED, Dataset(name="large", shape=(1, 32, 32), classes=10))
    shapes = []
    for name, layer in network.named_children():
        if name.startswith("stage"):
            layer.register_forward_hook(lambda _m, _i, output: shapes.append(tuple(output.shape)))
    network(torch.randn(2, 1, 32, 32))
    assert shapes == [(2, 16, 32, 32), (2, 32, 16, 16), (2, 64, 8, 8)]


@pytest.mark.parametrize("text", CELLS)
def test_the_network_can_be_built_and_run_on_the_meta_device(text):
    with torch.device("meta"):
        network = build(text)
        logits = network(torch.empty(7, 3, 8, 8))
    assert logits.device.type == "meta"
    assert logits.shape == (7, 4)


def test_double_precision_gives_the_same_logits():
    assert_same_in_double_precision(build(MIXED), torch.randn(2, 3, 8, 8))


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (8, 8)])
def test_the_average_pool_equals_torchs_own_with_its_first_and_second_derivatives(size):
    reference = nn.AvgPool2d(3, stride=1, padding=1, count_include_pad=False)
    images = torch.randn(2, 5, *size, requires_grad=True)
    results = []
    for pool in (AveragePool3x3(), reference):
        output = pool(images)
        (first,) = torch.autograd.grad(output.pow(3).sum(), images, create_graph=True)
        (second,) = torch.autograd.grad(first.pow(2).sum(), images)
        results.append((output, first, second))
    for own, torchs in zip(*results, strict=True):
        torch.testing.assert_close(own, torchs)
