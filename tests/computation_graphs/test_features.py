"""Numbers of computation graphs, held against those counted by hand."""

import numpy as np
import pytest
from torch import nn

from harness.computation_graphs.features import features_of
from harness.computation_graphs.graph import ATTRIBUTES, ComputationGraph
from harness.computation_graphs.kinds import Kind
from harness.computation_graphs.tracer import graph_of


def graph(kinds, edges, **columns):
    """Return a graph whose attributes are 0 but for the columns that are named."""
    attributes = np.zeros((len(kinds), len(ATTRIBUTES)), dtype=np.int64)
    attributes[:, ATTRIBUTES.index("count")] = 1
    for name, values in columns.items():
        attributes[:, ATTRIBUTES.index(name)] = values
    return ComputationGraph(kinds=np.array(kinds), attributes=attributes, edges=np.array(edges))


def branches():
    """Input, two convolutions in a row that stand for three and one, a way around them, output.

    The convolutions have 8 and 15 weights each; the sum reads both ways.
    """
    kinds = [Kind.INPUT, Kind.CONVOLUTION, Kind.CONVOLUTION, Kind.ADD, Kind.OUTPUT]
    return graph(
        kinds,
        [(0, 1), (1, 2), (2, 3), (0, 3), (3, 4)],
        height_in=[8, 8, 8, 4, 4],
        height_out=[8, 8, 4, 4, 4],
        width_out=[8, 8, 4, 4, 4],
        channels_out=[1, 2, 4, 4, 4],
        kernel_height=[0, 1, 3, 0, 0],
        kernel_width=[0, 1, 3, 0, 0],
        weights=[0, 8, 15, 0, 0],
        count=[1, 3, 1, 1, 1],
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("operators", 7),
        ("layers", 4),
        ("log weights", np.log2(1 + 3 * 8 + 15)),
        # 3 * 8 weights at 64 positions, 15 at 16
        ("log macs", np.log2(1 + 24 * 64 + 15 * 16)),
        # 1 channel at 64, 3 times 2 at 64, then 4 at 16 three times
        ("log outputs", np.log2(1 + 64 + 6 * 64 + 3 * 64)),
        ("sum of log weights", 3 * np.log2(9) + 4),
        ("convolution operators", 4),
        ("add operators", 1),
        ("log convolution weights", np.log2(1 + 39)),
        ("log add weights", 0),
        ("layers at 1/1", 3),
        ("layers at 1/2", 1),
        ("log weights at 1/2", 4),
        ("mean log width", (3 * 1 + 2) / 4),
        ("largest log width", 2),
        ("smallest log width", 1),
        ("layers of kernel 1", 3),
        ("layers of kernel 3", 1),
        ("mean window", (3 * 1 + 9) / 4),
        # the operators after the input: three, one, the sum, the output; or the last two
        ("longest path", 6),
        ("shortest path", 2),
        ("most layers on a path", 4),
        ("fewest layers on a path", 0),
        ("log paths", 1),
        ("joins", 1),
        ("edges per operator", 1),
    ],
)
def test_a_graph_of_two_ways_has_the_numbers_counted_by_hand(name, value):
    assert features_of(branches())[name] == pytest.approx(value)


def test_a_path_count_beyond_what_floats_hold_is_finite():
    # 1,200 diamonds in a row: 2^1200 paths
    edges, last = [], 0
    for _ in range(1200):
        edges += [(last, last + 1), (last, last + 2), (last + 1, last + 3), (last + 2, last + 3)]
        last += 3
    kinds = [Kind.INPUT, *[Kind.ADD] * (last - 1), Kind.OUTPUT]
    assert features_of(graph(kinds, edges))["log paths"] == pytest.approx(1200)


def test_networks_of_different_kinds_have_the_same_names_and_finite_numbers():
    convolutional = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 2))
    recurrent = nn.GRU(5, 6, batch_first=True)
    first = features_of(graph_of(convolutional, (3, 8, 8)))
    second = features_of(graph_of(recurrent, (7, 5)))
    assert list(first) == list(second)
    assert np.isfinite([*first.values(), *second.values()]).all()
    assert first["activated"] == 1
    assert first["log weights"] == np.log2(1 + sum(p.numel() for p in convolutional.parameters()))
