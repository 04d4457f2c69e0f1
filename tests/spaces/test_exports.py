"""Networks of every space in tools that know nothing of this project."""

from __future__ import annotations

import io
import warnings

import numpy as np
import onnxruntime
import pytest
import torch
from torch import Tensor, fx, nn
from torch.utils.flop_counter import FlopCounterMode

from harness.core.architecture import Dataset
from harness.passes.counting import measure
from harness.spaces.nas_bench_201_cell import read_cell_string
from harness.spaces.networks import darts, nas_bench_201
from harness.spaces.networks.layers import FactorizedReduce
from harness.spaces.registry import space
from tests.space_files import TEN_SPACES

DARTS_CELL = (
    "|max_pool_3x3~0|avg_pool_3x3~1|+|skip_connect~0|sep_conv_3x3~2|"
    "+|sep_conv_5x5~1|dil_conv_3x3~3|+|dil_conv_5x5~2|none~4|"
)
NB201_CELL = (
    "|avg_pool_3x3~0|+|nor_conv_3x3~0|skip_connect~1|+|none~0|nor_conv_1x1~1|avg_pool_3x3~2|"
)
EVERY_OPERATION = {
    "nas-bench-201": NB201_CELL,
    # Vertices 1, 2 and 3 share 128 channels as 43, 43 and 42, so the last one narrows the others.
    "nas-bench-101": "conv3x3:0|maxpool3x3:1|conv1x1:12|output:0123",
    "nas-bench-1shot1-1": "maxpool3x3:0|conv1x1:01|conv1x1:01|conv3x3:01|output:01",
    "nas-bench-1shot1-2": "maxpool3x3:0|conv1x1:0|conv1x1:01|conv3x3:01|output:012",
    "nas-bench-1shot1-3": ("maxpool3x3:0|conv1x1:0|conv1x1:0|conv3x3:01|conv3x3:02|output:34"),
    "nas-bench-macro": "01201201",
    "darts": f"normal={DARTS_CELL};reduce={DARTS_CELL}",
    "transnas-bench-101-micro": "64-41414-0_21_312",  # nothing enters its first node
    "transnas-bench-101-macro": "64-1234-basic",
    "nas-bench-graph": "0012:gat-gcn-gin-cheb",
}
OTHER_GRAPH_OPERATIONS = "0012:sage-arma-graph-fc"
DEAD_END = "|nor_conv_3x3~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|"
ON_IMAGES = tuple(name for name in TEN_SPACES if name != "nas-bench-graph")
NODES, FEATURES = 12, 20

Inputs = tuple[Tensor, ...]


@pytest.fixture(autouse=True)
def _warnings_of_exporters() -> None:
    """What torch and its exporters warn of in themselves is not under test."""
    warnings.simplefilter("ignore")


def built(name: str, text: str, dataset: str = "cora", side: int = 16) -> tuple[nn.Module, Inputs]:
    """Return a network in evaluation mode, with what it has learned no more than drawn."""
    generator = torch.Generator().manual_seed(0)
    inputs: Inputs = (torch.randn((2, 3, side, side), generator=generator),)
    channels = 3
    if name == "nas-bench-graph":
        pytest.importorskip("torch_geometric", reason="torch_geometric is not installed")
        edges = torch.randint(NODES, (2, 40), generator=generator)
        inputs = (torch.randn((NODES, FEATURES), generator=generator), edges)
        channels = FEATURES
    torch.manual_seed(0)
    shape = Dataset(name=dataset, shape=(channels, side, side), classes=10)
    network = space(name).network(space(name).parse(text), shape)
    return network.eval(), inputs


def architectures(name: str) -> tuple[str, ...]:
    """Return the architecture with every operation and a random one."""
    return EVERY_OPERATION[name], space(name).sample(np.random.default_rng(0)).text


def assert_equal(outputs: Tensor, expected: Tensor) -> None:
    """Compare to 1e-5 of the largest output."""
    assert outputs.shape == expected.shape
    assert float((outputs - expected).abs().max()) <= 1e-5 * float(expected.abs().max())


def outputs_in_onnxruntime(model: bytes, inputs: Inputs) -> Tensor:
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    names = [known.name for known in session.get_inputs()]
    values = [tensor.numpy() for tensor in inputs]
    return torch.from_numpy(session.run(None, dict(zip(names, values, strict=True)))[0])


def by_torchscript(network: nn.Module, inputs: Inputs) -> bytes:
    stream = io.BytesIO()
    torch.onnx.export(network, inputs, stream, dynamo=False, opset_version=18)
    return stream.getvalue()


def by_torch_export(network: nn.Module, inputs: Inputs) -> bytes:
    stream = io.BytesIO()
    torch.onnx.export(network, inputs, dynamo=True, verbose=False).save(stream)
    return stream.getvalue()


class _Tracer(fx.Tracer):
    """Keeps layers that pass messages whole, as torch_geometric's own tracer does."""

    def is_leaf_module(self, module: nn.Module, name: str) -> bool:
        return type(module).__module__.startswith("torch_geometric") or super().is_leaf_module(
            module, name
        )


def test_the_architectures_hold_every_operation_of_their_spaces():
    assert set(EVERY_OPERATION) == set(TEN_SPACES)


@pytest.mark.parametrize("name", TEN_SPACES)
def test_fx_traces_the_network_symbolically(name):
    for text in architectures(name):
        network, inputs = built(name, text)
        traced = fx.GraphModule(network, _Tracer().trace(network))
        with torch.no_grad():
            torch.testing.assert_close(traced(*inputs), network(*inputs), rtol=0, atol=0)


@pytest.mark.parametrize("name", ["nas-bench-201", "darts"])
def test_fx_traces_the_network_in_training_mode(name):
    network, inputs = built(name, EVERY_OPERATION[name])
    traced = fx.symbolic_trace(network.train())
    torch.testing.assert_close(traced(*inputs), network(*inputs), rtol=0, atol=0)


def test_fx_traces_the_nine_tiles_of_jigsaw():
    name = "transnas-bench-101-macro"
    network, inputs = built(name, EVERY_OPERATION[name], "jigsaw", side=50)
    traced = fx.symbolic_trace(network)
    with torch.no_grad():
        torch.testing.assert_close(traced(*inputs), network(*inputs), rtol=0, atol=0)


@pytest.mark.parametrize(
    "name",  # the other two spaces of NAS-Bench-1Shot1 are built by the same two classes
    [name for name in TEN_SPACES if name not in ("nas-bench-1shot1-2", "nas-bench-1shot1-3")],
)
def test_torch_export_keeps_the_outputs(name):
    network, inputs = built(name, EVERY_OPERATION[name])
    exported = torch.export.export(network, inputs).module()
    with torch.no_grad():
        assert_equal(exported(*inputs), network(*inputs))


@pytest.mark.parametrize(
    ("name", "text"),
    [*EVERY_OPERATION.items(), ("nas-bench-graph", OTHER_GRAPH_OPERATIONS)],
)
def test_onnx_by_torchscript_keeps_the_outputs(name, text):
    network, inputs = built(name, text)
    with torch.no_grad():
        assert_equal(
            outputs_in_onnxruntime(by_torchscript(network, inputs), inputs), network(*inputs)
        )


@pytest.mark.skipif(
    torch.__version__.startswith("2.5."), reason="torch 2.5 exports no batch normalisation so"
)
def test_onnx_by_torch_export_keeps_the_outputs_of_all_that_is_no_plain_layer():
    """Not of whole networks: this exporter takes ten seconds for each."""
    torch.manual_seed(0)
    names = ("avg_pool_3x3", "max_pool_3x3", "sep_conv_3x3", "dil_conv_5x5")
    network = nn.Sequential(
        nas_bench_201.Cell(read_cell_string(NB201_CELL), 8),
        *(darts.operation(name, 8, 1) for name in names),
        darts.operation("avg_pool_3x3", 8, 2),
        FactorizedReduce(8, 8),
        nn.MaxPool2d(2, stride=1),
        FactorizedReduce(8, 8),
    ).eval()
    inputs = (torch.randn(2, 8, 16, 16),)
    with torch.no_grad():
        assert_equal(
            outputs_in_onnxruntime(by_torch_export(network, inputs), inputs), network(*inputs)
        )


@pytest.mark.parametrize("name", ON_IMAGES)
def test_torchs_counter_counts_two_flops_for_each_multiply_accumulate(name):
    for text in architectures(name):
        network, inputs = built(name, text)
        counter = FlopCounterMode(display=False)
        with torch.no_grad(), counter:
            network(inputs[0][:1])
        assert counter.get_total_flops() == 2 * measure(network, (3, 16, 16)).multiply_accumulates


def test_torchs_counter_counts_operations_whose_output_nothing_uses():
    network, inputs = built("nas-bench-201", DEAD_END)
    counter = FlopCounterMode(display=False)
    with torch.no_grad(), counter:
        network(inputs[0][:1])
    assert counter.get_total_flops() == 2 * measure(network, (3, 16, 16)).multiply_accumulates


def test_torchs_counter_counts_a_product_for_each_node_and_weight_of_graph_networks():
    network, inputs = built("nas-bench-graph", OTHER_GRAPH_OPERATIONS)
    counter = FlopCounterMode(display=False)
    with torch.no_grad(), counter:
        network(*inputs)
    # sage and arma read the features by two matrices each, graph reads 256 channels by two, fc by
    # one; the outputs of the last two pass two linear layers.
    weights = 4 * FEATURES * 256 + 3 * 256 * 256 + 512 * 256 + 256 * 10
    assert counter.get_total_flops() == 2 * NODES * weights
