"""Scores that an archive holds, and the part of them that every run computes again.

An archive is a results folder that nobody writes to during a run. Its scores have the keys and
conditions of this run's own, and are taken as they are; but a random part of what is taken is
computed here too, and a run whose own scores are others than the archive's stops with an error.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from harness.catalog import LoadedProxy
from harness.core.errors import DataError
from harness.core.outcome import Failed, FailureKind
from harness.execution.agreement import compare_numbers, limits
from harness.execution.run import Run
from harness.plugin import Stability
from harness.records.columns import ABSENT, MethodColumn
from harness.records.environment import Environment

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Rows: TypeAlias = NDArray[np.bool_]

__all__ = ["TRANSIENT", "archive_in", "compare_with_archive", "spot_checks", "taken_from_archive"]

TRANSIENT = (FailureKind.TIMEOUT, FailureKind.CRASHED, FailureKind.OUT_OF_MEMORY)
"""Failures that another attempt may not have."""

_SHARE, _LEAST = 0.02, 10
"""Part of the scores taken from an archive that is computed again, and how many at least."""


def archive_in(results: Path) -> Path | None:
    """Return the archive of a results folder, the folder ``archive`` in it; None without one."""
    folder = results / "archive"
    return folder if (folder / "runs").is_dir() else None


def taken_from_archive(run: Run) -> dict[str, Rows]:
    """Return by key of a plugin which outcomes of the population an archive alone has.

    What it stores of an ensemble is taken, also where scores of the members are here.
    """
    apart = run.scores.apart()
    if apart is None:
        return {}
    archive, own = apart
    texts = run.population.texts
    return {
        key: _present(archive.column(key, texts)) & ~_present(own.column(key, texts))
        | _present(archive.stored_column(key, texts)) & ~_present(own.stored_column(key, texts))
        for key in (plugin.key for plugin in run.plugins)
    }


def spot_checks(run: Run) -> dict[str, Rows]:
    """Draw which archived outcomes are computed again; some architectures by all plugins.

    What was computed again before counts. Nobody can know beforehand what is drawn.

    Returns:
        By key of a plugin, flags of the architectures.
    """
    apart = run.scores.apart()
    if apart is None:
        return {}
    archive, own = apart
    texts = run.population.texts
    taken = {
        plugin.key: _present(archive.column(plugin.key, texts))
        & ~_present(own.column(plugin.key, texts))
        for plugin in run.plugins
    }
    left = np.array(list(taken.values()))
    checked = sum(int(both.sum()) for _, _, _, both in _compared(run))
    total = int(left.sum()) + checked
    lacking = min(total, max(_LEAST, math.ceil(_SHARE * total))) - checked
    chosen = np.zeros(left.shape[1], dtype=np.bool_)
    for row in np.random.default_rng().permutation(left.shape[1]).tolist():
        if lacking <= 0:
            break
        chosen[row] = left[:, row].any()
        lacking -= int(left[:, row].sum())
    return {key: rows & chosen for key, rows in taken.items()}


def compare_with_archive(run: Run) -> int:
    """Return how many outcomes are known twice, archived and computed here.

    Raises:
        DataError: They differ by more than the plugin states of its stability, or under one
            arithmetic by more than `harness.execution.agreement.HERE`.
    """
    environments = run.environments()
    compared = 0
    for plugin, archived, own, both in _compared(run):
        compared += int(both.sum())
        rows = np.flatnonzero(both)
        exact = _one_arithmetic((archived, own), rows, environments)
        if not rows.size or (plugin.plugin.stochastic and not exact):
            continue
        limit = limits(plugin.plugin.stability, exact=exact)
        fault = _fault(archived.at(rows), own.at(rows), limit)
        if fault is not None:
            row, difference = fault
            raise DataError(
                f"archived scores of {plugin.name} are not those of this machine: {difference}, "
                f"where {limit} are allowed; most {run.population.texts[rows[row]]} "
                f"({_said(archived, rows[row])} archived, {_said(own, rows[row])} computed); run "
                "with --fresh, and report it"
            )
    return compared


def _fault(archived: MethodColumn, own: MethodColumn, limit: Stability) -> tuple[int, str] | None:
    """Return the row that differs most and the difference in words; None where both agree."""
    others = np.flatnonzero(archived.status != own.status)
    if others.size:
        return int(others[0]), f"{others.size} of {own.status.size} have another outcome"
    for name in archived.values.keys() | own.values.keys():
        unknown = np.full(own.status.size, np.nan)
        then, now = archived.values.get(name, unknown), own.values.get(name, unknown)
        known = np.flatnonzero(np.isfinite(then) & np.isfinite(now))
        if (np.isfinite(then) != np.isfinite(now)).any():
            row = int(np.flatnonzero(np.isfinite(then) != np.isfinite(now))[0])
            return row, f"{name} is on one side alone"
        agreement = compare_numbers(then[known], now[known])
        if agreement.exceeds(limit):
            return int(known[agreement.row]), agreement.text()
    return None


def _compared(run: Run) -> Iterator[tuple[LoadedProxy, MethodColumn, MethodColumn, Rows]]:
    """Yield every plugin with its archived and own outcomes, and where there are both."""
    apart = run.scores.apart()
    if apart is None:
        return
    archive, own = apart
    texts = run.population.texts
    for plugin in run.plugins:
        archived, computed = archive.column(plugin.key, texts), own.column(plugin.key, texts)
        yield plugin, archived, computed, _present(archived) & _present(computed)


def _present(column: MethodColumn) -> Rows:
    """Return where there is an outcome that another attempt would have too."""
    present = np.asarray(column.status != ABSENT)
    for row, outcome in column.failures.items():
        if isinstance(outcome, Failed) and outcome.kind in TRANSIENT:
            present[row] = False
    return present


def _said(column: MethodColumn, row: int) -> str:
    if not column.scored[row]:
        return "no score"
    return " ".join(f"{values[row]:.6g}" for values in column.values.values())


def _one_arithmetic(
    columns: tuple[MethodColumn, MethodColumn],
    rows: NDArray[np.int64],
    environments: Mapping[str, Environment],
) -> bool:
    """Tell whether all of both columns has to agree to the last digit."""
    known = set()
    for column in columns:
        costs = column.costs()
        for number in np.unique(costs.environment[rows]).tolist():
            machine = environments.get(costs.environments[number]) if number >= 0 else None
            known.add(machine.arithmetic if machine is not None else f"unknown {number}")
    return len(known) == 1
