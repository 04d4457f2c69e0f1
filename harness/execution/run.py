"""A run: a suite with population, batch and ground truth, and what is stored of its scores."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from harness.batches.drawing import draw_batch
from harness.batches.source import DrawnBatch
from harness.catalog import LoadedProxy, built_in
from harness.catalog.members import members_by_key
from harness.core.architecture import Dataset
from harness.core.errors import UsageError
from harness.execution.data_fit import require_fit
from harness.execution.executor import Executor, StandingPool
from harness.execution.given_scores import GivenScores, read_scores, scores_of_columns
from harness.execution.population import Population, Shard, draw_population, require_values
from harness.execution.task_truth import load_truth, names_only, space_of, warn_of_datasets
from harness.records.condition import Condition
from harness.records.environment import Environment
from harness.records.scores import Scores
from harness.records.store import Store
from harness.spaces.datasets import identity_of
from harness.spaces.registry import load_space
from harness.suite import Suite
from harness.truth import ImportedScores, TruthTable

__all__ = [
    "Options",
    "Run",
    "SuiteTasks",
    "choose_device",
    "open_run",
    "open_run_on",
    "open_tasks",
]

_LOG = logging.getLogger(__name__)


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
        archive: Results folder whose scores are taken where `results` has none; absent for none.

    Raises:
        UsageError: The number of workers is below 0.
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
    archive: Path | None = None

    def __post_init__(self) -> None:
        if self.workers is not None and self.workers < 0:
            raise UsageError(f"--workers {self.workers}: give 0 or more")

    def one_by_one(self) -> Options:
        """Return the same for networks that come one after the other: one worker lives on."""
        if self.executor is not None or self.workers == 0:
            return self
        return replace(self, executor=StandingPool())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Run:
    """What is scored, under which condition, and what is known of it already.

    Attributes:
        suite: What is evaluated.
        plugins: Its proxies.
        population: The architectures.
        truths: Ground truth of the suite's tasks by name, in the suite's order; empty where
            nothing is held against a truth.
        dataset: What networks are built for.
        batch: What networks see.
        condition: What the scores depend on.
        store: The results folder.
        scores: What it holds of this condition, and an archive where it holds nothing.
        archive: The archive, if there is one.
        imported: Scores that were computed elsewhere, which are ranked beside the plugins'.
        unprotected: Keys of the environments in which plugins from outside shared a process with
            others; no stored score of those is certainly its plugin's own.
    """

    suite: Suite
    plugins: tuple[LoadedProxy, ...]
    population: Population
    truths: Mapping[str, TruthTable]
    dataset: Dataset
    batch: DrawnBatch
    condition: Condition
    store: Store
    scores: Scores
    archive: Store | None = None
    imported: tuple[ImportedScores, ...] = ()
    unprotected: frozenset[str] = frozenset()

    @property
    def variant(self) -> str:
        """What is not usual in batch and device, as names of files end; empty where all is."""
        condition, batch = self.condition, ""
        if self.suite.other_batch:
            batch = f"-{condition.batch_source}{condition.batch_size}"
            if self.suite.batch.path is not None:
                batch += f"-{condition.batch_digest[:8]}"
        device = "" if condition.device == "cpu" else f"-{condition.device}"
        return f"{batch}{device}"

    def environments(self) -> dict[str, Environment]:
        """Return the environments that scores refer to by key.

        Raises:
            DataError: A file is damaged.
        """
        archived = {} if self.archive is None else self.archive.environments()
        return archived | self.store.environments()

    def with_seed(self, seed: int, options: Options) -> Run:
        """Return a run with another seed of weights and batch on the same architectures.

        Raises:
            DataError: An image or a stored score cannot be read.
        """
        suite = self.suite.changed(seed=seed)
        opened = open_run_on(self.population, self.truths, suite, self.plugins, options)
        return replace(opened, imported=self.imported)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SuiteTasks:
    """What a suite is evaluated on, and scores that were computed elsewhere: all but networks.

    Attributes:
        population: The architectures.
        truths: Ground truth of the suite's tasks by name, in the suite's order.
        imported: Scores that the user brings, and columns that the space has.
    """

    population: Population
    truths: Mapping[str, TruthTable]
    imported: tuple[ImportedScores, ...]


def open_tasks(suite: Suite, scores: Sequence[GivenScores] = ()) -> SuiteTasks:
    """Draw the population of a suite, and load its ground truth and the scores that users bring.

    Args:
        suite: The suite.
        scores: Scores that were computed elsewhere, beside those that the suite names.

    Raises:
        UsageError: There is no such space or subset, a task stands twice, or a task or imported
            scores have no value for any architecture.
        DataError: A truth table or scores cannot be read.
    """
    where = f"suite {suite.name} [tasks]"
    of = space_of(suite)
    truths = {task: load_truth(task, suite.space, where) for task in suite.tasks}
    _require_different(suite.tasks, truths, where)
    population = draw_population(of, suite.drawn, suite.identical)
    for task, truth in truths.items():
        require_values(task, truth, population)
    named = [GivenScores(source=Path(path)) for path in suite.scores]
    imported = read_scores([*named, *scores], of, population)
    columns = scores_of_columns(of, population)
    return SuiteTasks(population=population, truths=truths, imported=(*imported, *columns))


def _require_different(tasks: Sequence[str], truths: Mapping[str, TruthTable], where: str) -> None:
    """Refuse tasks of one name: a board would not tell them apart, and mean ranks count both."""
    first: dict[str, str] = {}
    for task in tasks:
        name = truths[task].task
        if name in first:
            given = repr(task) if first[name] == task else f"{first[name]!r} and {task!r}"
            raise UsageError(
                f"task {name} stands twice in {where}, as {given}; leave one out, or give its "
                "description another name"
            )
        first[name] = task


def open_run(
    suite: Suite,
    plugins: Sequence[LoadedProxy],
    options: Options,
    scores: Sequence[GivenScores] = (),
) -> Run:
    """Draw population and batch, load ground truth and read what is stored; score nothing.

    Args:
        suite: What is evaluated.
        plugins: Its proxies.
        options: How to run.
        scores: Scores that were computed elsewhere, beside those that the suite names.

    Raises:
        UsageError: There is no such space, subset, task or batch, or a task or imported scores have
            no value for any architecture; nothing is found out only after hours of scoring.
        DataError: A truth table, an image or a stored score cannot be read.
    """
    if names_only(suite):
        raise UsageError(
            f"the architectures of suite {suite.name} are names without networks, of which no "
            "plugin has scores; harness run and compare take scores that were computed elsewhere"
        )
    tasks = open_tasks(suite, scores)
    warn_of_datasets(tasks.truths.values(), suite.built_for().name)
    population = tasks.population
    if options.shard is not None:
        population = options.shard.of(population)
    opened = open_run_on(population, tasks.truths, suite, plugins, options)
    return replace(opened, imported=tasks.imported)


def open_run_on(
    population: Population,
    truths: Mapping[str, TruthTable],
    suite: Suite,
    plugins: Sequence[LoadedProxy],
    options: Options,
) -> Run:
    """Draw the batch and read what is stored, for a population chosen by other means.

    Args:
        population: The architectures.
        truths: Ground truth of the suite's tasks by name; none for a run without metrics.
        suite: What is evaluated.
        plugins: The proxies.
        options: How to run.

    Raises:
        UsageError: There is no such space or batch, or networks of a space or a data set of the
            user's own cannot be built or called.
        DataError: An image or a stored score cannot be read.
    """
    elsewhere = options.executor is not None and options.executor.elsewhere
    device = _device_elsewhere(options.device) if elsewhere else choose_device(options.device)
    data = suite.built_for()
    if options.images is not None:
        suite = suite.changed(batch=suite.batch.model_copy(update={"path": options.images}))
    batch = draw_batch(suite.batch.request(), data, suite.seed)
    described = identity_of(data)
    searched = load_space(suite.space)
    if described or (searched.origin.code and not elsewhere):
        require_fit(searched.space, population.architectures, data, batch)
    condition = Condition(
        space=suite.space,
        space_code=searched.origin.code,
        dataset=data.name,
        built_for=described,
        batch_source=batch.source,
        batch_size=suite.batch.size,
        batch_digest=batch.digest,
        seed=suite.seed,
        device=device,
    )
    store = Store(options.results)
    archive = None if options.archive is None else Store(options.archive)
    archived = () if archive is None else archive.read(condition).blocks
    scores = store.read(condition, archived, members_by_key(plugins))
    return Run(
        suite=suite,
        plugins=tuple(plugins),
        population=population,
        truths=truths,
        dataset=data,
        batch=batch,
        condition=condition,
        store=store,
        archive=archive,
        scores=scores,
        unprotected=find_unprotected(scores, store.environments(), plugins),
    )


def find_unprotected(
    scores: Scores, environments: Mapping[str, Environment], plugins: Sequence[LoadedProxy]
) -> frozenset[str]:
    """Return the environments of which no stored score is certainly its plugin's own.

    There a plugin from outside was scored in one process with others: by version 0.1, which did
    not keep them apart, or in this process (workers 0). One line of the log says so.

    Args:
        scores: Stored scores of one condition.
        environments: Stored environments by their keys.
        plugins: Plugins of this run; all others are looked up among the built-in ones.
    """
    shared = frozenset(key for key, known in environments.items() if not known.isolated)
    if not shared:
        return frozenset()
    counts = scores.environments()
    present = {key: shared & counts[key].keys() for key in counts}
    if not any(present.values()):
        return frozenset()
    own = {plugin.name for plugin in plugins if not plugin.outside}
    if not own.issuperset(map(_name, present)):
        own |= built_in().loaded.keys()
    strangers = {key for key in present if _name(key) not in own}
    touched: set[str] = set()
    count = 0
    for key, environments_of_key in present.items():
        others: set[str] = set().union(*(present[other] for other in strangers - {key}))
        beside = environments_of_key & others
        touched |= beside
        count += sum(counts[key][environment] for environment in beside)
    if not count:
        return frozenset()
    _LOG.warning(
        "%d stored scores were computed in one process with plugins from outside (%s), which may "
        "have changed them; with the option retry they are computed anew",
        count,
        ", ".join(sorted(set(map(_name, strangers)))),
    )
    return frozenset(touched)


def _name(key: str) -> str:
    """Return the plugin's name in its key."""
    return key.partition(":")[0]


def _device_elsewhere(asked: str) -> str:
    if asked not in ("cpu", "cuda"):
        raise UsageError(
            f"--device {asked} cannot be decided for workers on other machines; name cpu or cuda"
        )
    return asked


def choose_device(asked: str) -> str:
    """Return the type of the device that is meant.

    Raises:
        UsageError: There is no such device here.
    """
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
