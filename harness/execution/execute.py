"""Runs a suite: scores what no record holds yet, and stores it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from harness.core.outcome import Failed
from harness.execution.archive import (
    TRANSIENT,
    compare_with_archive,
    spot_checks,
    taken_from_archive,
)
from harness.execution.executor import Executor, InProcess, LocalPool
from harness.execution.remaining import Estimator, Remaining
from harness.execution.run import Options, Run
from harness.execution.scoring import Assignment, Settings
from harness.execution.work import THREADS, Limits, Work, default_memory_bytes, describe_machine
from harness.records.columns import ABSENT
from harness.records.environment import Environment, cores
from harness.spaces.registry import load_space

if TYPE_CHECKING:
    from numpy.typing import NDArray

    BoolArray: TypeAlias = NDArray[np.bool_]

__all__ = ["Executed", "execute", "plan_scoring", "plan_work"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Executed:
    """How many scores a run has, and since when.

    Attributes:
        computed: Number of scores computed now.
        reused: Number of scores that were stored before.
        archived: Number of scores that are taken from an archive.
        checked: Number of scores that an archive has and that were computed here as well.
    """

    computed: int
    reused: int
    archived: int = 0
    checked: int = 0


def execute(
    run: Run,
    options: Options,
    progress: Callable[[int, int], None],
    remaining: Callable[[Remaining], None] | None = None,
) -> Executed:
    """Score every architecture that some plugin has no outcome for, storing as it goes.

    Args:
        run: What to score.
        options: How.
        progress: Called with the number of architectures done and to do.
        remaining: Called after every delivery with what is left, if wanted.

    Raises:
        InfrastructureError: Workers were lost or records cannot be written; what was stored
            before stays.
        DataError: Scores of an archive are not what is computed here.
    """
    assignments = _missing(run, options)
    wanted = len(run.plugins) * len(run.population.architectures)
    to_compute = _score_missing(run, assignments, options, (progress, remaining))
    checked = compare_with_archive(run)
    archived = sum(int(rows.sum()) for rows in taken_from_archive(run).values())
    return Executed(
        computed=to_compute,
        reused=wanted - to_compute - archived,
        archived=archived,
        checked=checked,
    )


def plan_scoring(run: Run, workers: int) -> tuple[Environment, Settings]:
    """Describe the environment and what every scorer of a run needs to know."""
    environment = describe_machine(run.condition.device, workers)
    settings = _settings(run, keep_memory=False)
    return environment, replace(settings, environment=environment.key)


def _settings(run: Run, *, keep_memory: bool) -> Settings:
    return Settings(
        space=load_space(run.suite.space).origin,
        dataset=run.dataset,
        batch=run.batch,
        seed=run.suite.seed,
        device=run.condition.device,
        threads=THREADS,
        environment="",
        origins={plugin.name: plugin.origin for plugin in run.plugins},
        keep_memory=keep_memory,
    )


def plan_work(run: Run, options: Options, executor: Executor) -> Work:
    """Return what an executor needs to know of a run."""
    workers = executor.workers
    memory = options.memory_bytes
    if memory is None and not executor.elsewhere:
        memory = default_memory_bytes(workers)
    environment = None
    if not (executor.elsewhere or isinstance(executor, InProcess)):
        environment = describe_machine(run.condition.device, workers)
    return Work(
        settings=_settings(run, keep_memory=options.keep_memory),
        keys={plugin.name: plugin.key for plugin in run.plugins},
        limits=Limits(timeout_s=run.suite.timeout_s, memory_bytes=memory),
        environment=environment,
        workers=workers,
    )


def _score_missing(
    run: Run,
    assignments: list[Assignment],
    options: Options,
    watchers: tuple[Callable[[int, int], None], Callable[[Remaining], None] | None],
) -> int:
    """Score and store what is missing, and return the number of scores."""
    if not assignments:
        return 0
    progress, remaining = watchers
    executor = _executor(run, options)
    work = plan_work(run, options, executor)
    with run.store.appending(run.condition, work.environment, run.scores) as log:
        if log.reread:
            assignments = _missing(run, options)
        outside = {plugin.key: plugin.outside for plugin in run.plugins}
        left = {
            (assignment.architecture.text, assignment.outside): len(assignment.plugins)
            for assignment in assignments
        }
        estimator = Estimator(scores=sum(left.values()))
        total, done = len(left), 0
        progress(done, total)
        for delivery in executor.score(work, assignments):
            log.describe(delivery.environment)
            log.append(*delivery.records)
            for record in delivery.records:
                for key in record.scores:
                    assigned = record.architecture, outside[key]
                    left[assigned] -= 1
                    done += left[assigned] == 0
                estimator.add(record)
            progress(done, total)
            if remaining is not None:
                remaining(estimator.remaining())
    return estimator.scores


def _executor(run: Run, options: Options) -> Executor:
    if options.executor is not None:
        return options.executor
    workers = options.workers
    if workers is None:
        workers = 1 if run.condition.device == "cuda" else cores()
    return LocalPool(workers=workers) if workers else InProcess()


def _missing(run: Run, options: Options) -> list[Assignment]:
    """Return what to score: first each plugin from outside by itself, whose author waits for it."""
    groups = {plugin.outside: [plugin] for plugin in run.plugins if plugin.outside}
    groups[""] = [plugin for plugin in run.plugins if not plugin.outside]
    again = spot_checks(run)
    assignments = []
    for outside, plugins in groups.items():
        asked = {
            plugin.name: _is_to_be_scored(run, plugin.key, options) | again.get(plugin.key, False)
            for plugin in plugins
        }
        for row in run.population.order:
            names = tuple(name for name, wanted in asked.items() if wanted[row])
            if names:
                architecture = run.population.architectures[row]
                assignments.append(
                    Assignment(architecture=architecture, plugins=names, outside=outside)
                )
    return assignments


def _is_to_be_scored(run: Run, plugin_key: str, options: Options) -> BoolArray:
    """Say of each architecture whether a plugin is asked for it, in the population's order."""
    column = run.scores.column(plugin_key, run.population.texts)
    wanted: BoolArray = column.status == ABSENT
    if options.retry:
        for row, outcome in column.failures.items():
            if isinstance(outcome, Failed) and outcome.kind in TRANSIENT:
                wanted[row] = True
        costs = column.costs()
        numbers = [
            number for number, key in enumerate(costs.environments) if key in run.unprotected
        ]
        wanted |= np.isin(costs.environment, numbers)
    return wanted
