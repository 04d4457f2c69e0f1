"""Scores that a user brings to a suite: read in its space, and held against its population."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from harness.core.architecture import Architecture, Space
from harness.core.errors import UsageError
from harness.core.names import is_path
from harness.execution.population import Population
from harness.spaces.knowledge import columns_of
from harness.truth import (
    ImportedScores,
    ScoreItems,
    column_scores,
    imported_scores,
    names_task,
    scores_in_file,
    task_as_scores,
)

__all__ = ["GivenScores", "read_scores", "scores_of_columns"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenScores:
    """Scores before they are read.

    Attributes:
        source: A file, the name of a task, or architectures with their scores.
        name: Name of the method; empty where the file says it.
    """

    source: Path | ScoreItems
    name: str = ""


def read_scores(
    given: Sequence[GivenScores], space: Space, population: Population | None = None
) -> tuple[ImportedScores, ...]:
    """Read scores that were computed elsewhere.

    Args:
        given: What the user brings.
        space: The space of their architectures.
        population: Architectures of which every method must have a score of some.

    Raises:
        UsageError: Two methods have one name, or one has no score of the population.
        DataError: A file holds something unexpected.
        InfrastructureError: A file cannot be read.
    """
    methods: dict[str, ImportedScores] = {}
    for item in given:
        for method in _read(item, space):
            if method.name in methods:
                raise UsageError(
                    f"{methods[method.name].where} and {method.where} both have scores of "
                    f"{method.name!r}; give one of them another name"
                )
            if population is not None:
                _require_overlap(method, population)
            methods[method.name] = method
    return tuple(methods.values())


def scores_of_columns(space: Space, population: Population) -> tuple[ImportedScores, ...]:
    """Return the figures that a space has of its architectures as methods.

    Raises:
        DataError: A figure is no finite number, or a column lacks an architecture.
    """

    def by_text(figure: Callable[[Architecture], float]) -> Callable[[str], float]:
        return lambda text: figure(Architecture(space=space.name, text=text))

    columns = {name: by_text(figure) for name, figure in columns_of(space).items()}
    return column_scores(columns, population.texts, space.name)


def _read(item: GivenScores, space: Space) -> tuple[ImportedScores, ...]:
    def text(written: str) -> str:
        return space.parse(written).text

    if isinstance(item.source, Path):
        name = str(item.source)
        if names_task(name) or not (is_path(name) or item.source.exists()):
            values = task_as_scores(name, space.name)
            return (replace(values, name=item.name or values.name),)
        return scores_in_file(item.source, text, item.name)
    return (imported_scores(item.name, item.source, text),)


def _require_overlap(method: ImportedScores, population: Population) -> None:
    if method.scores.keys().isdisjoint(population.texts):
        some = next(iter(method.scores))
        raise UsageError(
            f"none of the {len(method.scores)} architectures that {method.where} has scores of "
            f"(the first is {some}) is among the {len(population.texts)} of the population "
            f"{population.name}; bring scores of these"
        )
