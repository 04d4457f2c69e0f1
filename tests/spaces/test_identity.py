"""Which architectures are one network: what the kinds of identity hold together and apart."""

import itertools
import math
from collections import defaultdict

import numpy as np
import pytest

from harness.core.architecture import IDENTITIES, Architecture, Dataset
from harness.core.errors import UsageError
from harness.space import SearchSpace
from harness.spaces import nas_bench_201, transnas_bench_101_micro
from harness.spaces.four_node_cells import EDGES, cells, without_unreachable
from harness.spaces.four_node_identity import computation
from harness.spaces.nas_bench_201_identity import KINDS
from harness.spaces.registry import space

CONVOLUTIONS = ("nor_conv_1x1", "nor_conv_3x3")
HAS_WEIGHTS = {
    nas_bench_201: lambda name, source: name in CONVOLUTIONS,
    transnas_bench_101_micro: lambda name, source: (
        name in CONVOLUTIONS or (name == "skip_connect" and source == 0)
    ),
}
COUNTS = {
    # Kind: classes, those with different numbers of parameters, and of parameters in use.
    "computation": (5_260, 60, 0),
    "network": (5_580, 0, 0),
    "published": (6_466, 578, 430),
    "expression": (5_390, 389, 337),
}


def cells_by(kind, kinds=KINDS, names=nas_bench_201.OPERATIONS):
    """Return the cells of every class; texts are not parsed, which would take longest."""
    classes = defaultdict(list)
    for cell in cells(names):
        classes[kinds[kind](cell)].append(cell)
    return classes


def sizes(cell):
    return tuple(cell.count(name) for name in CONVOLUTIONS)


@pytest.mark.parametrize("kind", COUNTS)
def test_the_classes_of_nas_bench_201_and_how_many_of_them_mix_numbers_of_parameters(kind):
    classes = cells_by(kind).values()
    mixed = sum(len(set(map(sizes, members))) > 1 for members in classes)
    mixed_in_use = sum(
        len({sizes(without_unreachable(cell)) for cell in members}) > 1 for members in classes
    )
    assert (len(classes), mixed, mixed_in_use) == COUNTS[kind]


def test_the_published_string_is_the_expression_of_the_output_node():
    # node 1 = pool(0); node 2 = skip(0) + none; node 3 = 1x1(0) + pool(node 1) + 1x1(node 2)
    cell = nas_bench_201.SPACE.parse(
        "|avg_pool_3x3~0|+|skip_connect~0|none~1|+|nor_conv_1x1~0|avg_pool_3x3~1|nor_conv_1x1~2|"
    )
    expressions = {kind: nas_bench_201.SPACE.canonical(cell, kind) for kind in COUNTS}
    assert expressions["published"] == (
        "(#+0)@nor_conv_1x1+((0)@avg_pool_3x3)@avg_pool_3x3+(0)@nor_conv_1x1"
    )
    assert expressions["expression"] == (
        "((0)@avg_pool_3x3)@avg_pool_3x3+(0)@nor_conv_1x1+(0)@nor_conv_1x1"
    )
    assert expressions["computation"] == (
        "#0=nor_conv_1x1(input); #1=nor_conv_1x1(input); #0+#1+pool(pool(input))"
    )


def outputs(cell, has_weights):
    """What a cell of numbers gives under every order of the same weights, as a set.

    A layer multiplies and bends, a pool bends alike everywhere; nothing of either distributes over
    sums, so equal numbers are equal computations.
    """
    live = without_unreachable(cell)
    layers = [
        name for (source, _), name in zip(EDGES, live, strict=True) if has_weights(name, source)
    ]
    weights = {
        name: [0.3 + 0.17 * k + int(name[-1], 36) / 7 for k in range(6)] for name in set(layers)
    }
    orders = [
        itertools.permutations(weights[name][: layers.count(name)]) for name in sorted(weights)
    ]
    found = set()
    for order in itertools.product(*orders):
        left = {name: list(chosen) for name, chosen in zip(sorted(weights), order, strict=True)}
        nodes = [0.7, 0.0, 0.0, 0.0]
        for (source, target), name in zip(EDGES, live, strict=True):
            if has_weights(name, source):
                nodes[target] += math.tanh(left[name].pop() * nodes[source] + 0.1)
            elif name == "skip_connect":
                nodes[target] += nodes[source]
            elif name == "avg_pool_3x3":
                nodes[target] += math.sin(nodes[source])
        found.add(round(nodes[3], 9))
    return found


@pytest.mark.parametrize("module", [nas_bench_201, transnas_bench_101_micro])
def test_cells_of_one_computation_give_equal_outputs_and_others_do_not(module):
    has_weights = HAS_WEIGHTS[module]
    kinds = {"computation": lambda cell: computation(cell, has_weights)}
    classes = list(cells_by("computation", kinds, module.OPERATIONS).values())
    generator = np.random.default_rng(0)
    by_layers = defaultdict(list)
    for number in generator.permutation(len(classes))[:400]:
        first, last = classes[number][0], classes[number][-1]
        found = outputs(first, has_weights)
        assert found == outputs(last, has_weights)
        by_layers[tuple(sorted(without_unreachable(first)))].append(found)
    compared = 0
    for found in by_layers.values():
        for first, second in itertools.combinations(found, 2):
            assert first != second
            compared += 1
    assert compared > 300


def test_what_is_dead_tells_networks_apart_that_compute_the_same():
    micro = transnas_bench_101_micro.SPACE
    plain, dead = map(micro.parse, ("64-41414-0_00_300", "64-41414-3_00_300"))
    assert micro.canonical(plain) == micro.canonical(dead)
    assert micro.canonical(plain, "network") != micro.canonical(dead, "network")
    kinds = [{micro.canonical(cell, kind) for cell in micro.enumerate()} for kind in IDENTITIES[:2]]
    assert list(map(len, kinds)) == [1_376, 1_688]


def test_a_skip_counts_as_a_layer_only_where_it_may_halve_the_resolution():
    micro = transnas_bench_101_micro.SPACE
    # conv(0) then skip(1 to 3) is conv(0); skip(0 to 1) then conv(1 to 3) is a conv of a layer.
    after, before, alone = map(
        micro.parse, ("64-41414-3_00_010", "64-41414-1_00_030", "64-41414-0_00_300")
    )
    assert micro.canonical(after) == micro.canonical(alone) != micro.canonical(before)


@pytest.mark.parametrize("name", ["darts", "transnas-bench-101-micro"])
def test_a_kind_that_a_space_says_nothing_of_is_refused(name):
    architecture = space(name).sample(np.random.default_rng(0))
    with pytest.raises(UsageError, match=r"'published' in space .* Known: computation, network"):
        space(name).canonical(architecture, "published")


def test_a_space_of_ones_own_may_tell_kinds_apart():
    def made(canonical=None):
        return SearchSpace(
            name="mine",
            summary="two texts",
            network=lambda text: text,
            texts=["a", "b"],
            canonical=canonical,
            dataset=Dataset(name="small", shape=(3, 8, 8), classes=2),
        )

    def texts_of(mine):
        return [mine.canonical(Architecture(space="mine", text="b"), kind) for kind in IDENTITIES]

    assert texts_of(made({kind: lambda text, kind=kind: kind + text for kind in IDENTITIES})) == [
        "computationb",
        "networkb",
        "publishedb",
    ]
    with pytest.raises(UsageError, match="Known: computation, network"):
        texts_of(made())
    with pytest.raises(UsageError, match="Known: computation, rows"):
        texts_of(made({"computation": str.upper}))
