import pytest

from harness.core.architecture import CellGraph
from harness.passes.workbench import Workbench
from harness.plugins.zero_cost import depth, flops, layers, params, random
from harness.plugins.zero_cost.active_edges import active_operations
from harness.spaces.nas_bench_201 import SPACE
from tests.passes.subjects import SmallNetwork, bench, images, score, subject


def on_small_network(plugin):
    return score(bench(SmallNetwork, *plugin.passes), plugin)


def test_params_of_a_small_network():
    assert on_small_network(params.PLUGIN) == 361.0


def test_flops_of_a_small_network():
    assert on_small_network(flops.PLUGIN) == 10_895.0


def test_layers_and_depth_of_a_small_network():
    assert (on_small_network(layers.PLUGIN), on_small_network(depth.PLUGIN)) == (3.0, 3.0)


def draw(seed):
    return score(Workbench(subject(SmallNetwork, *images(), seed=seed), ()), random.PLUGIN)


def test_a_random_score_depends_on_the_seed_alone():
    assert draw(1) == draw(1)
    assert draw(1) != draw(2)
    assert 0 <= draw(1) < 1


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("|skip_connect~0|+|none~0|none~1|+|none~0|nor_conv_3x3~1|none~2|", 2),
        ("|nor_conv_3x3~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|", 1),
        ("|none~0|+|none~0|nor_conv_1x1~1|+|none~0|none~1|avg_pool_3x3~2|", 0),
        (
            "|nor_conv_3x3~0|+|skip_connect~0|avg_pool_3x3~1|"
            "+|nor_conv_1x1~0|skip_connect~1|nor_conv_3x3~2|",
            6,
        ),
    ],
)
def test_active_operations_lie_on_a_path_without_none(cell, expected):
    assert active_operations(SPACE.graph(SPACE.parse(cell))) == expected


def test_active_operations_of_a_cell_with_two_inputs():
    # 0 and 1 are inputs, 4 leads nowhere
    graph = CellGraph(
        operations=("input", "input", "conv", "pool", "conv", "output"),
        edges=((0, 2), (1, 3), (1, 4), (2, 5), (3, 5)),
    )
    assert active_operations(graph) == 2
