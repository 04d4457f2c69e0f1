"""Graphs in arrays: packing, spectra, what a network sees, what is kept on disk."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from harness.computation_graphs import ATTRIBUTES, ComputationGraph, Kind
from harness.computation_graphs.packed import pack
from harness.computation_graphs.tensors import NUMBERS, graph_batch, smallest_eigenvalues
from harness.core.architecture import Architecture
from harness.core.errors import UsageError
from harness.encodings import traced
from harness.encodings.traced import GraphCache, graphs_of, trace_network
from harness.spaces.registry import space


def graph(n: int, *edges: tuple[int, int]) -> ComputationGraph:
    kinds = np.full(n, Kind.CONVOLUTION, dtype=np.int64)
    kinds[[0, -1]] = Kind.INPUT, Kind.OUTPUT
    attributes = np.ones((n, len(ATTRIBUTES)), dtype=np.int64)
    pairs = np.array(edges, dtype=np.int64).reshape(len(edges), 2)
    return ComputationGraph(kinds=kinds, attributes=attributes, edges=pairs)


@st.composite
def graphs(draw: st.DrawFn) -> ComputationGraph:
    n = draw(st.integers(2, 6))
    every = [(source, target) for target in range(n) for source in range(target)]
    chosen = draw(st.lists(st.sampled_from(every), unique=True, min_size=1).map(sorted))
    drawn = graph(n, *chosen)
    values = draw(arrays.arrays(np.int64, drawn.attributes.shape, elements=st.integers(0, 99)))
    return ComputationGraph(kinds=drawn.kinds, attributes=values, edges=drawn.edges)


@given(st.lists(graphs(), min_size=1, max_size=5))
def test_what_is_packed_can_be_unpacked(some: list[ComputationGraph]):
    for before, after in zip(some, pack(some).unpacked(), strict=True):
        assert np.array_equal(before.kinds, after.kinds)
        assert np.array_equal(before.attributes, after.attributes)
        assert np.array_equal(before.edges, after.edges)


def test_operators_of_packed_graphs_are_numbered_through():
    whole = pack([graph(2, (0, 1)), graph(3, (0, 1), (1, 2))])
    assert whole.edges.tolist() == [[0, 1], [2, 3], [3, 4]]
    assert whole.owners.tolist() == [0, 0, 1, 1, 1]


def test_the_spectrum_of_a_triangle_is_known():
    # L of the complete graph on three vertices has the eigenvalues 0, 3/2, 3/2
    triangle = graph(3, (0, 1), (0, 2), (1, 2))
    assert smallest_eigenvalues(triangle, 3) == pytest.approx([0, 1.5, 1.5], abs=1e-12)


def test_a_path_of_two_has_the_spectrum_of_its_ends_and_then_twos():
    # L = [[1, -1], [-1, 1]]: 0 and 2; what is missing counts as 2
    assert smallest_eigenvalues(graph(2, (0, 1)), 4) == pytest.approx([0, 2, 2, 2], abs=1e-12)


@given(graphs())
def test_a_spectrum_is_ascending_and_between_nothing_and_two(drawn_graph: ComputationGraph):
    spectrum = smallest_eigenvalues(drawn_graph, 11)
    assert spectrum.shape == (11,)
    assert np.all(np.diff(spectrum) >= 0)
    assert spectrum.min() >= 0
    assert spectrum.max() <= 2


def test_numbers_of_an_operator_are_of_a_size_of_about_one():
    where, generator = space("nas-bench-101"), np.random.default_rng(0)
    batch = graph_batch([trace_network(where.sample(generator)) for _ in range(5)])
    assert batch.numbers.shape[1] == NUMBERS
    assert float(batch.numbers.abs().max()) < 3


def test_graphs_of_several_spaces_keep_their_order():
    generator = np.random.default_rng(0)
    names = ["nas-bench-201", "nas-bench-macro", "nas-bench-201"]
    drawn = [space(name).sample(generator) for name in names]
    for batched, architecture in zip(graphs_of(drawn), drawn, strict=True):
        assert np.array_equal(batched.attributes, trace_network(architecture).attributes)


def test_networks_that_read_graphs_are_refused():
    where = space("nas-bench-graph")
    with pytest.raises(UsageError, match="read graphs, not images"):
        trace_network(where.sample(np.random.default_rng(0)))


@pytest.fixture
def kept(tmp_path, monkeypatch) -> list[str]:
    """A hundred stacks of NAS-Bench-Macro that were traced and written."""
    monkeypatch.setenv("HARNESS_CACHE_DIR", str(tmp_path))
    generator = np.random.default_rng(0)
    drawn: dict[str, None] = {}
    while len(drawn) < 100:
        drawn[space("nas-bench-macro").sample(generator).text] = None
    GraphCache(space("nas-bench-macro")).fill(drawn)
    return list(drawn)


def test_graphs_are_traced_once_a_machine(kept, monkeypatch):
    def fail(architecture: Architecture) -> None:
        raise AssertionError(architecture)

    monkeypatch.setattr("harness.encodings.traced.trace_network", fail)
    cache = GraphCache(space("nas-bench-macro"))
    cache.fill(kept)
    assert sorted(cache.graphs) == sorted(kept)


def test_a_damaged_or_stale_file_is_as_good_as_none(kept, tmp_path, monkeypatch):
    path = tmp_path / "computation-graphs" / "nas-bench-macro.npz"
    monkeypatch.setattr("harness.encodings.traced._source", lambda: "other code")
    assert GraphCache(space("nas-bench-macro")).graphs == {}
    monkeypatch.undo()
    monkeypatch.setenv("HARNESS_CACHE_DIR", str(tmp_path))
    path.write_bytes(path.read_bytes()[:1000])
    assert GraphCache(space("nas-bench-macro")).graphs == {}


def test_a_cache_that_cannot_be_written_is_a_warning(kept, tmp_path, monkeypatch, caplog):
    cache = GraphCache(space("nas-bench-macro"))
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "nas-bench-macro.npz"
    traced._write(path, cache.graphs)
    assert caplog.messages == [f"graphs are not kept for next time, {path}: File exists"]
