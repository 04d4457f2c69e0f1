"""Worker processes under supervision: each may hang, die or swell without harm to the others."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import wait

from harness.core.errors import InfrastructureError
from harness.execution.blame import Attempt, Ending, Loss, next_attempts, verdict
from harness.execution.scoring import Assignment
from harness.execution.work import Work
from harness.execution.worker import Ready, Worker, process_context
from harness.records.environment import Environment
from harness.records.record import ScoreRecord

__all__ = ["AwakeClock", "WorkerPool"]

_LOOK_S = 0.1
_LONGEST_S = 2.0
"""A watcher looks several times a second; a longer pause means that it slept itself."""
_AHEAD = 2  # one to work on and one waiting, so that no worker waits for its next
_FALSE_STARTS = 3


class WorkerPool:
    """Worker processes that score; one thread may use it.

    The first process is started by the first call of `score`; they live until `stop`.
    """

    def __init__(self, work: Work, workers: int, clock: AwakeClock | None = None) -> None:
        self._work = work
        self._size = workers
        self._context = process_context()
        self._workers: list[Worker] = []
        self._again: deque[Attempt] = deque()
        self._clock = clock or AwakeClock()
        self._false_starts = 0
        self._environment = work.environment

    @property
    def environment(self) -> Environment:
        """Where its processes run; known as soon as there is a record."""
        if self._environment is None:
            raise InfrastructureError("no worker process has started yet; ask for scores first")
        return self._environment

    def start(self) -> None:
        """Start one process, and wait until it has loaded everything.

        Raises:
            InfrastructureError: It cannot.
        """
        while not any(worker.ready for worker in self._workers):
            if not self._workers:
                self._workers.append(Worker(self._context, self._work))
            wait([worker.connection for worker in self._workers], timeout=_LOOK_S)
            for worker in tuple(self._workers):
                deque(self._answers(worker), maxlen=0)

    def score(self, assignments: Iterable[Assignment]) -> Iterator[ScoreRecord]:
        """Score every assignment; records come in the order in which they are ready.

        A worker that dies, takes too long or too much memory on an architecture is replaced, and
        its plugins are asked again one by one in fresh processes, so that only the guilty one
        fails.

        Raises:
            InfrastructureError: Workers cannot be started.
        """
        source = iter(assignments)
        while True:
            self._hand_out(source)
            if not any(worker.asked for worker in self._workers):
                return
            wait([worker.connection for worker in self._workers], timeout=_LOOK_S)
            elapsed_s = self._clock.elapsed_s()
            for worker in tuple(self._workers):
                yield from self._answers(worker)
            for worker in tuple(self._workers):
                yield from self._overdue(worker, elapsed_s)

    def stop(self) -> None:
        """End all processes."""
        for worker in self._workers:
            worker.stop()
        self._workers.clear()

    def _hand_out(self, source: Iterator[Assignment]) -> None:
        """Ask every process that waits or soon will; start processes as long as there is work."""
        for waiting in range(_AHEAD):
            for number in range(self._size):
                busy = len(self._workers[number].asked) if number < len(self._workers) else 0
                if busy > waiting:
                    continue
                attempt = self._next(source, alone=busy == 0)
                if attempt is None:
                    return
                self._at(number, attempt).ask(attempt)

    def _next(self, source: Iterator[Assignment], *, alone: bool) -> Attempt | None:
        if self._again and (alone or not self._again[0].fresh):
            return self._again.popleft()
        assignment = next(source, None)
        return None if assignment is None else Attempt(assignment=assignment)

    def _at(self, number: int, attempt: Attempt) -> Worker:
        """Return the process of a number; a new one where none is, or where one must be fresh."""
        if number < len(self._workers):
            worker = self._workers[number]
            if not (attempt.fresh and worker.answered):
                return worker
            worker.stop()
            self._workers[number] = Worker(self._context, self._work)
            return self._workers[number]
        self._workers.append(Worker(self._context, self._work))
        return self._workers[-1]

    def _answers(self, worker: Worker) -> Iterator[ScoreRecord]:
        try:
            while worker.connection.poll():
                answer = worker.answer()
                if isinstance(answer, Ready):
                    self._welcome(answer)
                else:
                    yield answer
        except EOFError:
            yield from self._lost(worker, Loss(ending=Ending.DIED, exit_code=worker.exit_code))

    def _welcome(self, ready: Ready) -> None:
        self._false_starts = 0
        for name, key in self._work.keys.items():
            if ready.keys[name] != key:
                raise InfrastructureError(
                    f"a worker on {ready.environment.system} loads {name} as {ready.keys[name]}, "
                    f"but {key} was asked for; install the same versions everywhere, and edit no "
                    f"plugin while it runs"
                )
        self._environment = ready.environment

    def _overdue(self, worker: Worker, elapsed_s: float) -> Iterator[ScoreRecord]:
        if not (worker.ready and worker.asked):
            return
        worker.used_s += elapsed_s
        limits = self._work.limits
        if worker.used_s > limits.timeout_s:
            yield from self._lost(worker, Loss(ending=Ending.TIMEOUT))
        elif limits.memory_bytes is not None and worker.resident_bytes() > limits.memory_bytes:
            yield from self._lost(worker, Loss(ending=Ending.MEMORY))

    def _lost(self, worker: Worker, loss: Loss) -> Iterator[ScoreRecord]:
        """Take a process away and decide on what it was asked."""
        worker.stop()
        self._workers.remove(worker)
        if not worker.ready:
            self._count_false_start(loss)
            self._again.extendleft(reversed(worker.asked))
            return
        if not worker.asked:
            return
        attempt = worker.asked.popleft()
        self._again.extendleft(reversed(worker.asked))
        again = next_attempts(attempt, loss)
        self._again.extend(again)
        if not again:
            yield self._failed(attempt.assignment, loss)

    def _count_false_start(self, loss: Loss) -> None:
        self._false_starts += 1
        if self._false_starts >= _FALSE_STARTS:
            raise InfrastructureError(
                f"worker processes that load {', '.join(self._work.keys)} die while they start "
                f"(exit code {loss.exit_code}); run with --workers 0 to see why"
            )

    def _failed(self, assignment: Assignment, loss: Loss) -> ScoreRecord:
        failure = verdict(loss, self._work.limits)
        return self._work.failed_record(assignment, self.environment.key, failure)


@dataclass(slots=True)
class AwakeClock:
    """Counts seconds between looks, but a long pause as a short one.

    The monotonic clock of Linux and macOS stops with the machine; that of Windows, and any clock
    while a process or a virtual machine is stopped, does not. Whoever was stopped together with
    its workers must not take the pause for their slowness.

    Attributes:
        now: Seconds of a monotonic clock.
    """

    now: Callable[[], float] = time.monotonic
    _last: float = field(init=False)

    def __post_init__(self) -> None:
        self._last = self.now()

    def elapsed_s(self) -> float:
        """Return the seconds since the last look, as far as this process was awake."""
        now = self.now()
        elapsed, self._last = now - self._last, now
        return min(elapsed, _LONGEST_S)
