"""Runs a suite: scores what no record holds yet, and stores it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from harness.batches.source import ImageBatch, draw_batch
from harness.catalog import LoadedProxy
from harness.core.errors import UsageError
from harness.core.outcome import Failed, FailureKind
from harness.execution.executor import Executor, InProcess
from harness.execution.local import LocalPool
from harness.execution.machine import THREADS, described
from harness.execution.memory import default_memory_bytes
from harness.execution.population import Population, draw_population, require_values
from harness.execution.remaining import Estimator, Remaining
from harness.execution.scoring import Assignment, Settings
from harness.execution.shards import Shard
from harness.execution.task_truth import ground_truth, warn_of_datasets
from harness.execution.unprotected import unprotected
from harness.execution.work import Limits, Work
from harness.records.condition import Condition
from harness.records.environment import Environment, cores
from harness.records.scores import Scores, StoredScore
from harness.records.store import Store
from harness.spaces.datasets import dataset
from harness.spaces.registry import space
from harness.suite import Suite

__all__ = [
    "Options",
    "Prepared",
    "RunResult",
    "execute",
    "prepare",
    "prepare_for",
    "scorer_settings",
    "work_of_run",
]

_TRANSIENT = (FailureKind.TIMEOUT, FailureKind.CRASHED, FailureKind.OUT_OF_MEMORY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to run, as opposed to what.

    Attributes:
        results: Results folder.
        device: ``"cpu"``, ``"cuda"`` or ``"auto"``.
        workers: Worker processes; 0 scores in this process, without time limits; absent for one
            a core on the CPU and one on a GPU.
        images: Folder or archive for batch sources that read one.
        keep_memory: Whether workers keep freed memory: faster, but peak memory is not measured.
        retry: Whether to ask again where a plugin timed out, crashed or ran out of memory, or was
            scored in one process with plugins from outside.
        memory_bytes: What a worker process may hold in memory; absent for its share of what the
            machine has.
        executor: Where to score; absent for worker processes on this machine, as `workers` says.
        shard: The part of the population to score; absent for all of it.
    """

    results: Path
    device: str = "cpu"
    workers: int | None = None
    images: Path | None = None
    keep_memory: bool = False
    retry: bool = False
    memory_bytes: int | None = None
    executor: Executor | None = None
    shard: Shard | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A suite with its population and batch drawn and its stored scores read.

    Attributes:
        unprotected: Keys of the environments in which plugins from outside shared a process with
            others; no stored score of those is certainly its plugin's own.
    """

    suite: Suite
    plugins: tuple[LoadedProxy, ...]
    population: Population
    condition: Condition
    batch: ImageBatch
    store: Store
    scores: Scores
    unprotected: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """Scores of a suite, all of them or as far as a report asks.

    Attributes:
        computed: Number of scores computed now.
        reused: Number of scores that were stored before.
    """

    prepared: Prepared
    computed: int
    reused: int


def prepare(suite: Suite, plugins: Sequence[LoadedProxy], options: Options) -> Prepared:
    """Draw population and batch and read what is stored; scores nothing.

    Raises:
        UsageError: There is no such space, subset, task or batch, or a task has no value for any
            architecture; nothing is found out only after hours of scoring.
        DataError: A truth table, an image or a stored score cannot be read.
    """
    truths = {name: ground_truth(name, suite) for name in suite.tasks}
    whole = draw_population(space(suite.space), suite.drawn)
    for name, truth in truths.items():
        require_values(name, truth, whole)
    warn_of_datasets(truths.values(), suite.dataset)
    part = whole if options.shard is None else options.shard.of(whole)
    return prepare_for(part, suite, plugins, options)


def prepare_for(
    population: Population, suite: Suite, plugins: Sequence[LoadedProxy], options: Options
) -> Prepared:
    """Draw the batch and read what is stored, for a population chosen by other means.

    Raises:
        UsageError: There is no such space or batch.
        DataError: An image or a stored score cannot be read.
    """
    elsewhere = options.executor is not None and options.executor.elsewhere
    device = _device_elsewhere(options.device) if elsewhere else _device(options.device)
    shape = dataset(suite.dataset)
    batch = draw_batch(suite.batch.source, shape, suite.batch.size, suite.seed, options.images)
    condition = Condition(
        space=suite.space,
        dataset=suite.dataset,
        batch_source=suite.batch.source,
        batch_size=suite.batch.size,
        batch_digest=batch.digest,
        seed=suite.seed,
        device=device,
    )
    store = Store(options.results)
    scores = store.read(condition)
    return Prepared(
        suite=suite,
        plugins=tuple(plugins),
        population=population,
        condition=condition,
        batch=batch,
        store=store,
        scores=scores,
        unprotected=unprotected(scores, store.environments(), plugins),
    )


def execute(
    prepared: Prepared,
    options: Options,
    progress: Callable[[int, int], None],
    remaining: Callable[[Remaining], None] | None = None,
) -> RunResult:
    """Score every architecture that some plugin has no outcome for, storing as it goes.

    Args:
        prepared: What to score.
        options: How.
        progress: Called with the number of architectures done and to do.
        remaining: Called after every delivery with what is left, if wanted.

    Raises:
        InfrastructureError: Workers were lost or records cannot be written; what was stored
            before stays.
    """
    assignments = _missing(prepared, options)
    wanted = len(prepared.plugins) * len(prepared.population.architectures)
    to_compute = sum(len(one.plugins) for one in assignments)
    if assignments:
        _score_missing(prepared, assignments, options, (progress, remaining))
    return RunResult(prepared=prepared, computed=to_compute, reused=wanted - to_compute)


def scorer_settings(
    prepared: Prepared, workers: int, *, keep_memory: bool = False
) -> tuple[Environment, Settings]:
    """Describe the environment and what every scorer of a run needs to know."""
    environment = described(prepared.condition.device, workers)
    settings = _settings(prepared, keep_memory=keep_memory)
    return environment, replace(settings, environment=environment.key)


def _settings(prepared: Prepared, *, keep_memory: bool) -> Settings:
    return Settings(
        space=prepared.suite.space,
        dataset=prepared.suite.dataset,
        batch=prepared.batch,
        seed=prepared.suite.seed,
        device=prepared.condition.device,
        threads=THREADS,
        environment="",
        origins={plugin.name: plugin.origin for plugin in prepared.plugins},
        keep_memory=keep_memory,
    )


def work_of_run(prepared: Prepared, options: Options, executor: Executor) -> Work:
    """Return what an executor needs to know of a run."""
    workers = executor.workers
    memory = options.memory_bytes
    if memory is None and not executor.elsewhere:
        memory = default_memory_bytes(workers)
    isolated = not isinstance(executor, InProcess)
    environment = None
    if not executor.elsewhere:
        environment = described(prepared.condition.device, workers, isolated=isolated)
    return Work(
        settings=_settings(prepared, keep_memory=options.keep_memory),
        keys={one.name: one.key for one in prepared.plugins},
        limits=Limits(timeout_s=prepared.suite.timeout_s, memory_bytes=memory),
        environment=environment,
        workers=workers,
    )


def _score_missing(
    prepared: Prepared,
    assignments: list[Assignment],
    options: Options,
    watchers: tuple[Callable[[int, int], None], Callable[[Remaining], None] | None],
) -> None:
    progress, remaining = watchers
    executor = _executor(prepared, options)
    work = work_of_run(prepared, options, executor)
    outside = {plugin.key: plugin.outside for plugin in prepared.plugins}
    left = {
        (assignment.architecture.text, assignment.outside): len(assignment.plugins)
        for assignment in assignments
    }
    estimator = Estimator(scores=sum(left.values()))
    total, done = len(left), 0
    progress(done, total)
    with prepared.store.appending(prepared.condition, work.environment) as log:
        for delivery in executor.score(work, assignments):
            log.describe(delivery.environment)
            for record in delivery.records:
                prepared.scores.add(log.append(record))
                for key in record.scores:
                    assigned = record.architecture, outside[key]
                    left[assigned] -= 1
                    done += left[assigned] == 0
                estimator.add(record)
            progress(done, total)
            if remaining is not None:
                remaining(estimator.remaining())


def _executor(prepared: Prepared, options: Options) -> Executor:
    if options.executor is not None:
        return options.executor
    workers = options.workers
    if workers is None:
        workers = 1 if prepared.condition.device == "cuda" else cores()
    return LocalPool(workers=workers) if workers else InProcess()


def _missing(prepared: Prepared, options: Options) -> list[Assignment]:
    """Return what to score: first each plugin from outside by itself, whose author waits for it."""
    groups = {plugin.outside: [plugin] for plugin in prepared.plugins if plugin.outside}
    groups[""] = [plugin for plugin in prepared.plugins if not plugin.outside]
    assignments = []
    for outside, plugins in groups.items():
        stored = {plugin.name: prepared.scores.of(plugin.key) for plugin in plugins}
        for architecture in prepared.population.architectures:
            names = tuple(
                name
                for name, known in stored.items()
                if architecture.text not in known
                or (options.retry and _is_to_be_retried(prepared, known[architecture.text]))
            )
            if names:
                assignments.append(
                    Assignment(architecture=architecture, plugins=names, outside=outside)
                )
    return assignments


def _is_to_be_retried(prepared: Prepared, stored: StoredScore) -> bool:
    outcome = stored.outcome
    is_transient = isinstance(outcome, Failed) and outcome.kind in _TRANSIENT
    return is_transient or stored.environment in prepared.unprotected


def _device_elsewhere(asked: str) -> str:
    if asked not in ("cpu", "cuda"):
        raise UsageError(
            f"--device {asked} cannot be decided for workers on other machines; name cpu or cuda"
        )
    return asked


def _device(asked: str) -> str:
    if asked == "cpu":
        return asked
    import torch

    available = torch.cuda.is_available()
    if asked == "auto":
        return "cuda" if available else "cpu"
    if asked != "cuda":
        raise UsageError(f"unknown device {asked!r}; known: auto, cpu, cuda")
    if not available:
        raise UsageError("there is no CUDA device on this machine; run with --device cpu")
    return asked
