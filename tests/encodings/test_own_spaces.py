"""Spaces from outside are encoded by their traced networks, or by their named choices."""

import itertools

import numpy as np
import pytest

from harness.core.architecture import Architecture, CellGraph
from harness.core.deferred import Deferred
from harness.core.errors import ContractError, UnsupportedError
from harness.encodings import ENCODINGS, Subjects, encoding, subjects_of
from harness.encodings.kinds import join_subjects
from harness.encodings.paths import paths_of
from harness.encodings.subjects import Graphs
from harness.encodings.traced import graphs_of
from harness.plugins.weisfeiler_lehman import cosines
from harness.predictor import inputs_of
from harness.spaces.registry import space
from harness.text_graphs.ensemble import score_cells

TEXTS = ("a", "bb", "ccc")
CHOICES = """from harness.space import Choices
CHOICES = Choices(a=(1, 2), b=("x", "y", "z"))"""


def encoded(path, texts) -> Subjects:
    own = space(str(path))
    return subjects_of(own.name, [own.parse(text) for text in texts])


def made_up(*graphs: CellGraph) -> Subjects:
    architectures = (Architecture(space="made-up", text=str(at)) for at in range(len(graphs)))
    return Subjects(
        space="made-up",
        architectures=tuple(architectures),
        drawn=Deferred(lambda: Graphs(whole=graphs, cells={"cell": graphs})),
    )


def chain(*names: str) -> CellGraph:
    nodes = ("input", *names, "output")
    return CellGraph(operations=nodes, edges=tuple(itertools.pairwise(range(len(nodes)))))


@pytest.mark.parametrize("code", sorted(set(ENCODINGS) - {"zc", "graph"}))
def test_networks_that_differ_in_width_have_different_features(write_space, code):
    features = encoding(code).encode(encoded(write_space(), TEXTS))
    assert np.isfinite(features.values).all()
    assert len(np.unique(features.values, axis=0)) == 3


def test_traced_networks_have_kernels_scores_in_words_and_computation_graphs(write_space):
    subjects = encoded(write_space(), TEXTS)
    similar = cosines(subjects.graphs, subjects.graphs, 1)
    assert np.diag(similar) == pytest.approx(1)
    assert similar[0, 1] < 1
    assert np.isfinite(score_cells(subjects.graphs)).all()
    widths = [int(graph.column("channels_out")[1]) for graph in graphs_of(subjects.architectures)]
    assert widths == [3, 4, 5]


def test_networks_of_an_edited_file_are_traced_anew(write_space):
    before = encoded(write_space(), "a")
    first = graphs_of(before.architectures)
    after = encoded(write_space(body='text = "ccc"'), "a")
    second = graphs_of(after.architectures)
    assert (first[0].column("channels_out")[1], second[0].column("channels_out")[1]) == (3, 5)
    assert before.graphs != after.graphs


def test_named_choices_are_their_own_one_hot_encoding(write_space):
    path = write_space(head=CHOICES, arguments="choices=CHOICES", texts=("a=1,b=x", "a=2,b=x"))
    features = encoding("onehot").encode(encoded(path, ["a=1,b=x", "a=2,b=x"]))
    assert features.columns == ("a=1", "a=2")
    assert features.values.tolist() == [[1, 0], [0, 1]]


def test_named_choices_are_encoded_without_their_networks(write_space):
    texts = ("a=1,b=x", "a=2,b=x")
    path = write_space(
        head=CHOICES, arguments="choices=CHOICES", texts=texts, body="raise RuntimeError('built')"
    )
    inputs = inputs_of(encoded(path, texts), encoding("onehot"))
    assert inputs.rows(np.array([1])).features.values.tolist() == [[0, 1]]
    with pytest.raises(ContractError, match="built"):
        inputs.rows(np.array([1])).graphs  # noqa: B018


def test_traced_networks_meet_the_cells_of_other_spaces_by_kind(write_space):
    cells = space("nas-bench-201")
    other = subjects_of(cells.name, [cells.sample(np.random.default_rng(0))])
    joined = join_subjects(encoded(write_space(), "a"), other)
    assert joined.graphs[0].operations == ("input", "conv", "pool", "other", "output")


def test_one_hot_does_not_count_positions_of_large_graphs():
    with pytest.raises(UnsupportedError, match="a graph of 132 nodes has more than 128"):
        encoding("onehot").encode(made_up(chain(*["a"] * 130)))


def test_paths_through_many_shortcuts_are_too_many_to_list():
    nodes = 2 * 16 + 1  # two paths through each of sixteen diamonds are 65,536
    shortcuts = ((at, at + 2) for at in range(0, nodes - 1, 2))
    steps = itertools.pairwise(range(nodes))
    graph = CellGraph(
        operations=("input", *["a"] * (nodes - 2), "output"),
        edges=tuple(sorted([*steps, *shortcuts])),
    )
    with pytest.raises(UnsupportedError, match="one of 33 nodes has more than 20000"):
        paths_of(graph)


def test_of_many_operations_each_is_a_set_of_graf_and_all_together(monkeypatch):
    names = [chr(ord("a") + at) for at in range(13)]
    subjects = made_up(chain(*names), chain(*names[:7]), chain("a"))
    features = encoding("graf").encode(subjects)
    sets = {column.partition("(")[2] for column in features.columns}
    assert sets == {*(f"{name})" for name in names), f"{','.join(names)})"}
    monkeypatch.setattr("harness.encodings.graf._AT_ONCE", 1)
    assert encoding("graf").encode(subjects).digest == features.digest
