"""The fits of one task in a results folder: one append-only log, safe against being killed.

Layout::

    learning/<task>/fits.jsonl           one line a fit
    learning/environments/<key>.json     machines and versions that lines refer to
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.core.errors import InfrastructureError
from harness.core.files import put
from harness.learning.record import FitRecord, decode, encode
from harness.records.environment import Environment
from harness.records.lines import drop_incomplete_line, whole_lines

__all__ = ["FitLog"]


class FitLog:
    """All stored fits of one task, by key."""

    def __init__(self, results: Path, task: str) -> None:
        stem = Path(task).stem if task.endswith(".toml") else task
        self._folder = results / "learning"
        self._path = self._folder / stem / "fits.jsonl"

    def read(self) -> dict[str, FitRecord]:
        """Return what is stored, by key; of two records the later one holds.

        Raises:
            DataError: A line is damaged; the message names the file and the line.
        """
        found = {}
        for line, where in whole_lines(self._path, "that fit is done again"):
            record = decode(line, where)
            found[record.key] = record
        return found

    @contextmanager
    def appending(self, environment: Environment) -> Iterator[Callable[[FitRecord], None]]:
        """Open the log; yields the function that stores a record before it returns.

        Raises:
            InfrastructureError: The folder cannot be written, or another process has it open.
        """
        from filelock import FileLock, Timeout

        lock = FileLock(self._path.parent / ".lock", timeout=0)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._describe(environment)
            lock.acquire()
        except Timeout as error:
            raise InfrastructureError(
                f"another process is fitting into {self._path.parent}; wait for it, or use "
                "another --results"
            ) from error
        except OSError as error:
            raise self._unwritable(error) from error
        with lock:
            drop_incomplete_line(self._path)
            with self._path.open("ab") as stream:

                def append(record: FitRecord) -> None:
                    try:
                        stream.write(encode(record).encode())
                        stream.flush()
                    except OSError as error:
                        raise self._unwritable(error) from error

                yield append
                os.fsync(stream.fileno())

    def _unwritable(self, error: OSError) -> InfrastructureError:
        return InfrastructureError(
            f"cannot write to {self._path}: {error.strerror}; what was stored so far is safe, "
            "free some space or choose another folder with --results"
        )

    def _describe(self, environment: Environment) -> None:
        path = self._folder / "environments" / f"{environment.key}.json"
        if path.exists():
            return
        put(path, environment.model_dump_json(indent=2) + "\n")
