"""NAS-Bench-NLP (Klyuchnikov et al., IEEE Access 2022): recurrent cells for language models.

A text is a *recipe* of the benchmark as one line of JSON: the nodes of a cell, each with its
operation and inputs. ``x`` is the token, ``h_prev_i`` a state of the step before, ``h_new_i`` the
node that becomes it, and ``h_new_0`` also the output of the cell::

    {"f":{"op":"linear","input":["x","h_prev_0"]},"h_new_0":{"op":"activation_tanh","input":["f"]}}

Nodes keep their published names and stand in the order in which they can be computed; any other
order and white space is read too. ``elementwise_prod``, ``elementwise_sum``, ``blend`` (a gate and
two others) and activations never read ``x``, whose width is another in the first layer.

Draws follow the generator of the benchmark: ``linear`` with two or three inputs three times as
often as each of ``blend``, ``elementwise_prod`` and ``elementwise_sum``, an activation after every
``linear``, nodes that nothing reads removed, and cells without one of the inputs, or in which a new
state reads an old one directly, drawn again. Number of states (1 to 3) and of other nodes (1 to 7)
are uniform here; the benchmark does not publish theirs. So draws are not uniform.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from harness.core.architecture import CellGraph
from harness.plugins.spaces.recipes_nas_bench_nlp import (
    ACTIVATIONS,
    INPUTS,
    MOST_STATES,
    PAIRS,
    Recipe,
    canonical_text,
    live,
    number_of_states,
    ordered,
    reaching,
    read_recipe,
    with_names,
    write_recipe,
)
from harness.space import SearchSpace

if TYPE_CHECKING:
    import numpy as np
    from torch import nn

    from harness.core.architecture import Dataset

__all__ = ["SPACE"]

_DRAWN: Final = (*["linear"] * 3, "blend", *PAIRS)
_OF_TWO: Final = 0.8
"""Share of linear nodes with two inputs."""

_MOST_OTHERS: Final = 7
"""Nodes beside new states that a draw begins with."""

_TRIALS: Final = 100
"""Draws of one size, of which a few never give a cell."""

_VOCABULARY: Final = 33_278
"""Words of WikiText-2."""

_WIDTHS: Final = ((400, 600), (600, 600), (600, 400))
"""Input and output of each layer; the embedding, which the decoder shares, has 400."""


def _sample(generator: np.random.Generator) -> str:
    while True:
        states = int(generator.integers(1, MOST_STATES + 1))
        size = states + int(generator.integers(1, _MOST_OTHERS + 1))
        for _ in range(_TRIALS):
            recipe = _drawn(generator, states, size)
            if recipe is not None:
                return write_recipe(recipe)


def _drawn(generator: np.random.Generator, states: int, size: int) -> Recipe | None:
    """Draw a cell by the generator of the benchmark; None where it refuses what came out."""
    previous = [f"h_prev_{state}" for state in range(states)]
    recipe: Recipe = {}
    activations: list[str] = []

    def add(operation: str, candidates: list[str], wanted: int) -> str:
        chosen = generator.permutation(len(candidates))[:wanted]
        name = f"node_{len(recipe)}"
        recipe[name] = operation, tuple(candidates[number] for number in chosen)
        return name

    while len(recipe) < size:
        operation = _DRAWN[generator.integers(len(_DRAWN))]
        if operation == "linear":
            wanted = 2 if generator.random() < _OF_TWO else 3
            linear = add("linear", ["x", *previous, *activations], wanted)
            activation = ACTIVATIONS[generator.integers(len(ACTIVATIONS))]
            activations.append(add(activation, [linear], 1))
        elif len(previous) + len(recipe) >= INPUTS[operation][0]:
            add(operation, [*previous, *recipe], INPUTS[operation][0])
    ends = generator.permutation(list(recipe))[:states]
    recipe = with_names(recipe, {str(name): f"h_new_{state}" for state, name in enumerate(ends)})
    reached = reaching(recipe, [f"h_new_{state}" for state in range(states)])
    direct = any(set(recipe[f"h_new_{s}"][1]) & set(previous) for s in range(states))
    if direct or not reached >= {"x", *previous}:
        return None
    return {name: node for name, node in recipe.items() if name in reached}


def _neighbours(text: str) -> Iterator[str]:
    """Yield the cells in which one node has another operation, or reads another node."""
    recipe = read_recipe(text)
    states = range(number_of_states(recipe))
    times_read = Counter(source for _, inputs in recipe.values() for source in inputs)
    ends = {f"h_new_{state}" for state in states}
    names = {"x", *(f"h_prev_{state}" for state in states), *recipe}
    for name, (operation, inputs) in recipe.items():
        for other, counts in INPUTS.items():
            if len(inputs) in counts and other != operation and "x" not in inputs:
                yield write_recipe({**recipe, name: (other, inputs)})
        leading = {source for source in names if name in reaching(recipe, [source])}
        others = sorted(names - leading - {*inputs} - ({"x"} if operation != "linear" else set()))
        for place, old in enumerate(inputs):
            if times_read[old] > 1 or old in ends:
                for source in others:
                    changed = (*inputs[:place], source, *inputs[place + 1 :])
                    yield write_recipe({**recipe, name: (operation, changed)})


def _graph(text: str) -> CellGraph:
    """Return the cell, with a node for every state before and after the step.

    ``previous_i`` reads the input, for it was made from earlier ones, and ``next_i`` leads from
    ``h_new_i`` to the output. The order of the inputs of ``blend`` is not in it.
    """
    recipe = read_recipe(text)
    states = range(number_of_states(recipe))
    order = ["x", *(f"h_prev_{state}" for state in states), *ordered(recipe)]
    number = {name: place for place, name in enumerate(order)}
    operations = ["input", *(f"previous_{state}" for state in states)]
    operations += [recipe[name][0] for name in order[len(operations) :]]
    edges = {(0, number[f"h_prev_{state}"]) for state in states}
    edges |= {(number[i], number[name]) for name, (_, inputs) in recipe.items() for i in inputs}
    last = len(operations) + len(states)
    for state in states:
        edges |= {(number[f"h_new_{state}"], len(operations)), (len(operations), last)}
        operations.append(f"next_{state}")
    return CellGraph(operations=(*operations, "output"), edges=tuple(sorted(edges)))


def _network(text: str, dataset: Dataset) -> nn.Module:
    from harness.plugins.spaces.networks_nas_bench_nlp import language_model

    recipe = read_recipe(text)
    nodes = {name: recipe[name] for name in ordered(recipe)}
    return language_model(nodes, dataset, _WIDTHS)


def _parameters(text: str) -> int:
    """Return the number of parameters, the matrix that embedding and decoder share counted once."""
    return _VOCABULARY * (_WIDTHS[0][0] + 1) + sum(_of_cells(text))


def _trained_parameters(text: str) -> int:
    """Return the number of those that the published training changed.

    It left every matrix on an input other than ``x`` as it was drawn: its weight dropout replaced
    these matrices by detached copies in every step, so that no gradient reached them.
    """
    of_tokens, _ = _of_cells(text)
    return _VOCABULARY * (_WIDTHS[0][0] + 1) + of_tokens


def _of_cells(text: str) -> tuple[int, int]:
    """Return the parameters on ``x`` and the biases of all layers, and those of other matrices."""
    inputs = [inputs for operation, inputs in read_recipe(text).values() if operation == "linear"]
    tokens = sum("x" in sources for sources in inputs)
    others = sum(map(len, inputs)) - tokens
    return (
        sum(hidden * (len(inputs) + width * tokens) for width, hidden in _WIDTHS),
        sum(hidden * hidden * others for _, hidden in _WIDTHS),
    )


SPACE = SearchSpace(
    name="nas-bench-nlp",
    family="recurrent network",
    summary="recurrent cells of at most 24 nodes, language models of three layers",
    network=_network,
    parse=lambda text: write_recipe(read_recipe(text)),
    sample=_sample,
    uniform=False,
    neighbours=_neighbours,
    canonical={
        "computation": lambda text: canonical_text(live(read_recipe(text))),
        "network": lambda text: canonical_text(read_recipe(text)),
        "published": str,
    },
    graph=_graph,
    columns={
        "parameters": _parameters,
        "trained_parameters": _trained_parameters,
        "nodes": lambda text: len(read_recipe(text)),
        "states": lambda text: number_of_states(read_recipe(text)),
    },
    dataset="wikitext-2",
)
