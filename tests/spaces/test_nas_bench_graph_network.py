import importlib

import pytest
import torch

from harness.core.architecture import Dataset
from harness.core.errors import UsageError
from harness.passes.counting import count_parameters
from harness.spaces.nas_bench_graph import SPACE

SIZES = {"arxiv": (128, 40), "computers": (767, 10), "pubmed": (500, 3)}
EVERY_OPERATION = ("0012:gat-gcn-gin-cheb", "0013:sage-arma-graph-fc", "0011:gcn-fc-gin-skip")


@pytest.fixture
def torch_geometric():
    return pytest.importorskip("torch_geometric", reason="torch_geometric is not installed")


def graph(name):
    features, classes = SIZES[name]
    return Dataset(name=name, shape=(features, 1, 1), classes=classes)


def build(text, name="arxiv"):
    torch.manual_seed(0)
    return SPACE.network(SPACE.parse(text), graph(name))


@pytest.mark.usefixtures("torch_geometric")
@pytest.mark.parametrize("text", [*EVERY_OPERATION, "0123:skip-skip-skip-gcn"])
@pytest.mark.parametrize("name", ["pubmed", "computers"])
def test_logits_are_finite_and_hang_on_the_features(text, name):
    network = build(text, name)
    features = torch.randn(12, SIZES[name][0], requires_grad=True)
    edges = torch.randint(12, (2, 40))
    logits = network(features, edges)
    assert logits.shape == (12, SIZES[name][1])
    logits.square().sum().backward()
    assert features.grad.isfinite().all()
    doubled = network.double()(features.detach().double(), edges)
    assert doubled.dtype == torch.float64


@pytest.mark.usefixtures("torch_geometric")
def test_an_operation_normalises_what_another_one_made_but_not_the_features():
    network = build("0123:skip-gcn-fc-fc", "pubmed")
    called = []
    for number, norm in enumerate(network.cell.norms):
        norm.register_forward_hook(lambda *_, number=number: called.append(number))
    network(torch.randn(5, 500), torch.randint(5, (2, 9)))
    # gcn reads the features, by way of a skip; the two linear operations read 128 wide states.
    assert called == [2, 3]


@pytest.mark.usefixtures("torch_geometric")
def test_the_parameters_of_a_chain_are_the_sum_of_its_layers():
    # pubmed is 128 wide without further layers: gcn 500*128 + 128, three times 128*128 + 128,
    # four batch norms of 2*128, linear 128*3 + 3
    expected = 64_128 + 3 * 16_512 + 4 * 256 + 387
    assert count_parameters(build("0123:gcn-gcn-gcn-gcn", "pubmed")) == expected


@pytest.mark.usefixtures("torch_geometric")
def test_another_graph_is_refused():
    with pytest.raises(UsageError, match="unknown graph 'cifar10'"):
        SPACE.network(SPACE.parse("0"), Dataset(name="cifar10", shape=(3, 32, 32), classes=10))


def test_without_torch_geometric_the_error_says_what_to_install(monkeypatch):
    real = importlib.import_module

    def without(name, package=None):
        if name.startswith("torch_geometric"):
            raise ModuleNotFoundError(name)
        return real(name, package)

    monkeypatch.setattr(importlib, "import_module", without)
    with pytest.raises(UsageError, match="pip install torch_geometric"):
        build("0123:gcn-gcn-gcn-gcn")
