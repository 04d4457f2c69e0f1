import json
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.core.architecture import Architecture
from harness.core.errors import DataError, UsageError
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


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("", "''"),
        ("64-4111", "'64-4111'"),
        ("32-4111-basic", "'32-4111-basic'"),
        ("64-4151-basic", "'64-4151-basic'"),
        ("64-411-basic", "'64-411-basic'"),
        ("64-4111111-basic", "'64-4111111-basic'"),
        ("64-1111-basic", "'64-1111-basic'"),
        ("64-2222-basic", "'64-2222-basic'"),
        ("64-444421-basic", "'64-444421-basic'"),
        ("64-333331-basic", "'64-333331-basic'"),
        ("(4, 0, 1, 1)", "'(4, 0, 1, 1)'"),
        ("(4, 1, 1, 1, 0, 0, -1)", "'(4, 1, 1, 1, 0, 0, -1)'"),
        ("64-" + "4" * 100_000 + "-basic", "'64-4444"),
    ],
)
def test_malformed_text_is_one_sentence_that_quotes_the_faulty_part(text, quoted):
    with pytest.raises(DataError) as caught:
        SPACE.parse(text)
    message = str(caught.value)
    assert quoted in message
    assert "\n" not in message
    assert len(message) < 300


@given(st.text() | st.text(alphabet="(64-1, 0)basic"))
def test_any_text_is_parsed_or_refused_with_a_data_error(text):
    try:
        architecture = SPACE.parse(text)
    except DataError:
        return
    assert SPACE.parse(architecture.text) == architecture


def test_an_architecture_of_another_space_is_refused():
    with pytest.raises(DataError, match="'darts'"):
        SPACE.graph(Architecture(space="darts", text="64-4111-basic"))


def test_an_unknown_subset_is_refused_before_anything_is_drawn():
    with pytest.raises(UsageError, match="unknown subset 'alle'"):
        SPACE.enumerate("alle")


def test_neighbours_have_one_module_changed_missing_or_added():
    neighbours = {
        module_types(neighbour) for neighbour in SPACE.neighbours(SPACE.parse("64-1124-basic"))
    }
    assert {"1123", "1144", "11241", "41124"} <= neighbours
    assert "1122" not in neighbours  # halves nothing
    assert "124" not in neighbours  # three modules
    assert all(len(types) in (4, 5) for types in neighbours)
    assert "1124" not in neighbours


def test_being_neighbours_is_mutual():
    draw = np.random.default_rng(3)
    for _ in range(20):
        architecture = SPACE.sample(draw)
        for other in SPACE.neighbours(architecture):
            assert architecture in SPACE.neighbours(other)


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
