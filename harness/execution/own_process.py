"""A process of its own for a plugin from outside, wherever it is not scored by a run."""

from __future__ import annotations

import signal
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from harness.catalog import FromSettings, LoadedPlugin, Origin
from harness.core.errors import ContractError, HarnessError, sentence_of
from harness.core.output import print_to_errors
from harness.execution.worker import questions_of, start_process
from harness.spaces.registry import SpaceOrigin, spaces_of_files

__all__ = ["OwnProcess", "load_plugin"]

T = TypeVar("T")

_JOIN_S = 5.0


@cache
def load_plugin(origin: Origin, name: str) -> LoadedPlugin[Any]:
    """Load a plugin once in a process, from where it comes from."""
    if isinstance(origin, FromSettings):
        return origin.load()
    return {loaded.name: loaded for loaded in origin.load_all()}[name]


class OwnProcess:
    """Calls functions in a process in which nothing but one plugin from outside is at work.

    It is started by the first call and ends with this object, or with the program.

    Attributes:
        name: The plugin, as messages call it.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._running: _Running | None = None

    def call(self, function: Callable[..., T], *arguments: object) -> T:
        """Call a function of a module there, and return or raise what it does.

        Args:
            function: Known by its module and name; loads plugins by `load_plugin`.
            *arguments: Values that can be pickled.

        Raises:
            ContractError: The process died, or the function raised what no process can be told.
            WorkersUnavailableError: The system starts no process here.
        """
        if self._running is None:
            self._running = _Running.start()
            weakref.finalize(self, self._running.stop)
        try:
            self._running.connection.send((spaces_of_files(), function, arguments))
            result, error = self._running.connection.recv()
        except (EOFError, BrokenPipeError, ConnectionResetError) as lost:
            code = self._running.stop()
            self._running = None
            raise ContractError(f"the process of {self.name} died (exit code {code})") from lost
        if error is not None:
            raise error
        value: T = result
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class _Running:
    process: BaseProcess
    connection: Connection

    @classmethod
    def start(cls) -> _Running:
        process, connection = start_process(_serve)
        return cls(process=process, connection=connection)

    def stop(self) -> int | None:
        """End the process, and return its exit code."""
        self.connection.close()
        self.process.join(_JOIN_S)
        code = self.process.exitcode
        self.process.kill()
        return code


def _serve(connection: Connection) -> None:
    """Call what is asked for, in the process, until whoever asks is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asked
    print_to_errors()
    for question in questions_of(connection):
        connection.send(_answer(*question))


def _answer(
    spaces: Sequence[SpaceOrigin], function: Callable[..., object], arguments: tuple[object, ...]
) -> tuple[object, HarnessError | None]:
    try:
        for space in spaces:
            space.load()
        return function(*arguments), None
    except HarnessError as error:
        return None, error
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a plugin raises is told
        return None, ContractError(sentence_of(error))
