import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.core.architecture import Architecture, CellGraph
from harness.core.deferred import Deferred
from harness.core.errors import ContractError, DataError, UsageError
from harness.encodings import (
    ENCODINGS,
    Features,
    ScoreTable,
    Subjects,
    concatenate,
    encoding,
    subjects_of,
)
from harness.encodings.paths import paths_of
from harness.encodings.subjects import Graphs
from harness.spaces.registry import space
from tests.space_files import TEN_SPACES

#  input -> a -> b -> output, with a short cut input -> c -> output
DETOUR = CellGraph(
    operations=("input", "a", "b", "c", "output"),
    edges=((0, 1), (0, 3), (1, 2), (2, 4), (3, 4)),
)
CHAIN = CellGraph(operations=("input", "a", "output"), edges=((0, 1), (1, 2)))


def subjects(*graphs: CellGraph, scores: ScoreTable | None = None) -> Subjects:
    architectures = tuple(
        Architecture(space="made-up", text=str(index)) for index in range(len(graphs))
    )
    given_scores = {"scores": scores} if scores else {}
    return Subjects(
        space="made-up",
        architectures=architectures,
        drawn=Deferred(lambda: Graphs(whole=graphs, cells={"cell": graphs})),
        **given_scores,
    )


def column(features: Features, name: str) -> list[float]:
    return features.values[:, features.columns.index(name)].tolist()


def drawn(name: str, n: int = 12, seed: int = 0) -> Subjects:
    where, generator = space(name), np.random.default_rng(seed)
    return subjects_of(name, [where.sample(generator) for _ in range(n)])


@pytest.mark.parametrize("name", TEN_SPACES)
@pytest.mark.parametrize("code", sorted(set(ENCODINGS) - {"zc"}))
def test_every_encoding_gives_finite_numbers_for_every_space(name: str, code: str):
    features = encoding(code).encode(drawn(name))
    assert features.values.shape == (12, len(features.columns))
    assert np.isfinite(features.values).all()


@pytest.mark.parametrize("code", sorted(set(ENCODINGS) - {"zc"}))
@given(st.permutations(range(8)))
def test_an_architecture_s_row_does_not_depend_on_the_order_of_the_others(
    code: str, order: list[int]
):
    whole = drawn("nas-bench-101", 8)
    straight = encoding(code).encode(whole).rows(np.array(order))
    assert np.array_equal(
        encoding(code).encode(whole.rows(np.array(order))).values, straight.values
    )


def test_different_cells_of_nas_bench_201_have_different_one_hot_rows():
    whole = subjects_of("nas-bench-201", list(space("nas-bench-201").enumerate())[:2000])
    values = encoding("onehot").encode(whole).values
    assert len(np.unique(values, axis=0)) == 2000


def test_nas_bench_201_has_thirty_one_hot_columns_and_six_ones_a_row():
    # 6 edges of 5 operations; the connections are the same in all cells
    values = encoding("onehot").encode(drawn("nas-bench-201", 300)).values
    assert values.shape == (300, 30)
    assert set(values.sum(axis=1)) == {6.0}


def test_one_hot_names_a_smaller_graph_s_output_as_the_last_node():
    features = encoding("onehot").encode(subjects(DETOUR, CHAIN))
    # both have a on node 1 and the output on node 4, so neither is a column
    assert column(features, "cell.2.b") == [1.0, 0.0]
    assert column(features, "cell.1-4") == [0.0, 1.0]
    assert "cell.1.a" not in features.columns
    assert "cell.4.output" not in features.columns


def test_counts_are_those_of_nodes_and_edges():
    features = encoding("counts").encode(subjects(DETOUR, CHAIN))
    assert features.columns == ("cell.a", "cell.b", "cell.c", "cell.edges")
    assert features.values.tolist() == [[1, 1, 1, 5], [1, 0, 0, 2]]


def test_paths_are_the_sequences_of_operations_between_input_and_output():
    assert paths_of(DETOUR) == {("a", "b"), ("c",)}


def test_no_path_goes_through_the_operation_none():
    cut = CellGraph(operations=("input", "none", "output"), edges=((0, 1), (1, 2)))
    assert paths_of(cut) == frozenset()


def test_an_edge_from_input_to_output_is_the_direct_path():
    features = encoding("paths").encode(
        subjects(CellGraph(operations=("input", "output"), edges=((0, 1),)), CHAIN)
    )
    assert column(features, "cell.direct") == [1.0, 0.0]
    assert column(features, "cell.a") == [0.0, 1.0]


def test_only_the_commonest_paths_are_kept_the_commonest_first():
    # a chain is one path, so that 600 of them have more than 512
    features = encoding("paths").encode(drawn("nas-bench-macro", 600))
    assert len(features.columns) == 512
    assert (np.diff(features.values.sum(axis=0)) <= 0).all()


def test_the_shortest_path_of_a_set_uses_the_set_alone():
    features = encoding("graf").encode(subjects(DETOUR, CHAIN))
    # of a alone: the chain has one of 1; the detour's goes on through b, so there is none,
    # and none is more than 5 nodes
    assert column(features, "cell.min(a)") == [6.0, 1.0]
    # of a and b: a, b in the detour
    assert column(features, "cell.min(a,b)") == [2.0, 1.0]
    assert column(features, "cell.min(c)") == [1.0, 6.0]


def test_the_longest_path_counts_operations_of_the_set_on_any_path():
    features = encoding("graf").encode(subjects(DETOUR, CHAIN))
    # detour: a then b counts 1 for a or b alone, 2 for both, and c is on the other path
    assert column(features, "cell.max(a,b)") == [2.0, 1.0]
    assert column(features, "cell.max(b)") == [1.0, 0.0]


def test_degrees_of_the_ends_count_neighbours_of_the_set():
    features = encoding("graf").encode(subjects(DETOUR, CHAIN))
    # the detour's input feeds a and c, its output reads b and c
    assert column(features, "cell.in(a,c)") == [2.0, 1.0]
    # one of a and c in the output of both: a column that tells nothing is left out
    assert "cell.out(a,c)" not in features.columns
    assert column(features, "cell.out(b,c)") == [2.0, 0.0]


def test_mean_degrees_are_edges_into_the_set_over_nodes():
    features = encoding("graf").encode(subjects(DETOUR, CHAIN))
    # edges into b: 1 of 5 nodes, and none
    assert column(features, "cell.mean(b)") == [0.2, 0.0]


def test_none_is_counted_and_carries_nothing():
    open_, cut = "skip_connect", "none"
    cells = [
        f"|{operation}~0|+|none~0|none~1|+|{operation}~0|none~1|none~2|"
        for operation in (open_, cut)
    ]
    architectures = [space("nas-bench-201").parse(text) for text in cells]
    features = encoding("graf").encode(subjects_of("nas-bench-201", architectures))
    assert column(features, "cell.n(none)") == [4.0, 6.0]
    # the open cell has a path of one skip; the other has none, and 9 is more than 8 nodes
    assert column(features, "cell.min(skip_connect)") == [1.0, 9.0]
    assert column(features, "cell.max(skip_connect)") == [1.0, 0.0]
    assert not any("none" in name for name in features.columns if not name.startswith("cell.n("))


def test_the_two_cells_of_darts_are_described_apart():
    features = encoding("counts").encode(drawn("darts"))
    assert {name.partition(".")[0] for name in features.columns} == {"normal", "reduce"}
    operations = [name for name in features.columns if not name.endswith("edges")]
    chosen = [features.columns.index(name) for name in operations]
    # four nodes of two choices in each cell
    assert set(features.values[:, chosen].sum(axis=1)) == {16.0}


def test_zero_cost_scores_keep_their_gaps():
    scores = ScoreTable(proxies=("nwot",), values=np.array([[1.0], [np.nan]]))
    features = encoding("zc").encode(subjects(DETOUR, CHAIN, scores=scores))
    assert features.columns == ("nwot",)
    assert np.isnan(features.values).tolist() == [[False], [True]]


def test_zero_cost_scores_that_are_not_there_are_asked_for_in_one_sentence():
    with pytest.raises(UsageError, match="the encoding zc needs zero-cost scores, and there are"):
        encoding("zc").encode(subjects(DETOUR))


def test_a_concatenation_puts_columns_side_by_side_under_their_encoding():
    both = encoding("counts+paths").encode(subjects(DETOUR, CHAIN))
    assert both.columns[0] == "counts:cell.a"
    assert both.columns[-1].startswith("paths:")
    assert both.values[:, :4].tolist() == [[1, 1, 1, 5], [1, 0, 0, 2]]


def test_an_encoding_cannot_stand_twice_in_a_concatenation():
    with pytest.raises(ContractError, match="two or more different encodings"):
        concatenate(ENCODINGS["graf"], ENCODINGS["graf"])


def test_an_unknown_part_of_a_concatenation_is_named():
    with pytest.raises(UsageError, match="unknown encoding 'onehott' in 'onehott"):
        encoding("onehott+zc")


def test_scores_of_another_number_of_architectures_are_refused():
    architectures = [space("nas-bench-201").sample(np.random.default_rng(0))]
    scores = ScoreTable(proxies=("nwot",), values=np.zeros((2, 1)))
    with pytest.raises(DataError, match="2 rows of zero-cost scores do not fit 1"):
        subjects_of("nas-bench-201", architectures, scores)


def test_the_digest_of_features_tells_values_and_names_apart():
    features = Features(columns=("a",), values=np.array([[1.0]]))
    assert features.digest == Features(columns=("a",), values=np.array([[1.0]])).digest
    assert features.digest != Features(columns=("b",), values=np.array([[1.0]])).digest
    assert features.digest != Features(columns=("a",), values=np.array([[2.0]])).digest
