import json

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from harness.core.architecture import Dataset
from harness.passes.counting import measure
from harness.spaces.nas_bench_macro import SPACE, operations
from harness.spaces.networks.nas_bench_macro import InvertedResidual, Reduction
from tests.spaces.network_checks import (
    assert_layers_are_called_once,
    assert_same_in_double_precision,
)

CIFAR = Dataset(name="cifar10", shape=(3, 32, 32), classes=10)
SMALL = Dataset(name="small", shape=(2, 9, 8), classes=4)
texts = st.text("012", min_size=8, max_size=8)


def build(text, dataset=SMALL):
    torch.manual_seed(0)
    return SPACE.network(SPACE.parse(text), dataset)


@given(texts)
def test_the_text_survives_parsing(text):
    architecture = SPACE.parse(f" {text}\n")
    assert architecture.text == text
    names = ("identity", "ir_3x3_t3", "ir_5x5_t6")
    assert operations(architecture) == tuple(names[int(digit)] for digit in text)


def test_enumeration_is_lexicographic_and_yields_each_of_6561_architectures_once():
    texts = [architecture.text for architecture in SPACE.enumerate()]
    assert len(set(texts)) == SPACE.size == 3**8
    assert texts == sorted(texts)


def test_3969_architectures_are_unique():
    # Two later layers of a stage: 9 choices, of which 01 = 10 and 02 = 20 leave 7; the first layer
    # has 3 choices. Stages of 2, 3 and 3 layers: (3 * 3) * (3 * 7) * (3 * 7) = 3,969.
    unique = [architecture.text for architecture in SPACE.enumerate("unique")]
    assert len(unique) == 3_969
    assert set(unique) == {SPACE.canonical(architecture) for architecture in SPACE.enumerate()}


def test_identities_behind_the_first_layer_of_a_stage_may_stand_anywhere():
    assert SPACE.canonical(SPACE.parse("01201002")) == "01210020"
    assert SPACE.canonical(SPACE.parse("00000012")) == "00000012"
    assert SPACE.canonical(SPACE.parse("10021100")) == "10021100"


def test_neighbours_are_the_16_architectures_that_differ_in_one_layer():
    neighbours = SPACE.neighbours(SPACE.parse("01201222"))
    assert len(set(neighbours)) == 16
    assert all(
        sum(a != b for a, b in zip("01201222", other.text, strict=True)) == 1
        for other in neighbours
    )


def test_sampling_is_uniform_and_repeats_with_its_seed():
    def draw():
        generator = np.random.default_rng(7)
        return [SPACE.sample(generator).text for _ in range(1_500)]

    drawn = draw()
    assert drawn == draw()
    # 1,500 draws a third each: 500 expected, standard deviation sqrt(1500 * 2 / 9) = 18.3
    for layer in range(8):
        counts = [sum(text[layer] == digit for text in drawn) for digit in "012"]
        assert all(420 < count < 580 for count in counts)


def test_the_graph_is_a_chain():
    graph = SPACE.graph(SPACE.parse("01201222"))
    assert graph.operations == ("input", *operations(SPACE.parse("01201222")), "output")
    assert graph.edges == tuple((node, node + 1) for node in range(9))
    assert graph.has_path


def test_a_block_adds_its_input_unless_it_halves_the_resolution():
    torch.manual_seed(0)
    images = torch.randn(2, 4, 6, 6)
    keeping = InvertedResidual(4, kernel=5, expansion=6, stride=1).eval()
    branch = images
    for layer in keeping:
        branch = layer(branch)
    torch.testing.assert_close(keeping(images), images + branch)
    halving = InvertedResidual(4, kernel=3, expansion=3, stride=2)
    assert halving(images).shape == (2, 8, 3, 3)


@pytest.mark.parametrize("text", ["00000000", "01201222", "22112100"])
@pytest.mark.parametrize("batch", [2, 3])
def test_logits_are_finite_and_every_parameter_gets_a_gradient(text, batch):
    network = build(text)
    logits = network(torch.randn(batch, 2, 9, 8))
    assert logits.shape == (batch, 4)
    assert logits.isfinite().all()
    logits.square().sum().backward()
    assert all(parameter.grad is not None for parameter in network.parameters())


def test_layers_are_called_once_each_and_change_no_tensor_that_a_hook_saw():
    assert_layers_are_called_once(build("01201222"), torch.randn(2, 2, 9, 8))


def test_stages_double_channels_and_halve_resolution():
    network = build("01201222", CIFAR)
    shapes = []
    for name, layer in network.named_children():
        if name.startswith("stage"):
            layer.register_forward_hook(lambda _m, _i, output: shapes.append(tuple(output.shape)))
    network(torch.randn(2, 3, 32, 32))
    assert shapes == [(2, 64, 16, 16), (2, 128, 8, 8), (2, 256, 4, 4)]


def test_blocks_and_reductions_are_marked_as_cells():
    marked = [type(layer) for layer in build("01201022").modules() if hasattr(layer, "is_cell")]
    assert marked == [Reduction, *[InvertedResidual] * 3, Reduction, *[InvertedResidual] * 2]


def test_the_network_runs_in_double_precision():
    assert_same_in_double_precision(build("01201222"), torch.randn(2, 2, 9, 8))


@pytest.fixture(scope="module")
def rows(shared_data):
    path = shared_data / "xiusu+NAS-Bench-Macro" / "data" / "nas-bench-macro_cifar10.json"
    return json.loads(path.read_text())


def cost(text):
    counted = measure(build(text, CIFAR), (3, 32, 32))
    return np.array([counted.parameters, counted.multiply_accumulates])


@pytest.mark.shared_data
def test_parameters_and_multiply_accumulates_equal_the_published_params_and_flops(rows):
    # A layer's cost does not depend on the other layers, so 17 networks do for all; the published
    # FLOPs count multiply-accumulates alone.
    base = cost("00000000")
    extra = {
        (layer, digit): cost("0" * layer + digit + "0" * (7 - layer)) - base
        for layer in range(8)
        for digit in "12"
    }
    assert len(rows) == 6_561
    for text, row in rows.items():
        total = base + sum(extra.get(choice, 0) for choice in enumerate(text))
        assert total.tolist() == [row["params"], row["flops"]]
    for text in list(rows)[::1_000]:
        assert cost(text).tolist() == [rows[text]["params"], rows[text]["flops"]]


@pytest.mark.shared_data
def test_canonically_equal_architectures_have_the_same_published_accuracies(rows):
    accuracies = {}
    for text, row in rows.items():
        canonical = SPACE.canonical(SPACE.parse(text))
        accuracies.setdefault(canonical, set()).add(tuple(row["test_acc"]))
    assert len(accuracies) == 3_969
    assert all(len(values) == 1 for values in accuracies.values())
