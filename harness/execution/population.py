"""Named, hashed sets of architectures, and their parts."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from harness.core.architecture import Architecture, Space
from harness.core.errors import UsageError, unknown_name
from harness.core.identity import derived_seed, digest, digest_lines
from harness.execution.task_truth import load_truth
from harness.spaces.identical import IDENTICAL, ROWS, network_key
from harness.suite import PopulationSettings
from harness.truth import TruthTable

__all__ = ["Population", "Shard", "draw_population", "population_of", "require_values"]

_OF_TASK = "task:"
_ENUMERATED = 2_000_000
"""Architectures that a population may be drawn from by listing them all."""

_CLASSIFIED = 50_000
"""Architectures that are sorted into classes of identical networks before some are drawn."""

_DRAWS_EACH = 100
"""Draws of a space for each architecture that a population lacks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """The architectures that a suite evaluates.

    Attributes:
        name: How it was chosen, e.g. ``"no-unreachable/200@0"``.
        digest: Digest of the set of architectures; part of every result's identity.
        architectures: In the order of the space.
        order: Their rows as they are scored: as drawn, since a draw of fewer is the beginning of a
            draw of more, and a run that is stopped has then scored a smaller draw.
        texts: Their texts, in the order of the space.
    """

    name: str
    digest: str
    architectures: tuple[Architecture, ...]
    order: Sequence[int] = field(default=(), compare=False)
    texts: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        texts = tuple(architecture.text for architecture in self.architectures)
        object.__setattr__(self, "texts", texts)
        object.__setattr__(self, "order", self.order or range(len(texts)))


def draw_population(
    space: Space, settings: PopulationSettings, identical: str = IDENTICAL
) -> Population:
    """Draw the population that the settings describe; equal settings give an equal set.

    A sample holds every network once: it is drawn uniformly from the classes of identical networks,
    and the first listed architecture stands for its class. Of more than 50,000 architectures it is
    drawn one by one instead, and those of a network that is there already are left out. Without a
    sample all architectures are there, identical ones too.

    Args:
        space: What is drawn from.
        settings: What is drawn.
        identical: What makes networks identical: a kind of `Space.canonical`, or ``"rows"``, with
            which architectures are drawn whatever they compute.

    Raises:
        UsageError: The space has no such subset or kind, the named task is one of another space,
            or there are fewer different networks than asked for.
    """
    subset = settings.subset or "all"
    if settings.sample is not None and subset == "all" and _is_endless(space):
        return _sampled(space, settings, settings.sample, identical)
    architectures, order = _members(space, subset), list[int]()
    if settings.sample is not None:
        seed = derived_seed(settings.seed, "population", space.name, subset)
        rows = _drawn_rows(space, architectures, identical, settings.sample, seed)
        if len(rows) < settings.sample:
            networks = "architectures" if identical == ROWS else "different networks"
            raise UsageError(
                f"cannot draw {settings.sample} architectures from the {len(rows)} {networks} "
                f"of {space.name} ({subset}); ask for fewer"
            )
        kept = {row: place for place, row in enumerate(sorted(rows))}
        architectures = tuple(architectures[row] for row in kept)
        order = [kept[row] for row in rows]
    return Population(
        name=settings.name,
        digest=digest_lines(architecture.text for architecture in architectures),
        architectures=architectures,
        order=order,
    )


def require_values(name: str, truth: TruthTable, population: Population) -> None:
    """Refuse a population about which a task says nothing.

    Args:
        name: What the suite calls the task.
        truth: Its table.
        population: All architectures of the suite.

    Raises:
        UsageError: The table has no value for any of them.
    """
    if not any(text in truth.values for text in population.texts):
        raise UsageError(
            f"task {name} has no value for any of the {len(population.architectures)} "
            f"architectures of the population {population.name}; choose another task, or a "
            f'suite whose [population] has subset = "{_OF_TASK}{name}" and no sample'
        )


def population_of(name: str, space: str, texts: Sequence[str]) -> Population:
    """Return the population of architectures that were chosen by other means, in their order."""
    return Population(
        name=name,
        digest=digest_lines(texts),
        architectures=tuple(Architecture(space=space, text=text) for text in texts),
    )


def _is_endless(space: Space) -> bool:
    return space.size is None or space.size > _ENUMERATED


def _drawn_rows(
    space: Space, members: Sequence[Architecture], identical: str, count: int, seed: int
) -> list[int]:
    """Return rows of different networks, as many as wanted or as there are."""
    import numpy as np

    generator = np.random.default_rng(seed)
    if identical == ROWS or len(members) <= _CLASSIFIED:
        keys = [network_key(space, member.text, identical) for member in members]
        firsts = list({key: row for row, key in reversed(list(enumerate(keys)))}.values())
        firsts.reverse()
        return [firsts[place] for place in generator.permutation(len(firsts))[:count].tolist()]
    drawn: dict[str, int] = {}
    for row in generator.permutation(len(members)).tolist():
        drawn.setdefault(network_key(space, members[row].text, identical), row)
        if len(drawn) == count:
            break
    return list(drawn.values())


def _sampled(space: Space, settings: PopulationSettings, count: int, identical: str) -> Population:
    """Draw different networks of a space that nobody enumerates, in the order of their texts.

    Raises:
        UsageError: The space hardly has as many.
    """
    import numpy as np

    generator = np.random.default_rng(
        derived_seed(settings.seed, "population", space.name, "sampled")
    )
    drawn: dict[str, Architecture] = {}
    for _ in range(_DRAWS_EACH * count):
        architecture = space.sample(generator)
        drawn.setdefault(network_key(space, architecture.text, identical), architecture)
        if len(drawn) == count:
            break
    else:
        raise UsageError(
            f"{_DRAWS_EACH * count} draws from {space.name} gave {len(drawn)} different "
            f"architectures, not {count}; ask for fewer"
        )
    architectures = tuple(sorted(drawn.values()))
    places = {architecture: place for place, architecture in enumerate(architectures)}
    return Population(
        name=settings.name,
        digest=digest_lines(architecture.text for architecture in architectures),
        architectures=architectures,
        order=[places[architecture] for architecture in drawn.values()],
    )


def _members(space: Space, subset: str) -> tuple[Architecture, ...]:
    if subset.startswith(_OF_TASK):
        names = subset.removeprefix(_OF_TASK).split(f"+{_OF_TASK}")
        return _of_tasks(space, names)
    if subset not in space.subsets:
        raise unknown_name(f"subset of {space.name}", subset, space.subsets)
    listed = space.enumerate(subset)
    is_long = subset == "all" and space.size is not None and space.size > _ENUMERATED
    members = () if is_long else tuple(itertools.islice(listed, _ENUMERATED + 1))
    if is_long or len(members) > _ENUMERATED:
        raise UsageError(
            f"the space {space.name} has over {_ENUMERATED} architectures, which are not listed; "
            "draw some of them by sample in [population] of a suite"
        )
    if not members:
        raise UsageError(f"the space {space.name} lists no architecture in its subset {subset}")
    _require_different(space, members)
    return members


def _require_different(space: Space, members: Sequence[Architecture]) -> None:
    seen: set[Architecture] = set()
    for architecture in members:
        if architecture in seen:
            raise UsageError(
                f"the space {space.name} lists {architecture.text!r:.80} twice; give every "
                "architecture one text"
            )
        seen.add(architecture)


def _of_tasks(space: Space, names: Sequence[str]) -> tuple[Architecture, ...]:
    texts = {text for name in names for text in load_truth(name, space.name, "population").values}
    return tuple(Architecture(space=space.name, text=text) for text in sorted(texts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """One of several parts that together are a population, no architecture in two of them.

    Attributes:
        number: Which part, from 1.
        count: Number of parts.
    """

    number: int
    count: int

    @staticmethod
    def parse(text: str) -> Shard:
        """Read a shard as it is written on the command line, e.g. ``"2/5"``.

        Raises:
            UsageError: It is written otherwise, or there is no such part.
        """
        parts = re.fullmatch(r"(\d{1,9})/(\d{1,9})", text)
        if not parts or not 1 <= int(parts[1]) <= int(parts[2]):
            raise UsageError(
                f"--shard {text} is not a part of a whole; write 2/5 for the second of five"
            )
        return Shard(number=int(parts[1]), count=int(parts[2]))

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    def of(self, whole: Population) -> Population:
        """Return this part of a population, in its order, and scored in its order too.

        Neighbours in a space share operations and so their costs; parts are therefore dealt in the
        order of the architectures' digests, which makes them equal in size and alike in cost.
        """
        dealt = sorted(whole.architectures, key=lambda architecture: digest(architecture.text))
        mine = {architecture.text for architecture in dealt[self.number - 1 :: self.count]}
        rows = [row for row, text in enumerate(whole.texts) if text in mine]
        places = {row: place for place, row in enumerate(rows)}
        return Population(
            name=f"{whole.name}, shard {self}",
            digest=digest_lines(mine),
            architectures=tuple(whole.architectures[row] for row in rows),
            order=[places[row] for row in whole.order if row in places],
        )
