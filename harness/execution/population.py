"""Named, hashed sets of architectures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.core.architecture import Architecture, Space
from harness.core.errors import UsageError, unknown_name
from harness.core.identity import derived_seed, digest_lines
from harness.execution.task_truth import table_of
from harness.suite import PopulationSettings
from harness.truth import TruthTable

__all__ = ["Population", "chosen_by", "draw_population", "require_values"]

_OF_TASK = "task:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """The architectures that a suite evaluates.

    Attributes:
        name: How it was chosen, e.g. ``"no-unreachable/200@0"``.
        digest: Digest of the set of architectures; part of every result's identity.
        architectures: In the order of the space.
    """

    name: str
    digest: str
    architectures: tuple[Architecture, ...]


def draw_population(space: Space, settings: PopulationSettings) -> Population:
    """Draw the population that the settings describe; equal settings give an equal set.

    Raises:
        UsageError: The space has no such subset, the named task is one of another space, or there
            are fewer architectures than asked for.
    """
    import numpy as np

    subset = settings.subset or "all"
    architectures = _members(space, subset)
    if settings.sample is not None:
        if settings.sample > len(architectures):
            raise UsageError(
                f"cannot draw {settings.sample} architectures from the {len(architectures)} "
                f"of {space.name} ({subset}); ask for fewer with --sample"
            )
        seed = derived_seed(settings.seed, "population", space.name, subset)
        order = np.random.default_rng(seed).permutation(len(architectures))
        architectures = tuple(architectures[index] for index in sorted(order[: settings.sample]))
    return Population(
        name=settings.name,
        digest=digest_lines(one.text for one in architectures),
        architectures=architectures,
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
    if not any(one.text in truth.values for one in population.architectures):
        raise UsageError(
            f"task {name} has no value for any of the {len(population.architectures)} "
            f"architectures of the population {population.name}; choose another task, or a "
            f'suite whose [population] has subset = "{_OF_TASK}{name}" and no sample'
        )


def chosen_by(name: str, space: str, texts: Sequence[str]) -> Population:
    """Return the population of architectures that were chosen by other means, in their order."""
    return Population(
        name=name,
        digest=digest_lines(texts),
        architectures=tuple(Architecture(space=space, text=text) for text in texts),
    )


def _members(space: Space, subset: str) -> tuple[Architecture, ...]:
    if subset.startswith(_OF_TASK):
        names = subset.removeprefix(_OF_TASK).split(f"+{_OF_TASK}")
        return _of_tasks(space, names)
    if subset not in space.subsets:
        raise unknown_name(f"subset of {space.name}", subset, space.subsets)
    return tuple(space.enumerate(subset))


def _of_tasks(space: Space, names: Sequence[str]) -> tuple[Architecture, ...]:
    texts = {text for name in names for text in table_of(name, space.name, "population").values}
    return tuple(Architecture(space=space.name, text=text) for text in sorted(texts))
