import csv
import itertools
import json
import re
from collections import Counter

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from harness.core.architecture import Dataset
from harness.core.errors import DataError
from harness.spaces import nas_bench_101
from harness.spaces.nas_bench_1shot1 import FIRST, SECOND, THIRD

SPACES = (FIRST, SECOND, THIRD)
PARENTS = {FIRST.name: "12222", SECOND.name: "11223", THIRD.name: "111222"}
SMALL = Dataset(name="small", shape=(3, 8, 8), classes=4)

sampled = st.tuples(st.sampled_from(SPACES), st.integers(0, 2**32)).map(
    lambda drawn: (drawn[0], drawn[0].sample(np.random.default_rng(drawn[1])))
)


def parents_per_vertex(architecture):
    return "".join(str(len(term.partition(":")[2])) for term in architecture.text.split("|"))


def classes(space, subset):
    return {space.canonical(architecture) for architecture in space.enumerate(subset)}


@given(sampled)
def test_a_sampled_architecture_has_the_parents_of_its_space_and_survives_parsing(drawn):
    space, architecture = drawn
    assert parents_per_vertex(architecture) == PARENTS[space.name]
    assert space.parse(architecture.text) == architecture


@given(sampled)
def test_a_cell_is_found_again_from_its_canonical_text(drawn):
    space, architecture = drawn
    canonical = space.parse(space.canonical(architecture))
    assert parents_per_vertex(canonical) == PARENTS[space.name]
    assert space.canonical(canonical) == space.canonical(architecture)


@given(sampled)
def test_the_canonical_text_and_the_graph_are_those_of_nas_bench_101(drawn):
    space, architecture = drawn
    same = nas_bench_101.SPACE.parse(architecture.text)
    assert space.canonical(architecture) == nas_bench_101.SPACE.canonical(same)
    assert space.graph(architecture) == nas_bench_101.SPACE.graph(same)


# Parents: products of binomials. 1 * 1 * 3 * 6 * 10 = 180, 1 * 2 * 3 * 6 * 10 = 360 and
# 1 * 2 * 3 * 6 * 10 * 15 = 5,400; operations: 3^4 = 81, 81 and 3^5 = 243.
@pytest.mark.parametrize(
    ("space", "size"), [(FIRST, 180 * 81), (SECOND, 360 * 81), (THIRD, 5_400 * 243)]
)
def test_the_size_counts_all_choices(space, size):
    assert space.size == size


@pytest.mark.parametrize("space", [FIRST, SECOND])
def test_enumeration_yields_as_many_different_architectures_as_the_size_says(space):
    assert len(set(space.enumerate())) == space.size


@pytest.mark.parametrize(
    ("space", "without_loose_ends", "published"),
    [(FIRST, 3_702, 2_487), (SECOND, 12_474, 3_609), (THIRD, 135_900, 24_066)],
)
def test_subsets_have_as_many_architectures_as_stated(space, without_loose_ends, published):
    members = set(space.enumerate("no-loose-ends"))
    assert len(members) == without_loose_ends
    listed = list(space.enumerate("published"))
    assert len(set(listed)) == len(listed) == published
    assert members.issuperset(listed)


def test_every_class_has_a_member_without_loose_ends():
    everything = classes(FIRST, "all")
    assert everything == classes(FIRST, "no-loose-ends")
    assert len(everything) == 2_685
    assert len(classes(FIRST, "published")) == 2_127


@pytest.mark.parametrize(("space", "number"), [(FIRST, 6_240), (THIRD, 363_648)])
def test_the_papers_count_with_loose_ends_leaves_out_operations_of_childless_vertices(
    space, number
):
    # A vertex has a child if it is among the parents of any other.
    choices = choices_of_parents(PARENTS[space.name])
    assert sum(3 ** len(set("".join(sources)) - {"0"}) for sources in choices) == number


def choices_of_parents(numbers):
    sets = [
        [
            "".join(map(str, combination))
            for combination in itertools.combinations(range(vertex), int(number))
        ]
        for vertex, number in enumerate(numbers, start=1)
    ]
    return itertools.product(*sets)


def test_unused_vertices_get_idle_choices():
    # Only vertices 1 and 2 are used; the release writes such a cell with a vertex 5 before the
    # output. In space 2 vertices 3 and 4 have two parents, here the first two.
    rows = [[0] * 7 for _ in range(7)]
    for source, target in ((0, 1), (1, 2), (0, 6), (1, 6), (2, 6)):
        rows[source][target] = 1
    names = ["input", "maxpool3x3", "conv3x3-bn-relu", *["conv1x1-bn-relu"] * 3, "output"]
    text = "maxpool3x3:0|conv3x3:1|conv1x1:01|conv1x1:01|output:012"
    assert SECOND.parse(json.dumps([rows, names])).text == text
    assert SECOND.parse("maxpool3x3:0|conv3x3:1|output:012").text == text


def test_a_used_vertex_moves_only_if_it_does_not_fit_where_it_is():
    # Vertex 2 of space 1 has two parents. With one parent and the output over it, no place fits.
    with pytest.raises(DataError, match="is not in nas-bench-1shot1-1"):
        FIRST.parse("conv3x3:0|conv1x1:1|output:12")
    # In space 3, vertex 3 has one parent; the only vertex with two is 4 or 5.
    moved = THIRD.parse("conv3x3:0|maxpool3x3:01|output:12")
    assert moved.text == "conv3x3:0|conv1x1:0|conv1x1:0|maxpool3x3:01|conv1x1:01|output:14"


def test_a_cell_with_other_numbers_of_parents_is_refused():
    with pytest.raises(DataError, match="is not in nas-bench-1shot1-2"):
        SECOND.parse("conv3x3:0|output:1")


@pytest.mark.parametrize(
    ("space", "number"),
    # Operations: two others of each vertex. Parents: all other sets of each vertex.
    [(FIRST, 8 + 2 + 5 + 9), (SECOND, 8 + 1 + 2 + 5 + 9), (THIRD, 10 + 1 + 2 + 5 + 9 + 14)],
)
def test_neighbours_differ_in_one_choice(space, number):
    architecture = space.sample(np.random.default_rng(5))
    neighbours = space.neighbours(architecture)
    assert len(set(neighbours)) == number
    own = architecture.text.split("|")
    for other in neighbours:
        assert space.parse(other.text) == other
        assert sum(a != b for a, b in zip(own, other.text.split("|"), strict=True)) == 1


def test_sampling_is_uniform_over_choices_and_repeats_with_its_seed():
    def draw():
        generator = np.random.default_rng(7)
        return [FIRST.sample(generator).text for _ in range(3_000)]

    drawn = draw()
    assert drawn == draw()
    # Ten pairs of parents of the output: 300 each expected, standard deviation 16.4
    outputs = Counter(text.split("|")[-1] for text in drawn)
    assert len(outputs) == 10
    assert all(220 < count < 380 for count in outputs.values())
    operations = Counter(text.partition(":")[0] for text in drawn)
    assert all(870 < count < 1_130 for count in operations.values())


def test_the_network_is_that_of_the_pruned_cell():
    complete = "maxpool3x3:0|conv1x1:1|conv3x3:01|conv3x3:01|output:012"
    with torch.device("meta"):
        network = SECOND.network(SECOND.parse(complete), SMALL)
        pruned = nas_bench_101.SPACE.parse("maxpool3x3:0|conv1x1:1|output:012")
        same = nas_bench_101.SPACE.network(pruned, SMALL)
        assert network(torch.empty(2, 3, 8, 8)).shape == (2, 4)
    shapes = [parameter.shape for parameter in network.parameters()]
    assert shapes == [parameter.shape for parameter in same.parameters()]


@pytest.mark.shared_data
def test_the_published_subset_is_the_published_table_of_space_2(shared_data):
    folder = shared_data / "zerocostptnas+zerocost_operation_score" / "notebooks_1shot1"
    with (folder / "search_space2.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    errors = {}
    texts = []
    for row in rows:
        numbers = [int(float(number)) for number in re.findall(r"[\d.]+", row["adj_matrix"])]
        matrix = [numbers[start : start + 7] for start in range(0, 49, 7)]
        names = [
            row[key] for key in ("input", *(f"node{number}" for number in range(1, 6)), "output")
        ]
        architecture = SECOND.parse(json.dumps([matrix, names]))
        texts.append(architecture.text)
        errors.setdefault(SECOND.canonical(architecture), set()).add((row["val1"], row["test1"]))
    assert len(texts) == 3_609
    assert set(texts) == {architecture.text for architecture in SECOND.enumerate("published")}
    # The table repeats the results of a class for each of its members.
    assert len(errors) == 3_258
    assert all(len(values) == 1 for values in errors.values())
