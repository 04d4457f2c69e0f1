"""Joins results folders that were written apart: each score once, or nothing at all."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from math import inf, isclose
from pathlib import Path
from threading import get_native_id
from typing import Protocol, TypeVar

from harness.core.errors import DataError, UsageError
from harness.core.outcome import Outcome, Scored
from harness.records.condition import Condition
from harness.records.environment import Environment
from harness.records.log import RecordLog, unwritable
from harness.records.merge_keyed import AGREE, find_keyed_logs, require_same_plugins
from harness.records.record import PluginScore, ScoreRecord
from harness.records.store import SHORT_BYTES, Store, seal_log

__all__ = ["Merged", "archive", "merge"]

R = TypeVar("R")

_LOG = logging.getLogger(__name__)
_DECISIVE = ("torch", "numpy", "nas-proxy-harness")


class _HasRecords(Protocol):
    def records(self, condition: Condition) -> Iterator[ScoreRecord]: ...


class _HasEnvironment(Protocol):
    @property
    def environment(self) -> str: ...


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
            chosen = _Chosen(store=source, wanted=partial(wanted, condition))
            new = _additions([chosen], target, condition)
            if new.records:
                with target.locked(condition) as log:
                    _describe(new.records, environments, target)
                    _append_at_once(log, new.records)
                    seal_log(log.path)
            added = sum(len(record.scores) for record in new.records)
            done = replace(done, conditions=done.conditions + 1).plus(added, new.present)
    return done


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chosen:
    """A part of what a store holds."""

    store: Store
    wanted: Callable[[str, Outcome], bool]

    def records(self, condition: Condition) -> Iterator[ScoreRecord]:
        for record in self.store.records(condition):
            kept = {
                key: score
                for key, score in record.scores.items()
                if self.wanted(key, score.result())
            }
            if kept:
                yield _with_scores(record, kept)


def merge(folders: Sequence[Path], into: Path) -> Merged:
    """Add what results folders hold to another one, which may exist.

    Scores, fits of predictors and seeds of operation scorers are joined. Everything is read and
    compared before anything is written, and each log is replaced as a whole. Merging the same
    folders again changes nothing. Of two outcomes for one plugin and architecture, or of two
    results with one key, a result is kept rather than a failure.

    Raises:
        UsageError: A folder holds no results, or folders do not belong together: other
            conditions, another version of a plugin, or different scores of the same plugin.
        DataError: A line of a log is damaged.
        InfrastructureError: The target cannot be written; its logs are as they were.
    """
    sources = {folder: Store(folder) for folder in folders}
    keyed = find_keyed_logs(folders)
    for folder, store in sources.items():
        if not store.conditions() and not any(log.holds(folder) for log in keyed):
            raise UsageError(f"there are no results in {folder}; name a folder given as --results")
    conditions = _common_conditions(sources)
    target = Store(into)
    for condition in conditions:
        _same_plugins({**sources, into: target}, condition)
        _additions(sources.values(), target, condition)  # whatever is wrong is said before writing
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
            new = _additions(sources.values(), target, condition)
            _describe(new.records, environments, target)
            _append_at_once(scores, new.records)
            if scores.path.stat().st_size > SHORT_BYTES:
                seal_log(scores.path)
        merged = merged.plus(sum(len(record.scores) for record in new.records), new.present)
    for log in keyed:
        opened = target.log(log.path, log.kind)
        with opened.locked():
            records, present = log.additions(folders, into)
            _describe(records, environments, target)
            _append_at_once(opened, records)
        merged = merged.plus(len(records), present)
    return merged


@dataclass(frozen=True, slots=True, kw_only=True)
class _Additions:
    records: tuple[ScoreRecord, ...]
    present: int


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


def _same_plugins(stores: Mapping[Path, Store], condition: Condition) -> None:
    """Refuse folders that know a plugin in different versions only."""
    require_same_plugins(
        {
            folder: {key for record in store.records(condition) for key in record.scores}
            for folder, store in stores.items()
        }
    )


def _additions(sources: Iterable[_HasRecords], target: Store, condition: Condition) -> _Additions:
    """Return what the target lacks."""
    known: dict[tuple[str, str], Outcome] = {}
    for record in target.records(condition):
        known |= {
            (key, record.architecture): score.result() for key, score in record.scores.items()
        }
    records, present = [], 0
    for record in chain.from_iterable(store.records(condition) for store in sources):
        new = {}
        for key, score in record.scores.items():
            place, outcome = (key, record.architecture), score.result()
            if place in known and not _better(outcome, known[place], place):
                present += 1
                continue
            known[place], new[key] = outcome, score
        if new:
            records.append(_with_scores(record, new))
    return _Additions(records=tuple(records), present=present)


def _better(new: Outcome, known: Outcome, place: tuple[str, str]) -> bool:
    """Tell whether an outcome replaces another: only a score replaces what is none."""
    if not isinstance(new, Scored) or not isinstance(known, Scored):
        return isinstance(new, Scored)
    for name, value in new.components.items():
        other = known.components.get(name, inf)
        if not isclose(value, other, rel_tol=AGREE, abs_tol=AGREE * AGREE):
            raise UsageError(
                f"{place[0]} has two scores for {place[1]}, {value!r} and {other!r}; one of the "
                f"folders is not what it says, so none is merged"
            )
    return False


def _with_scores(record: ScoreRecord, scores: dict[str, PluginScore]) -> ScoreRecord:
    needed = {name for score in scores.values() for name in score.passes}
    passes = {name: cost for name, cost in record.passes.items() if name in needed}
    return record.model_copy(update={"scores": scores, "passes": passes})


def _describe(
    records: Iterable[_HasEnvironment], known: Mapping[str, Environment], target: Store
) -> None:
    """Store the environments that records refer to; tell where their packages differ."""
    keys = sorted({record.environment for record in records})
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
    temporary = path.with_name(f"{path.name}.{get_native_id()}.tmp")
    try:
        if path.exists():
            shutil.copyfile(path, temporary)
        with temporary.open("ab") as stream:
            stream.writelines(log.kind.encode(record).encode() for record in records)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        temporary.unlink(missing_ok=True)
