"""Spaces of one's own: what is derived of a network function and texts, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
import torch
from torch import nn

from harness.core.architecture import Architecture, CellGraph, Dataset
from harness.core.errors import ContractError, DataError, HarnessError, UsageError
from harness.execution.population import draw_population
from harness.space import Choices, SearchSpace
from harness.suite import PopulationSettings

SMALL = Dataset(name="small", shape=(3, 4, 4), classes=4)
GENERATOR = np.random.default_rng


def network(text: str) -> nn.Module:
    width = len(text) + 1
    return nn.Sequential(nn.Conv2d(3, width, 1), nn.ReLU(), nn.Flatten(), nn.Linear(16 * width, 4))


def mine(**given: object) -> SearchSpace:
    parts = {"name": "mine", "summary": "s", "network": network, "dataset": SMALL} | given
    if not {"texts", "choices", "sample"} & parts.keys():
        parts["texts"] = ["a", "bb", "ccc"]
    return SearchSpace(**parts)  # type: ignore[arg-type]


def built(space: SearchSpace, text: str) -> nn.Module:
    return space.network(Architecture(space=space.name, text=text), SMALL)


def test_a_function_and_texts_are_a_space() -> None:
    space = mine()
    assert [each.text for each in space.enumerate()] == ["a", "bb", "ccc"]
    assert (space.size, space.subsets, space.dataset) == (3, ("all",), SMALL)
    assert space.parse(" bb\n") == Architecture(space="mine", text="bb")
    assert space.canonical(space.parse("bb")) == "bb"
    assert built(space, "bb")(torch.zeros(2, 3, 4, 4)).shape == (2, 4)


def test_a_text_that_is_not_listed_is_none_of_the_space() -> None:
    with pytest.raises(DataError, match="'d' is none of the 3 architectures of the space mine"):
        mine().parse("d")


def test_draws_from_a_list_are_uniform() -> None:
    space, generator = mine(), GENERATOR(0)
    drawn = [space.sample(generator).text for _ in range(3000)]
    assert all(900 < drawn.count(text) < 1100 for text in ("a", "bb", "ccc"))


def test_texts_of_a_function_are_yielded_as_they_are_asked_for() -> None:
    asked = []

    def texts() -> Iterator[str]:
        for number in range(10**12):
            asked.append(number)
            yield f"n{number}"

    space = mine(texts=texts, size=10**12)
    assert next(space.enumerate()).text == "n0"
    assert asked == [0]
    assert space.parse("n7").text == "n7"
    with pytest.raises(UsageError, match=r"over 1000000 architectures .* SearchSpace\(sample"):
        space.sample(GENERATOR(0))
    assert asked == [0]


def test_draws_of_a_function_list_its_texts_once_and_leave_the_space_as_it_is() -> None:
    lists = []

    def texts() -> list[str]:
        lists.append(["a", "bb"])
        return lists[-1]

    space = mine(texts=texts)
    assert {space.sample(GENERATOR(seed)).text for seed in range(9)} == {"a", "bb"}
    assert len(lists) == 1
    assert space.size is None


def test_a_population_of_a_function_is_drawn_alike_however_often_it_is_asked_for() -> None:
    space = mine(texts=lambda: map(str, range(100)))
    settings = PopulationSettings(sample=5)
    first = draw_population(space, settings)
    assert draw_population(space, settings) == first


def test_a_space_without_end_is_drawn_from_and_not_listed() -> None:
    space = mine(sample=lambda generator: f"s{generator.integers(10**9)}")
    assert space.size is None
    assert space.sample(GENERATOR(0)).text == space.sample(GENERATOR(0)).text
    with pytest.raises(UsageError, match=r"does not list its architectures .* sample in"):
        space.enumerate()


def test_choices_give_texts_samples_and_neighbours() -> None:
    space = mine(choices=Choices(depth=(1, 2), kernel=(3, 5)))
    first = next(space.enumerate())
    assert first.text == "depth=1,kernel=3"
    assert space.size == 4
    assert {each.text for each in space.neighbours(first)} == {
        "depth=2,kernel=3",
        "depth=1,kernel=5",
    }
    assert space.parse("kernel=3, depth=1") == first


def test_a_subset_is_what_its_function_yields() -> None:
    space = mine(subsets={"short": lambda: ["a"]})
    assert space.subsets == ("all", "short")
    assert [each.text for each in space.enumerate("short")] == ["a"]
    with pytest.raises(UsageError, match=r"unknown subset 'shorts'.*did you mean 'short'"):
        space.enumerate("shorts")


def test_a_space_without_neighbours_says_so_where_they_are_needed() -> None:
    space = mine()
    with pytest.raises(UsageError, match=r"mine has no neighbours, .*SearchSpace\(neighbours"):
        space.neighbours(space.parse("a"))


def test_a_column_is_a_table_or_a_function() -> None:
    space = mine(columns={"latency": {"a": 2}, "length": len})
    assert {name: figure(space.parse("a")) for name, figure in space.columns.items()} == {
        "latency": 2.0,
        "length": 1.0,
    }
    with pytest.raises(DataError, match="the column latency of mine has no number of 'bb'"):
        space.columns["latency"](space.parse("bb"))


def test_the_data_set_is_passed_to_a_function_that_takes_two() -> None:
    seen = []

    def with_dataset(text: str, dataset: Dataset) -> nn.Module:
        seen.append(dataset)
        return network(text)

    built(mine(network=with_dataset), "a")
    assert seen == [SMALL]


def test_the_graph_of_a_space_that_gives_none_is_that_of_its_operators() -> None:
    space = mine()
    graph = space.graph(space.parse("a"))
    first, *operators, last = graph.operations
    assert (first, last) == ("input", "output")
    assert [name.partition(" | ")[0] for name in operators] == [
        "Convolution 1 by 1",
        "Fully connected layer",
    ]
    assert graph.edges == ((0, 1), (1, 2), (2, 3))
    assert space.is_traced


def test_a_network_that_reads_numbers_while_it_is_built_is_traced_too() -> None:
    def rates(text: str) -> nn.Module:
        widths = torch.linspace(2, 4, 3).int().tolist()
        return nn.Sequential(nn.Flatten(), nn.Linear(48, widths[len(text)]))

    space = mine(network=rates)
    (_, operator, _) = space.graph(space.parse("a")).operations
    assert operator.startswith("Fully connected layer")


def test_a_given_graph_is_taken() -> None:
    graph = CellGraph(operations=("input", "output"), edges=((0, 1),))
    space = mine(graph=lambda text: graph)
    assert space.graph(space.parse("a")) is graph
    assert not space.is_traced


def raises(text: str) -> nn.Module:
    raise KeyError("no such layer")


def needs_a_package(text: str) -> nn.Module:
    import no_such_package_at_all.models  # noqa: F401

    return nn.Identity()


@pytest.mark.parametrize(
    ("function", "error", "sentence"),
    [
        (raises, ContractError, "cannot build 'a': KeyError: 'no such layer' (in raises, line"),
        (lambda text: [text], ContractError, "built a list for 'a'; its network function returns"),
        (lambda text: nn.Linear, ContractError, "built a type for 'a'"),
        (
            needs_a_package,
            UsageError,
            "cannot build 'a' without the package no_such_package_at_all; run",
        ),
    ],
)
def test_a_network_function_that_fails_is_one_sentence(
    function: object, error: type[HarnessError], sentence: str
) -> None:
    with pytest.raises(error) as refusal:
        built(mine(network=function), "a")
    assert sentence in str(refusal.value)
    assert "\n" not in str(refusal.value)


def stops(*_: object) -> object:
    raise RuntimeError("disk full\nafter all")


def begins() -> Iterator[str]:
    yield "a"
    stops()


NETWORK = Architecture(space="mine", text="a")
ASKED: dict[str, Callable[[SearchSpace], object]] = {
    "texts": lambda space: list(space.enumerate()),
    "sample": lambda space: space.sample(GENERATOR(0)),
    "subsets": lambda space: list(space.enumerate("few")),
    "neighbours": lambda space: space.neighbours(NETWORK),
    "canonical": lambda space: space.canonical(NETWORK),
    "graph": lambda space: space.graph(NETWORK),
    "columns": lambda space: space.columns["latency"](NETWORK),
    "matrices": lambda space: space.matrices(NETWORK, SMALL),
}


def _named(value: object) -> str:
    """Name a case by what it gives, and not by where its functions lie in memory."""
    return "-".join(value) if isinstance(value, dict) else str(value)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"texts": stops}, "the space mine cannot list its texts"),
        ({"texts": begins}, "the space mine cannot list its texts"),
        ({"sample": stops}, "the space mine cannot draw an architecture"),
        ({"subsets": {"few": stops}}, "the space mine cannot list its texts"),
        ({"neighbours": stops}, "the space mine cannot tell the neighbours of 'a'"),
        ({"canonical": stops}, "the space mine cannot tell the canonical text of 'a'"),
        ({"graph": stops}, "the space mine cannot tell the graph of 'a'"),
        ({"columns": {"latency": stops}}, "the space mine cannot tell the column latency of 'a'"),
        ({"matrices": stops}, "the space mine cannot tell the matrices of 'a'"),
    ],
    ids=_named,
)
def test_every_function_of_a_space_that_raises_is_one_sentence_with_its_line(
    given: dict[str, object], sentence: str
) -> None:
    space = mine(**given)
    with pytest.raises(ContractError) as refusal:
        ASKED[next(iter(given))](space)
    line = stops.__code__.co_firstlineno + 1
    assert str(refusal.value) == f"{sentence}: RuntimeError: disk full (in stops, line {line})"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"texts": lambda: 3}, "cannot list its texts: TypeError: 'int' object is not iterable"),
        ({"neighbours": lambda text: 3}, "neighbours of 'a': TypeError: 'int' object is not"),
        ({"canonical": lambda text: 3.5}, "gives 3.5, of type float, where a text is expected"),
        ({"graph": lambda text: "a-b"}, "gives a str as the graph of 'a'"),
        ({"columns": {"latency": lambda text: "fast"}}, "column latency of 'a': ValueError: could"),
        ({"columns": {"latency": {"a": None}}}, "column latency of 'a': TypeError: float()"),
    ],
    ids=_named,
)
def test_what_no_function_of_a_space_may_return_is_one_sentence(
    given: dict[str, object], sentence: str
) -> None:
    space = mine(**given)
    with pytest.raises(ContractError) as refusal:
        ASKED[next(iter(given))](space)
    assert sentence in str(refusal.value)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"texts": None}, "has neither texts nor choices nor sample; give one of them"),
        ({"texts": "abc"}, "are one text, not a list of texts"),
        ({"texts": []}, "are an empty list; give some"),
        ({"texts": ["a", "a"]}, "lists 'a' twice"),
        ({"texts": ["a", 3]}, "gives 3, of type int, where a text is expected"),
        ({"texts": ["a\nb"]}, "one line of at most 4000 printable characters"),
        ({"texts": [" a"]}, "without blanks at its ends"),
        ({"texts": [""]}, "the text ''"),
        ({"network": "resnet"}, "is no function of a text"),
        ({"size": "many"}, "size of the space 'mine' is 'many'; give a number"),
        ({"usual_size": "2M"}, "usual_size of the space 'mine' is '2M'; give a number"),
    ],
    ids=_named,
)
def test_what_is_no_space_is_refused_where_it_is_written(
    given: dict[str, object], sentence: str
) -> None:
    with pytest.raises(HarnessError, match=None) as refusal:
        mine(**given)
    assert sentence in str(refusal.value)


def test_a_text_that_a_function_makes_is_held_to_one_line_too() -> None:
    with pytest.raises(DataError, match="one line of at most"):
        mine(sample=lambda generator: "a\nb").sample(GENERATOR(0))
    with pytest.raises(DataError, match=r"mine cannot read 'x': ValueError: invalid"):
        mine(parse=lambda text: int("no")).parse("x")


def test_an_architecture_of_another_space_is_refused() -> None:
    with pytest.raises(DataError, match="is of space 'darts', expected 'mine'"):
        mine().canonical(Architecture(space="darts", text="a"))


def test_a_space_that_asks_samples_of_no_image_for_channels_is_told_what_to_read() -> None:
    scans = Dataset(name="scans", shape=(1, 8, 8, 8), classes=3)
    with pytest.raises(UsageError, match=r"not images .* read dataset\.shape in a space of your"):
        mine(network=lambda text, dataset: nn.Conv3d(dataset.channels, 4, 3)).network(
            Architecture(space="mine", text="a"), scans
        )
