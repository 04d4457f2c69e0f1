"""Takes a snapshot of a suite that has been run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from harness.catalog import LoadedProxy
from harness.core.errors import DataError
from harness.evaluation import MethodScores, TaskScores, count_failures, kind_of, stored_methods
from harness.execution.run import Run
from harness.metrics import Value, find_metric
from harness.metrics.values import BoolArray, FloatArray
from harness.passes.observation import closure
from harness.plugin import Stability
from harness.records.columns import CostColumns, MethodColumn
from harness.records.environment import Environment
from harness.regression_gate.snapshot import (
    Declared,
    PluginState,
    Population,
    Snapshot,
    Times,
    Tolerance,
    machine_of,
)

__all__ = ["HEADLINE", "NOT_ASKED", "take"]

HEADLINE = "spearman"
"""Name of the metric that a gate compares."""

NOT_ASKED = "not-asked"


def take(run: Run, tasks: Sequence[TaskScores], keys: Mapping[str, str] | None = None) -> Snapshot:
    """Take a snapshot of what is stored.

    Args:
        run: A suite after its run.
        tasks: Its scores joined with the truth, as `harness.evaluation.join_stored` does it.
        keys: Name of a plugin to the key whose scores are taken; its own key when absent.

    Raises:
        DataError: A record refers to an environment that is not stored beside it.
    """
    texts, environments = run.population.texts, run.environments()
    plugins = {}
    for position, method in enumerate(stored_methods(run, keys)):
        values = _values(tasks, position)
        if method.imported:
            plugins[method.name] = _imported(method, values, texts)
        else:
            loaded = run.plugins[position]
            plugins[loaded.name] = _state(loaded, method, values, texts, environments)
    machines = {
        machine.key: machine
        for machine in (machine_of(environment) for environment in environments.values())
    }
    used = {state.times.machine for state in plugins.values() if state.times is not None}
    return Snapshot(
        suite=run.suite.name,
        population=Population(name=run.population.name, digest=run.population.digest, texts=texts),
        condition=run.condition,
        tasks={task.table.task: task.table.digest for task in tasks},
        plugins=plugins,
        machines={key: machines[key] for key in sorted(used)},
    )


def _state(
    loaded: LoadedProxy,
    method: MethodScores,
    values: Mapping[str, Value],
    texts: Sequence[str],
    environments: Mapping[str, Environment],
) -> PluginState:
    column = method.column
    components = method.components if loaded.plugin.aggregate is not None else ()
    return PluginState(
        name=loaded.name,
        key=method.key,
        declared=Declared(
            version=loaded.plugin.version,
            passes=tuple(
                sorted(f"{used.name}={used.version}" for used in closure(loaded.plugin.passes))
            ),
        ),
        stochastic=loaded.plugin.stochastic,
        stability=loaded.plugin.stability,
        tolerance=Tolerance(),
        scores=_by_text(texts, method.values, column.scored),
        parts={
            name: _by_text(texts, column.values[name], np.isfinite(column.values[name]))
            if name in column.values
            else {}
            for name in components
        },
        failures=_failures(texts, column),
        reasons={kind: count.reason for kind, count in count_failures(column).items()},
        times=_times(texts, column.costs(), environments),
        values=values,
    )


def _imported(
    method: MethodScores, values: Mapping[str, Value], texts: Sequence[str]
) -> PluginState:
    """Return what imported scores say; they are what they are on any machine, and took no time."""
    return PluginState(
        name=method.name,
        key=method.key,
        declared=Declared(version=method.version),
        stochastic=False,
        stability=Stability(),
        tolerance=Tolerance(),
        scores=_by_text(texts, method.values, method.scored),
        parts={},
        failures=_failures(texts, method.column),
        times=None,
        values=values,
    )


def _values(tasks: Sequence[TaskScores], position: int) -> dict[str, Value]:
    headline = find_metric(HEADLINE)
    return {task.table.task: task.measure(task.methods[position], headline) for task in tasks}


def _by_text(texts: Sequence[str], values: FloatArray, rows: BoolArray) -> dict[str, float]:
    return {texts[row]: value for row, value in enumerate(values.tolist()) if rows[row]}


def _failures(texts: Sequence[str], column: MethodColumn) -> dict[str, str]:
    """Return the kinds of outcomes without a score, by text; that nobody asked is one too."""
    kinds = {row: kind_of(outcome) for row, outcome in column.failures.items()}
    return {
        texts[row]: kinds.get(row, NOT_ASKED) for row in np.flatnonzero(~column.scored).tolist()
    }


def _times(
    texts: Sequence[str], costs: CostColumns, environments: Mapping[str, Environment]
) -> Times | None:
    rows = np.flatnonzero(~np.isnan(costs.wall_s)).tolist()
    if not rows:
        return None
    keys = [costs.environments[number] for number in costs.environment[rows].tolist()]
    machines = {key: _machine(key, environments) for key in dict.fromkeys(keys)}
    ((machine, _),) = Counter(machines[key] for key in keys).most_common(1)
    seconds = np.where(np.isnan(costs.gpu_s), costs.wall_s, costs.gpu_s).tolist()
    return Times(
        machine=machine,
        seconds={
            texts[row]: seconds[row]
            for row, key in zip(rows, keys, strict=True)
            if machines[key] == machine
        },
    )


def _machine(key: str, environments: Mapping[str, Environment]) -> str:
    if key not in environments:
        raise DataError(
            f"the records refer to environment {key}, which is not stored in "
            "the folder environments; restore that file, or use another --results"
        )
    return machine_of(environments[key]).key
