"""Recipes of NAS-Bench-NLP: a recurrent cell as a mapping of nodes, read, written and compared.

See `harness.plugins.spaces.nas_bench_nlp` for their text.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

__all__ = [
    "ACTIVATIONS",
    "INPUTS",
    "MOST_STATES",
    "PAIRS",
    "Recipe",
    "canonical_text",
    "live",
    "number_of_states",
    "ordered",
    "reaching",
    "read_recipe",
    "with_names",
    "write_recipe",
]

Node = tuple[str, tuple[str, ...]]
"""Operation and inputs."""
Recipe = dict[str, Node]

ACTIVATIONS: Final = ("activation_tanh", "activation_sigm", "activation_leaky_relu")
PAIRS: Final = ("elementwise_prod", "elementwise_sum")
INPUTS: Final = {
    "linear": (2, 3),
    "blend": (3,),
    **dict.fromkeys(PAIRS, (2,)),
    **dict.fromkeys(ACTIVATIONS, (1,)),
}
_MOST_NODES: Final = 24
MOST_STATES: Final = 3
_NAME = re.compile(r"(?!x$|h_prev_|h_new_[0-9]{2})[A-Za-z][A-Za-z0-9_]{0,31}", re.ASCII)
_STATE = re.compile(r"h_(?:new|prev)_([0-9])", re.ASCII)


def read_recipe(text: str) -> Recipe:
    """Return the recipe of a text in JSON; raises ValueError where it is no cell."""
    content = json.loads(text, object_pairs_hook=_unique)
    if not isinstance(content, dict) or not 0 < len(content) <= _MOST_NODES:
        raise ValueError(f"expected an object of 1 to {_MOST_NODES} nodes")
    recipe = {name: _node(name, content[name]) for name in content}
    _require_cell(recipe)
    return recipe


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a key occurs twice")
    return dict(pairs)


def _node(name: str, node: object) -> Node:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name[:40]!r} is no name of a node")
    if not isinstance(node, dict) or node.keys() != {"op", "input"}:
        raise ValueError(f"node {name} is no object of op and input")
    operation, inputs = node["op"], node["input"]
    if not isinstance(operation, str) or operation not in INPUTS:
        raise ValueError(f"node {name} has the operation {str(operation)[:40]!r}")
    if not isinstance(inputs, list) or not all(isinstance(source, str) for source in inputs):
        raise ValueError(f"the inputs of node {name} are no list of names")
    if len(inputs) not in INPUTS[operation] or len(set(inputs)) < len(inputs):
        wanted = " or ".join(map(str, INPUTS[operation]))
        raise ValueError(f"node {name}, {operation}, reads {inputs}; expected {wanted} other nodes")
    if operation != "linear" and "x" in inputs:
        raise ValueError(f"node {name}, {operation}, reads x, which only linear can")
    return operation, tuple(inputs)


def _require_cell(recipe: Recipe) -> None:
    states = number_of_states(recipe)
    known = {"x", *(f"h_prev_{state}" for state in range(states))}
    if not 1 <= states <= MOST_STATES or any(f"h_new_{s}" not in recipe for s in range(states)):
        raise ValueError(f"its new states are not h_new_0 to at most h_new_{MOST_STATES - 1}")
    for name, (_, inputs) in recipe.items():
        for source in inputs:
            if source not in recipe and source not in known:
                raise ValueError(f"node {name} reads {source[:40]!r}, which is none of its cell")
    ordered(recipe)
    ends = {f"h_new_{state}" for state in range(states)}
    read = {source for _, inputs in recipe.values() for source in inputs}
    if unread := sorted((known | recipe.keys()) - read - ends):
        raise ValueError(f"nothing reads {unread[0]}")


def number_of_states(recipe: Recipe) -> int:
    """Return the number of states, one more than the highest of a new one."""
    numbers = [_STATE.fullmatch(name) for name in recipe if name.startswith("h_new_")]
    return max((int(match[1]) + 1 for match in numbers if match), default=0)


def ordered(recipe: Recipe) -> list[str]:
    """Return the nodes such that each comes after its inputs; the same for any order of a dict."""
    depth: dict[str, int] = {}
    waiting = sorted(recipe)
    while waiting:
        ready = [
            name for name in waiting if all(i in depth or i not in recipe for i in recipe[name][1])
        ]
        if not ready:
            raise ValueError(f"node {waiting[0]} is part of a circle, or reads one")
        level = max(depth.values(), default=-1) + 1
        depth.update(dict.fromkeys(ready, level))
        waiting = [name for name in waiting if name not in depth]
    return list(depth)


def reaching(recipe: Recipe, ends: Sequence[str]) -> set[str]:
    """Return the ends and everything that leads to one of them within a step."""
    reached, waiting = set(ends), list(ends)
    while waiting:
        _, inputs = recipe.get(waiting.pop(), ("", ()))
        waiting.extend(set(inputs) - reached)
        reached.update(inputs)
    return reached


def write_recipe(recipe: Recipe) -> str:
    """Return the text: compact JSON, in which every node comes after its inputs."""
    nodes = {name: recipe[name] for name in ordered(recipe)}
    content = {name: {"op": node[0], "input": list(node[1])} for name, node in nodes.items()}
    return json.dumps(content, separators=(",", ":"))


def canonical_text(recipe: Recipe) -> str:
    """Return one text for cells that differ in names and orders.

    Named anew are nodes and states, and inputs of all but ``blend`` may be in any order. Nodes are
    told apart by colour refinement, which could take cells of one network for two, and never two
    networks for one.
    """
    others = range(1, number_of_states(recipe))
    renamed = (
        {
            f"h_{time}_{old}": f"h_{time}_{new}"
            for old, new in zip(others, order, strict=True)
            for time in ("new", "prev")
        }
        for order in itertools.permutations(others)
    )
    return min(write_recipe(_relabelled(with_names(recipe, names))) for names in renamed)


def live(recipe: Recipe) -> Recipe:
    """Return the recipe without nodes and states that never reach an output of the cell."""
    live = {0}
    while True:
        reached = reaching(recipe, [f"h_new_{state}" for state in sorted(live)])
        read = {state for state in range(number_of_states(recipe)) if f"h_prev_{state}" in reached}
        if read <= live:
            break
        live |= read
    kept = {name: node for name, node in recipe.items() if name in reached}
    numbers = enumerate(sorted(live))
    return with_names(
        kept,
        {f"h_{time}_{old}": f"h_{time}_{new}" for new, old in numbers for time in ("new", "prev")},
    )


def with_names(recipe: Recipe, names: Mapping[str, str]) -> Recipe:
    """Return the recipe with other names of some nodes and states."""
    return {
        names.get(name, name): (operation, tuple(names.get(source, source) for source in inputs))
        for name, (operation, inputs) in recipe.items()
    }


def _relabelled(recipe: Recipe) -> Recipe:
    """Return the recipe with names and orders that follow from its structure."""
    colours = {
        name: (node[0], name if _STATE.fullmatch(name) else "") for name, node in recipe.items()
    }
    ranks = _refined(recipe, _ranked(colours))
    while len(set(ranks.values())) < len(recipe):
        tied = min(rank for rank in ranks.values() if list(ranks.values()).count(rank) > 1)
        first = min(name for name, rank in ranks.items() if rank == tied)
        ranks = _refined(
            recipe, _ranked({name: (rank, name != first) for name, rank in ranks.items()})
        )
    names = {
        name: name if _STATE.fullmatch(name) else f"node_{rank}" for name, rank in ranks.items()
    }
    again = with_names(recipe, names)
    return {
        name: (operation, inputs if operation == "blend" else tuple(sorted(inputs)))
        for name, (operation, inputs) in again.items()
    }


def _refined(recipe: Recipe, ranks: dict[str, int]) -> dict[str, int]:
    """Tell nodes apart by what they read and what reads them, until nothing changes."""
    while True:
        readers: dict[str, list[tuple[int, int]]] = {name: [] for name in recipe}
        for name, (operation, inputs) in recipe.items():
            for place, source in enumerate(inputs):
                readers.setdefault(source, []).append(
                    (ranks[name], place if operation == "blend" else 0)
                )
        signatures = {}
        for name, (operation, inputs) in recipe.items():
            read = [f"{ranks[source]:03}" if source in ranks else source for source in inputs]
            signatures[name] = (
                ranks[name],
                read if operation == "blend" else sorted(read),
                sorted(readers[name]),
            )
        refined = _ranked(signatures)
        if len(set(refined.values())) == len(set(ranks.values())):
            return refined
        ranks = refined


def _ranked(keys: Mapping[str, Any]) -> dict[str, int]:
    ordered = sorted(keys.values())
    return {name: ordered.index(key) for name, key in keys.items()}
