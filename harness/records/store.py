"""A results folder: logs that grow, segments that are sealed, and the environments they refer to.

Layout::

    environments/<environment>.json                    machines and versions that records refer to
    runs/<condition>/condition.json                    the condition of some scores, readable
    runs/<condition>/scores.jsonl                      one line an observed architecture
    runs/<condition>/scores-000001.jsonl               a finished log that is being sealed
    runs/<condition>/scores-000001-00.<digest>.parquet the same in columns, sealed

A log is the truth of a run in progress. Once it is long enough it gets a number, is sealed part by
part, and is deleted when all parts are on disk and verified. As long as a numbered log is there,
its segments count for nothing: a kill at any moment loses no record and doubles none.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias, TypeVar

from pydantic import ValidationError

from harness.core.errors import DataError
from harness.core.files import inside, put
from harness.records.block import Block
from harness.records.condition import Condition, read_condition
from harness.records.condition_folder import has_scores, held, next_number, numbered_logs, state
from harness.records.environment import Environment
from harness.records.growing_block import GrowingBlock
from harness.records.log import OpenLog, RecordKind, RecordLog, unwritable
from harness.records.record import ScoreRecord, decode, encode
from harness.records.scores import Members, Scores
from harness.records.segments import open_segment, segment_paths, sync_folder, write_segment

__all__ = ["ScoreLog", "Store", "Stored", "seal_log"]

R = TypeVar("R")

Stored: TypeAlias = tuple[Block, Path | None]
"""Some records in columns, and their segment; None of those of a log."""

_LOG = logging.getLogger(__name__)
_SCORES: RecordKind[ScoreRecord] = RecordKind(
    encode=encode,
    decode=decode,
    again="its architecture is scored again",
    busy="another run is writing to",
)
_ENVIRONMENTS = ("environments", "runs/environments", "learning/environments",
                 "operations/environments")  # fmt: skip
"""Where environments lie, and where version 0.1 wrote those of each kind of records."""

_SEGMENT_SCORES = 100_000
"""Scores of a segment; while it is written they take some ten megabytes of memory."""
SEGMENT_BYTES = 64 * 2**20
"""Length of a log, or a part of one, that becomes a segment while a run goes on."""
SHORT_BYTES = 2**20
"""A log that is no longer than this when its run ends stays a log: it is read at once."""


class Store:
    """All records under one results folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._runs = root / "runs"

    def read(
        self,
        condition: Condition,
        archived: Sequence[Block] = (),
        members: Mapping[str, Members] | None = None,
    ) -> Scores:
        """Read what is stored for a condition; empty when nothing is.

        Args:
            condition: The condition.
            archived: What an archive holds of it.
            members: By key of a plugin, of which others its scores are made where it has none.

        A last line without its end was cut off by a kill: it is left out with a warning, and a
        later `appending` removes it. A damaged segment is left out with a warning too, and so are
        the scores of a folder that was renamed.

        Raises:
            DataError: A line is damaged; the message names the file and the line.
        """
        folder = self._folder(condition)
        if not has_scores(folder):
            self._warn_of_renamed(condition)
            return Scores((), archived, members)
        known = read_condition(folder / "condition.json")
        if known != condition:
            raise _of_other_conditions(folder / "condition.json", known)
        scores = Scores((), archived, members)
        _load(folder, scores)
        return scores

    def conditions(self) -> tuple[Condition, ...]:
        """Return the conditions that anything is stored for.

        Raises:
            DataError: A folder does not say what it holds, or says something else than its name.
        """
        conditions = []
        for folder in sorted(self._runs.glob("*/")):
            if not has_scores(folder):
                continue
            condition = read_condition(folder / "condition.json")
            if condition.key != folder.name:
                raise _of_other_conditions(folder / "condition.json", condition)
            conditions.append(condition)
        return tuple(conditions)

    def records(self, condition: Condition) -> Iterator[ScoreRecord]:
        """Yield what is stored for a condition, record by record, earlier ones first.

        Raises:
            DataError: A line or a segment is damaged; the message names it.
        """
        with held(self._folder(condition)) as files:
            for path in files.segments:
                yield from open_segment(path).records()
            for path, stream in files.logs:
                yield from _log(path).decoded(stream)

    def blocks(self, condition: Condition) -> Iterator[Stored]:
        """Yield what is stored for a condition in columns, earlier records first.

        Raises:
            DataError: A line or a segment is damaged; the message names it.
        """
        with held(self._folder(condition)) as files:
            for path in files.segments:
                yield open_segment(path), path
            for path, stream in files.logs:
                block = GrowingBlock()
                for record in _log(path).decoded(stream):
                    block.add(record)
                yield block.block(), None

    @contextmanager
    def locked(self, condition: Condition) -> Iterator[RecordLog[ScoreRecord]]:
        """Yield a condition's log while no other process may write to it.

        Raises:
            InfrastructureError: The folder cannot be written, or another process has it open.
            DataError: A line of a log that was being sealed is damaged.
        """
        folder = self._folder(condition)
        log = _log(inside(folder, folder / "scores.jsonl"))
        with log.locked():
            try:
                _put_once(folder / "condition.json", condition)
            except OSError as error:
                raise unwritable(log.path, error) from error
            seal_finished_logs(folder)
            yield log

    @contextmanager
    def appending(
        self,
        condition: Condition,
        environment: Environment | None = None,
        scores: Scores | None = None,
    ) -> Iterator[ScoreLog]:
        """Open a condition's log for writing; seal it afterwards if it is long.

        Args:
            condition: The condition.
            environment: Where records will come from; absent when they say it themselves.
            scores: What was read of the condition; takes in what is written, and before that what
                another process has written since it was read.

        Raises:
            InfrastructureError: The folder cannot be written, or another process has it open.
        """
        with self.locked(condition) as log:
            outdated = scores is not None and scores.read_from != state(log.path.parent)
            if scores is not None and outdated:
                _load(log.path.parent, scores)
            opened = ScoreLog(self, log, scores, reread=outdated)
            try:
                if environment is not None:
                    opened.describe(environment)
                yield opened
            finally:
                opened.close()

    def log(self, path: str, kind: RecordKind[R]) -> RecordLog[R]:
        """Return a log of other records than scores, by its path in the results folder.

        Raises:
            InfrastructureError: The path leads out of the folder.
        """
        return RecordLog(path=inside(self._root, self._root / path), kind=kind)

    @contextmanager
    def writing(self, log: RecordLog[R], environment: Environment) -> Iterator[OpenLog[R]]:
        """Open a log of other records than scores, whose environment is described before them.

        Raises:
            InfrastructureError: The folder cannot be written, or another process has it open.
        """
        with log.locked():
            self.describe(environment)
            opened = log.open()
            try:
                yield opened
            finally:
                opened.close()

    def describe(self, environment: Environment) -> None:
        """Store an environment that records refer to, unless it is there.

        Raises:
            InfrastructureError: The disk is full or the file cannot be written.
        """
        path = self._root / _ENVIRONMENTS[0] / f"{environment.key}.json"
        try:
            _put_once(path, environment)
        except OSError as error:
            raise unwritable(path, error) from error

    def environments(self) -> dict[str, Environment]:
        """Return the stored environments by key.

        Raises:
            DataError: A file is damaged.
        """
        paths = (path for name in _ENVIRONMENTS for path in (self._root / name).glob("*.json"))
        environments = (_read_environment(path) for path in paths)
        return {environment.key: environment for environment in environments}

    def _warn_of_renamed(self, condition: Condition) -> None:
        written = _text(condition).encode()
        for path in self._runs.glob("*/condition.json"):
            if path.read_bytes() == written and has_scores(path.parent):
                _LOG.warning(
                    "%s holds scores of these conditions, and nothing of it is reused: it was "
                    "renamed; name it %s again",
                    path.parent,
                    condition.key,
                )

    def _folder(self, condition: Condition) -> Path:
        return inside(self._root, self._runs / condition.key)


class ScoreLog:
    """The open end of a condition's log; only one process holds it at a time.

    Attributes:
        reread: Whether another process had written since the scores were read.
    """

    def __init__(
        self,
        store: Store,
        log: RecordLog[ScoreRecord],
        scores: Scores | None = None,
        *,
        reread: bool = False,
    ) -> None:
        self.reread = reread
        self._store = store
        self._log = log
        self._scores = scores
        self._described: set[str] = set()
        self._open = log.open()

    def describe(self, environment: Environment) -> None:
        """Store the environment that records refer to, before the first of them.

        Raises:
            InfrastructureError: The disk is full or the file cannot be written.
        """
        if environment.key not in self._described:
            self._store.describe(environment)
            self._described.add(environment.key)

    def append(self, *records: ScoreRecord) -> None:
        """Write records; they are on file when this returns, whatever happens to the process.

        Raises:
            InfrastructureError: The disk is full or the file cannot be written; none of them is
                there then.
        """
        self._open.append(*records)
        if self._scores is not None:
            for record in records:
                self._scores.add(record)
        if self._open.size_bytes >= SEGMENT_BYTES:
            self._open.close()
            self._seal()
            self._open = self._log.open()

    def close(self) -> None:
        """Bring everything to disk, and seal the log unless it is short."""
        self._open.close()
        if self._open.size_bytes > SHORT_BYTES:
            self._seal()
        elif self._scores is not None:
            self._scores.read_from = state(self._log.path.parent)

    def _seal(self) -> None:
        if seal_log(self._log.path) and self._scores is not None:
            _load(self._log.path.parent, self._scores)


def seal_log(path: Path) -> bool:
    """Turn a log that nobody writes to into segments; it stays a log where the disk is full.

    Returns:
        Whether all logs beside it are sealed now.

    Raises:
        DataError: A line is damaged; the message names the file and the line.
    """
    folder = path.parent
    path.rename(folder / f"scores-{next_number(folder):06d}.jsonl")
    return seal_finished_logs(folder)


def seal_finished_logs(folder: Path) -> bool:
    """Seal the logs that have a number, as `seal_log` does with one."""
    for number, path in numbered_logs(folder).items():
        try:
            _seal(number, path)
        except OSError as error:
            _LOG.warning("%s cannot be sealed (%s) and stays a log", path, error.strerror)
            return False
    return True


def _seal(number: int, path: Path) -> None:
    folder = path.parent
    for stale in segment_paths(folder).get(number, ()):
        stale.unlink()
    block, part = GrowingBlock(), 0
    for record in _log(path).read():
        block.add(record)
        if block.scores >= _SEGMENT_SCORES:
            write_segment(block, folder, number, part)
            block, part = GrowingBlock(), part + 1
    if block.rows:
        write_segment(block, folder, number, part)
    path.unlink()
    sync_folder(folder)


def _load(folder: Path, scores: Scores) -> None:
    """Read what lies in a folder; say of each segment that is damaged that it is left out."""
    with held(folder) as files:
        blocks = []
        for path in files.segments:
            try:
                blocks.append(open_segment(path))
            except DataError as error:
                _LOG.warning("%s", error)
        scores.replace_blocks(blocks)
        for path, stream in files.logs:
            for record in _log(path).decoded(stream):
                scores.add(record)
        scores.read_from = files.state


def _log(path: Path) -> RecordLog[ScoreRecord]:
    return RecordLog(path=path, kind=_SCORES)


def _read_environment(path: Path) -> Environment:
    try:
        return Environment.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise DataError(
            f"{path} cannot be read, so nobody can say whose costs refer to it; delete it, and the "
            "next run on that machine writes it again"
        ) from error


def _of_other_conditions(path: Path, known: Condition) -> DataError:
    return DataError(
        f"{path} describes other conditions than its folder's name says; rename the folder to "
        f"{known.key}"
    )


def _put_once(path: Path, model: Condition | Environment) -> None:
    if not path.exists():
        put(path, _text(model))


def _text(model: Condition | Environment) -> str:
    return model.model_dump_json(indent=2) + "\n"
