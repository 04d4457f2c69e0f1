"""Worker processes under supervision: each may hang, die or swell without harm to the others."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from multiprocessing.connection import wait

from harness.core.errors import InfrastructureError
from harness.execution.awake import AwakeClock
from harness.execution.blame import Attempt, Ending, Loss, next_attempts, verdict
from harness.execution.scoring import Assignment
from harness.execution.work import Work
from harness.execution.worker import Cell, Ready, process_context
from harness.records.environment import Environment
from harness.records.record import PluginScore, ScoreRecord

__all__ = ["Crew"]

_LOOK_S = 0.1
_AHEAD = 2  # one to work on and one waiting, so that no worker waits for its next
_FALSE_STARTS = 3


class Crew:
    """Worker processes that score; one thread may use it.

    The first process is started by the first call of `score`; they live until `stop`.
    """

    def __init__(self, work: Work, workers: int, clock: AwakeClock | None = None) -> None:
        self._work = work
        self._workers = workers
        self._context = process_context()
        self._cells: list[Cell] = []
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
        while not any(one.ready for one in self._cells):
            if not self._cells:
                self._cells.append(Cell(self._context, self._work))
            wait([one.connection for one in self._cells], timeout=_LOOK_S)
            for cell in tuple(self._cells):
                deque(self._answers(cell), maxlen=0)

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
            if not any(one.asked for one in self._cells):
                return
            wait([one.connection for one in self._cells], timeout=_LOOK_S)
            elapsed_s = self._clock.elapsed_s()
            for cell in tuple(self._cells):
                yield from self._answers(cell)
            for cell in tuple(self._cells):
                yield from self._overdue(cell, elapsed_s)

    def stop(self) -> None:
        """End all processes."""
        for cell in self._cells:
            cell.stop()
        self._cells.clear()

    def _hand_out(self, source: Iterator[Assignment]) -> None:
        """Ask every process that waits or soon will; start processes as long as there is work."""
        for waiting in range(_AHEAD):
            for place in range(self._workers):
                busy = len(self._cells[place].asked) if place < len(self._cells) else 0
                if busy > waiting:
                    continue
                attempt = self._next(source, alone=busy == 0)
                if attempt is None:
                    return
                self._at(place, attempt).ask(attempt)

    def _next(self, source: Iterator[Assignment], *, alone: bool) -> Attempt | None:
        if self._again and (alone or not self._again[0].fresh):
            return self._again.popleft()
        assignment = next(source, None)
        return None if assignment is None else Attempt(assignment=assignment)

    def _at(self, place: int, attempt: Attempt) -> Cell:
        """Return the process of a place; a new one where none is, or where one must be fresh."""
        if place < len(self._cells):
            cell = self._cells[place]
            if not (attempt.fresh and cell.answered):
                return cell
            cell.stop()
            self._cells[place] = Cell(self._context, self._work)
            return self._cells[place]
        self._cells.append(Cell(self._context, self._work))
        return self._cells[-1]

    def _answers(self, cell: Cell) -> Iterator[ScoreRecord]:
        try:
            while cell.connection.poll():
                answer = cell.answer()
                if isinstance(answer, Ready):
                    self._welcome(answer)
                else:
                    yield answer
        except EOFError:
            yield from self._lost(cell, Loss(ending=Ending.DIED, exit_code=cell.exit_code))

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

    def _overdue(self, cell: Cell, elapsed_s: float) -> Iterator[ScoreRecord]:
        if not (cell.ready and cell.asked):
            return
        cell.used_s += elapsed_s
        limits = self._work.limits
        if cell.used_s > limits.timeout_s:
            yield from self._lost(cell, Loss(ending=Ending.TIMEOUT))
        elif limits.memory_bytes is not None and cell.resident_bytes() > limits.memory_bytes:
            yield from self._lost(cell, Loss(ending=Ending.MEMORY))

    def _lost(self, cell: Cell, loss: Loss) -> Iterator[ScoreRecord]:
        """Take a process away and decide on what it was asked."""
        cell.stop()
        self._cells.remove(cell)
        if not cell.ready:
            self._count_false_start(loss)
            self._again.extendleft(reversed(cell.asked))
            return
        if not cell.asked:
            return
        attempt = cell.asked.popleft()
        self._again.extendleft(reversed(cell.asked))
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
        return ScoreRecord(
            architecture=assignment.architecture.text,
            environment=self.environment.key,
            passes={},
            scores={self._work.keys[assignment.plugins[0]]: PluginScore.of(failure, None, ())},
        )
