"""The networks that every submission scores: fixed, so that no ground truth is needed to draw them.

They are those of a few suites, whose scores by all other proxies are archived and whose tables
install or can be downloaded, so that anyone can judge. They stand in a file, since the draws of
most suites read a table of accuracies.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from harness.execution.population import Population, draw_population, population_of
from harness.spaces.registry import space
from harness.suite import Suite, load_suite, suite_folder

__all__ = [
    "FixedPopulation",
    "drawn_populations",
    "fixed_populations",
    "populations_file",
]


class _Stored(BaseModel):
    """One population as it stands in the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    suite: str
    sample: Annotated[int, Field(gt=0)] | None
    population: str
    architectures: Annotated[tuple[str, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedPopulation:
    """A suite, with its first task alone, and its networks."""

    suite: Suite
    population: Population

    def part(self, texts: tuple[str, ...]) -> Population:
        """Return some of the networks, in the order given."""
        return population_of(self.population.name, self.suite.space, texts)


def populations_file() -> Path:
    """Return the file of the fixed populations."""
    return suite_folder() / "submission.json"


def fixed_populations() -> tuple[FixedPopulation, ...]:
    """Read the fixed populations; no ground truth is opened."""
    return tuple(
        FixedPopulation(
            suite=(suite := _suite(row.suite)),
            population=population_of(row.population, suite.space, row.architectures),
        )
        for row in _stored_rows()
    )


def drawn_populations() -> str:
    """Draw the populations of the file anew, with ground truth at hand, and return its content.

    Each row names a suite, and as `sample` how many networks are drawn where that is not what the
    suite says.

    Raises:
        HarnessError: A table of accuracies cannot be read.
    """
    rows = []
    for row in _stored_rows():
        suite = _suite(row.suite).changed(sample=row.sample)
        drawn = draw_population(space(suite.space), suite.drawn, suite.identical)
        fresh = row.model_copy(update={"population": drawn.name, "architectures": drawn.texts})
        rows.append(fresh.model_dump(mode="json"))
    return json.dumps(rows, indent=1) + "\n"


def _stored_rows() -> list[_Stored]:
    rows = json.loads(populations_file().read_text(encoding="utf-8"))
    return [_Stored.model_validate(row) for row in rows]


def _suite(name: str) -> Suite:
    suite = load_suite(name)
    return suite.model_copy(update={"tasks": suite.tasks[:1]})
