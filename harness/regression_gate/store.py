"""Reads and writes the folder of a baseline: ``baseline.json`` and its two tables."""

from __future__ import annotations

import hashlib
from pathlib import Path

from harness.core.errors import ContractError, DataError
from harness.core.files import write_at_once
from harness.core.identity import digest_lines
from harness.regression_gate.file_model import (
    SCORES,
    SECONDS,
    BaselineFile,
    PluginFile,
    described,
    read_model,
    read_text,
)
from harness.regression_gate.snapshot import Declared, PluginState, Population, Snapshot, Times
from harness.regression_gate.tables import (
    REMEDY,
    Table,
    parse,
    part_column,
    scores_table,
    seconds_table,
)

__all__ = ["has_baseline", "read_baseline", "write_baseline"]

_ELSEWHERE = "choose another folder with --baseline"
_DESCRIPTION = "baseline.json"


def has_baseline(folder: Path) -> bool:
    """Tell whether a folder holds a baseline, damaged or not."""
    return any((folder / name).exists() for name in (_DESCRIPTION, SCORES, SECONDS))


def write_baseline(snapshot: Snapshot, folder: Path) -> list[Path]:
    """Write a snapshot; the same snapshot gives the same bytes.

    Returns:
        The paths of the files.

    Raises:
        InfrastructureError: The folder cannot be written.
    """
    tables = {SCORES: scores_table(snapshot), SECONDS: seconds_table(snapshot)}
    description = described(snapshot, {name: _digest(text) for name, text in tables.items()})
    contents = {**tables, _DESCRIPTION: description.model_dump_json(indent=1) + "\n"}
    for name, content in contents.items():
        write_at_once(folder / name, content, _ELSEWHERE)
    return [folder / name for name in contents]


def read_baseline(folder: Path) -> Snapshot:
    """Read a baseline back.

    Raises:
        DataError: A file is missing, damaged, or does not belong to the others.
    """
    description = _description(folder / _DESCRIPTION)
    plugins = dict(sorted(description.plugins.items()))
    columns = [
        column
        for name, plugin in plugins.items()
        for column in (name, *(part_column(name, part) for part in plugin.parts))
    ]
    timed = [name for name, plugin in plugins.items() if plugin.machine is not None]
    scores = parse(_table(folder, SCORES, description), columns, str(folder / SCORES))
    seconds = parse(_table(folder, SECONDS, description), timed, str(folder / SECONDS))
    population = description.population
    if digest_lines(scores.texts) != population.digest or set(scores.texts) != set(seconds.texts):
        raise DataError(f"{folder / SCORES} has rows of another population; {REMEDY}")
    return Snapshot(
        suite=description.suite,
        population=Population(name=population.name, digest=population.digest, texts=scores.texts),
        condition=description.condition,
        tasks=description.tasks,
        plugins={
            name: _state(name, plugin, (scores, seconds), folder)
            for name, plugin in plugins.items()
        },
        machines=description.machines,
    )


def _state(name: str, stored: PluginFile, tables: tuple[Table, Table], folder: Path) -> PluginState:
    scores, seconds = tables
    where = str(folder / SCORES)
    numbers = scores.numbers(name, where)
    failures = scores.kinds(name)
    parts = {part: scores.numbers(part_column(name, part), where) for part in stored.parts}
    if len(numbers) + len(failures) != len(scores.texts) or any(
        part.keys() != numbers.keys() for part in parts.values()
    ):
        raise DataError(f"{where} has empty cells in the columns of {name}; {REMEDY}")
    times = None
    if stored.machine is not None:
        timed = seconds.numbers(name, str(folder / SECONDS))
        times = Times(machine=stored.machine, seconds=timed)
    return PluginState(
        name=name,
        key=stored.key,
        declared=Declared(version=stored.version, passes=stored.passes),
        stochastic=stored.stochastic,
        stability=stored.stability,
        tolerance=stored.limits(),
        scores=numbers,
        parts=parts,
        failures=failures,
        times=times,
        values={task: stored.value(task) for task in stored.values},
    )


def _description(path: Path) -> BaselineFile:
    try:
        return read_model(path, BaselineFile, REMEDY)
    except ContractError as error:
        raise DataError(f"{path}: {error}; {REMEDY}") from error


def _table(folder: Path, name: str, description: BaselineFile) -> str:
    content = read_text(folder / name, REMEDY)
    if description.files.get(name) != _digest(content):
        raise DataError(
            f"{folder / name} is not the table that {_DESCRIPTION} was written with; {REMEDY}"
        )
    return content


def _digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()
