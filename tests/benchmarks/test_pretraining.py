"""The benchmark of pre-training: what its encoders see, and what they may learn from."""

import dataclasses

import numpy as np
import pytest
import torch

from harness.computation_graphs import ComputationGraph
from harness.computation_graphs.graph import ATTRIBUTES
from harness.computation_graphs.tensors import graph_batch
from harness.encodings.traced import trace_network
from harness.spaces.registry import space
from tests.benchmarks import pretraining
from tests.benchmarks.encoder_training import Network, Table, Training, seen, trained
from tests.benchmarks.traced_encoders import ENCODERS, TracedEncoder, padded

NUMBERS = 3


@pytest.fixture(scope="module")
def graphs() -> list[ComputationGraph]:
    where, generator = space("nas-bench-macro"), np.random.default_rng(0)
    return [trace_network(where.sample(generator)) for _ in range(24)]


def table_of(name: str, graphs: list[ComputationGraph], judged: int = 22) -> Table:
    generator = np.random.default_rng(len(name))
    truth = np.array([float(graph.column("weights").sum()) for graph in graphs])
    return Table(
        name=name,
        kin=name,
        graphs=graphs,
        truth=truth[:judged],
        targets={
            "numbers": generator.normal(size=(len(graphs), NUMBERS)),
            "proxies": truth[:, None],
            "labels": truth[:, None],
        },
    )


def training(encoder: str, kind: str, steps: int = 2) -> Training:
    return Training(encoder=encoder, width=8, kind=kind, steps=steps, seed=0, bfloat16=False)


def wider(graph: ComputationGraph) -> ComputationGraph:
    attributes = graph.attributes.copy()
    attributes[:, ATTRIBUTES.index("channels_out")] *= 2
    return dataclasses.replace(graph, attributes=attributes)


@pytest.mark.parametrize("name", ENCODERS)
def test_an_embedding_is_of_its_own_graph_and_of_the_numbers_of_its_operators(name, graphs):
    table = table_of("a", [*graphs, wider(graphs[0])])
    table.targets["numbers"][-1] = table.targets["numbers"][0]
    with torch.random.fork_rng():
        torch.manual_seed(0)
        encoder = TracedEncoder(name, 8, NUMBERS).eval()
    with torch.inference_mode():
        together = encoder(*seen(table, np.array([0, 5, 24])))
        alone = encoder(*seen(table, np.array([0])))
    assert together.shape == (3, 8)
    assert torch.allclose(together[0], alone[0], atol=1e-5)
    assert not torch.allclose(together[0], together[2], atol=1e-3)


def test_padded_graphs_have_the_kinds_and_edges_of_each(graphs):
    pair = graphs[:2]
    assert pair[0].n != pair[1].n
    labels, edges, described = padded(graph_batch(pair))
    for row, graph in enumerate(pair):
        assert labels[row, : graph.n].tolist() == [kind + 1 for kind in graph.kinds.tolist()]
        assert edges[row].nonzero().tolist() == sorted(graph.edges.tolist())
        assert described[row].any(dim=1).nonzero().flatten().tolist() == list(range(graph.n))


def test_flan_alone_reads_numbers_of_the_whole_network(graphs):
    table = table_of("a", [graphs[0], graphs[0]])
    differ = {}
    for name in ENCODERS:
        with torch.inference_mode():
            first, second = TracedEncoder(name, 8, NUMBERS).eval()(*seen(table, np.arange(2)))
        differ[name] = not torch.allclose(first, second, atol=1e-5)
    assert differ == {"messages": False, "flan": True, "nn_former": False}


@pytest.mark.parametrize("name", ENCODERS)
def test_an_encoder_learns_from_labels_of_others_what_orders_a_table(name, graphs):
    other, table = table_of("other", graphs), table_of("judged", graphs)
    for own in (other, table):
        own.targets["numbers"][:] = 0
    with torch.random.fork_rng():
        network = trained(training(name, "labels", steps=40), [other])
    scores = network.heads["labels"](network.embedded(table)).detach().numpy()[:, 0]
    assert np.corrcoef(scores, np.argsort(np.argsort(table.truth)))[0, 1] > 0.6


@pytest.mark.parametrize("name", ENCODERS)
def test_encoders_that_pad_learn_from_no_space_of_graphs_of_many_operators(
    name, graphs, monkeypatch
):
    many, few = table_of("many", graphs), table_of("few", [graphs[0], graphs[0]], judged=2)
    few.targets["labels"][:] = [[0.0], [1.0]]
    monkeypatch.setattr("tests.benchmarks.encoder_training.LARGEST_PADDED", graphs[0].n)
    with torch.random.fork_rng():
        networks = [trained(training(name, "labels"), tables) for tables in ([few], [many, few])]
    without, beside = (list(network.parameters()) for network in networks)
    same = all(torch.equal(*pair) for pair in zip(without, beside, strict=True))
    assert same == (name != "messages")


def test_no_table_is_judged_by_an_encoder_that_saw_its_space(graphs, tmp_path, monkeypatch):
    learnt = []

    def spy(asked: Training, others: list[Table]) -> Network:
        learnt.append({table.kin for table in others})
        return trained(training("messages", "none"), others)

    monkeypatch.setattr(pretraining, "trained", spy)
    tables = [table_of(name, graphs) for name in "abc"]
    asked = training("messages", "labels")
    values = pretraining.over_folds(asked, tables, 2, tmp_path)
    assert learnt == [{"b"}, {"a", "c"}]
    assert {*values} == {"a", "b", "c"}
    # a second time everything is read
    assert pretraining.over_folds(asked, tables, 2, tmp_path).keys() == values.keys()
    assert len(learnt) == 2
    # other labels are another training
    tables[0] = dataclasses.replace(tables[0], truth=-tables[0].truth)
    pretraining.over_folds(asked, tables, 2, tmp_path)
    assert len(learnt) == 4


@pytest.mark.parametrize("reader", pretraining.READERS)
def test_a_reader_orders_the_networks_outside_its_labels(reader, graphs):
    table = table_of("a", graphs)
    features = np.log(table.truth)[:, None]
    assert pretraining.read_by(reader, features, table, 10) > 0.9
    # 22 networks leave 9 of 13 labels
    assert np.isnan(pretraining.read_by(reader, features, table, 13))


def test_a_gain_is_the_difference_of_means_over_seeds_and_tables(graphs):
    tables = [table_of(name, graphs) for name in "ab"]
    columns = [pretraining.column(*of) for of in (("ridge", 10), ("gp", 10))]
    columns += [pretraining.column(*of) for of in (("ridge", 50), ("gp", 50))]

    def values(of_a: float, of_b: float):
        return {"a": dict.fromkeys(columns, of_a), "b": dict.fromkeys(columns, of_b)}

    rows = {
        "none": [values(0.1, 0.3)],
        "labels": [values(0.4, 0.6), values(0.6, 0.8)],
        pretraining.NUMBERS: [values(0.5, 0.7)],
    }
    line = next(
        line
        for line in pretraining.written(rows, tables).splitlines()
        if line.startswith("| labels")
    )
    # means over seeds .5 and .7, over tables .6; as drawn .2, the numbers .6
    assert [cell.strip() for cell in line.split("|")[3:8]] == [".600", ".400", "", ".000", ""]
