"""The truth tables of a suite, and whether they are about its space."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

from harness.core.architecture import Space
from harness.core.errors import UnsupportedError, UsageError
from harness.core.files import read_toml
from harness.core.names import is_path
from harness.execution.zoo import is_zoo, open_zoo, read_zoo
from harness.own_code import read_source
from harness.own_code.offers import python_file
from harness.own_code.source_code import assigned_names
from harness.space import SearchSpace
from harness.spaces.datasets import dataset as known_dataset
from harness.spaces.registry import load_space, names_space
from harness.spaces.registry import space as known_space
from harness.suite import BatchSettings, PopulationSettings, Suite, data_of, load_suite
from harness.truth import Places, is_description, keeps_texts, load, task
from harness.truth.table import UNSTATED, TruthTable

__all__ = [
    "load_architectures",
    "load_truth",
    "make_suite",
    "names_only",
    "open_suite",
    "space_of",
    "warn_of_datasets",
]

_LOG = logging.getLogger(__name__)


def load_truth(name: str, space: str, where: str, places: Places | None = None) -> TruthTable:
    """Load a task, or a table of one's own, of a space.

    Args:
        name: Name of the task, or path of the table's description.
        space: Name of the space.
        where: Who asks, for messages.
        places: Where files are looked for; those of the environment when absent.

    Raises:
        UsageError: There is no such task, or it belongs to another space.
        DataError: Its table cannot be read.
    """
    own = is_path(name)
    if not own:
        _require_space(name, task(name).space, space, where)
    truth = load(name, places=places, space=space)
    if own:
        _require_space(name, truth.space, space, where)
    return truth


def load_architectures(name: str, places: Places | None = None) -> TruthTable:
    """Load a task, or a table of one's own, whose architectures are those of a space.

    Raises:
        UsageError: There is no such task, or its architectures are names without networks.
        DataError: Its table cannot be read.
    """
    truth = load(name, places=places)
    if not names_space(truth.space):
        raise UsageError(
            f"the architectures of {name} are names without networks, of which nothing else is "
            "known; harness run ranks scores of them, and a zoo or a space has networks"
        )
    return truth


def open_suite(name: str) -> Suite:
    """Read a suite, or make the one that evaluates everything on a table of one's own.

    Args:
        name: Name of a suite, path of its TOML, or path of a table of one's own or its description.

    Raises:
        UsageError: There is no such suite or file.
        DataError: The file holds something unexpected.
    """
    path = Path(name)
    if not is_path(name):
        return load_suite(name)
    if path.suffix == ".toml" and not is_description(path):
        return load_suite(name, _zoo_of(path))
    truth = load(name)
    dataset = truth.dataset
    if dataset == UNSTATED and names_space(truth.space):
        dataset = known_space(truth.space).dataset.name
    if names_space(truth.space):
        _require_dataset(name, truth.space, dataset)
    return Suite(
        name=truth.task,
        summary=f"architectures of {name}",
        space=truth.space,
        dataset=dataset,
        tasks=(name,),
    )


def _zoo_of(path: Path) -> str:
    """Open the zoo that a suite names as its space, and return its name; nothing without one.

    A Python file without ``NETWORKS`` is that of a space.
    """
    content = read_toml(path) if path.is_file() else {}
    written = content.get("space")
    if not isinstance(written, str) or not is_zoo(written):
        return ""
    if (file := python_file(written)) is not None and (
        file[1] or "NETWORKS" not in assigned_names(read_source(file[0], "space"))
    ):
        return ""
    zoo = read_zoo(written)
    data = content.get("data")
    open_zoo(zoo, None if data is None else data_of(data, path))
    return zoo.name


def names_only(suite: Suite) -> bool:
    """Tell whether nothing is known of a suite's architectures but their names.

    That is where no space has the suite's, and all its tables keep their texts as they are.
    """
    if names_space(suite.space) or not all(map(is_path, suite.tasks)):
        return False
    return all(keeps_texts(Path(task)) for task in suite.tasks)


def space_of(suite: Suite) -> Space:
    """Return the space of a suite.

    Raises:
        UsageError: There is none.
    """
    if names_only(suite):
        return SearchSpace(
            name=suite.space, summary="names without networks", network=_no_network, sample=_no_one
        )
    return load_space(suite.space, f"suite {suite.name} [space]").space


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
    if dataset is None:
        _require_dataset(name, truth.space, truth.dataset)
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


def _no_network(text: str) -> NoReturn:
    raise UnsupportedError(f"{text} is the name of a network, which nobody can build from it")


def _no_one(generator: object) -> NoReturn:
    raise UnsupportedError("names of networks are those of a table and cannot be drawn")


def _require_dataset(task: str, space: str, dataset: str) -> None:
    """Refuse a task without a suite about a data set that networks cannot be built for."""
    if known_space(space).dataset.name != dataset:
        place = f"{task} [dataset] (where a suite describes it in [data], name that suite)"
        known_dataset(dataset, place)


def _require_space(name: str, space: str, expected: str, where: str) -> None:
    if space != expected:
        raise UsageError(
            f"{where}: {name} is a task of {space}, not of {expected}; name one of {expected}"
        )
