"""Executors: in this process, or in a pool of worker processes that survives a hung plugin."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, TimeoutError, wait
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.core.errors import InfrastructureError
from harness.core.outcome import Failed, FailureKind
from harness.passes.allocator import keep_freed_memory
from harness.records.record import PluginScore, ScoreRecord
from harness.run.scoring import Assignment, Scorer, Settings

if TYPE_CHECKING:
    from pebble import ProcessPool

__all__ = ["score_here", "score_in_pool"]

_SCORER: Scorer | None = None  # the one scorer of a worker process, set by its initialiser


def score_here(settings: Settings, assignments: Iterable[Assignment]) -> Iterator[ScoreRecord]:
    """Score in this process, one after the other; nothing can stop a plugin that hangs."""
    scorer = Scorer(settings)
    for assignment in assignments:
        yield scorer.score(assignment)


def score_in_pool(
    settings: Settings, assignments: Iterable[Assignment], *, workers: int, timeout_s: float
) -> Iterator[ScoreRecord]:
    """Score in worker processes; records come in the order in which they are ready.

    A worker that dies or takes longer than `timeout_s` on an architecture is replaced, and its
    plugins are asked again one by one, so that only the guilty one fails.

    Raises:
        InfrastructureError: Workers cannot be started.
    """
    from pebble import ProcessPool

    pool = ProcessPool(
        max_workers=workers,
        context=multiprocessing.get_context("spawn"),
        initializer=_start_worker,
        initargs=(settings,),
    )
    keys = {one.name: one.key for one in (origin.load() for origin in settings.origins)}
    try:
        yield from _drain(pool, assignments, keys, settings, workers, timeout_s)
        pool.close()  # type: ignore[no-untyped-call]
    finally:
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()


def _drain(
    pool: ProcessPool,
    assignments: Iterable[Assignment],
    keys: dict[str, str],
    settings: Settings,
    workers: int,
    timeout_s: float,
) -> Iterator[ScoreRecord]:
    source, again = iter(assignments), deque[Assignment]()
    running: dict[Future[ScoreRecord], Assignment] = {}
    while True:
        while len(running) < 2 * workers:
            assignment = again.popleft() if again else next(source, None)
            if assignment is None:
                break
            running[_schedule(pool, assignment, timeout_s)] = assignment
        if not running:
            return
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            assignment = running.pop(future)
            failure = _failure(future, timeout_s)
            if failure is None:
                yield future.result()
            elif len(assignment.plugins) > 1:
                again.extend(replace(assignment, plugins=(one,)) for one in assignment.plugins)
            else:
                yield ScoreRecord(
                    architecture=assignment.architecture.text,
                    environment=settings.environment,
                    passes={},
                    scores={keys[assignment.plugins[0]]: PluginScore.of(failure, None, ())},
                )


def _schedule(pool: ProcessPool, assignment: Assignment, timeout_s: float) -> Future[ScoreRecord]:
    try:
        future: Future[ScoreRecord] = pool.schedule(
            _score_in_worker, args=(assignment,), timeout=timeout_s
        )
    except RuntimeError as error:
        raise InfrastructureError(
            f"worker processes cannot be started ({error}); run with --workers 0 to see why"
        ) from error
    return future


def _failure(future: Future[ScoreRecord], timeout_s: float) -> Failed | None:
    from pebble import ProcessExpired

    error = future.exception()
    match error:
        case None:
            return None
        case TimeoutError():
            reason = f"no score after {timeout_s:g} s; its worker was stopped"
            return Failed(kind=FailureKind.TIMEOUT, reason=reason)
        case ProcessExpired():
            reason = f"the worker process died (exit code {error.exitcode})"
            return Failed(kind=FailureKind.CRASHED, reason=reason)
        case _:
            raise error


def _start_worker(settings: Settings) -> None:
    global _SCORER  # noqa: PLW0603 - a worker process is the scope
    if settings.keep_memory:
        keep_freed_memory()
    _SCORER = Scorer(settings)


def _score_in_worker(assignment: Assignment) -> ScoreRecord:
    if _SCORER is None:
        raise InfrastructureError("a worker process was asked before it was started")
    return _SCORER.score(assignment)
