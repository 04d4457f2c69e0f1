"""What every space promises; a space is tested by being registered."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from harness.core.architecture import Architecture, Dataset
from harness.core.errors import DataError, UsageError
from harness.spaces.registry import space, space_names
from tests.space_files import TEN_SPACES
from tests.spaces.malformed import MALFORMED, assert_refused

NAMES = space_names()
SMALL = Dataset(name="small", shape=(3, 32, 32), classes=4)
DRAWN = 12
FEW_ENOUGH = 30_000
# In NAS-Bench-Graph a skip that adds nothing goes to the front: such steps have no way back.
MUTUAL = [name for name in NAMES if name != "nas-bench-graph"]

LETTERS = {
    "nas-bench-201": "([|+~])01234, none",
    "darts": "([|+~=;])01234, normal",
    "flexibert": "128:sdp-45x3|",
    "lts-gpt2": "128-4:x5|",
    "lts-transformer-xl": "128-4:x5|",
    "nas-bench-bert": "12568:-04|",
    "nas-bench-graph": "012345678:-gcnfc",
    "nas-bench-macro": "0123",
    "nas-bench-nlp": '{"op":linear,xh_[]}',
    "transnas-bench-101-macro": "(64-1, 0)basic",
    "transnas-bench-101-micro": "(64-1_, 0)",
}
CANONICAL_IS_A_TEXT = [
    name for name in NAMES if name not in ("nas-bench-201", "transnas-bench-101-micro")
]  # there it is an expression

each_space = pytest.mark.parametrize("name", NAMES)


@functools.cache
def drawn(name: str) -> tuple[Architecture, ...]:
    generator = np.random.default_rng(5)
    return tuple(space(name).sample(generator) for _ in range(DRAWN))


def few(name: str) -> tuple[Architecture, ...]:
    """Return as many as a test has time for: one where networks are built for what it asks."""
    return drawn(name)[: 1 if getattr(space(name), "is_traced", False) else DRAWN]


@functools.cache
def members(name: str) -> frozenset[str]:
    return frozenset(architecture.text for architecture in space(name).enumerate())


def small_enough() -> Iterator[str]:
    return (name for name in NAMES if (space(name).size or FEW_ENOUGH + 1) <= FEW_ENOUGH)


@each_space
def test_the_text_of_a_drawn_architecture_is_parsed_into_it(name: str) -> None:
    for architecture in drawn(name):
        assert architecture.space == name
        assert space(name).parse(architecture.text) == architecture
        assert space(name).parse(f" {architecture.text}\n") == architecture


@each_space
def test_equal_seeds_draw_equal_architectures(name: str) -> None:
    generator = np.random.default_rng(5)
    assert tuple(space(name).sample(generator) for _ in range(DRAWN)) == drawn(name)
    assert len(set(drawn(name))) > min(DRAWN, space(name).size or DRAWN) // 2


@pytest.mark.parametrize("name", list(small_enough()))
def test_draws_and_neighbours_are_among_the_enumerated_architectures(name: str) -> None:
    assert len(members(name)) == space(name).size
    for architecture in drawn(name):
        assert architecture.text in members(name)
        assert {other.text for other in space(name).neighbours(architecture)} <= members(name)


@each_space
def test_neighbours_are_others_and_each_is_there_once(name: str) -> None:
    for architecture in drawn(name):
        neighbours = space(name).neighbours(architecture)
        assert architecture not in neighbours
        assert len(set(neighbours)) == len(neighbours) > 0


@pytest.mark.parametrize("name", MUTUAL)
def test_being_neighbours_is_mutual(name: str) -> None:
    for architecture in few(name)[:4]:
        for neighbour in space(name).neighbours(architecture):
            assert architecture in space(name).neighbours(neighbour)


@pytest.mark.parametrize("name", CANONICAL_IS_A_TEXT)
def test_a_canonical_text_is_that_of_an_architecture_and_its_own(name: str) -> None:
    for architecture in drawn(name):
        canonical = space(name).canonical(architecture)
        assert space(name).canonical(space(name).parse(canonical)) == canonical


@each_space
def test_a_graph_leads_from_inputs_to_one_output_along_sorted_edges(name: str) -> None:
    traced = name not in TEN_SPACES  # which takes a network
    for architecture in drawn(name)[: 2 if traced else DRAWN]:
        graph = space(name).graph(architecture)
        assert graph.operations[0] == "input"
        assert graph.operations[-1] == "output"
        assert list(graph.edges) == sorted(set(graph.edges))
        assert all(source < target < len(graph.operations) for source, target in graph.edges)


@pytest.mark.parametrize("name", [name for name in TEN_SPACES if name != "nas-bench-graph"])
def test_equal_seeds_give_equal_weights_and_every_network_classifies_images(name: str) -> None:
    architecture = next(each for each in drawn(name) if space(name).graph(each).has_path)

    def build(seed: int) -> torch.nn.Module:
        torch.manual_seed(seed)
        return space(name).network(architecture, SMALL)

    networks = [build(seed) for seed in (0, 0, 1)]
    first, again, other = (network.state_dict() for network in networks)
    assert all(torch.equal(first[key], again[key]) for key in first)
    assert not all(torch.equal(first[key], other[key]) for key in first)
    logits = networks[0](torch.randn(2, 3, 32, 32))
    assert logits.shape == (2, 4)
    assert logits.isfinite().all()


@each_space
def test_an_architecture_of_another_space_is_refused(name: str) -> None:
    other = NAMES[NAMES.index(name) - 1]
    foreign = Architecture(space=other, text=drawn(name)[0].text)
    for method in (space(name).graph, space(name).canonical, space(name).neighbours):
        with pytest.raises(DataError, match=f"'{other}'"):
            method(foreign)


@each_space
def test_an_unknown_subset_is_refused_before_anything_is_drawn(name: str) -> None:
    last = space(name).subsets[-1]
    with pytest.raises(UsageError, match=f"unknown subset '{last}s'.*did you mean '{last}'"):
        space(name).enumerate(f"{last}s")


@pytest.mark.parametrize(
    ("name", "text", "quoted"),
    [(name, *case) for name, cases in MALFORMED.items() for case in cases],
)
def test_malformed_text_is_one_sentence_that_quotes_the_faulty_part(
    name: str, text: str, quoted: str
) -> None:
    assert_refused(space(name), text, quoted)


@each_space
@given(st.data())
def test_any_text_is_parsed_or_refused_with_a_data_error(name: str, data: st.DataObject) -> None:
    text = data.draw(st.text() | st.text(alphabet=LETTERS.get(name, "([|:])01234, conv3x1utp")))
    try:
        architecture = space(name).parse(text)
    except DataError:
        return
    assert space(name).parse(architecture.text) == architecture
