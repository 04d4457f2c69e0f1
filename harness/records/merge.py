"""Joins results folders that were written apart: each score once, or nothing at all."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TypeVar

from harness.core.errors import DataError, UsageError
from harness.core.files import replacing
from harness.core.outcome import Outcome
from harness.records.block import Block
from harness.records.condition import Condition
from harness.records.condition_folder import next_number
from harness.records.environment import Environment
from harness.records.growing_block import GrowingBlock
from harness.records.log import RecordLog, unwritable
from harness.records.merge_blocks import Addition, additions, with_scores
from harness.records.merge_keyed import find_keyed_logs, require_same_plugins
from harness.records.record import ScoreRecord
from harness.records.segments import copy_segment
from harness.records.store import SHORT_BYTES, Store, seal_log

__all__ = ["Merged", "archive", "merge"]

R = TypeVar("R")

_LOG = logging.getLogger(__name__)
_DECISIVE = ("torch", "numpy", "nas-proxy-harness")


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What a merge did.

    Attributes:
        conditions: Number of conditions.
        added: Scores, failures and skips, fits and seeds that were not there before.
        present: Those that were there, or that came from more than one folder.
    """

    conditions: int
    added: int
    present: int

    def plus(self, added: int, present: int) -> Merged:
        """Return this with another log's."""
        return replace(self, added=self.added + added, present=self.present + present)


def archive(
    folders: Sequence[Path],
    into: Path,
    wanted: Callable[[Condition, str, Outcome], bool],
) -> Merged:
    """Add scores of results folders to an archive, as `merge` does, and seal them.

    Args:
        folders: Results folders, which may be of different conditions.
        into: The archive, a results folder too.
        wanted: Which outcomes are archived, by condition and key of the plugin.

    Raises:
        UsageError: A folder holds no results, or other scores of the same plugin than the archive.
        DataError: A line of a log is damaged.
        InfrastructureError: The archive cannot be written.
    """
    target, done = Store(into), Merged(conditions=0, added=0, present=0)
    for folder in folders:
        source = Store(folder)
        if not source.conditions():
            raise UsageError(f"there are no results in {folder}; name a folder given as --results")
        environments = source.environments()
        for condition in source.conditions():
            chosen = _chosen(source, condition, partial(wanted, condition))
            (new,) = additions(target.blocks(condition), [(chosen, None)])
            if new.added:
                with target.locked(condition) as log:
                    _describe(new.environments, environments, target)
                    _add(log, [new])
                    seal_log(log.path)
            done = replace(done, conditions=done.conditions + 1).plus(new.added, new.present)
    return done


def _chosen(store: Store, condition: Condition, wanted: Callable[[str, Outcome], bool]) -> Block:
    """Return a part of what a store holds."""
    chosen = GrowingBlock()
    for record in store.records(condition):
        kept = {key: score for key, score in record.scores.items() if wanted(key, score.result())}
        if kept:
            chosen.add(with_scores(record, kept))
    return chosen.block()


def merge(folders: Sequence[Path], into: Path) -> Merged:
    """Add what results folders hold to another one, which may exist.

    Scores, fits of predictors and seeds of operation scorers are joined. Everything is read and
    compared before anything is written; sealed segments of which nothing is there are copied, and
    each log is replaced as a whole. Merging the same folders again changes nothing. Of two outcomes
    for one plugin and architecture, or of two results with one key, a result is kept rather than a
    failure.

    Raises:
        UsageError: A folder holds no results, or folders do not belong together: other
            conditions, another version of a plugin, or different scores of the same plugin.
        DataError: A line of a log or a segment is damaged.
        InfrastructureError: The target cannot be written; its records are as they were.
    """
    sources = {folder: Store(folder) for folder in folders}
    keyed = find_keyed_logs(folders)
    for folder, store in sources.items():
        if not store.conditions() and not any(log.holds(folder) for log in keyed):
            raise UsageError(f"there are no results in {folder}; name a folder given as --results")
    conditions = _common_conditions(sources)
    target = Store(into)
    for condition in conditions:
        _additions(sources, into, condition)  # whatever is wrong is said before writing
    for log in keyed:
        log.additions(folders, into)
    environments = {
        key: environment
        for store in sources.values()
        for key, environment in store.environments().items()
    }
    merged = Merged(conditions=len(conditions), added=0, present=0)
    for condition in conditions:
        with target.locked(condition) as scores:
            new = _additions(sources, into, condition)
            _describe(chain.from_iterable(each.environments for each in new), environments, target)
            _add(scores, new)
            if scores.path.exists() and scores.path.stat().st_size > SHORT_BYTES:
                seal_log(scores.path)
        merged = merged.plus(
            sum(addition.added for addition in new), sum(addition.present for addition in new)
        )
    for log in keyed:
        opened = target.log(log.path, log.kind)
        with opened.locked():
            records, present = log.additions(folders, into)
            _describe((record.environment for record in records), environments, target)
            _append_at_once(opened, records)
        merged = merged.plus(len(records), present)
    return merged


def _common_conditions(sources: Mapping[Path, Store]) -> tuple[Condition, ...]:
    """Return the conditions of the folders with scores, which are the same ones."""
    known = {folder: conditions for folder, store in sources.items()
             if (conditions := store.conditions())}  # fmt: skip
    if not known:
        return ()
    first, conditions = next(iter(known.items()))
    for folder, others in known.items():
        if set(others) != set(conditions):
            raise UsageError(
                f"{folder} was not scored under the conditions of {first} "
                f"({_difference(others, conditions)}); merge only parts of one run"
            )
    return conditions


def _difference(some: Sequence[Condition], others: Sequence[Condition]) -> str:
    odd = sorted(set(some) ^ set(others), key=lambda condition: condition.key)
    here = next((condition for condition in some if condition in odd), None)
    there = next((condition for condition in others if condition in odd), None)
    if here is None or there is None:
        return f"{len(some)} conditions instead of {len(others)}"
    mine, theirs = here.model_dump(), there.model_dump()
    return ", ".join(
        f"{name} {mine[name]} instead of {theirs[name]}"
        for name in mine
        if mine[name] != theirs[name]
    )


def _additions(sources: Mapping[Path, Store], into: Path, condition: Condition) -> list[Addition]:
    """Return what a folder lacks of others, which may know no plugin in other versions only."""
    blocks = {
        folder: list(store.blocks(condition))
        for folder, store in {**sources, into: Store(into)}.items()
    }
    require_same_plugins(
        {
            folder: {plugin.key for block, _ in stored for plugin in block.layout.plugins}
            for folder, stored in blocks.items()
        }
    )
    offered = chain.from_iterable(blocks[folder] for folder in sources)
    return additions(blocks[into], offered)


def _add(log: RecordLog[ScoreRecord], new: Sequence[Addition]) -> None:
    """Add segments whole where that is possible, and else records to the log, or nothing at all."""
    whole = [segment for addition in new if (segment := addition.whole)]
    rest = [addition for addition in new if addition.added and not addition.whole]
    with _copied(whole, log.path):
        if rest:
            _append_at_once(log, chain.from_iterable(addition.records() for addition in rest))


@contextmanager
def _copied(segments: Sequence[Path], log: Path) -> Iterator[None]:
    """Copy segments beside a log that nobody writes to; remove them if what follows fails."""
    copied: list[Path] = []
    try:
        for segment in segments:
            copied.append(copy_segment(segment, log.parent, next_number(log.parent)))
        yield
    except BaseException as error:
        for path in copied:
            path.unlink()
        if isinstance(error, OSError):
            raise unwritable(log, error) from error
        raise


def _describe(used: Iterable[str], known: Mapping[str, Environment], target: Store) -> None:
    """Store the environments that records refer to; tell where their packages differ."""
    keys = sorted(set(used))
    missing = [key for key in keys if key not in known]
    if missing:
        raise DataError(
            f"no folder describes the environment {missing[0]} that records refer to; copy "
            f"the folder environments with the records"
        )
    environments = [known[key] for key in keys]
    for package in _DECISIVE:
        versions = sorted(
            {environment.packages.get(package, "none") for environment in environments}
        )
        if len(versions) > 1:
            _LOG.warning("the folders were scored with %s %s", package, " and ".join(versions))
    for environment in environments:
        target.describe(environment)


def _append_at_once(log: RecordLog[R], records: Iterable[R]) -> None:
    """Replace a log by a longer one."""
    path = log.path
    try:
        with replacing(path) as temporary:
            if path.exists():
                shutil.copyfile(path, temporary)
            with temporary.open("ab") as stream:
                stream.writelines(log.kind.encode(record).encode() for record in records)
                stream.flush()
                os.fsync(stream.fileno())
    except OSError as error:
        raise unwritable(path, error) from error
