import ast
import csv
import json
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.core.errors import UsageError
from harness.spaces.darts import SPACE, genotype
from harness.spaces.darts_topology import cell_graph
from tests.spaces.malformed import assert_refused
from tests.spaces.writers import genotype_literal, naslib_darts

NAMES = (
    "max_pool_3x3",
    "avg_pool_3x3",
    "skip_connect",
    "sep_conv_3x3",
    "sep_conv_5x5",
    "dil_conv_3x3",
    "dil_conv_5x5",
)
cells = st.tuples(
    *[
        st.tuples(st.sampled_from((*NAMES, "none")), st.integers(0, slot // 2 + 1))
        for slot in range(8)
    ]
)
numbered_cells = cells.map(
    lambda cell: tuple((name if name in NAMES else "skip_connect", source) for name, source in cell)
)

PAIRS = (
    "[[(0, 4), (1, 3), (0, 2), (2, 3), (2, 3), (0, 3), (2, 6), (3, 5)], "
    "[(0, 3), (1, 3), (1, 1), (0, 5), (2, 3), (0, 2), (4, 4), (3, 1)]]"
)
LINE = (
    "normal=|sep_conv_5x5~0|sep_conv_3x3~1|+|skip_connect~0|sep_conv_3x3~2|"
    "+|sep_conv_3x3~0|sep_conv_3x3~2|+|dil_conv_5x5~2|dil_conv_3x3~3|;"
    "reduce=|sep_conv_3x3~0|sep_conv_3x3~1|+|dil_conv_3x3~0|avg_pool_3x3~1|"
    "+|skip_connect~0|sep_conv_3x3~2|+|avg_pool_3x3~3|sep_conv_5x5~4|"
)


def literal_of(normal, reduce, concat="[2, 3, 4, 5]"):
    return (
        f"Genotype(normal={list(normal)}, normal_concat={concat}, "
        f"reduce={list(reduce)}, reduce_concat={concat})"
    )


def line_of(normal, reduce):
    parts = []
    for cell in (normal, reduce):
        nodes = [cell[first : first + 2] for first in range(0, 8, 2)]
        parts.append("+".join("|" + "|".join(f"{o}~{i}" for o, i in n) + "|" for n in nodes))
    return f"normal={parts[0]};reduce={parts[1]}"


@given(cells, cells)
def test_the_line_and_the_genotype_literal_describe_the_same_cells(normal, reduce):
    architecture = SPACE.parse(line_of(normal, reduce))
    assert SPACE.parse(literal_of(normal, reduce)) == architecture
    assert SPACE.parse(architecture.text) == architecture
    assert SPACE.parse(genotype_literal(architecture)) == architecture


@given(cells, cells)
def test_a_node_keeps_its_two_choices_in_whatever_order(normal, reduce):
    parsed = genotype(SPACE.parse(line_of(normal, reduce)))
    for cell, read in ((normal, parsed.normal), (reduce, parsed.reduce)):
        for first in range(0, 8, 2):
            assert Counter(read[first : first + 2]) == Counter(cell[first : first + 2])


@given(numbered_cells, numbered_cells)
def test_naslibs_pairs_lead_back_to_the_same_architecture(normal, reduce):
    architecture = SPACE.parse(line_of(normal, reduce))
    assert SPACE.parse(naslib_darts(architecture)) == architecture


def test_naslibs_pairs_are_an_input_and_the_number_of_an_operation():
    assert SPACE.parse(PAIRS).text == LINE


def test_the_order_of_a_nodes_choices_does_not_make_another_architecture():
    assert SPACE.parse(PAIRS.replace("(0, 4), (1, 3)", "(1, 3), (0, 4)")).text == LINE


def test_a_range_may_stand_for_the_concatenated_nodes():
    parsed = genotype(SPACE.parse(LINE))
    literal = literal_of(parsed.normal, parsed.reduce, concat="range(2, 6)")
    assert SPACE.parse(literal).text == LINE


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("", "''"),
        ("sep_conv_3x3", "'sep_conv_3x3'"),
        ("normal=|none~0|none~0|", "';reduce='"),
        (LINE.replace("|+|", "|", 1), "'|op~i|op~i|'"),
        (LINE.replace("~4", "~5"), "'sep_conv_5x5~5'"),
        (LINE.replace("~4", "~-1"), "'sep_conv_5x5~-1'"),
        (LINE.replace("~4", "~"), "'sep_conv_5x5~'"),
        (LINE.replace("sep_conv_5x5~4", "conv~4"), "'conv~4'"),
        (PAIRS.replace("(4, 4)", "(5, 4)"), "(5, 4)"),
        (PAIRS.replace("(4, 4)", "(4, 7)"), "(4, 7)"),
        (PAIRS.replace("(4, 4)", "(4, -1)"), "(4, -1)"),
        (PAIRS.replace("(4, 4)", "(4, True)"), "(4, True)"),
        (PAIRS.replace("(4, 4)", "4"), "'4'"),
        (PAIRS.replace("(4, 4), ", ""), "7 choices"),
        ("[]", "0 cells"),
        ("(1, 2)", "'1'"),
        ("(" * 100_000, "'((((("),
        ("[__import__('os').getcwd()]", "getcwd"),
        ("Genotype(normal=[])", "reduce_concat"),
        ("Genotype([], [2, 3, 4, 5], [], [2, 3, 4, 5])", "0 choices"),
        ("Genotype([], [], [], [], [])", "'Genotype([], [], [], [], [])'"),
        ("Genotype(**{})", "'Genotype(**{})'"),
        (literal_of([], [], concat="[2, 3, 4]"), "'[2, 3, 4]'"),
        (literal_of([], [], concat="exit()"), "exit()"),
        (literal_of([("none", 0)] * 8, "ab"), "choices"),
    ],
)
def test_malformed_text_is_one_sentence_that_quotes_the_faulty_part(text, quoted):
    assert_refused(SPACE, text, quoted)


def test_the_space_has_as_many_pairs_of_cells_as_the_product_of_its_choices():
    # Pairs of inputs: 1, 3, 6, 10; operations 7 * 7 for each node; two cells.
    assert SPACE.size == (1 * 3 * 6 * 10 * 49**4) ** 2


def test_enumeration_is_refused_at_once():
    with pytest.raises(UsageError, match="cannot be enumerated"):
        SPACE.enumerate()


def test_renumbered_nodes_are_canonically_equal():
    # Nodes 2 and 3 both read the inputs and change places; nodes 4 and 5 follow.
    reduce = (("skip_connect", 0), ("skip_connect", 1)) * 4
    first = SPACE.parse(
        line_of(
            (
                *(
                    ("sep_conv_3x3", 0),
                    ("sep_conv_3x3", 1),
                    ("max_pool_3x3", 0),
                    ("skip_connect", 1),
                ),
                *(
                    ("dil_conv_3x3", 2),
                    ("skip_connect", 0),
                    ("dil_conv_5x5", 4),
                    ("skip_connect", 3),
                ),
            ),
            reduce,
        )
    )
    second = SPACE.parse(
        line_of(
            (
                *(
                    ("max_pool_3x3", 0),
                    ("skip_connect", 1),
                    ("sep_conv_3x3", 0),
                    ("sep_conv_3x3", 1),
                ),
                *(
                    ("dil_conv_3x3", 3),
                    ("skip_connect", 0),
                    ("dil_conv_5x5", 4),
                    ("skip_connect", 2),
                ),
            ),
            reduce,
        )
    )
    other = SPACE.parse(first.text.replace("dil_conv_3x3~2", "dil_conv_3x3~3"))
    assert first != second
    assert SPACE.canonical(first) == SPACE.canonical(second)
    assert SPACE.canonical(first) != SPACE.canonical(other)


def test_what_a_none_reads_does_not_matter_to_the_canonical_line():
    first = SPACE.parse(LINE.replace("avg_pool_3x3~3", "none~3"))
    second = SPACE.parse(LINE.replace("avg_pool_3x3~3", "none~1"))
    assert SPACE.canonical(first) == SPACE.canonical(second)


@given(cells, st.permutations([0, 1, 2, 3]))
def test_the_canonical_line_is_an_architecture_and_its_own_canonical_line(cell, order):
    architecture = SPACE.parse(line_of(cell, cell))
    line = SPACE.canonical(architecture)
    assert SPACE.canonical(SPACE.parse(line)) == line
    renumbered = renumber(cell, order)
    if renumbered is not None:
        assert SPACE.canonical(SPACE.parse(line_of(renumbered, cell))) == line


def renumber(cell, order):
    """Put the nodes 2 to 5 in this order; None where a node would read a later one."""
    number = {0: 0, 1: 1} | {old + 2: new + 2 for new, old in enumerate(order)}
    choices = [
        (name, number[source]) for old in order for name, source in cell[2 * old : 2 * old + 2]
    ]
    fits = all(source < slot // 2 + 2 for slot, (_, source) in enumerate(choices))
    return choices if fits else None


def test_a_member_has_120_neighbours_that_differ_in_one_choice():
    architecture = SPACE.parse(LINE)
    neighbours = SPACE.neighbours(architecture)
    # 16 * 6 operations and 2 * 2 * (0 + 1 + 2 + 3) inputs
    assert len(set(neighbours)) == len(neighbours) == 120
    present = genotype(architecture)
    for other in neighbours:
        changed = genotype(other)
        missing = Counter(present.normal) - Counter(changed.normal)
        missing += Counter(present.reduce) - Counter(changed.reduce)
        assert missing.total() == 1
        assert architecture in SPACE.neighbours(other)


def test_sampling_is_uniform_over_choices_and_repeats_with_its_seed():
    def draw():
        generator = np.random.default_rng(7)
        return [genotype(SPACE.sample(generator)).normal for _ in range(2_100)]

    drawn = draw()
    assert drawn == draw()
    # 2,100 draws a seventh each: 300 expected, standard deviation sqrt(2100 / 7 * 6 / 7) = 16.0
    for slot in range(8):
        counts = Counter(cell[slot][0] for cell in drawn)
        assert all(220 < counts[name] < 380 for name in NAMES)
    # The last node reads one of ten pairs: 210 expected, standard deviation 13.7
    pairs = Counter((cell[6][1], cell[7][1]) for cell in drawn)
    assert len(pairs) == 10
    assert all(140 < count < 280 for count in pairs.values())


def test_the_normal_graph_has_two_inputs_eight_choices_and_an_output():
    normal = genotype(SPACE.parse(LINE)).normal
    graph = cell_graph(normal)
    assert graph.operations == ("input", "input", *(name for name, _ in normal), "output")
    # Choices 2 to 9; node 2 is (2, 3), node 3 is (4, 5). They read 0 1, 0 2, 0 2 and 2 3.
    assert graph.edges == (
        *((0, 2), (0, 4), (0, 6), (1, 3)),
        *((2, 5), (2, 7), (2, 8), (2, 10), (3, 5), (3, 7), (3, 8), (3, 10)),
        *((4, 9), (4, 10), (5, 9), (5, 10)),
        *((6, 10), (7, 10), (8, 10), (9, 10)),
    )


def test_the_graph_stacks_the_reduction_cell_on_the_normal_cell():
    architecture = SPACE.parse(LINE)
    graph = SPACE.graph(architecture)
    assert len(graph.operations) == 19
    assert graph.has_path
    parents = {target: {a for a, b in graph.edges if b == target} for _, target in graph.edges}
    # The first reduction choice reads its input 0, the normal cell's input 1; the second reads
    # its input 1, all eight choices of the normal cell; the output all of the reduction cell.
    assert parents[10] == {1}
    assert parents[11] == set(range(2, 10))
    assert parents[18] == set(range(10, 18))


@pytest.mark.shared_data
def test_the_published_naslib_keys_are_parsed_and_written_back(shared_data):
    path = shared_data / "automl+NASLib" / "naslib" / "data" / "archs" / "archs_nasbench301.json"
    texts = list(json.loads(path.read_text()).values())
    assert len(texts) == 11_221
    architectures = [SPACE.parse(text) for text in texts]
    assert len(set(architectures)) == 11_221
    for text, architecture in zip(texts[:500], architectures[:500], strict=True):
        assert naslib_darts(architecture) == str(ast.literal_eval(text))


@pytest.mark.shared_data
def test_the_published_genotypes_are_parsed_and_written_back(shared_data):
    path = shared_data / "pym1024+SWAP" / "datasets" / "DARTS_archs_CIFAR10.csv"
    with path.open(newline="") as file:
        texts = [row[0] for row in csv.reader(file)]
    architectures = {SPACE.parse(text) for text in texts}
    assert len(texts) == len(architectures) == 1_000
    for architecture in architectures:
        assert SPACE.parse(genotype_literal(architecture)) == architecture
        cells = genotype(architecture)
        assert cells.normal == cells.reduce
