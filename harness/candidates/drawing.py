"""Where candidates come from: a uniform sample of a space, all of it, or a table of one's own.

Candidates are networks to train, so the second of two architectures that are one network is left
out, and whatever has a label already.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from harness.core.architecture import Architecture, Space
from harness.core.counts import counted
from harness.core.errors import UsageError
from harness.core.identity import derived_seed
from harness.execution.population import draw_population
from harness.suite import PopulationSettings
from harness.truth.columns import OwnColumns

__all__ = ["Drawn", "draw_from_space", "draw_from_table", "require_neighbours"]

_PROBED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """Candidates.

    Attributes:
        how: How they were chosen, for a sentence.
        architectures: Different ones, in the order in which they were drawn.
        twins: How many were left out since they are the network of another one.
        labelled: How many were left out since they have a label.
        whole: Whether they are all that there are, so that no more can be drawn.
    """

    how: str
    architectures: tuple[Architecture, ...]
    twins: int = 0
    labelled: int = 0
    whole: bool = False

    @property
    def facts(self) -> tuple[str, ...]:
        """What was drawn and left out, a sentence each."""
        drawn = len(self.architectures) + self.twins + self.labelled
        lines = [f"{counted(drawn, 'architecture')} {self.how}"]
        if self.twins:
            lines.append(f"{self.twins} left out, being the network of another one")
        if self.labelled:
            lines.append(f"{self.labelled} left out, having a label")
        return tuple(lines)

    def of_different_networks(self, space: Space, labelled: Collection[str] = ()) -> Drawn:
        """Leave out candidates that are the network of an earlier one, or have a label.

        Args:
            space: Their space, which says which architectures are one network.
            labelled: Texts of the architectures with labels.
        """
        trained = {space.canonical(Architecture(space=space.name, text=text)) for text in labelled}
        kept: dict[str, Architecture] = {}
        again = 0
        for architecture in self.architectures:
            canonical = space.canonical(architecture)
            if canonical in trained:
                again += 1
            else:
                kept.setdefault(canonical, architecture)
        return replace(
            self,
            architectures=tuple(kept.values()),
            twins=len(self.architectures) - len(kept) - again,
            labelled=again,
        )


def draw_from_space(space: Space, count: int | None, seed: int) -> Drawn:
    """Draw architectures uniformly and without replacement, or take the whole space.

    Args:
        space: The space.
        count: How many; None for all.
        seed: Seed of the draw.

    Raises:
        UsageError: The space has fewer, or cannot be enumerated.
    """
    population = draw_population(space, PopulationSettings(sample=count, seed=seed))
    how = f"(all of {space.name})" if count is None else f"sampled from {space.name}"
    drawn = population.architectures
    whole = len(drawn) == space.size
    return Drawn(how=_seeded(how, count, seed), architectures=drawn, whole=whole)


def draw_from_table(space: Space, table: OwnColumns, count: int | None, seed: int) -> Drawn:
    """Draw some of the architectures of a table of one's own, or take them all.

    Raises:
        UsageError: The table has fewer.
    """
    where, texts = table.where, table.texts
    how = f"(all of {where})" if count is None else f"sampled from {where}"
    if count is not None:
        if count > len(texts):
            raise UsageError(
                f"--candidates {count} is more than the {len(texts)} architectures of {where}; ask "
                "for fewer"
            )
        generator = np.random.default_rng(derived_seed(seed, "candidates", space.name))
        texts = tuple(texts[index] for index in sorted(generator.permutation(len(texts))[:count]))
    architectures = tuple(Architecture(space=space.name, text=text) for text in texts)
    whole = len(texts) == len(table.texts)
    return Drawn(how=_seeded(how, count, seed), architectures=architectures, whole=whole)


def require_neighbours(space: Space, seed: int) -> None:
    """Refuse a space in which no search can go from one architecture to the next.

    Raises:
        UsageError: It does not say which are neighbours, or some of its architectures, drawn at
            random, have none.
    """
    generator = np.random.default_rng(derived_seed(seed, "neighbours", space.name))
    if not any(space.neighbours(space.sample(generator)) for _ in range(_PROBED)):
        raise UsageError(
            f"{_PROBED} architectures of {space.name} have no neighbour, so evolution cannot go on "
            "from one; sample candidates instead"
        )


def _seeded(how: str, count: int | None, seed: int) -> str:
    return how if count is None else f"{how} (seed {seed})"
