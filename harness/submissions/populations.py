"""The networks that every submission scores: fixed, so that no ground truth is needed to draw them.

They are those of the suites named, whose scores by all other proxies are archived. They stand in a
file, since the draws of most suites read a table of accuracies.
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
    "FIXED_SUITES",
    "FixedPopulation",
    "drawn_populations",
    "fixed_populations",
    "populations_file",
]

FIXED_SUITES: tuple[tuple[str, int | None], ...] = (
    ("nb201-quick", None),
    ("nb201-cifar10", 60),
    ("nbmacro", 30),
    ("nas-bench-bert", 100),
)
"""Suites by name, and how many networks are drawn where that is not what the suite says.

Their tables install or can be downloaded, so that anyone can judge.
"""


class _Stored(BaseModel):
    """One population as it stands in the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    suite: str
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
    rows = json.loads(populations_file().read_text(encoding="utf-8"))
    stored = [_Stored.model_validate(row) for row in rows]
    return tuple(
        FixedPopulation(
            suite=(suite := _suite(row.suite)),
            population=population_of(row.population, suite.space, row.architectures),
        )
        for row in stored
    )


def drawn_populations() -> str:
    """Draw the populations anew, with ground truth at hand, and return the content of the file.

    Raises:
        HarnessError: A table of accuracies cannot be read.
    """
    rows = []
    for name, sample in FIXED_SUITES:
        suite = _suite(name).changed(sample=sample)
        drawn = draw_population(space(suite.space), suite.drawn, suite.identical)
        rows.append({"suite": name, "population": drawn.name, "architectures": list(drawn.texts)})
    return json.dumps(rows, indent=1) + "\n"


def _suite(name: str) -> Suite:
    suite = load_suite(name)
    return suite.model_copy(update={"tasks": suite.tasks[:1]})
