"""The truth tables of a suite, and whether they are about its space."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from harness.core.errors import UsageError
from harness.spaces.datasets import dataset as known_dataset
from harness.spaces.registry import space
from harness.suite import BatchSettings, PopulationSettings, Suite
from harness.truth import load, task
from harness.truth.table import TruthTable

__all__ = ["load_truth", "make_suite", "warn_of_datasets"]

_LOG = logging.getLogger(__name__)


def load_truth(name: str, space: str, where: str) -> TruthTable:
    """Load a task, or a table of one's own, of a space.

    Args:
        name: Name of the task, or path of the table's description.
        space: Name of the space.
        where: Who asks, for messages.

    Raises:
        UsageError: There is no such task, or it belongs to another space.
        DataError: Its table cannot be read.
    """
    own = name.endswith(".toml")
    if not own:
        _require_space(name, task(name).space, space, where)
    truth = load(name)
    if own:
        _require_space(name, truth.space, space, where)
    return truth


def warn_of_datasets(truths: Iterable[TruthTable], dataset: str) -> None:
    """Log a warning for every table about another data set than the networks are built for."""
    for truth in truths:
        if not truth.is_about(dataset):
            _LOG.warning(
                "networks and images are of data set %s, but the values of %s are of %s",
                dataset,
                truth.task,
                truth.dataset,
            )


def make_suite(
    name: str, truth: TruthTable, batch: BatchSettings, seed: int, dataset: str | None = None
) -> Suite:
    """Return the conditions of scoring the architectures of one task.

    Args:
        name: Name of the task.
        truth: Its table.
        batch: Images that networks see.
        seed: Seed of batch and weights.
        dataset: Data set that networks are built for; None for the task's.

    Raises:
        UsageError: No networks can be built for the task's data set.
    """
    if dataset is None and space(truth.space).dataset.name != truth.dataset:
        known_dataset(truth.dataset, f"task {name}")
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


def _require_space(name: str, space: str, expected: str, where: str) -> None:
    if space != expected:
        raise UsageError(
            f"{where}: {name} is a task of {space}, not of {expected}; name one of {expected}"
        )
