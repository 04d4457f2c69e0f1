"""Figures of the architectures of a truth table: what is known of them beside their values.

A figure is the score of a proxy, a column of the space, or another task of the same space, such as
a latency or the accuracy after a few epochs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from harness.architecture_search import Figure, Objective
from harness.catalog import LoadedProxy, installed
from harness.core.architecture import Architecture, Space
from harness.core.direction import Direction
from harness.core.errors import UsageError, unknown_name
from harness.core.names import is_path
from harness.evaluation import TaskScores
from harness.execution.task_truth import load_truth
from harness.spaces.knowledge import columns_of
from harness.truth import Places, TruthTable, tasks

__all__ = ["TableFigures"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TableFigures:
    """Where figures come from.

    Attributes:
        space: The space of the architectures.
        texts: The architectures.
        scores: The task with scores of proxies, where there are some.
        places: Where truth tables are.
    """

    space: Space
    texts: Sequence[str]
    scores: TaskScores | None
    places: Places

    @property
    def proxies(self) -> tuple[str, ...]:
        """Names of the proxies with scores of the task."""
        return tuple(self.scores.by_name) if self.scores else ()

    def at(self, texts: Sequence[str]) -> TableFigures:
        """Return the same of other architectures."""
        return TableFigures(space=self.space, texts=texts, scores=self.scores, places=self.places)

    def knows(self, name: str) -> bool:
        """Say whether there is a figure of a name."""
        return (
            name in self.proxies
            or name in self._columns
            or is_path(name)
            or name in {task.name for task in tasks() if task.space == self.space.name}
        )

    def figure(self, name: str, option: str) -> Figure:
        """Return a figure: of a proxy its score, higher is better, and of others what is written.

        Args:
            name: Name of the figure.
            option: The option that named it.

        Raises:
            UsageError: There is none of this name.
            DataError: A table cannot be read.
        """
        if self.scores is not None and name in self.scores.by_name:
            known = self.scores.scores_by_text(self.scores.by_name[name])
        elif name in self._columns:
            column = self._columns[name]
            known = {
                text: float(column(Architecture(space=self.space.name, text=text)))
                for text in self.texts
            }
        else:
            known = dict(self.table(name, option).values)
        values = [known.get(text, np.nan) for text in self.texts]
        return Figure(name=name, values=np.array(values, dtype=np.float64))

    def objective(self, name: str, option: str) -> tuple[Objective, Figure]:
        """Return a figure as an objective: a task by its direction, others as costs."""
        figure, direction, unit = self.figure(name, option), Direction.LOWER, "figure"
        if self.is_task(name):
            table = self.table(name, option)
            direction, unit, name = table.direction, table.unit.value, table.task
        return Objective(name=name, unit=unit, direction=direction), figure

    def guidance(self, name: str, option: str) -> Figure:
        """Return a figure as a guide: higher is better, minus infinity where there is none."""
        figure = self.figure(name, option)
        values = figure.values
        if self.is_task(name):
            values = self.table(name, option).direction.orient(values)
        return Figure(name=name, values=np.where(np.isnan(values), -np.inf, values))

    def table(self, name: str, option: str) -> TruthTable:
        """Return another task of the space.

        Raises:
            UsageError: There is none of this name.
        """
        if not self.knows(name):
            raise self.unknown("figure", name, self._names, option)
        return load_truth(name, self.space.name, option, self.places)

    def unknown(self, kind: str, name: str, known: Sequence[str], option: str) -> UsageError:
        """Return the error of a misspelt name, or of a proxy without scores."""
        if name not in installed().of_kind(LoadedProxy):
            return unknown_name(kind, name, known, option)
        return UsageError(
            f"{option}: proxy {name} has no stored scores of this task; choose one of those with "
            f"scores ({', '.join(self.proxies) or 'none'}), or --scores SUITE after harness run "
            "SUITE"
        )

    def is_task(self, name: str) -> bool:
        """Say whether a figure is another task of the space, not a score or a column."""
        return name not in self.proxies and name not in self._columns

    @property
    def _columns(self) -> Mapping[str, Callable[[Architecture], float]]:
        return columns_of(self.space)

    @property
    def _names(self) -> list[str]:
        same = [task.name for task in tasks() if task.space == self.space.name]
        return [*self.proxies, *self._columns, *same]
