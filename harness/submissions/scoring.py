"""Scores a submission in a process of its own that cannot read files but its own and libraries.

The process that asks never runs the submission's code: it reads what was written, see
`harness.submissions.scored`. Aggregation of set-level proxies is code of the submission too, so
finished scores are written, not components.
"""

from __future__ import annotations

import math
import shutil
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, distribution
from multiprocessing.connection import Connection
from pathlib import Path

from harness.catalog import FromFile, FromModule, LoadedProxy
from harness.checks import Verdict, check_plugin
from harness.core.errors import ContractError, HarnessError, UsageError, sentence_of
from harness.core.outcome import Failed
from harness.evaluation import MethodScores, stored_methods
from harness.execution.execute import execute
from harness.execution.executor import LocalPool
from harness.execution.population import Population
from harness.execution.run import Options, Run, open_run_on
from harness.execution.work import describe_machine
from harness.execution.worker import questions_of, start_process
from harness.spaces.knowledge import TRIED_ON
from harness.submissions.limits import (
    ATTEMPTS,
    MEMORY_BYTES,
    NETWORK_S,
    PROCESSOR_S,
    TEMPORARY,
    WALL_S,
    confinement_of,
    length_fault,
)
from harness.submissions.naming import name_fault
from harness.submissions.populations import FixedPopulation
from harness.submissions.scored import (
    SCORED,
    Kept,
    ScoredSubmission,
    SuiteScores,
    read_scored,
    write_scored,
)

__all__ = ["Watcher", "score_submission"]

Watcher = Callable[[str, int, int], None]
"""Is told what is being scored, how many networks are done, and of how many."""

_REPEATED = 10
"""Networks of each suite that are scored first, twice, before the others."""

_LOOK_S, _JOIN_S = 1.0, 10.0
_MOST_ATTEMPTS = 20
_GROUP = "harness.plugins"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What the process is asked for; travels to it."""

    submission: str
    folder: Path
    workers: int
    fixed: tuple[FixedPopulation, ...]


class _Stopped(Exception):  # noqa: N818 - no error of the harness: the reason to score no further
    """Raised where a submission cannot be accepted any more."""


def score_submission(
    submission: str,
    folder: Path,
    fixed: Sequence[FixedPopulation],
    workers: int,
    watcher: Watcher,
) -> ScoredSubmission:
    """Score a submission on fixed populations; its code runs in other processes alone.

    Args:
        submission: A ``.py`` file, or the name of an installed package with one proxy.
        folder: Where records and what was found are written; a folder that is empty or new.
        fixed: See `harness.submissions.fixed_populations`.
        workers: Worker processes, 1 or more.
        watcher: Is told of every delivery.

    Raises:
        UsageError: There is no such file, or the folder holds something.
        WorkersUnavailableError: The system starts no process here.
    """
    is_file = submission.endswith(".py")
    fault = length_fault(Path(submission)) if is_file else ""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty; name a new folder with --out")
    asked = _Asked(
        submission=str(Path(submission).resolve()) if is_file else submission,
        folder=folder.resolve(),
        workers=workers,
        fixed=tuple(fixed),
    )
    fault = fault or _supervise(asked, watcher)
    scored = ScoredSubmission(submission=Path(submission).name)
    if (folder / SCORED).is_file():
        scored = read_scored(folder)
    elif not fault:
        fault = "its process ended before it was done"
    fault = (fault or scored.fault).replace(asked.submission, scored.submission)
    whole = {"attempts": _attempts(folder / ATTEMPTS), "fault": fault}
    scored = scored.model_copy(update=whole)
    write_scored(scored, folder)
    shutil.rmtree(folder / TEMPORARY, ignore_errors=True)
    return scored


def _supervise(asked: _Asked, watcher: Watcher) -> str:
    """Run the process to its end; say why it had to be ended, or how it died, or nothing."""
    process, connection = start_process(_serve, asked, daemon=False)
    deadline = time.monotonic() + WALL_S
    try:
        while time.monotonic() < deadline:
            if connection.poll(_LOOK_S):
                what, done, total = connection.recv_bytes(1000).decode().split("\t")
                watcher(what, int(done), int(total))
        return f"it was not done after {WALL_S / 60:.0f} minutes"
    except EOFError:
        process.join(_JOIN_S)
        return f"its process died (exit code {process.exitcode})" if process.exitcode else ""
    finally:
        process.kill()
        connection.close()


def _attempts(log: Path) -> tuple[str, ...]:
    """Return what was refused, each attempt once."""
    if not log.is_file():
        return ()
    lines = dict.fromkeys(log.read_text(encoding="utf-8", errors="replace").splitlines())
    return tuple(line[:500] for line in list(lines)[:_MOST_ATTEMPTS])


def _serve(connection: Connection, asked: _Asked) -> None:
    """Score in this process, which is confined before it loads the submission."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asked
    folder = asked.folder
    describe_machine("cpu", asked.workers)  # asks git, which may not be started later
    workers = confinement_of(asked.submission, folder)
    workers.temporary.mkdir()

    def tell(what: str, done: int, total: int) -> None:
        connection.send_bytes(f"{what}\t{done}\t{total}".encode())

    replace(workers, readable=(*workers.readable, folder)).enter()
    questions_of(connection)  # nothing is asked, but it ends with the process that started it
    pool = LocalPool(workers=asked.workers, confinement=workers)
    write_scored(_Scoring(asked=asked, pool=pool, tell=tell).scored(), folder)


@dataclass(slots=True, kw_only=True)
class _Scoring:
    """One submission being scored, in the confined process."""

    asked: _Asked
    pool: LocalPool
    tell: Watcher
    spent_s: float = 0.0

    def scored(self) -> ScoredSubmission:
        """Load, check and score, as far as it can be accepted."""
        found = ScoredSubmission(submission=Path(self.asked.submission).name)
        try:
            plugin = _load(self.asked.submission)
            found = found.model_copy(update=_description(plugin))
            if name_fault(found):
                return found
            self.tell("checking the contract", 0, 0)
            found = found.model_copy(update={"findings": self._contract(plugin)})
            if any(kept.verdict is Verdict.BROKEN for kept in found.findings):
                return found
            if (self.asked.folder / ATTEMPTS).stat().st_size:  # it may not be opened here
                return found
            for population in self.asked.fixed:
                scores = self._suite(plugin, population)
                found = found.model_copy(update={"suites": (*found.suites, scores)})
                if scores.different:
                    return found
        except (_Stopped, HarnessError) as stop:
            return found.model_copy(update={"fault": str(stop)[:2000]})
        except Exception as error:  # noqa: BLE001 - whatever its aggregation raises is the fault
            return found.model_copy(update={"fault": sentence_of(error)[:2000]})
        return found

    def _contract(self, plugin: LoadedProxy) -> tuple[Kept, ...]:
        findings = check_plugin(plugin, TRIED_ON, replace(self.pool, workers=1))
        return tuple(
            Kept(rule=finding.rule, verdict=finding.verdict, detail=finding.detail[:2000])
            for finding in findings
        )

    def _suite(self, plugin: LoadedProxy, fixed: FixedPopulation) -> SuiteScores:
        """Score the first networks twice, and then all.

        Raises:
            _Stopped: Some of the first failed, or all would take too long.
        """
        texts = fixed.population.texts
        first = texts[:_REPEATED]
        once = self._run(plugin, fixed, fixed.part(first), self.asked.folder)
        self._require_fast(plugin, once, fixed)
        again = self.asked.folder / TEMPORARY / fixed.suite.name
        mirrored = fixed.part(first[::-1])
        twice = self._run(plugin, fixed, mirrored, again, replace(self.pool, workers=1))
        outcomes = [run.scores.column(plugin.key, first) for run in (once, twice)]
        different = tuple(
            text
            for row, text in enumerate(first)
            if outcomes[0].outcome(row) != outcomes[1].outcome(row)
        )
        scores: tuple[float | None, ...] = (None,) * len(texts)
        if not different:
            whole = self._run(plugin, fixed, fixed.population, self.asked.folder)
            self.spent_s += _processor_s(plugin, whole)
            (method,) = stored_methods(whole)
            scores = _finite(method)
        return SuiteScores(
            suite=fixed.suite.name, scores=scores, repeated=len(first), different=different
        )

    def _run(
        self,
        plugin: LoadedProxy,
        fixed: FixedPopulation,
        population: Population,
        results: Path,
        pool: LocalPool | None = None,
    ) -> Run:
        suite = fixed.suite.changed(timeout_s=NETWORK_S)
        options = Options(results=results, executor=pool or self.pool, memory_bytes=MEMORY_BYTES)
        run = open_run_on(population, {}, suite, (plugin,), options)
        execute(run, options, lambda done, total: self.tell(suite.name, done, total))
        return run

    def _require_fast(self, plugin: LoadedProxy, run: Run, fixed: FixedPopulation) -> None:
        """Stop where the first networks failed, or say that all would take too long.

        Raises:
            _Stopped: They do.
        """
        column = run.scores.column(plugin.key, run.population.texts)
        failed = [failed for failed in column.failures.values() if isinstance(failed, Failed)]
        if failed:
            raise _Stopped(
                f"{fixed.suite.name}: {failed[0].kind} on {len(failed)} of the first "
                f"{len(run.population.texts)} networks ({failed[0].reason})"
            )
        share = len(fixed.population.texts) / len(run.population.texts)
        needed_s = self.spent_s + _processor_s(plugin, run) * share
        if needed_s > PROCESSOR_S:
            raise _Stopped(
                f"{fixed.suite.name}: it would take {needed_s / 60:.0f} processor minutes up to "
                f"here, and {PROCESSOR_S / 60:.0f} are the limit for all suites"
            )


def _load(submission: str) -> LoadedProxy:
    """Load the one proxy of a file, or of an installed package.

    Raises:
        UsageError: There is no such package, or it is no proxy.
        ContractError: It cannot be imported, or the package offers another number of plugins.
    """
    if submission.endswith(".py"):
        return _load_file(Path(submission))
    try:
        points = distribution(submission).entry_points.select(group=_GROUP)
    except PackageNotFoundError:
        raise UsageError(
            f"there is no submission {submission}; name a .py file or an installed package"
        ) from None
    if len(points) != 1:
        raise ContractError(
            f"the package {submission} offers {len(points)} plugins under {_GROUP}; a submission "
            "is one proxy"
        )
    (point,) = points
    return FromModule(module=point.module, attribute=point.attr or "PLUGIN").load()


def _load_file(path: Path) -> LoadedProxy:
    try:
        return FromFile(path=path).load()
    except ContractError as error:
        if isinstance(lacking := error.__cause__, ModuleNotFoundError):
            raise ContractError(
                f"{path.name} imports {lacking.name}, which is not here: a submission is one file "
                "that imports what the harness depends on; put everything else into the file, or "
                "submit a package"
            ) from error
        raise


def _description(plugin: LoadedProxy) -> dict[str, str | bool]:
    return {
        "name": plugin.name,
        "version": plugin.plugin.version,
        "key": plugin.key,
        "summary": plugin.summary[:500],
        "stochastic": plugin.plugin.stochastic,
    }


def _processor_s(plugin: LoadedProxy, run: Run) -> float:
    import numpy as np

    column = run.scores.column(plugin.key, run.population.texts)
    return float(np.nansum(column.costs().cpu_s))


def _finite(method: MethodScores) -> tuple[float | None, ...]:
    return tuple(value if math.isfinite(value) else None for value in method.values.tolist())
