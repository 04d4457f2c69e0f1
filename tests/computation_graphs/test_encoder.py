"""The encoder, the regressor on top of it, and the file of weights."""

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr

from harness.computation_graphs import ComputationGraph
from harness.computation_graphs.encoder import Encoder, Shape
from harness.computation_graphs.regressor import (
    Examples,
    Regressor,
    Schedule,
    fine_tune,
    values_of,
)
from harness.computation_graphs.tensors import graph_batch
from harness.computation_graphs.weights import Trained, read_encoder, write_encoder
from harness.core.errors import DataError, InfrastructureError
from harness.encodings.traced import trace_network
from harness.spaces.registry import space

SMALL = Shape(layers=2, width=16, embedding=16)
QUICK = Schedule(steps=60, batch=16, head_rate=1e-2, encoder_rate=3e-3, weight_decay=0.0)


@pytest.fixture(scope="module")
def graphs() -> list[ComputationGraph]:
    where, generator = space("nas-bench-macro"), np.random.default_rng(0)
    return [trace_network(where.sample(generator)) for _ in range(40)]


@pytest.fixture
def encoder() -> Encoder:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return Encoder(SMALL).eval()


def test_an_embedding_does_not_depend_on_what_else_is_in_the_batch(encoder, graphs):
    with torch.no_grad():
        whole = encoder(graph_batch(graphs[:5]))
        alone = torch.cat([encoder(graph_batch([graph])) for graph in graphs[:5]])
    assert torch.allclose(whole, alone, atol=1e-5)


def test_an_embedding_does_not_depend_on_the_order_of_the_operators(encoder, graphs):
    original = graphs[0]
    order = np.random.default_rng(0).permutation(original.n)
    place = np.argsort(order)
    other = ComputationGraph(
        kinds=original.kinds[order],
        attributes=original.attributes[order],
        edges=place[original.edges],
    )
    batches = graph_batch([original]), graph_batch([other])
    # Resolutions are relative to the first operator's, so these are given.
    numbers = batches[0].numbers[order]
    batches[1].numbers.copy_(numbers)
    with torch.no_grad():
        first, second = (encoder(batch) for batch in batches)
    assert torch.allclose(first, second, atol=1e-5)


@pytest.mark.parametrize("squares", [0.0, 0.5])
@pytest.mark.parametrize("batch", [16, 64])
def test_the_number_of_weights_can_be_learnt_from_some_and_ranked_in_others(
    encoder, graphs, squares, batch
):
    sizes = np.array([(graph.column("weights") * graph.column("count")).sum() for graph in graphs])
    labels = np.log(sizes.astype(np.float64))
    labels = (labels - labels.mean()) / labels.std()
    examples = Examples(graphs=graphs[:25], labels=labels[:25], groups=np.zeros(25, dtype=np.int64))
    schedule = Schedule(
        steps=60, batch=batch, head_rate=1e-2, encoder_rate=3e-3, weight_decay=0.0, squares=squares
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = Regressor(encoder)
        fine_tune(network, examples, schedule)
    # over 15 graphs, chance stays below 0.52 in 95 of 100 draws
    assert spearmanr(values_of(network, graphs[25:]), labels[25:]).statistic > 0.6


def test_labels_of_different_groups_are_never_compared(encoder, graphs):
    # one graph a group: no pair is left, so nothing is learnt and the head stays as it was
    examples = Examples(graphs=graphs[:3], labels=np.arange(3.0), groups=np.arange(3))
    network = Regressor(encoder)
    before = values_of(network.eval(), graphs)
    fine_tune(network, examples, QUICK)
    assert values_of(network, graphs) == pytest.approx(before, abs=1e-6)


def test_an_encoder_is_read_as_it_was_written(encoder, graphs, tmp_path):
    path = tmp_path / "mine.npz"
    write_encoder(Trained(encoder=encoder, recipe={"seed": 1}, metrics={"loss": 2.0}), path)
    read = read_encoder(path)
    assert (read.recipe, read.metrics, read.encoder.shape) == ({"seed": 1}, {"loss": 2.0}, SMALL)
    batch = graph_batch(graphs[:3])
    assert torch.equal(read.encoder(batch), encoder(batch))
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no archive"])
def test_a_file_of_something_else_is_named(tmp_path, content):
    path = tmp_path / "other.npz"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"other\.npz does not hold an encoder"):
        read_encoder(path)


def test_a_folder_that_is_not_there_cannot_be_written_to(encoder, tmp_path):
    with pytest.raises(InfrastructureError, match="choose another file with --out"):
        write_encoder(Trained(encoder=encoder, recipe=None, metrics=None), tmp_path / "no" / "a")


def test_without_torch_geometric_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "torch_geometric.nn", None)
    with pytest.raises(InfrastructureError, match=r"nas-proxy-harness\[graph\]"):
        Encoder(SMALL)
