"""Running suites."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from harness.api.arguments import checked
from harness.api.choice import (
    Plugins,
    changed_suite,
    choose_executor,
    choose_proxies,
    path_of,
    refuse_options,
    require_number,
    warn_of_labelled,
)
from harness.api.given import Metrics, Scores, choose_metrics, rank_names, score_items
from harness.api.over_seeds import Seeds, require_named, seed_table, seeds_of
from harness.api.results import Progress, RunResult, Step
from harness.api.zoo import Accuracies, ZooOptions, choose_suite_or_zoo
from harness.catalog import LoadedProxy
from harness.core.architecture import Space
from harness.evaluation import (
    Leaderboard,
    failed_everywhere,
    failures_text,
    join_stored,
    procedure_of,
    rank_run,
    stored_methods,
)
from harness.execution.archive import archive_in
from harness.execution.execute import Executed, execute
from harness.execution.given_scores import GivenScores
from harness.execution.population import Shard
from harness.execution.remaining import Remaining
from harness.execution.run import Options, Run, open_run
from harness.execution.task_truth import names_only
from harness.metrics import Metric
from harness.passes.own_networks import Network
from harness.reports.leaderboard import write_leaderboard
from harness.reports.seeds import write_seeds
from harness.suite import Suite

__all__ = ["failed_plugins", "run", "scored", "steps"]


@checked
def run(
    suite: str | Path | Mapping[str, Network] | Space,
    *,
    truth: Accuracies | None = None,
    shape: Sequence[int] | None = None,
    classes: int | None = None,
    plugins: Plugins | None = None,
    only: bool = True,
    seeds: int | None = None,
    against: str | None = None,
    metrics: Metrics | None = None,
    scores: Scores | None = None,
    sample: int | None = None,
    identical: str | None = None,
    seed: int | None = None,
    batch: str | None = None,
    images: Path | str | None = None,
    device: str = "cpu",
    results: Path | str = "results",
    workers: int | None = None,
    timeout: float | None = None,
    keep_memory: bool = False,
    retry: bool = False,
    fresh: bool = False,
    memory_gib: float | None = None,
    executor: str | None = None,
    scheduler: str | None = None,
    cluster: Path | str | None = None,
    shard: str | None = None,
    progress: Progress | None = None,
) -> RunResult:
    """Run a suite: score what is not stored yet, rank it and write the leaderboard.

    Works in scripts (without a main guard too), notebooks, the console and programs from standard
    input. Plugins from outside have worker processes of their own; edited ones are scored anew.

    Example:
        ``harness.run("nb201-quick", plugins=[my_proxy, "params", "synflow"], sample=50)``

    Args:
        suite: Name of a suite, or the path of its TOML file, or of a table of one's own; or a zoo,
            networks of one's own: a folder of Python files with one network each, a file with
            ``NETWORKS``, or a mapping of names to modules or functions that build them; or a
            `harness.space.SearchSpace` of the program itself.
        truth: Accuracies of a zoo or such a space: a table with columns ``network`` and accuracy,
            a mapping, or a series of pandas.
        shape: Shape of one sample that the networks of a zoo take; ``(3, 32, 32)`` when absent.
        classes: Number of their classes; 10 when absent.
        plugins: One plugin or several, instead of the suite's own: names, ``.py`` files, ``.json``
            files of found settings, `harness.plugin.ZeroCostProxy` objects, or functions of an
            untrained network, images and labels that return a number, higher for better networks.
        only: False evaluates the suite's own plugins beside those given, as the command line does
            without ``--only``.
        seeds: Run with so many seeds of weights, images and draws, 2 to 100, for a table over them.
        against: With `seeds`: name of the plugin that all others are held against, paired.
        metrics: One metric or several, instead of the suite's own: names, ``.py`` files, or plain
            functions of scores and truth, both higher for better architectures. The first orders
            the leaderboard. With `seeds` one, which is averaged; Spearman when absent.
        scores: Scores that were computed elsewhere, ranked beside the plugins: files, or a mapping
            of names of methods to files, mappings or pandas series of architectures and scores.
        sample: Number of architectures, 2 or more, instead of the suite's own.
        identical: What makes networks identical, which are drawn once and merged, instead of the
            suite's own: a kind of `Space.canonical`, or ``"rows"``.
        seed: Seed of batch, weights and draws, instead of the suite's own.
        batch: Batch source instead of the suite's own, with a size after a colon: ``"noise:64"``.
        images: What the batch source reads: a file or folder.
        device: ``"cpu"``, ``"cuda"`` or ``"auto"``.
        results: Folder for records and leaderboards; what is stored there is not scored again.
        workers: Worker processes; 0 scores in this process, without time limits.
        timeout: Seconds that one architecture may take, at least 0.1.
        keep_memory: Whether workers keep freed memory: faster, without peak memory.
        retry: Whether to ask again where a plugin timed out, crashed or ran out of memory.
        fresh: Whether to leave the archive alone, the folder ``archive`` in `results`; otherwise
            its scores are taken, and a random part of them is computed here too.
        memory_gib: GiB that a worker process may hold, 0.1 to 1e6; an equal share when absent.
        executor: ``"local"``, ``"in-process"`` or ``"dask"``.
        scheduler: Address of a Dask scheduler.
        cluster: TOML file of a cluster to start.
        shard: Score a part only, e.g. ``"2/5"``; `harness.merge` joins parts.
        progress: Called with a `harness.api.results.Step` after every delivery of scores.

    Returns:
        The table, what was computed and written; ``failed`` has plugins that failed everywhere.

    Raises:
        HarnessError: What is wrong, where, and what to do.
    """
    if seeds is None:
        refuse_options("a run without --seeds", against=against)
    else:
        refuse_options("a run with --seeds", shard=shard)
        require_number("seeds", seeds, 2, 100)
    require_number("memory-gib", memory_gib, 0.1, 1e6)
    zoo = ZooOptions(truth=truth, shape=shape, classes=classes)
    wanted = choose_suite_or_zoo(suite, zoo, Path(results))
    wanted = changed_suite(wanted, sample, seed, batch, timeout).changed(identical=identical)
    given, measured = score_items(scores), choose_metrics(metrics)
    over = seeds_of(wanted, seeds, measured, against)
    options = Options(
        results=Path(results),
        device=device,
        workers=workers,
        images=path_of(images),
        keep_memory=keep_memory,
        retry=retry,
        memory_bytes=None if memory_gib is None else int(memory_gib * 2**30),
        executor=choose_executor(executor, scheduler, cluster, workers),
        shard=None if shard is None else Shard.parse(shard),
        archive=None if fresh else archive_in(Path(results)),
    )
    if names_only(wanted):
        refuse_options("a suite of names", plugin=plugins, seeds=seeds, shard=shard)
        return _of_names(wanted, *rank_names(wanted, given, measured, Path(results)))
    running = _Running(
        suite=wanted,
        proxies=choose_proxies(wanted, plugins, only=only),
        given=plugins,
        options=options,
        scores=given,
        metrics=measured,
        progress=progress,
    )
    return running.once() if over is None else running.over(over)


def steps(progress: Progress | None, what: str) -> Callable[[int, int], None]:
    """Return what tells of the numbers done and to do of something; nothing without `progress`."""

    def told(done: int, total: int) -> None:
        if progress is not None:
            progress(Step(what=what, done=done, total=total))

    return told


def scored(prepared: Run, options: Options, what: str, progress: Progress | None) -> Executed:
    """Score what is missing, telling of every delivery.

    Args:
        prepared: What to score.
        options: How.
        what: What is being scored, for `progress`.
        progress: Is told of what is done, and of what is left.
    """
    last = Step(what=what, done=0, total=0)

    def done(number: int, total: int) -> None:
        nonlocal last
        last = replace(last, done=number, total=total, remaining=None)
        if progress is not None:
            progress(last)

    def left(remaining: Remaining) -> None:
        if progress is not None:
            progress(replace(last, remaining=remaining))

    return execute(prepared, options, done, left)


def failed_plugins(*runs: Run) -> dict[str, str]:
    """Return the plugins without a score of any architecture, since scoring it failed, and why."""
    reasons: dict[str, str] = {}
    for prepared in runs:
        n = len(prepared.population.architectures)
        for name, failures in failed_everywhere(stored_methods(prepared)).items():
            what = f"{name} failed on all {n} architectures"
            reasons.setdefault(what, failures_text(failures))
    return reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class _Running:
    """A suite with its proxies, about to be run."""

    suite: Suite
    proxies: tuple[LoadedProxy, ...]
    given: Plugins | None
    options: Options
    scores: tuple[GivenScores, ...]
    metrics: tuple[Metric, ...]
    progress: Progress | None

    def once(self) -> RunResult:
        """Score under the suite's seed, and rank unless this is a shard."""
        suite, options = self.suite, self.options
        prepared = open_run(suite, self.proxies, options, self.scores)
        warn_of_labelled(self.given, prepared)
        done = scored(prepared, options, f"scoring {suite.name}", self.progress)
        result = RunResult(
            suite=suite.name,
            population=prepared.population.name,
            table=None,
            computed={suite.seed: done.computed},
            reused={suite.seed: done.reused},
            archived={suite.seed: (done.archived, done.checked)},
            failed=failed_plugins(prepared),
            files=(),
        )
        if options.shard is not None:
            return result
        joined = join_stored(prepared)
        leaderboard = rank_run(prepared, joined, procedure_of(suite, self.metrics))
        files = write_leaderboard(leaderboard, joined, options.results)
        return replace(result, table=leaderboard, files=tuple(files))

    def over(self, seeds: Seeds) -> RunResult:
        """Score under several seeds, and put what is found side by side."""
        require_named(seeds.against, self.proxies)
        first = self.suite.seed
        results: dict[int, Executed] = {}
        runs: list[Run] = []
        for seed in range(first, first + seeds.count):
            if runs:
                prepared = runs[0].with_seed(seed, self.options)
            else:
                prepared = open_run(self.suite, self.proxies, self.options, self.scores)
                warn_of_labelled(self.given, prepared)
            what = f"scoring {self.suite.name}, seed {seed}"
            results[seed] = scored(prepared, self.options, what, self.progress)
            runs.append(prepared)
        table = seed_table(self.suite, seeds, runs)
        return RunResult(
            suite=self.suite.name,
            population=runs[0].population.name,
            table=table,
            computed={seed: done.computed for seed, done in results.items()},
            reused={seed: done.reused for seed, done in results.items()},
            archived={seed: (done.archived, done.checked) for seed, done in results.items()},
            failed=failed_plugins(*runs),
            files=tuple(write_seeds(table, self.options.results)),
        )


def _of_names(suite: Suite, leaderboard: Leaderboard, files: Sequence[Path]) -> RunResult:
    return RunResult(
        suite=suite.name,
        population=leaderboard.boards[0].population,
        table=leaderboard,
        computed={suite.seed: 0},
        reused={suite.seed: 0},
        archived={suite.seed: (0, 0)},
        failed={},
        files=tuple(files),
    )
