import json
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.spaces.transnas_bench_101_macro import SPACE, module_types

ALL = [architecture.text for architecture in SPACE.enumerate()]


@given(st.sampled_from(ALL))
def test_every_notation_leads_back_to_the_same_architecture(text):
    architecture = SPACE.parse(text)
    assert architecture.text == text
    types = tuple(int(digit) for digit in module_types(architecture))
    padded = (*types, *[0] * (6 - len(types)))
    assert SPACE.parse(str(types)) == SPACE.parse(str(padded)) == architecture


def test_3256_stacks_halve_one_to_four_times_and_double_one_to_three_times():
    # Places of halvings x places of doublings among 4, 5 and 6 modules:
    # (4+6+4+1)(4+6+4) + (5+10+10+5)(5+10+10) + (6+15+20+15)(6+15+20) = 210 + 750 + 2296
    assert len(set(ALL)) == SPACE.size == 3_256
    assert Counter(len(text.split("-")[1]) for text in ALL) == {4: 210, 5: 750, 6: 2_296}


def test_neighbours_have_one_module_changed_missing_or_added():
    neighbours = {
        module_types(neighbour) for neighbour in SPACE.neighbours(SPACE.parse("64-1124-basic"))
    }
    assert {"1123", "1144", "11241", "41124"} <= neighbours
    assert "1122" not in neighbours  # halves nothing
    assert "124" not in neighbours  # three modules
    assert all(len(types) in (4, 5) for types in neighbours)
    assert "1124" not in neighbours


def test_sampling_is_uniform_and_repeats_with_its_seed():
    def draw():
        generator = np.random.default_rng(7)
        return [module_types(SPACE.sample(generator)) for _ in range(3_256)]

    drawn = draw()
    assert drawn == draw()
    counts = Counter(map(len, drawn))
    # 210, 750 and 2,296 expected; standard deviations 14.0, 24.0 and 26.0
    assert abs(counts[4] - 210) < 70
    assert abs(counts[5] - 750) < 120


def test_the_graph_is_a_chain_of_modules():
    graph = SPACE.graph(SPACE.parse("64-4213-basic"))
    assert graph.operations == (
        "input",
        "basic_block_double_channels_half_resolution",
        "basic_block_double_channels",
        "basic_block",
        "basic_block_half_resolution",
        "output",
    )
    assert graph.edges == ((0, 1), (1, 2), (2, 3), (3, 4), (4, 5))


@pytest.mark.shared_data
def test_the_published_tuples_are_the_whole_space(shared_data):
    archs = shared_data / "automl+NASLib" / "naslib" / "data" / "archs"
    texts = json.loads((archs / "archs_transbench101_macro.json").read_text()).values()
    assert sorted(SPACE.parse(text).text for text in texts) == sorted(ALL)


@pytest.mark.shared_data
def test_the_published_strings_are_the_space_without_one(shared_data):
    path = shared_data / "leeyeehoo+GenNAS-Zero" / "data" / "trans" / "micro_class_scene.json"
    texts = {text for text, _ in json.loads(path.read_text())}
    assert set(ALL) - texts == {"64-113444-basic"}
    assert texts <= set(ALL)
