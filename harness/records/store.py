"""A results folder: one append-only score log a condition, safe against being killed.

Layout::

    runs/<condition>/condition.json      the condition, readable
    runs/<condition>/scores.jsonl        one line an observed architecture
    runs/environments/<environment>.json
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

from pydantic import ValidationError

from harness.core.errors import DataError, InfrastructureError
from harness.core.files import inside, put
from harness.records.condition import Condition
from harness.records.environment import Environment
from harness.records.lines import drop_incomplete_line, whole_lines, write_whole
from harness.records.record import ScoreRecord, decode, encode
from harness.records.scores import Scores

__all__ = ["ScoreLog", "Store", "unwritable"]


class ScoreLog:
    """The open end of one score log; only one process holds it at a time."""

    def __init__(self, stream: FileIO, path: Path, environments: Path) -> None:
        self._stream = stream
        self._path = path
        self._environments = environments
        self._described: set[str] = set()

    def describe(self, environment: Environment) -> None:
        """Store the environment that records refer to, before the first of them.

        Raises:
            InfrastructureError: The disk is full or the file cannot be written.
        """
        if environment.key in self._described:
            return
        _store_environment(self._environments, environment)
        self._described.add(environment.key)

    def append(self, record: ScoreRecord) -> ScoreRecord:
        """Write one record; it is on file when this returns, whatever happens to the process.

        Returns:
            The record as it will be read back, costs rounded as in the file.

        Raises:
            InfrastructureError: The disk is full or the file cannot be written.
        """
        line = encode(record)
        try:
            write_whole(self._stream, line.encode())
        except OSError as error:
            raise unwritable(self._path, error) from error
        return decode(line, str(self._path))


class Store:
    """All score logs under one results folder."""

    def __init__(self, root: Path) -> None:
        self._runs = root / "runs"
        self._environments = self._runs / "environments"

    def read(self, condition: Condition) -> Scores:
        """Read what is stored for a condition; empty when nothing is.

        A last line without its end was cut off by a kill: it is left out with a warning, and a
        later `appending` removes it.

        Raises:
            DataError: A line is damaged; the message names the file and the line.
        """
        path = self._path(condition)
        scores = Scores()
        if not path.exists():
            return scores
        self._verify(condition)
        for line, where in whole_lines(path, "its architecture is scored again"):
            scores.add(decode(line, where))
        return scores

    def conditions(self) -> tuple[Condition, ...]:
        """Return the conditions that anything is stored for.

        Raises:
            DataError: A folder does not say what it holds, or says something else than its name.
        """
        found = []
        for path in sorted(self._runs.glob("*/scores.jsonl")):
            condition = _read_condition(path.with_name("condition.json"))
            if condition.key != path.parent.name:
                raise _of_other_conditions(path.with_name("condition.json"))
            found.append(condition)
        return tuple(found)

    def records(self, condition: Condition) -> Iterator[ScoreRecord]:
        """Yield what is stored for a condition, record by record, as `read` does.

        Raises:
            DataError: A line is damaged; the message names the file and the line.
        """
        for line, where in whole_lines(self._path(condition), "its architecture is left out"):
            yield decode(line, where)

    @contextmanager
    def locked(self, condition: Condition) -> Iterator[Path]:
        """Yield the path of a condition's log while no other process may write to it.

        Raises:
            InfrastructureError: The folder cannot be written, or another process has it open.
        """
        from filelock import FileLock, Timeout

        path = self._path(condition)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(path.parent / ".lock", timeout=0)
            lock.acquire()
        except Timeout as error:
            raise InfrastructureError(
                f"another run is writing to {path.parent}; wait for it, or use another --results"
            ) from error
        except OSError as error:
            raise InfrastructureError(
                f"cannot write to the results folder {path.parent}: {error.strerror}; "
                f"choose another one with --results"
            ) from error
        with lock:
            try:
                _put_once(path.parent / "condition.json", condition)
                drop_incomplete_line(path)
            except OSError as error:
                raise unwritable(path, error) from error
            yield path

    @contextmanager
    def appending(
        self, condition: Condition, environment: Environment | None
    ) -> Iterator[ScoreLog]:
        """Open a condition's log for writing.

        Args:
            condition: The condition.
            environment: Where records will come from; absent when they say it themselves.

        Raises:
            InfrastructureError: The folder cannot be written, or another process has it open.
        """
        with self.locked(condition) as path:
            try:
                stream = path.open("ab", buffering=0)
            except OSError as error:
                raise unwritable(path, error) from error
            with stream:
                log = ScoreLog(stream, path, self._environments)
                if environment is not None:
                    log.describe(environment)
                yield log
                os.fsync(stream.fileno())

    def describe(self, environment: Environment) -> None:
        """Store an environment that records refer to, unless it is there.

        Raises:
            InfrastructureError: The disk is full or the file cannot be written.
        """
        _store_environment(self._environments, environment)

    def environments(self) -> dict[str, Environment]:
        """Return the stored environments by key.

        Raises:
            DataError: A file is damaged.
        """
        found = (_read_environment(one) for one in self._environments.glob("*.json"))
        return {one.key: one for one in found}

    def _path(self, condition: Condition) -> Path:
        return inside(self._runs.parent, self._runs / condition.key / "scores.jsonl")

    def _verify(self, condition: Condition) -> None:
        path = self._path(condition).parent / "condition.json"
        if _read_condition(path) != condition:
            raise _of_other_conditions(path)


def _read_condition(path: Path) -> Condition:
    try:
        return Condition.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise DataError(
            f"{path} cannot be read, so the scores beside it cannot be trusted; "
            f"move the folder {path.parent.name} away and run again"
        ) from error


def _read_environment(path: Path) -> Environment:
    try:
        return Environment.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise DataError(
            f"{path} cannot be read, so nobody can say whose costs refer to it; delete it, and the "
            "next run on that machine writes it again"
        ) from error


def _of_other_conditions(path: Path) -> DataError:
    return DataError(f"{path} describes other conditions than its folder's name says")


def _store_environment(folder: Path, environment: Environment) -> None:
    path = folder / f"{environment.key}.json"
    try:
        _put_once(path, environment)
    except OSError as error:
        raise unwritable(path, error) from error


def _put_once(path: Path, model: Condition | Environment) -> None:
    if not path.exists():
        put(path, model.model_dump_json(indent=2) + "\n")


def unwritable(path: Path, error: OSError) -> InfrastructureError:
    """Return the error for a file of a results folder that the system does not let grow."""
    return InfrastructureError(
        f"cannot write to {path}: {error.strerror}; what was stored so far is safe, "
        f"free some space and run the same command again"
    )
