"""NAS-Bench-NLP: recipes, which of them are one network, draws, and what a cell computes."""

import contextlib
import json
import math
from collections import Counter

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from harness.core.architecture import Dataset
from harness.core.errors import DataError, UsageError
from harness.plugins.spaces.nas_bench_nlp import SPACE
from harness.plugins.spaces.networks_nas_bench_nlp import language_model
from harness.plugins.spaces.recipes_nas_bench_nlp import (
    INPUTS,
    number_of_states,
    ordered,
    read_recipe,
    write_recipe,
)
from harness.spaces.datasets import dataset

LSTM = {
    "i": ("linear", "x", "h_prev_0"),
    "i_act": ("activation_tanh", "i"),
    "j": ("linear", "x", "h_prev_0"),
    "j_act": ("activation_sigm", "j"),
    "f": ("linear", "x", "h_prev_0"),
    "f_act": ("activation_sigm", "f"),
    "o": ("linear", "x", "h_prev_0"),
    "o_act": ("activation_sigm", "o"),
    "kept": ("elementwise_prod", "f_act", "h_prev_1"),
    "added": ("elementwise_prod", "i_act", "j_act"),
    "h_new_1": ("elementwise_sum", "kept", "added"),
    "h_new_1_act": ("activation_tanh", "h_new_1"),
    "h_new_0": ("elementwise_prod", "h_new_1_act", "o_act"),
}
GRU = {
    "r": ("linear", "x", "h_prev_0"),
    "r_act": ("activation_sigm", "r"),
    "z": ("linear", "x", "h_prev_0"),
    "z_act": ("activation_sigm", "z"),
    "rh": ("elementwise_prod", "r_act", "h_prev_0"),
    "tilde": ("linear", "x", "rh"),
    "tilde_act": ("activation_leaky_relu", "tilde"),
    "h_new_0": ("blend", "z_act", "h_prev_0", "tilde_act"),
}
DEAD = {
    "a": ("linear", "x", "h_prev_0"),
    "h_new_0": ("activation_tanh", "a"),
    "b": ("linear", "x", "h_prev_1"),
    "h_new_1": ("activation_tanh", "b"),
}
TEXT = Dataset(name="words", shape=(5,), classes=7, inputs="tokens", vocabulary=7, loss="per_token")
WIDTHS = ((4, 6), (6, 4))


def text(nodes: dict[str, tuple[str, ...]]) -> str:
    return json.dumps(
        {name: {"op": node[0], "input": list(node[1:])} for name, node in nodes.items()}
    )


def drawn(count: int) -> list[str]:
    generator = np.random.default_rng(3)
    return [SPACE.sample(generator).text for _ in range(count)]


def test_a_recipe_in_any_order_of_its_nodes_is_one_text() -> None:
    backwards = dict(reversed(LSTM.items()))
    assert SPACE.parse(text(backwards)) == SPACE.parse(text(LSTM))
    assert list(json.loads(SPACE.parse(text(backwards)).text))[-1] == "h_new_0"


def renamed(nodes: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The same cell with other names, and other orders of nodes and of inputs where none counts."""
    names = {
        name: f"other_{index}" for index, name in enumerate(nodes) if not name.startswith("h_")
    }
    names["h_new_1_act"] = "act_of_h_new_1"
    again = {}
    for name, (operation, *inputs) in reversed(nodes.items()):
        sources = [names.get(source, source) for source in inputs]
        ordered_anew = sources if operation == "blend" else sources[::-1]
        again[names.get(name, name)] = (operation, *ordered_anew)
    return again


@pytest.mark.parametrize("nodes", [LSTM, GRU, DEAD])
def test_names_and_orders_make_no_other_network(nodes: dict[str, tuple[str, ...]]) -> None:
    first, second = SPACE.parse(text(nodes)), SPACE.parse(text(renamed(nodes)))
    assert first != second
    for kind in ("computation", "network"):
        assert SPACE.canonical(first, kind) == SPACE.canonical(second, kind)
    assert SPACE.canonical(first, "published") == first.text


def test_a_state_that_never_reaches_the_output_is_dead_weight() -> None:
    plain = SPACE.parse(text({name: DEAD[name] for name in ("a", "h_new_0")}))
    with_dead = SPACE.parse(text(DEAD))
    assert SPACE.canonical(plain) == SPACE.canonical(with_dead)
    assert SPACE.canonical(plain, "network") != SPACE.canonical(with_dead, "network")


@pytest.mark.parametrize(
    "change",
    [
        {"z_act": ("activation_tanh", "z")},
        {"tilde": ("linear", "x", "r_act"), "rh": ("elementwise_prod", "tilde", "h_prev_0")},
        {"h_new_0": ("blend", "z_act", "tilde_act", "h_prev_0")},
        {"r": ("linear", "x", "h_prev_0", "z_act")},
    ],
)
def test_another_operation_input_or_side_of_a_blend_is_another_network(
    change: dict[str, tuple[str, ...]],
) -> None:
    nodes = GRU | change
    if "rh" in change:  # the product moves behind the linear node
        nodes["tilde_act"] = ("activation_leaky_relu", "rh")
    gru, other = SPACE.parse(text(GRU)), SPACE.parse(text(nodes))
    assert SPACE.canonical(gru) != SPACE.canonical(other)


def test_twenty_cells_have_the_neighbours_that_trying_every_change_finds() -> None:
    for drawing in drawn(20):
        recipe = read_recipe(drawing)
        previous = [f"h_prev_{state}" for state in range(number_of_states(recipe))]
        tried = set()
        for name, (operation, inputs) in recipe.items():
            nodes = [(other, inputs) for other in INPUTS]
            for place in range(len(inputs)):
                for source in ("x", *previous, *recipe):
                    nodes.append((operation, (*inputs[:place], source, *inputs[place + 1 :])))
            for node in nodes:
                with contextlib.suppress(DataError, ValueError):
                    tried.add(SPACE.parse(write_recipe({**recipe, name: node})).text)
        neighbours = SPACE.neighbours(SPACE.parse(drawing))
        assert {neighbour.text for neighbour in neighbours} == tried - {drawing}
        assert len(set(neighbours)) == len(neighbours)


def test_draws_have_all_sizes_operations_and_numbers_of_states() -> None:
    recipes = [read_recipe(drawing) for drawing in drawn(60)]
    operations = Counter(node[0] for recipe in recipes for node in recipe.values())
    assert set(operations) == set(INPUTS)
    assert {number_of_states(recipe) for recipe in recipes} == {1, 2, 3}
    assert min(map(len, recipes)) == 2
    assert max(map(len, recipes)) >= 7


@given(st.data())
def test_text_close_to_a_recipe_is_read_or_refused(data: st.DataObject) -> None:
    written = text(GRU)
    start = data.draw(st.integers(0, len(written)))
    put = data.draw(st.sampled_from(['"', "{", "NaN", "x", "h_prev_1", "h_new_0", ",", "[[", "é"]))
    changed = written[:start] + put + written[start + data.draw(st.integers(0, 9)) :]
    with contextlib.suppress(ValueError):
        recipe = read_recipe(changed)
        assert read_recipe(write_recipe(recipe)) == recipe


def outputs_by_hand(nodes: dict[str, tuple[str, ...]], network: torch.nn.Module) -> torch.Tensor:
    """Compute logits of one sample, token by token and number by number, from the state dict."""
    weights = {name: tensor.double() for name, tensor in network.state_dict().items()}
    tokens = torch.tensor([3, 1, 4, 1, 5])
    values = weights["embedding.weight"][tokens]
    for layer, (_, hidden) in enumerate(WIDTHS):
        states = [torch.zeros(hidden, dtype=torch.float64)] * 2
        made = []
        for value in values:
            known = {"x": value, "h_prev_0": states[0], "h_prev_1": states[1]}
            for name, (operation, *inputs) in nodes.items():
                given = [known[source] for source in inputs]
                if operation == "linear":
                    place = f"layers.{layer}.modules_of_nodes.{name}"
                    known[name] = weights[f"{place}.tokens.bias"]
                    matrices = [weights[f"{place}.tokens.weight"]]
                    matrices += [
                        weights[f"{place}.others.{k}.weight"] for k in range(len(inputs) - 1)
                    ]
                    for matrix, source in zip(matrices, given, strict=True):
                        known[name] = known[name] + matrix @ source
                elif operation == "elementwise_prod":
                    known[name] = given[0] * given[1]
                elif operation == "elementwise_sum":
                    known[name] = given[0] + given[1]
                elif operation == "blend":
                    known[name] = given[0] * given[1] + given[2] - given[0] * given[2]
                elif operation == "activation_tanh":
                    known[name] = 2 / (1 + (-2 * given[0]).exp()) - 1
                elif operation == "activation_sigm":
                    known[name] = 1 / (1 + (-given[0]).exp())
                else:
                    known[name] = torch.where(given[0] > 0, given[0], 0.01 * given[0])
            states = [known["h_new_0"], known.get("h_new_1", states[1])]
            made.append(states[0])
        values = torch.stack(made)
    return values @ weights["embedding.weight"].T + weights["decoder.bias"]


@pytest.mark.parametrize("nodes", [LSTM, GRU])
def test_a_network_computes_its_recipe_token_by_token(nodes: dict[str, tuple[str, ...]]) -> None:
    torch.manual_seed(0)
    recipe = read_recipe(text(nodes))
    in_order = {name: recipe[name] for name in ordered(recipe)}
    network = language_model(in_order, TEXT, WIDTHS)
    torch.nn.init.normal_(network.decoder.bias)
    logits = network(torch.tensor([[3, 1, 4, 1, 5], [2, 2, 2, 2, 2]]))
    assert logits.shape == (2, 5, 7)
    expected = outputs_by_hand(nodes, network)
    torch.testing.assert_close(logits[0].double(), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("nodes", [LSTM, GRU, DEAD])
def test_the_counts_of_parameters_are_those_of_the_network(
    nodes: dict[str, tuple[str, ...]],
) -> None:
    architecture = SPACE.parse(text(nodes))
    torch.manual_seed(0)
    network = SPACE.network(architecture, dataset("penn-treebank"))
    tied = network.embedding.weight is network.decoder.weight
    built = sum(parameter.numel() for parameter in network.parameters())
    recurrent = sum(
        parameter.numel() for name, parameter in network.named_parameters() if ".others." in name
    )
    words = 33_278 - 10_000  # the columns are of WikiText-2
    assert tied
    assert SPACE.columns["parameters"](architecture) == built + 401 * words
    assert SPACE.columns["trained_parameters"](architecture) == built - recurrent + 401 * words


def test_weights_are_drawn_within_the_published_bounds() -> None:
    torch.manual_seed(0)
    recipe = read_recipe(text(GRU))
    network = language_model({name: recipe[name] for name in ordered(recipe)}, TEXT, WIDTHS)
    for layer, (_, hidden) in zip(network.layers, WIDTHS, strict=True):
        largest = max(float(parameter.detach().abs().max()) for parameter in layer.parameters())
        assert 0.9 / math.sqrt(hidden) < largest <= 1 / math.sqrt(hidden)
    assert float(network.embedding.weight.detach().abs().max()) <= 0.1
    assert not network.decoder.bias.any()


@pytest.mark.parametrize("name", ["cifar10", "glue"])
def test_data_whose_next_token_is_no_label_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match=f"predict token ids, and data set '{name}'"):
        SPACE.network(SPACE.parse(text(GRU)), dataset(name))


def test_the_graph_has_states_before_and_after_the_step() -> None:
    graph = SPACE.graph(SPACE.parse(text({name: DEAD[name] for name in ("a", "h_new_0")})))
    assert graph.operations == (
        *("input", "previous_0", "linear", "activation_tanh", "next_0", "output"),
    )
    assert graph.edges == ((0, 1), (0, 2), (1, 2), (2, 3), (3, 4), (4, 5))
