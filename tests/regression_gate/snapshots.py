"""Snapshots and tasks small enough to see through, and ways to change them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from harness.core.identity import digest_lines
from harness.evaluation import TaskScores, join
from harness.execution.population import population_of
from harness.metrics import Defined
from harness.plugin import Stability
from harness.records.condition import Condition
from harness.records.environment import Environment
from harness.regression_gate.snapshot import (
    Declared,
    PluginState,
    Population,
    Snapshot,
    Times,
    Tolerance,
)
from harness.truth.table import TruthTable
from tests.score_tables import COMPUTED
from tests.truth_tables import truth_table

MACHINE = Environment(
    python="3.11.0",
    packages={"torch": "2.9.0"},
    system="Linux",
    processor="one",
    cores=2,
    threads=1,
    workers=2,
    gpu=None,
    commit=None,
)
OTHER_MACHINE = MACHINE.model_copy(update={"processor": "another"})
CONDITION = Condition(
    space="nas-bench-201",
    dataset="cifar10",
    batch_source="noise",
    batch_size=8,
    batch_digest="d",
    seed=0,
    device="cpu",
)


def truth(values: Mapping[str, float], task: str = "t") -> TruthTable:
    """A table of NAS-Bench-201."""
    return truth_table(values, task, "nas-bench-201")


def task_scores(table: TruthTable, population: Population) -> TaskScores:
    """A task without methods: the gate takes scores from snapshots."""
    drawn = population_of(population.name, table.space, population.texts)
    return join(table, drawn, (), COMPUTED, "rows")  # the texts are of no space


def state(
    scores: Mapping[str, float], name: str = "p", *, failures: Mapping[str, str] | None = None
) -> PluginState:
    """A plain proxy, scored on `MACHINE` in ten milliseconds a network."""
    return PluginState(
        name=name,
        key=f"{name}:1:x",
        declared=Declared(version="1", passes=("graph=1",)),
        stochastic=False,
        stability=Stability(),
        tolerance=Tolerance(),
        scores=scores,
        parts={},
        failures=failures or {},
        times=Times(machine=MACHINE.key, seconds=dict.fromkeys(scores, 0.01)),
        values={"t": Defined(value=0.5)},
    )


def snapshot(plugins: Sequence[PluginState], *tables: TruthTable) -> Snapshot:
    """A snapshot of plugins over the architectures of the first table."""
    texts = tuple(tables[0].values)
    return Snapshot(
        suite="s",
        population=Population(name="all", digest=digest_lines(texts), texts=texts),
        condition=CONDITION,
        tasks={table.task: table.digest for table in tables},
        plugins={plugin.name: plugin for plugin in plugins},
        machines={MACHINE.key: MACHINE},
    )


def with_plugin(whole: Snapshot, changed: PluginState) -> Snapshot:
    """The same with one plugin replaced."""
    return replace(whole, plugins={**whole.plugins, changed.name: changed})


def bumped(plugin: PluginState, scores: Mapping[str, float]) -> PluginState:
    """A new version with other scores."""
    declared = replace(plugin.declared, version=f"{plugin.declared.version}+")
    return replace(plugin, declared=declared, scores=scores)


def elsewhere(whole: Snapshot) -> Snapshot:
    """The same from another machine."""
    plugins = {
        name: replace(
            plugin, times=plugin.times and replace(plugin.times, machine=OTHER_MACHINE.key)
        )
        for name, plugin in whole.plugins.items()
    }
    return replace(whole, plugins=plugins, machines={OTHER_MACHINE.key: OTHER_MACHINE})
