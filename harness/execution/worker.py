"""One worker process, seen from both of its ends."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from queue import SimpleQueue
from types import ModuleType
from typing import Any

from harness.core.errors import InfrastructureError, sentence_of
from harness.core.output import print_to_errors
from harness.execution.blame import Attempt
from harness.execution.scoring import Assignment, Scorer
from harness.execution.work import Work, settle_work
from harness.passes.allocator import keep_freed_memory
from harness.records.environment import Environment
from harness.records.record import ScoreRecord

__all__ = [
    "Ready",
    "Worker",
    "WorkersUnavailableError",
    "process_context",
    "questions_of",
    "start_process",
]

_JOIN_S = 5.0
_ONE_MAIN_MODULE = threading.Lock()
"""Threads hide the main module by turns, or one would take the other's stand-in for it."""


class WorkersUnavailableError(InfrastructureError):
    """The system starts no process here: a daemon, a sandbox, too many processes."""


def process_context() -> BaseContext:
    """Return how worker processes are started.

    Where the system can, they are forked from a server that has imported torch and done nothing
    else: a lost worker is then replaced in a tenth of a second instead of three.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["torch", "harness.execution.worker"])
    return context


def start_process(
    serve: Callable[..., None],
    *arguments: object,
    context: BaseContext | None = None,
    daemon: bool = True,
) -> tuple[BaseProcess, Connection]:
    """Start a process that serves one end of a pipe, and return it with the other end.

    Args:
        serve: A function of a module; called with its end of the pipe and the arguments.
        *arguments: Values that can be pickled.
        context: How processes are started, where one is at hand.
        daemon: Whether it ends with this process, and can start none of its own.

    Raises:
        WorkersUnavailableError: The system starts no process here.
    """
    chosen = context or process_context()
    ours, theirs = chosen.Pipe()
    try:
        process: BaseProcess = chosen.Process(  # type: ignore[attr-defined]
            target=serve, args=(theirs, *arguments), daemon=daemon
        )
        if chosen.get_start_method() == "forkserver":
            _start_fork_server()
        with _without_main_module():
            process.start()
    except (OSError, RuntimeError, EOFError, AssertionError) as error:
        ours.close()
        raise WorkersUnavailableError(f"worker processes cannot be started ({error})") from error
    finally:
        theirs.close()
    return process, ours


def _start_fork_server() -> None:
    """Start the server that processes are forked from, deaf to Ctrl-C while it imports torch.

    Python lets it ignore the signal only after its imports, which would end in a traceback beside
    the sentence of the command.
    """
    from multiprocessing import forkserver, resource_tracker

    resource_tracker.ensure_running()  # it would let signals in again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def questions_of(connection: Connection) -> Iterator[Any]:
    """Return what a process is asked, and end it with whoever asks, even amid a hung plugin.

    It starts a thread: a process that is to be confined enters its confinement first.
    """
    asked: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_receive, args=(connection, asked), daemon=True).start()
    return map(pickle.loads, iter(asked.get, None))


@contextmanager
def _without_main_module() -> Iterator[None]:
    """Let a process start that does not run the program's main module again.

    Workers need nothing of it: functions of the program travel by value. A script without a main
    guard would otherwise start itself anew in every worker, and one that came from standard input
    or a notebook is no file that a worker could read.
    """
    with _ONE_MAIN_MODULE:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """Word of a worker process that it has loaded everything.

    Attributes:
        environment: Where it runs.
        keys: Keys of the plugins as it loaded them, by name.
    """

    environment: Environment
    keys: Mapping[str, str]


class Worker:
    """A worker process and what it was asked; one thread may use it.

    Attributes:
        asked: What it was asked and has not answered; it works on the first.
        answered: Number of answers.
        used_s: Seconds spent on the first.
        ready: Its word that it has loaded all plugins; absent until then.
    """

    def __init__(self, context: BaseContext, work: Work) -> None:
        self.asked: deque[Attempt] = deque()
        self.answered = 0
        self.used_s = 0.0
        self.ready: Ready | None = None
        self._process, self.connection = start_process(_serve, work, context=context)

    @property
    def exit_code(self) -> int | None:
        """How the process ended; absent while it runs."""
        self._process.join(_JOIN_S)
        code: int | None = self._process.exitcode
        return code

    def ask(self, attempt: Attempt) -> None:
        """Send an attempt; a process that is gone is noticed at the next `answer`."""
        self.asked.append(attempt)
        try:
            self.connection.send(attempt.assignment)
        except (BrokenPipeError, ConnectionResetError):
            return

    def answer(self) -> ScoreRecord | Ready:
        """Receive what is there: the record of the first attempt, or word that it is ready.

        Raises:
            EOFError: The process is gone.
            InfrastructureError: It cannot load a plugin.
        """
        try:
            message = self.connection.recv()
        except ConnectionResetError as error:
            raise EOFError from error
        match message:
            case ScoreRecord():
                self.asked.popleft()
                self.answered += 1
                self.used_s = 0.0
                return message
            case Ready():
                self.ready = message
                return message
            case _:
                raise InfrastructureError(
                    f"worker processes cannot be started ({message}); run with --workers 0 to see "
                    f"why"
                )

    def resident_bytes(self) -> int:
        """Return the memory that the process holds now; 0 when it is gone."""
        import psutil

        try:
            return int(psutil.Process(self._process.pid).memory_info().rss)
        except psutil.Error:
            return 0

    def stop(self) -> None:
        """End the process; it holds nothing that could be lost."""
        self._process.kill()
        self._process.join(_JOIN_S)
        self.connection.close()


def _serve(connection: Connection, work: Work) -> None:
    """Score what comes, in the worker process, until whoever asks is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asked
    print_to_errors()
    if work.settings.keep_memory:
        keep_freed_memory()
    if work.settings.device == "cuda":
        # CUDA reads it once; without a workspace of fixed size, products add up in varying order.
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    if work.confinement is not None:
        work.confinement.enter()
    assignments: Iterator[Assignment] = questions_of(connection)
    try:
        settings, environment = settle_work(work)
        scorer = Scorer(settings)
    except Exception as error:  # noqa: BLE001 - whatever a plugin's import raises is told
        connection.send(sentence_of(error))
        return
    with suppress(BrokenPipeError, ConnectionResetError):  # whoever asked is gone
        connection.send(Ready(environment=environment, keys=scorer.keys))
        for assignment in assignments:
            connection.send(scorer.score(assignment))


def _receive(connection: Connection, asked: SimpleQueue[bytes]) -> None:
    """Take in what is asked until whoever asks is gone; then the process ends."""
    try:
        while True:
            asked.put(connection.recv_bytes())
    except (EOFError, OSError):
        os._exit(0)
