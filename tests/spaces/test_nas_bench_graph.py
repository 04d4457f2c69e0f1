import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.spaces.nas_bench_graph import SPACE, from_key, tree
from harness.spaces.nas_bench_graph_topology import LINKS, OPERATIONS, Tree, canonical, leaves
from tests.spaces.writers import key_nas_bench_graph

names = st.tuples(*[st.sampled_from(OPERATIONS)] * 4)
links = st.tuples(*[st.integers(0, read) for read in range(4)])
trees = st.builds(lambda a, b: Tree(links=a, operations=b), links, names).filter(
    lambda drawn: set(drawn.operations) != {"skip"}
)


def line_of(written):
    return "".join(map(str, written.links)) + ":" + "-".join(written.operations)


@given(trees)
def test_every_notation_leads_to_the_same_architecture(written):
    architecture = SPACE.parse(line_of(written))
    assert SPACE.parse(f"Arch({list(written.links)}, {list(written.operations)})") == architecture
    assert SPACE.parse(f"({list(written.links)},{list(written.operations)})") == architecture
    assert SPACE.parse(architecture.text) == architecture
    assert SPACE.parse(str(key_nas_bench_graph(architecture))) == architecture
    assert from_key(key_nas_bench_graph(architecture)) == architecture


@given(trees)
def test_the_canonical_tree_is_its_own_and_has_a_known_shape(written):
    chosen = canonical(written)
    assert chosen.links in LINKS
    assert canonical(chosen) == chosen
    assert sorted(chosen.operations) == sorted(written.operations)


@given(trees, st.permutations([0, 1, 2, 3]))
def test_the_order_in_which_operations_are_written_does_not_matter(written, order):
    number = {0: 0} | {old + 1: new for new, old in enumerate(order, start=1)}
    renumbered = tuple(number[written.links[old]] for old in order)
    if all(read <= at for at, read in enumerate(renumbered)):
        other = Tree(links=renumbered, operations=tuple(written.operations[old] for old in order))
        assert canonical(other) == canonical(written)


def test_the_key_is_the_shape_and_four_operations_as_digits():
    # 0112 is the shape 6; gcn 1, cheb 3, gin 2, fc 7
    assert key_nas_bench_graph(SPACE.parse("0112:gcn-cheb-gin-fc")) == 61_327
    assert from_key(61_327).text == "0112:gcn-cheb-gin-fc"
    assert SPACE.parse("0").text == "0000:gat-gat-gat-gat"


def test_a_literal_in_another_order_is_renumbered():
    # The chain gcn, gin, fc and beside it cheb, which reads gcn.
    architecture = SPACE.parse("Arch([0, 1, 2, 1], ['gcn', 'gin', 'fc', 'cheb'])")
    assert architecture.text == "0112:gcn-gin-cheb-fc"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # The second operation passes on what the third reads: it goes to the front.
        ("0123:gcn-skip-gin-fc", "0123:skip-gcn-gin-fc"),
        # It is the only one that reads the first.
        ("0013:gcn-fc-skip-gin", "0112:skip-gcn-fc-gin"),
        # It passes the features themselves to the output: dropped there, put in front.
        ("0000:skip-gcn-gin-fc", "0111:skip-gcn-gin-fc"),
        # It stays: its output is that of gcn, concatenated with what gin makes of it.
        ("0011:gcn-fc-gin-skip", "0011:gcn-fc-gin-skip"),
    ],
)
def test_a_skip_that_adds_nothing_goes_to_the_front(text, expected):
    assert SPACE.parse(text).text == expected


def test_enumeration_yields_26206_architectures_in_the_order_of_their_keys():
    keys = [key_nas_bench_graph(architecture) for architecture in SPACE.enumerate()]
    assert len(keys) == SPACE.size == 26_206
    assert keys == sorted(set(keys))


def test_neighbours_are_architectures_and_mutual_where_no_skip_moves():
    architecture = SPACE.parse("0013:gcn-gat-gin-sage")
    neighbours = SPACE.neighbours(architecture)
    assert architecture not in neighbours
    assert len(set(neighbours)) == len(neighbours)
    assert SPACE.parse("0013:gcn-gat-gin-fc") in neighbours
    assert SPACE.parse("0012:gcn-gat-gin-sage") in neighbours
    for other in neighbours:
        if "skip" not in other.text:
            assert architecture in SPACE.neighbours(other)


def test_sampling_yields_members_and_repeats_with_its_seed():
    def draw():
        generator = np.random.default_rng(7)
        return [SPACE.sample(generator) for _ in range(300)]

    drawn = draw()
    assert drawn == draw()
    assert all(canonical(tree(architecture)) == tree(architecture) for architecture in drawn)
    assert len({tree(architecture).links for architecture in drawn}) == len(LINKS)


def test_the_graph_leads_from_the_features_over_the_operations_to_the_output():
    graph = SPACE.graph(SPACE.parse("0013:gcn-gat-gin-sage"))
    assert graph.operations == ("input", "gcn", "gat", "gin", "sage", "output")
    assert graph.edges == ((0, 1), (0, 2), (1, 3), (2, 5), (3, 4), (4, 5))
    assert leaves((0, 0, 1, 3)) == (2, 4)
