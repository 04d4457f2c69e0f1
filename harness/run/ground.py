"""The truth tables of a suite, and whether they are about its space."""

from __future__ import annotations

from harness.core.errors import UsageError
from harness.suite import BatchSettings, PopulationSettings, Suite
from harness.truth import load, task
from harness.truth.table import TruthTable

__all__ = ["ground_truth", "suite_of"]


def ground_truth(name: str, suite: Suite) -> TruthTable:
    """Load one task of a suite.

    Raises:
        UsageError: There is no such task, or it belongs to another space than the suite.
        DataError: Its table cannot be read.
    """
    own = name.endswith(".toml")
    if not own:
        _require_space(name, task(name).space, suite)
    truth = load(name)
    if own:
        _require_space(name, truth.space, suite)
    return truth


def suite_of(
    name: str, truth: TruthTable, batch: BatchSettings, seed: int, dataset: str | None = None
) -> Suite:
    """Return the conditions of scoring the architectures of one task.

    Args:
        name: Name of the task.
        truth: Its table.
        batch: Images that networks see.
        seed: Seed of batch and weights.
        dataset: Data set that networks are built for; None for the task's.
    """
    return Suite(
        name="one-task",
        summary=f"architectures of {name}",
        space=truth.space,
        dataset=dataset or truth.dataset,
        tasks=(name,),
        population=PopulationSettings(subset=f"task:{name}"),
        batch=batch,
        seed=seed,
    )


def _require_space(name: str, space: str, suite: Suite) -> None:
    if space != suite.space:
        raise UsageError(
            f"suite {suite.name} [tasks]: {name} is a task of {space}, "
            f"but the suite is about {suite.space}"
        )
