"""What of an archive the gate computes again: networks of every space, and what is too slow.

The networks are chosen once and kept beside the archive in ``gate.json``, so that every gate
compares the same ones and a change of them is seen in version control.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from harness.core.architecture import Architecture
from harness.core.errors import UsageError
from harness.core.files import write_at_once
from harness.records.condition import Condition
from harness.records.store import Store
from harness.regression_gate.file_model import read_model
from harness.spaces.registry import space as known_space

__all__ = [
    "REMEDY",
    "GateSample",
    "NetworkCosts",
    "SpaceSample",
    "choose_networks",
    "network_costs",
    "operators_of",
    "read_sample",
    "too_slow",
    "write_sample",
]

BUDGET_S = 300.0
"""Processor time of all networks together, as the archive knows it: two minutes on two
cores, a minute less than the gate may take."""

SPACE_S = 55.0
"""Processor time of one space, unless its first network takes more."""

MOST = 9
"""Networks of one space. The cheapest are alike: more of them show little that is new, and the
ranks of their scores, which are judged from ten on, change places by rounding."""

SLOW_S = 8.0
"""A score that takes longer on every network of a space is left out of that space."""

_NAME = "gate.json"
REMEDY = "restore it from version control, or write it anew with harness gate --update-baseline"
_STRICT = ConfigDict(extra="forbid", frozen=True)
_Finite = Annotated[float, Field(allow_inf_nan=False)]


class SpaceSample(BaseModel):
    """What is computed again of one archived condition.

    Attributes:
        condition: Key of the condition.
        space: What it is called: its space, and more where the archive has several of a space.
        task: Ground truth by which a new version is compared with the old one.
        truth: Digest of that table.
        networks: Texts of the architectures.
        seconds: Processor time that they took, all plugins together.
        left_out: Plugins that are too slow here, with the least seconds of one score.
        aggregated: Scores of set-level proxies by key, made of all archived networks that it
            scored, in the order of their texts. An archive has their components alone, and would
            not show a change of the rule that makes scores of them.
    """

    model_config = _STRICT
    condition: str
    space: str
    task: str
    truth: str
    networks: Annotated[tuple[str, ...], Field(min_length=1)]
    seconds: float
    left_out: Mapping[str, float]
    aggregated: Mapping[str, tuple[_Finite, ...]]


class GateSample(BaseModel):
    """The samples of all conditions, in the order of their spaces."""

    model_config = _STRICT
    schema_version: Literal[1] = 1
    spaces: tuple[SpaceSample, ...]


def read_sample(archive: Path) -> GateSample:
    """Read what is computed again of an archive.

    Raises:
        UsageError: There is no such folder.
        DataError: It holds no such file, or a damaged one.
    """
    if not archive.is_dir():
        raise UsageError(
            f"there is no archive in {archive}; run in a checkout of the harness, name an archive "
            "with --baseline, or name a suite, which is held against a baseline of its own"
        )
    return read_model(archive / _NAME, GateSample, REMEDY)


def write_sample(sample: GateSample, archive: Path) -> Path:
    """Write it; the same sample gives the same bytes.

    Raises:
        InfrastructureError: The file cannot be written.
    """
    path = archive / _NAME
    write_at_once(path, sample.model_dump_json(indent=1) + "\n", "name another --baseline")
    return path


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkCosts:
    """Processor time that one network took.

    Attributes:
        passes: Name of a pass to its seconds.
        scores: Key of a plugin to the seconds of its own computation, and the passes it shares;
            of those that gave a score.
    """

    passes: Mapping[str, float]
    scores: Mapping[str, tuple[float, tuple[str, ...]]]

    def alone(self, key: str) -> float:
        """Return what the score of one plugin takes with its passes."""
        own, needed = self.scores[key]
        return own + sum(self.passes.get(name, 0.0) for name in needed)

    def together(self, keys: Iterable[str]) -> float:
        """Return what the scores of several plugins take that share their passes."""
        present = [self.scores[key] for key in keys if key in self.scores]
        needed = {name for _, names in present for name in names}
        return sum(own for own, _ in present) + sum(self.passes.get(n, 0.0) for n in needed)


def network_costs(store: Store, condition: Condition) -> dict[str, NetworkCosts]:
    """Return by text what the networks of a condition took; of two records the later one holds.

    Raises:
        DataError: A record is damaged.
    """
    passes: dict[str, dict[str, float]] = {}
    scores: dict[str, dict[str, tuple[float, tuple[str, ...]]]] = {}
    for record in store.records(condition):
        known = passes.setdefault(record.architecture, {})
        known.update({name: cost.cpu_s for name, cost in record.passes.items()})
        scores.setdefault(record.architecture, {}).update(
            {
                key: (score.cost.cpu_s, score.passes)
                for key, score in record.scores.items()
                if score.cost is not None
            }
        )
    return {text: NetworkCosts(passes=passes[text], scores=scores[text]) for text in passes}


def too_slow(costs: Mapping[str, NetworkCosts], keys: Iterable[str]) -> dict[str, float]:
    """Return the plugins, by key, of which the fastest score takes over `SLOW_S` seconds."""
    least = {
        key: min((c.alone(key) for c in costs.values() if key in c.scores), default=0.0)
        for key in keys
    }
    return {key: seconds for key, seconds in least.items() if seconds > SLOW_S}


def choose_networks(
    spaces: Mapping[str, Mapping[str, float]],
    covers: Callable[[str, str], frozenset[str]],
    budget_s: float = BUDGET_S,
) -> dict[str, tuple[str, ...]]:
    """Choose networks of every space, so that together they cover what its networks have.

    First as few and as cheap ones as cover everything, as far as `SPACE_S` goes; then the cheapest
    ones left, always of the space on which least time is spent, until the budget is used up or
    every space has `MOST`.

    Args:
        spaces: Name of a space to seconds by text of a network.
        covers: Maps space and text to what the network has: plugins with a score, operators.
        budget_s: Seconds of all chosen networks together.

    Returns:
        Name of a space to texts, in their order; at least one of each space, whatever it takes.
    """
    chosen = {name: _cover(costs, name, covers) for name, costs in spaces.items()}
    spent = {name: sum(spaces[name][text] for text in chosen[name]) for name in spaces}
    while left := {name: _cheapest(spaces[name], chosen[name]) for name in spaces}:
        open_spaces = [
            name
            for name, text in left.items()
            if text
            and len(chosen[name]) < MOST
            and sum(spent.values()) + spaces[name][text] <= budget_s
        ]
        if not open_spaces:
            break
        name = min(open_spaces, key=lambda space: (spent[space], space))
        chosen[name].append(left[name])
        spent[name] += spaces[name][left[name]]
    return {name: tuple(sorted(texts)) for name, texts in chosen.items()}


def _cheapest(costs: Mapping[str, float], chosen: list[str]) -> str:
    left = [text for text in costs if text not in chosen]
    return min(left, key=lambda text: (costs[text], text)) if left else ""


def _cover(
    costs: Mapping[str, float], name: str, covers: Callable[[str, str], frozenset[str]]
) -> list[str]:
    """Cover greedily: always the network with most that is new for its time."""
    has = {text: covers(name, text) for text in costs}
    open_parts = frozenset().union(*has.values())
    chosen: list[str] = []
    spent = 0.0
    while open_parts:
        best = min(costs, key=lambda text: (-len(has[text] & open_parts) / costs[text], text))
        spent += costs[best]
        if chosen and (spent > SPACE_S or not has[best] & open_parts):
            break
        chosen.append(best)
        open_parts -= has[best]
    return chosen


def operators_of(space: str, text: str) -> frozenset[str]:
    """Return the operators of a network, as the graph of its space names them, without sizes."""
    graph = known_space(space).graph(Architecture(space=space, text=text))
    return frozenset(name.partition(" | ")[0] for name in graph.operations)
