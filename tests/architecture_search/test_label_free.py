"""Searches that see scores alone, with scores whose best cell is known."""

import os
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import harness
from harness.architecture_search import (
    LABEL_FREE,
    Request,
    Scorer,
    rank_in_table,
    search_label_free,
)
from harness.architecture_search.differential_evolution import evolve
from harness.architecture_search.pruning import prune
from harness.catalog import FromFile, LoadedProxy, installed
from harness.core.architecture import Architecture, CellGraph
from harness.core.errors import ContractError, UsageError
from harness.execution import executor
from harness.execution.worker import WorkersUnavailableError
from harness.metrics.values import Undefined
from harness.plugin import Direction
from harness.spaces.decisions import Edge, interval_of
from harness.spaces.knowledge import decisions_of, genes_of
from harness.spaces.registry import space
from tests.truth_tables import truth_table

SPACES = ("nas-bench-201", "darts")
GUIDED_BY_GRAPHS = ("pruning", "differential_evolution")
WORTH = {"nor_conv_3x3": 3.0, "sep_conv_3x3": 3.0, "skip_connect": 2.0, "nor_conv_1x1": 1.0}


def worth(graphs: Sequence[CellGraph]) -> np.ndarray:
    """Return the mean worth of the operations of cells: the best has the best on every edge."""
    return np.array(
        [np.mean([WORTH.get(name, 0.0) for name in graph.operations]) for graph in graphs]
    )


def scorer(direction: Direction = Direction.HIGHER) -> Scorer:
    sign = 1 if direction is Direction.HIGHER else -1
    return Scorer(name="mine", score_cells=lambda graphs: sign * worth(graphs), direction=direction)


def test_a_guide_that_scores_cells_by_complex_numbers_breaks_the_contract():
    guide = Scorer(
        name="mine", score_cells=lambda graphs: worth(graphs) + 1j, direction=Direction.HIGHER
    )
    cell = CellGraph(operations=("input", "output"), edges=((0, 1),))
    with pytest.raises(ContractError, match=r"score_cells of proxy mine .* no real numbers"):
        guide([cell])


def operations(architecture: Architecture) -> set[str]:
    return set(space(architecture.space).graph(architecture).operations) - {"input", "output"}


@pytest.mark.parametrize("name", SPACES)
@given(seed=st.integers(0, 2**32))
@settings(max_examples=40)
def test_numbers_from_0_to_1_are_an_architecture_of_the_space(name, seed):
    decisions, searched = decisions_of(space(name)), space(name)
    architecture = decisions.decoded(np.random.default_rng(seed).random(decisions.genes))
    assert searched.parse(architecture.text) == architecture


@pytest.mark.parametrize("name", SPACES)
def test_every_end_of_the_numbers_is_an_architecture(name):
    decisions = decisions_of(space(name))
    low, high = (decisions.decoded(np.full(decisions.genes, end)) for end in (0.0, 1.0))
    assert low != high


def test_equal_parts_of_0_to_1_stand_for_the_choices():
    assert [interval_of(gene, 4) for gene in (0.0, 0.24, 0.25, 0.99, 1.0)] == [0, 0, 1, 3, 3]


@pytest.mark.parametrize("name", SPACES)
def test_a_cell_with_one_operation_on_every_edge_has_the_graph_of_the_space(name):
    decisions = decisions_of(space(name))
    left = prune(decisions, scorer())
    assert decisions.graph(left) == space(name).graph(decisions.architecture(left))


def test_a_supernet_holds_every_operation_as_a_node():
    decisions = decisions_of(space("nas-bench-201"))
    whole = decisions.graph(decisions.everything())
    # Six edges with the four operations other than none, the input and the output.
    assert len(whole.operations) == 6 * 4 + 2
    # Into node 2 lead edges from node 0 (hear the input) and from node 1 (hear four operations),
    # into node 3 those from 0, 1 and 2: 4, 4 x 4 and 4 x 8; twelve operations reach the output.
    assert len(whole.edges) == 4 + (4 + 16) + (4 + 16 + 32) + 12


@pytest.mark.parametrize("direction", Direction)
def test_pruning_keeps_the_most_important_operation_of_every_edge(direction):
    for name, best in zip(SPACES, ("nor_conv_3x3", "sep_conv_3x3"), strict=True):
        decisions = decisions_of(space(name))
        architecture = decisions.architecture(prune(decisions, scorer(direction)))
        assert operations(architecture) == {best}


def test_pruning_scores_the_whole_and_each_trial_once_a_round():
    counted = scorer()
    prune(decisions_of(space("nas-bench-201")), counted)
    # Rounds with 4, 3 and 2 operations on each of six edges.
    assert counted.scored == (1 + 24) + (1 + 18) + (1 + 12)


def test_pruning_a_node_of_darts_keeps_the_two_inputs_that_matter():
    decisions = decisions_of(space("darts"))

    def late(graphs: Sequence[CellGraph]) -> np.ndarray:
        """Score by the number of edges of the graph: later inputs bring more of them."""
        return np.array([float(len(graph.edges)) for graph in graphs])

    left = prune(decisions, Scorer(name="mine", score_cells=late, direction=Direction.HIGHER))
    into_last = [edge for edge in left if edge.cell == 0 and edge.target == 5]
    assert {edge.source for edge in into_last} <= {2, 3, 4}
    assert all(
        len([edge for edge in left if edge.target == 5 and edge.cell == c]) == 2 for c in (0, 1)
    )
    assert all(isinstance(edge, Edge) and len(names) == 1 for edge, names in left.items())


def test_evolution_finds_the_best_cell_and_scores_none_twice():
    seen: list[CellGraph] = []

    def noted(graphs: Sequence[CellGraph]) -> np.ndarray:
        seen.extend(graphs)
        return worth(graphs)

    architecture = evolve(
        decisions_of(space("nas-bench-201")),
        Scorer(name="mine", score_cells=noted, direction=Direction.HIGHER),
        0,
    )
    assert operations(architecture) == {"nor_conv_3x3"}
    assert len(seen) == len(set(seen))


def test_equal_seeds_evolve_alike_and_others_otherwise():
    decisions = decisions_of(space("darts"))
    first, again, other = (evolve(decisions, scorer(), seed) for seed in (0, 0, 1))
    assert first == again != other


def test_a_search_reports_its_cell_with_its_score_and_the_cells_it_scored():
    request = Request(
        space="nas-bench-201",
        dataset="cifar10",
        guide=installed().of_kind(LoadedProxy)["tg_nas"],
        seed=0,
    )
    pick = LABEL_FREE["pruning"](request)
    (score,) = Scorer.of(request.guide).architectures([pick.architecture])
    assert (pick.searcher, pick.guide, pick.scored) == ("pruning", "tg_nas", 25 + 19 + 13)
    assert pick.score == pytest.approx(float(score))


GUIDE = """
import os
import numpy as np
from harness.core.errors import ContractError
from harness.plugin import Direction, ZeroCostProxy

def score_cells(graphs):
    raise ContractError(f"scored in {os.getpid()}")

PLUGIN = ZeroCostProxy(
    name="mine", version="1", summary="a guide", direction=Direction.HIGHER, passes=(),
    score=lambda seen: 0.0, score_cells=score_cells,
)
"""


def test_a_guide_from_outside_searches_in_a_process_of_its_own(tmp_path):
    (tmp_path / "mine.py").write_text(GUIDE)
    guide = FromFile(path=tmp_path / "mine.py").load()
    request = Request(space="nas-bench-201", dataset="cifar10", guide=guide, seed=0)
    with pytest.raises(ContractError, match=r"^scored in \d+$") as error:
        search_label_free("pruning", request)
    assert str(error.value) != f"scored in {os.getpid()}"


@pytest.mark.parametrize("searcher", GUIDED_BY_GRAPHS)
def test_a_guide_that_needs_networks_is_refused(searcher):
    guide = installed().of_kind(LoadedProxy)["synflow"]
    with pytest.raises(UsageError, match="guide synflow needs networks"):
        LABEL_FREE[searcher](Request(space="darts", dataset="cifar10", guide=guide, seed=0))


@pytest.mark.parametrize(
    ("searcher", "what"),
    [
        ("pruning", "edges with operations"),
        ("differential_evolution", "decisions or named choices"),
    ],
)
def test_a_space_without_edges_to_choose_for_is_refused(searcher, what):
    guide = installed().of_kind(LoadedProxy)["tg_nas"]
    with pytest.raises(UsageError, match=f"space nas-bench-101 states no {what}"):
        LABEL_FREE[searcher](Request(space="nas-bench-101", dataset="cifar10", guide=guide, seed=0))


def test_evolution_finds_the_best_of_named_choices(write_space):
    head = "from harness.space import Choices\nCHOICES = Choices(depth=(1, 2, 3), kernel=(1, 3))"
    own = space(str(write_space(head=head, arguments="choices=CHOICES, texts=CHOICES.texts")))
    genes = genes_of(own)
    assert genes is not None

    def by_text(architectures: Sequence[Architecture]) -> np.ndarray:
        chosen = [own.choices.values(architecture.text) for architecture in architectures]
        return np.array([choice["depth"] * choice["kernel"] for choice in chosen], dtype=float)

    class ByText(Scorer):
        def architectures(self, architectures: Sequence[Architecture]) -> np.ndarray:
            return by_text(architectures)

    found = evolve(
        genes, ByText(name="mine", score_cells=worth, direction=Direction.HIGHER), seed=0
    )
    assert found == own.parse("depth=3,kernel=3")


def named(text: str) -> Architecture:
    return Architecture(space="letters", text=text)


@pytest.mark.parametrize(("direction", "rank"), [(Direction.HIGHER, 2), (Direction.LOWER, 1)])
def test_the_rank_in_the_table_counts_what_is_better(direction, rank):
    truth = truth_table({"a": 1.0, "b": 1.0, "c": 5.0}, space="letters", direction=direction)
    looked_up = rank_in_table(named("b"), truth)
    assert (looked_up.value, looked_up.rank, looked_up.of) == (1.0, rank, 3)


def test_a_cell_outside_the_table_has_no_rank():
    rank = rank_in_table(named("z"), truth_table({"a": 1.0, "b": 2.0}, space="letters"))
    assert isinstance(rank, Undefined)
    assert "not among the 2 architectures" in rank.reason


def test_networks_that_are_asked_for_one_by_one_share_a_worker_process(monkeypatch, tmp_path):
    started = []

    class Counted(executor.WorkerPool):
        def __init__(self, work, workers):
            started.append(work)
            super().__init__(work, workers)

    monkeypatch.setattr(executor, "WorkerPool", Counted)
    options = {"proxies": "l2_norm", "evolve": True, "batch": "noise:2", "workers": 1}
    done = harness.rank("nas-bench-macro", candidates=12, top=1, results=tmp_path, **options)
    assert len(done.ranking.ranked.candidates) == 12
    assert len(started) <= 3  # of counts, of scores, and of what the ranking lacks then


def test_where_no_process_starts_networks_are_scored_in_this_one(monkeypatch, tmp_path, caplog):
    def refused(self):
        raise WorkersUnavailableError("worker processes cannot be started (none)")

    monkeypatch.setattr(executor.WorkerPool, "start", refused)
    options = {"proxies": "l2_norm", "evolve": True, "batch": "noise:2", "workers": 1}
    harness.rank("nas-bench-macro", candidates=3, top=1, results=tmp_path, **options)
    assert "scoring in this process, without limits of time and memory" in caplog.text
