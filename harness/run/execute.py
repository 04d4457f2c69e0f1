"""Runs a suite: scores what no record holds yet, and stores it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.batches.source import ImageBatch, draw_batch
from harness.catalog import LoadedPlugin
from harness.core.errors import UsageError
from harness.core.outcome import Failed, FailureKind
from harness.records.condition import Condition
from harness.records.environment import Environment, capture, cores
from harness.records.scores import Scores
from harness.records.store import Store
from harness.run.executor import score_here, score_in_pool
from harness.run.population import Population, draw_population
from harness.run.scoring import Assignment, Settings
from harness.spaces.datasets import dataset
from harness.spaces.registry import space
from harness.suite import Suite

__all__ = ["Options", "Prepared", "RunResult", "execute", "prepare", "scorer_settings"]

_THREADS = 1  # two workers of one thread each finish sooner than one of two threads
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
        retry: Whether to ask again where a plugin timed out, crashed or ran out of memory.
    """

    results: Path
    device: str = "cpu"
    workers: int | None = None
    images: Path | None = None
    keep_memory: bool = False
    retry: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A suite with its population and batch drawn and its stored scores read."""

    suite: Suite
    plugins: tuple[LoadedPlugin, ...]
    population: Population
    condition: Condition
    batch: ImageBatch
    store: Store
    scores: Scores


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


def prepare(suite: Suite, plugins: Sequence[LoadedPlugin], options: Options) -> Prepared:
    """Draw population and batch and read what is stored; scores nothing."""
    device = _device(options.device)
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
    return Prepared(
        suite=suite,
        plugins=tuple(plugins),
        population=draw_population(space(suite.space), suite.population),
        condition=condition,
        batch=batch,
        store=store,
        scores=store.read(condition),
    )


def execute(
    prepared: Prepared, options: Options, progress: Callable[[int, int], None]
) -> RunResult:
    """Score every architecture that some plugin has no outcome for, storing as it goes.

    `progress` is called with the number of architectures done and to do.
    """
    assignments = _missing(prepared, options)
    wanted = len(prepared.plugins) * len(prepared.population.architectures)
    to_compute = sum(len(one.plugins) for one in assignments)
    if assignments:
        _score_missing(prepared, assignments, options, progress)
    return RunResult(prepared=prepared, computed=to_compute, reused=wanted - to_compute)


def scorer_settings(
    prepared: Prepared, workers: int, *, keep_memory: bool = False
) -> tuple[Environment, Settings]:
    """Describe the environment and what every scorer of a run needs to know."""
    gpu = _gpu_name() if prepared.condition.device == "cuda" else None
    environment = capture(threads=_THREADS, workers=workers, gpu=gpu)
    settings = Settings(
        space=prepared.suite.space,
        dataset=prepared.suite.dataset,
        batch=prepared.batch,
        seed=prepared.suite.seed,
        device=prepared.condition.device,
        threads=_THREADS,
        environment=environment.key,
        origins=tuple(one.origin for one in prepared.plugins),
        keep_memory=keep_memory,
    )
    return environment, settings


def _score_missing(
    prepared: Prepared,
    assignments: list[Assignment],
    options: Options,
    progress: Callable[[int, int], None],
) -> None:
    workers = options.workers
    if workers is None:
        workers = 1 if prepared.condition.device == "cuda" else cores()
    environment, settings = scorer_settings(prepared, workers, keep_memory=options.keep_memory)
    if workers:
        records = score_in_pool(
            settings, assignments, workers=workers, timeout_s=prepared.suite.timeout_s
        )
    else:
        records = score_here(settings, assignments)
    texts = {one.architecture.text: len(one.plugins) for one in assignments}
    progress(0, len(texts))
    with prepared.store.appending(prepared.condition, environment) as log:
        for record in records:
            prepared.scores.add(log.append(record))
            texts[record.architecture] -= len(record.scores)
            progress(sum(1 for left in texts.values() if left <= 0), len(texts))


def _missing(prepared: Prepared, options: Options) -> list[Assignment]:
    stored = {one.name: prepared.scores.of(one.key) for one in prepared.plugins}
    assignments = []
    for architecture in prepared.population.architectures:
        names = tuple(
            name
            for name, known in stored.items()
            if architecture.text not in known
            or (options.retry and _is_transient(known[architecture.text].outcome))
        )
        if names:
            assignments.append(Assignment(architecture=architecture, plugins=names))
    return assignments


def _is_transient(outcome: object) -> bool:
    return isinstance(outcome, Failed) and outcome.kind in _TRANSIENT


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


def _gpu_name() -> str:
    import torch

    return torch.cuda.get_device_name()
