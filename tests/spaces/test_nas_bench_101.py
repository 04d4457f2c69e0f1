import itertools
import json
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.core.errors import DataError
from harness.spaces.nas_bench_101 import SPACE, cell
from tests.spaces.writers import matrix_nas_bench_101, naslib_nas_bench_101

NAMES = ("conv3x3", "conv1x1", "maxpool3x3")
RESIDUAL = "conv3x3:0|conv1x1:01|maxpool3x3:1|output:023"


@st.composite
def texts(draw):
    """Draw the text of a cell of two to seven vertices that need not be valid."""
    vertices = draw(st.integers(2, 7))
    terms = []
    for vertex in range(1, vertices):
        name = "output" if vertex == vertices - 1 else draw(st.sampled_from(NAMES))
        sources = sorted(draw(st.sets(st.integers(0, vertex - 1), max_size=3)))
        terms.append(f"{name}:{''.join(map(str, sources))}")
    return "|".join(terms)


def parsed(text):
    """Parse a text, or return None if it is not valid."""
    try:
        return SPACE.parse(text)
    except DataError:
        return None


valid = texts().map(parsed).filter(lambda architecture: architecture is not None)


@given(valid)
def test_every_notation_leads_back_to_the_same_architecture(architecture):
    assert SPACE.parse(architecture.text) == architecture
    assert SPACE.parse(naslib_nas_bench_101(architecture)) == architecture
    assert SPACE.parse(matrix_nas_bench_101(architecture)) == architecture


def test_the_three_notations_of_a_cell_written_by_hand():
    # 0 -> 1, 0 and 1 -> 2, 1 -> 3; the input, 2 and 3 enter the output 4.
    rows = [[0, 1, 1, 0, 1], [0, 0, 1, 1, 0], [0, 0, 0, 0, 1], [0, 0, 0, 0, 1], [0, 0, 0, 0, 0]]
    names = ["input", "conv3x3-bn-relu", "conv1x1-bn-relu", "maxpool3x3", "output"]
    flat = tuple(itertools.chain(*rows, (0, 4, 3, 2, 1)))
    assert SPACE.parse(json.dumps([rows, names])).text == RESIDUAL
    assert SPACE.parse(str([rows, names])).text == RESIDUAL
    assert SPACE.parse(str(flat)).text == RESIDUAL
    assert naslib_nas_bench_101(SPACE.parse(RESIDUAL)) == str(flat)


def test_nine_edges_may_remain_after_pruning_and_ten_may_not():
    # A complete graph of five vertices has ten edges; without the edge 0 -> 4 it has nine.
    nine = "conv3x3:0|conv3x3:01|conv3x3:012|output:123"
    with pytest.raises(DataError, match="10 edges after pruning, at most 9"):
        SPACE.parse("conv3x3:0|conv3x3:01|conv3x3:012|output:0123")
    assert SPACE.parse(nine).text == nine
    # A vertex that does not reach the output may have any number of edges.
    assert SPACE.parse("conv3x3:0|conv3x3:01|conv3x3:012|maxpool3x3:0123|output:123")


def test_an_architecture_keeps_what_pruning_would_remove():
    text = "conv3x3:0|conv1x1:0|maxpool3x3:|output:13"
    architecture = SPACE.parse(text)
    assert architecture.text == text
    assert SPACE.canonical(architecture) == "conv3x3:0|output:1"
    graph = SPACE.graph(architecture)
    assert graph.operations == ("input", "conv3x3-bn-relu", "output")
    assert graph.edges == ((0, 1), (1, 2))
    assert graph.has_path


def test_cells_that_differ_in_the_order_of_their_vertices_are_canonically_equal():
    first = SPACE.parse("conv3x3:0|conv1x1:0|maxpool3x3:2|output:13")
    second = SPACE.parse("conv1x1:0|maxpool3x3:1|conv3x3:0|output:23")
    other = SPACE.parse("conv1x1:0|conv3x3:0|maxpool3x3:2|output:13")
    assert SPACE.canonical(first) == SPACE.canonical(second)
    assert SPACE.canonical(first) != SPACE.canonical(other)


@given(valid, st.randoms(use_true_random=False))
def test_renumbering_the_vertices_does_not_change_the_canonical_text(architecture, draw):
    given_cell = cell(architecture)
    output = given_cell.output
    # A random topological order: repeatedly number a vertex all of whose parents are numbered.
    number, left = {0: 0}, set(range(1, output))
    while left:
        ready = [
            candidate for candidate in left if set(given_cell.parents[candidate - 1]) <= set(number)
        ]
        vertex = draw.choice(sorted(ready))
        number[vertex] = len(number)
        left.remove(vertex)
    number[output] = output
    terms = {}
    for vertex, sources in enumerate(given_cell.parents, start=1):
        name = "output" if vertex == output else given_cell.operations[vertex - 1]
        digits = "".join(sorted(str(number[source]) for source in sources))
        terms[number[vertex]] = f"{name.removesuffix('-bn-relu')}:{digits}"
    renumbered = SPACE.parse("|".join(terms[vertex] for vertex in range(1, output + 1)))
    assert SPACE.canonical(renumbered) == SPACE.canonical(architecture)


@given(valid)
def test_the_canonical_text_is_its_own_canonical_text(architecture):
    text = SPACE.canonical(architecture)
    assert SPACE.parse(text).text == text
    assert SPACE.canonical(SPACE.parse(text)) == text


def test_enumeration_begins_with_the_smallest_cells():
    # Two vertices: one cell. Three: a path, without or with the edge from input to output.
    first = [architecture.text for architecture in itertools.islice(SPACE.enumerate(), 7)]
    assert first == [
        "output:0",
        *(f"{name}:0|output:1" for name in NAMES),
        *(f"{name}:0|output:01" for name in NAMES),
    ]


def test_enumeration_yields_the_canonical_cell_of_every_cell_of_up_to_four_vertices():
    texts = set()
    for vertices in (2, 3, 4):
        sets = [all_sources(vertex) for vertex in range(1, vertices)]
        for sources in itertools.product(*sets):
            for names in itertools.product(NAMES, repeat=vertices - 2):
                terms = zip((*names, "output"), sources, strict=True)
                architecture = parsed("|".join(f"{name}:{digits}" for name, digits in terms))
                if architecture is not None:
                    texts.add(SPACE.canonical(architecture))
    # Cells by vertices: 1 + 6 + 84
    assert len(texts) == 91
    assert texts == {architecture.text for architecture in itertools.islice(SPACE.enumerate(), 91)}


def all_sources(vertex):
    return [
        "".join(map(str, sources))
        for size in range(vertex + 1)
        for sources in itertools.combinations(range(vertex), size)
    ]


@pytest.mark.slow
def test_423624_cells_are_not_isomorphic_to_each_other():
    vertices = Counter(len(architecture.text.split("|")) + 1 for architecture in SPACE.enumerate())
    assert vertices == {2: 1, 3: 6, 4: 84, 5: 2_441, 6: 62_010, 7: 359_082}
    assert vertices.total() == SPACE.size == 423_624


def test_every_500th_enumerated_cell_is_its_own_representative():
    sampled = itertools.islice(SPACE.enumerate(), 0, 62_000, 500)
    assert all(SPACE.canonical(architecture) == architecture.text for architecture in sampled)


def test_sampling_repeats_with_its_seed_and_yields_representatives():
    def draw():
        generator = np.random.default_rng(3)
        return [SPACE.sample(generator) for _ in range(50)]

    drawn = draw()
    assert drawn == draw()
    assert all(SPACE.canonical(architecture) == architecture.text for architecture in drawn)


def test_sampling_is_uniform_over_classes():
    generator = np.random.default_rng(11)
    drawn = [SPACE.sample(generator) for _ in range(4_000)]
    vertices = Counter(len(architecture.text.split("|")) + 1 for architecture in drawn)
    # Expected with 7 vertices: 4,000 * 359,082 / 423,624 = 3,390.6, standard deviation 22.7
    assert 3_300 < vertices[7] < 3_480
    # With 6: 4,000 * 62,010 / 423,624 = 585.5, standard deviation 22.4
    assert 496 < vertices[6] < 675


def test_neighbours_differ_in_one_edge_or_one_operation_and_are_valid():
    # Edges of conv3x3:0|output:01 are 0->1, 0->2, 1->2. Without 0->1 or 1->2 the edge 0->2
    # remains, and without 0->2 the path over the vertex; the operation has two others.
    neighbours = {
        neighbour.text for neighbour in SPACE.neighbours(SPACE.parse("conv3x3:0|output:01"))
    }
    assert neighbours == {
        *("conv3x3:|output:01", "conv3x3:0|output:0", "conv3x3:0|output:1"),
        *("conv1x1:0|output:01", "maxpool3x3:0|output:01"),
    }


def test_a_neighbour_that_would_be_invalid_is_left_out():
    # Of the edges of a path, both must stay; the edge 0->2 may come.
    neighbours = {
        neighbour.text for neighbour in SPACE.neighbours(SPACE.parse("conv3x3:0|output:1"))
    }
    assert neighbours == {"conv3x3:0|output:01", "conv1x1:0|output:1", "maxpool3x3:0|output:1"}


@pytest.mark.shared_data
def test_published_cells_are_read_and_isomorphic_ones_have_the_same_accuracy(shared_data):
    accuracies = {}
    for name in ("nasbench1_2500.json", "nasbench1_20.json"):
        path = shared_data / "leeyeehoo+GenNAS-Zero" / "data" / "nb101" / name
        for published, accuracy in json.loads(path.read_text()):
            architecture = SPACE.parse(json.dumps(published))
            assert json.loads(matrix_nas_bench_101(architecture)) == published
            accuracies.setdefault(SPACE.canonical(architecture), set()).add(accuracy)
    assert sum(len(values) for values in accuracies.values()) > 2_000
    assert all(len(values) == 1 for values in accuracies.values())
