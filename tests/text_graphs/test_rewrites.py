import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.core.architecture import CellGraph
from harness.spaces.registry import space
from harness.text_graphs.rewrites import Rewrites, rewrite

NB101 = space("nas-bench-101")


def meaning(graph: CellGraph) -> tuple[list[str], set[tuple[int, int]]]:
    """Contract identities, remove nothings, then whatever no path from input to output visits."""
    edges = set(graph.edges)
    kept = list(range(len(graph.operations)))
    for node, name in enumerate(graph.operations):
        if name not in {"skip_connect", "none"}:
            continue
        into = {source for source, target in edges if target == node}
        out = {target for source, target in edges if source == node}
        edges = {edge for edge in edges if node not in edge}
        kept.remove(node)
        if name == "skip_connect":
            edges |= {(source, target) for source in into for target in out}
    last = len(graph.operations) - 1
    kept = sorted(set(kept) & reached(0, edges) & reached(last, {(b, a) for a, b in edges}))
    number = {node: index for index, node in enumerate(kept)}
    inside = {(number[a], number[b]) for a, b in edges if a in number and b in number}
    return [graph.operations[node] for node in kept], inside


def reached(start: int, edges: set[tuple[int, int]]) -> set[int]:
    nodes, waiting = {start}, [start]
    while waiting:
        node = waiting.pop()
        new = {target for source, target in edges if source == node} - nodes
        nodes |= new
        waiting += new
    return nodes


@given(st.integers(0, 2**32), st.integers(0, 2**32))
@settings(max_examples=200)
def test_a_rewritten_cell_computes_the_same(cell_seed, seed):
    graph = NB101.graph(NB101.sample(np.random.default_rng(cell_seed)))
    always = Rewrites(identities=0.5, nothings=1.0, dead=1.0)
    written = rewrite(graph, always, np.random.default_rng(seed))
    assert meaning(written) == meaning(graph)
    assert written.operations.count("none") >= 2
    assert written.operations[0] == "input"
    assert written.operations[-1] == "output"
    assert all(source < target for source, target in written.edges)


def test_without_rewrites_a_cell_stays_as_it_is():
    graph = NB101.graph(NB101.sample(np.random.default_rng(1)))
    never = Rewrites(identities=0.0, nothings=0.0, dead=0.0)
    assert rewrite(graph, never, np.random.default_rng(0)) == graph


def test_every_edge_can_become_an_identity():
    graph = CellGraph(operations=("input", "conv3x3-bn-relu", "output"), edges=((0, 1), (1, 2)))
    all_edges = Rewrites(identities=1.0, nothings=0.0, dead=0.0)
    written = rewrite(graph, all_edges, np.random.default_rng(0))
    expected = ("input", "skip_connect", "conv3x3-bn-relu", "skip_connect", "output")
    assert written.operations == expected
    assert written.edges == ((0, 1), (1, 2), (2, 3), (3, 4))


@pytest.mark.parametrize("seed", range(3))
def test_equal_generators_rewrite_alike(seed):
    graph = NB101.graph(NB101.sample(np.random.default_rng(seed)))
    first, second = (rewrite(graph, Rewrites(), np.random.default_rng(seed)) for _ in range(2))
    assert first == second
