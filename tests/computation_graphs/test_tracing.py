"""Any module becomes a graph of primitive operators, and is left as it was."""

import copy
import gc

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from harness.computation_graphs import (
    ATTRIBUTES,
    SENTENCES,
    ComputationGraph,
    Kind,
    cell_of,
    graph_of,
    sentence_of,
)
from harness.computation_graphs.tracing import Built
from harness.core.errors import DataError
from harness.encodings.traced import trace_network
from harness.passes.counting import count_parameters
from harness.spaces.datasets import dataset
from harness.spaces.registry import space

IMAGE = (3, 8, 8)


class Residual(nn.Module):
    """A user's network: a condition on a shape, a loop, a shortcut, functions beside layers."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.convolutions = nn.ModuleList(nn.Conv2d(4, 4, 3, padding=1) for _ in range(2))
        self.head = nn.Linear(4, 10)

    def forward(self, images: Tensor) -> Tensor:
        features = self.norm(self.stem(images))
        if features.shape[-1] > 4:
            features = nn.functional.max_pool2d(features, 2)
        shortcut = features
        for convolution in self.convolutions:
            features = torch.sigmoid(convolution(features))
        features = features + shortcut
        return self.head(features.mean(dim=(2, 3)))


def kinds(module: nn.Module, shape: tuple[int, ...] = IMAGE) -> list[str]:
    return [kind.name for kind in graph_of(module, shape).named()]


def attribute(graph: ComputationGraph, place: int, name: str) -> int:
    return int(graph.attributes[place, ATTRIBUTES.index(name)])


def test_a_network_of_ones_own_needs_no_code_of_its_space():
    graph = graph_of(Residual(), IMAGE)
    # the two convolutions with their sigmoids are equal and in a row: one that counts twice
    assert [kind.name for kind in graph.named()] == [
        "INPUT",
        "CONVOLUTION",
        "MAX_POOL",
        "CONVOLUTION",
        "ADD",
        "GLOBAL_POOL",
        "LINEAR",
        "OUTPUT",
    ]
    chain = [(0, 1), (1, 2), (2, 3), (2, 4), (3, 4), (4, 5), (5, 6), (6, 7)]
    assert list(map(tuple, graph.edges.tolist())) == chain
    assert attribute(graph, 3, "count") == 2
    assert attribute(graph, 3, "activation_after") == Kind.SIGMOID
    assert attribute(graph, 1, "normed") == 1
    # 3 x 4 kernels of 3 x 3 and 4 biases; 4 scales and 4 shifts of the norm
    assert attribute(graph, 1, "weights") == 3 * 4 * 9 + 4 + 8


def test_a_condition_on_a_shape_is_followed_as_in_use():
    assert "MAX_POOL" in kinds(Residual(), (3, 8, 8))
    assert "MAX_POOL" not in kinds(Residual(), (3, 4, 4))


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float64])
def test_weights_of_any_type_of_numbers_are_traced(dtype):
    assert cell_of(Residual().to(dtype), IMAGE) == cell_of(Residual(), IMAGE)
    assert cell_of(Residual().to(dtype), torch.zeros(2, *IMAGE)) == cell_of(Residual(), IMAGE)


def test_sizes_kernels_strides_and_groups_are_those_of_the_layers():
    layers = nn.Sequential(
        nn.Conv2d(3, 6, (3, 5), stride=2, padding=(1, 2), bias=False),
        nn.Conv2d(6, 6, 3, groups=6, padding=2, dilation=2),
        nn.ConvTranspose2d(6, 4, 2, stride=2),
    )
    graph = graph_of(layers, IMAGE)
    assert [kind.name for kind in graph.named()[1:-1]] == ["CONVOLUTION", "DEPTHWISE", "TRANSPOSED"]
    columns = ("height_in", "height_out", "channels_in", "channels_out", "kernel_height")
    columns += ("kernel_width", "stride", "dilation", "groups", "bias", "weights")
    rows = [[attribute(graph, place, name) for name in columns] for place in (1, 2, 3)]
    assert rows == [
        [8, 4, 3, 6, 3, 5, 2, 1, 1, 0, 3 * 6 * 15],
        [4, 4, 6, 6, 3, 3, 1, 2, 6, 1, 6 * 9 + 6],
        [4, 8, 6, 4, 2, 2, 2, 1, 1, 1, 6 * 4 * 4 + 4],
    ]


def test_what_computes_nothing_is_no_operator():
    layers = nn.Sequential(nn.Identity(), nn.Dropout(), nn.Flatten(), nn.Linear(192, 2))
    assert kinds(layers) == ["INPUT", "LINEAR", "OUTPUT"]


def test_functions_count_like_layers():
    class Functions(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.zeros(5, 3, 1, 1))

        def forward(self, images: Tensor) -> Tensor:
            return nn.functional.relu(nn.functional.conv2d(images, self.weight))

    layers = nn.Sequential(nn.Conv2d(3, 5, 1, bias=False), nn.ReLU(inplace=True))
    first, second = graph_of(Functions(), IMAGE), graph_of(layers, IMAGE)
    assert np.array_equal(first.kinds, second.kinds)
    assert np.array_equal(first.attributes, second.attributes)


def test_a_tensor_that_is_reshaped_in_place_goes_on_with_its_new_shape():
    class Reshaping(nn.Module):
        def forward(self, images: Tensor) -> Tensor:
            means = images.mean(dim=(2, 3))
            means.unsqueeze_(2).unsqueeze_(3)
            return nn.functional.relu_(images * means)

    graph = graph_of(Reshaping(), IMAGE)
    assert [kind.name for kind in graph.named()] == [
        "INPUT",
        "GLOBAL_POOL",
        "MULTIPLY",
        "RELU",
        "OUTPUT",
    ]
    sides = ("channels_out", "height_out", "width_out")
    assert [attribute(graph, 2, side) for side in sides] == [3, 8, 8]


def test_attention_is_products_without_weights_between_linear_maps():
    class Attention(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.patches = nn.Conv2d(3, 8, 4, stride=4)
            self.attention = nn.MultiheadAttention(8, 2, batch_first=True)

        def forward(self, images: Tensor) -> Tensor:
            tokens = self.patches(images).flatten(2).transpose(1, 2)
            return self.attention(tokens, tokens, tokens)[0].mean(dim=1)

    traced_kinds = kinds(Attention())
    assert traced_kinds.count("PRODUCT") == 2
    assert "SOFTMAX" in traced_kinds
    assert "LINEAR" in traced_kinds
    assert "OTHER" not in traced_kinds


def test_an_operator_out_of_the_vocabulary_is_called_other():
    class Sorted(nn.Module):
        def forward(self, images: Tensor) -> Tensor:
            return images.sort(dim=-1).values

    assert kinds(Sorted()) == ["INPUT", "OTHER", "OUTPUT"]


def test_control_flow_on_values_is_refused_in_one_sentence():
    class Picky(nn.Module):
        def forward(self, images: Tensor) -> Tensor:
            return images if images.mean() > 0 else -images

    with pytest.raises(DataError, match=r"Picky cannot be traced .*\(3, 8, 8\).*not on values"):
        graph_of(Picky(), IMAGE)


def test_an_output_that_does_not_depend_on_the_input_is_refused():
    class Deaf(nn.Module):
        def forward(self, images: Tensor) -> Tensor:
            return torch.zeros(2)

    with pytest.raises(DataError, match="does not depend on its input"):
        graph_of(Deaf(), IMAGE)


def test_the_module_is_left_as_it_was():
    class Counting(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("calls", torch.zeros(()))
            self.register_buffer("last", torch.zeros(2))
            self.layer = nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4))

        def forward(self, images: Tensor) -> Tensor:
            self.calls += 1
            self.last.copy_(torch.ones(2))
            return self.layer(images)

    module = Counting()
    module.layer.eval()
    before = copy.deepcopy(module.state_dict())
    graph_of(module, IMAGE)
    assert (module.training, module.layer.training) == (True, False)
    for name, value in module.state_dict().items():
        assert torch.equal(value, before[name]), name


@pytest.mark.parametrize(
    "name", ["nas-bench-101", "nas-bench-macro", "darts", "transnas-bench-101-macro"]
)
def test_the_weights_of_the_operators_are_those_of_the_network(name: str):
    where, generator = space(name), np.random.default_rng(3)
    images = dataset("class_scene" if name.startswith("transnas") else "cifar10")
    for _ in range(3):
        drawn = where.sample(generator)
        with Built():
            network = where.network(drawn, images)
        graph = trace_network(drawn)
        counted = int((graph.column("weights") * graph.column("count")).sum())
        assert counted == count_parameters(network)


def test_a_cell_without_a_path_leaves_nothing_between_input_and_output():
    cell = space("nas-bench-201").parse("|none~0|+|none~0|none~1|+|none~0|none~1|none~2|")
    assert [kind.name for kind in trace_network(cell).named()] == ["INPUT", "OUTPUT"]


def test_operations_of_a_cell_whose_output_nothing_uses_leave_no_trace():
    parse = space("nas-bench-201").parse
    # node 1 is read by no one in the first cell and does not exist in the second
    unused = parse("|nor_conv_3x3~0|+|none~0|none~1|+|nor_conv_1x1~0|none~1|none~2|")
    absent = parse("|none~0|+|none~0|none~1|+|nor_conv_1x1~0|none~1|none~2|")
    first, second = trace_network(unused), trace_network(absent)
    assert np.array_equal(first.attributes, second.attributes)
    assert np.array_equal(first.edges, second.edges)


def test_modules_are_built_without_storage_and_without_a_draw():
    before = torch.get_rng_state()
    with Built():
        network = nn.Conv2d(3, 1 << 20, 7)
    assert network.weight.is_meta
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("collects", [True, False])
def test_the_collector_waits_while_a_network_is_built_and_is_left_as_it_was(collects, monkeypatch):
    searched, asked = space("nas-bench-201"), []
    build = type(searched).network

    def network(self, architecture, dataset):
        asked.append(gc.isenabled())
        return build(self, architecture, dataset)

    monkeypatch.setattr(type(searched), "network", network)
    was = gc.isenabled()
    (gc.enable if collects else gc.disable)()
    try:
        trace_network(searched.sample(np.random.default_rng(0)))
        assert gc.isenabled() is collects
    finally:
        (gc.enable if was else gc.disable)()
    assert asked == [False]


class Chat(nn.Module):
    """Token ids, attention written by hand with a mask, a recurrent layer."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens, self.places = nn.Embedding(50, 8), nn.Embedding(12, 8)
        self.mixed, self.read = nn.Linear(8, 24), nn.LSTM(8, 6, num_layers=2, batch_first=True)
        self.head = nn.Linear(6, 50)

    def forward(self, tokens: Tensor, mask: Tensor | None = None) -> Tensor:
        places = torch.arange(tokens.shape[1], device=tokens.device)
        states = self.tokens(tokens) + self.places(places)
        query, key, value = self.mixed(states).chunk(3, dim=-1)
        weights = query @ key.transpose(1, 2) / 8**0.5
        later = torch.ones_like(weights, dtype=torch.bool).triu(1)
        states = states + weights.masked_fill(later, -torch.inf).softmax(dim=-1) @ value
        states = nn.functional.gelu(states if mask is None else states * mask.unsqueeze(-1))
        return self.head(self.read(states)[0])


TOKENS = torch.zeros(3, 12, dtype=torch.int64)


def test_a_cell_graph_names_operators_in_words():
    graph = cell_of(Chat(), TOKENS)
    assert list(map(sentence_of, graph.operations)) == [
        "input",
        "Embedding of tokens",
        "Fully connected layer",
        "Attention",
        "Residual connection",
        "Gaussian error linear unit",
        "Long short-term memory layer",
        "Fully connected layer",
        "output",
    ]
    chain = [(4, 5), (5, 6), (6, 7), (7, 8)]
    assert graph.edges == ((0, 1), (1, 2), (1, 4), (2, 3), (3, 4), *chain)


def test_inputs_come_by_position_or_by_name():
    named = {"tokens": TOKENS, "mask": torch.ones(3, 12)}
    first, second = cell_of(Chat(), named), cell_of(Chat(), tuple(named.values()))
    assert first == second
    assert first.operations[:2] == ("input", "input")


def test_signals_and_volumes_have_their_channels_first():
    signal = nn.Sequential(nn.Conv1d(2, 4, 7, stride=2), nn.BatchNorm1d(4), nn.ReLU())
    volume = nn.Sequential(nn.Conv3d(2, 4, 3), nn.GroupNorm(2, 4), nn.AdaptiveAvgPool3d(1))
    assert cell_of(signal, (2, 30)).operations[1:-1] == (
        "One-dimensional convolution of length 7, half resolution | 4 norm relu",
    )
    assert cell_of(volume, (2, 8, 8, 8)).operations[1:-1] == (
        "Three-dimensional convolution 3 by 3 | 4 group norm",
        "Global average pooling | 4",
    )


@pytest.mark.parametrize("layer", [nn.LSTM, nn.GRU, nn.RNN])
def test_a_recurrent_layer_is_one_operator_with_its_weights(layer):
    class Last(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = layer(5, 7, batch_first=True, bidirectional=True)

        def forward(self, sequence: Tensor) -> Tensor:
            return self.layer(sequence)[0][:, -1]

    module = Last()
    graph = graph_of(module, (9, 5))
    assert [kind.name for kind in graph.named()] == ["INPUT", "LINEAR", "OUTPUT"]
    assert attribute(graph, 1, "weights") == count_parameters(module)


@pytest.mark.parametrize("dimensions", [1, 2, 3])
@pytest.mark.parametrize(
    "options", [{}, {"stride": 2}, {"groups": 2}, {"groups": 4}, {"dilation": 2}]
)
def test_every_convolution_has_one_of_the_sentences(dimensions, options):
    kind = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}[dimensions]
    for side in (1, 3, 10, 12):
        graph = cell_of(kind(4, 4, side, **options), (4, *[25] * dimensions))
        assert sentence_of(graph.operations[1]) in SENTENCES


def test_strides_halve_and_double_the_resolution_also_of_signals():
    layers = nn.Sequential(nn.Conv2d(3, 4, 3, stride=2), nn.ConvTranspose2d(4, 4, 2, stride=2))
    assert cell_of(layers, IMAGE).operations[1:-1] == (
        "Convolution 3 by 3, half resolution | 4",
        "Transposed convolution 2 by 2, double resolution | 4",
    )
    pool = cell_of(nn.MaxPool1d(2), (3, 8)).operations[1]
    assert sentence_of(pool) == "Max pooling 2 by 2, half resolution"


def test_an_activation_other_than_relu_is_a_node_of_its_own():
    layers = nn.Sequential(nn.Conv2d(3, 4, 3), nn.SiLU(), nn.Conv2d(4, 4, 3), nn.ReLU())
    assert cell_of(layers, IMAGE).operations[1:-1] == (
        "Convolution 3 by 3 | 4",
        "Sigmoid linear unit",
        "Convolution 3 by 3 | 4 relu",
    )
