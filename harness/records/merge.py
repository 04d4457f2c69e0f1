"""Joins results folders that were written apart: each score once, or nothing at all."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import inf, isclose
from pathlib import Path

from harness.core.errors import DataError, UsageError
from harness.core.outcome import Outcome, Scored
from harness.records.condition import Condition
from harness.records.environment import Environment
from harness.records.log import RecordLog, unwritable
from harness.records.record import PluginScore, ScoreRecord, encode
from harness.records.store import SHORT_BYTES, Store, seal_log

__all__ = ["Merged", "merge"]

_LOG = logging.getLogger(__name__)
_AGREE = 1e-3
"""Relative difference of one score on two machines; other processors add up in another order."""
_DECISIVE = ("torch", "numpy", "nas-proxy-harness")


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What a merge did.

    Attributes:
        conditions: Number of conditions.
        added: Scores, failures and skips that were not there before.
        present: Those that were there, or that came from more than one folder.
    """

    conditions: int
    added: int
    present: int


def merge(folders: Sequence[Path], into: Path) -> Merged:
    """Add what results folders hold to another one, which may exist.

    Everything is read and compared before anything is written, and each log is replaced as a
    whole. Merging the same folders again changes nothing. Of two outcomes for one plugin and
    architecture a score is kept rather than a failure.

    Raises:
        UsageError: A folder holds no results, or folders do not belong together: other
            conditions, another version of a plugin, or different scores of the same plugin.
        DataError: A line of a log is damaged.
        InfrastructureError: The target cannot be written; its logs are as they were.
    """
    sources = {folder: Store(folder) for folder in folders}
    conditions = _common_conditions(sources)
    target = Store(into)
    for condition in conditions:
        _same_plugins({**sources, into: target}, condition)
        _additions(sources.values(), target, condition)  # whatever is wrong is said before writing
    environments = {
        key: one for store in sources.values() for key, one in store.environments().items()
    }
    added = present = 0
    for condition in conditions:
        with target.locked(condition) as log:
            new = _additions(sources.values(), target, condition)
            for environment in _environments_of(new.records, environments):
                target.describe(environment)
            _append_at_once(log, new.records)
        added += sum(len(one.scores) for one in new.records)
        present += new.present
    return Merged(conditions=len(conditions), added=added, present=present)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Additions:
    records: tuple[ScoreRecord, ...]
    present: int


def _common_conditions(sources: Mapping[Path, Store]) -> tuple[Condition, ...]:
    """Return the conditions of the folders, which are the same ones."""
    (first, store), *others = sources.items()
    conditions = store.conditions()
    for folder, other in ((first, store), *others):
        found = other.conditions()
        if not found:
            raise UsageError(f"there are no results in {folder}; name a folder given as --results")
        if set(found) != set(conditions):
            raise UsageError(
                f"{folder} was not scored under the conditions of {first} "
                f"({_difference(found, conditions)}); merge only parts of one run"
            )
    return conditions


def _difference(some: Sequence[Condition], others: Sequence[Condition]) -> str:
    odd = sorted(set(some) ^ set(others), key=lambda one: one.key)
    here = next((one for one in some if one in odd), None)
    there = next((one for one in others if one in odd), None)
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
    seen: dict[str, tuple[Path, set[str]]] = {}
    for folder, store in stores.items():
        mine: dict[str, set[str]] = {}
        for record in store.records(condition):
            for key in record.scores:
                mine.setdefault(key.partition(":")[0], set()).add(key)
        for name, keys in mine.items():
            first, known = seen.setdefault(name, (folder, keys))
            if not keys & known:
                raise UsageError(
                    f"{folder} holds {name} as {min(keys)}, {first} as {min(known)}; score one of "
                    f"them again with the version of the other"
                )


def _additions(sources: Iterable[Store], target: Store, condition: Condition) -> _Additions:
    """Return what the target lacks."""
    known: dict[tuple[str, str], Outcome] = {}
    for record in target.records(condition):
        known |= {(key, record.architecture): one.result() for key, one in record.scores.items()}
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
        if not isclose(value, other, rel_tol=_AGREE, abs_tol=_AGREE * _AGREE):
            raise UsageError(
                f"{place[0]} has two scores for {place[1]}, {value!r} and {other!r}; one of the "
                f"folders is not what it says, so none is merged"
            )
    return False


def _with_scores(record: ScoreRecord, scores: dict[str, PluginScore]) -> ScoreRecord:
    needed = {name for one in scores.values() for name in one.passes}
    passes = {name: cost for name, cost in record.passes.items() if name in needed}
    return record.model_copy(update={"scores": scores, "passes": passes})


def _environments_of(
    records: Iterable[ScoreRecord], known: Mapping[str, Environment]
) -> list[Environment]:
    """Return the environments that records refer to; tell where their packages differ."""
    keys = sorted({one.environment for one in records})
    missing = [one for one in keys if one not in known]
    if missing:
        raise DataError(
            f"no folder describes the environment {missing[0]} that records refer to; copy "
            f"the folder environments with the records"
        )
    found = [known[key] for key in keys]
    for package in _DECISIVE:
        versions = sorted({one.packages.get(package, "none") for one in found})
        if len(versions) > 1:
            _LOG.warning("the folders were scored with %s %s", package, " and ".join(versions))
    return found


def _append_at_once(log: RecordLog[ScoreRecord], records: Iterable[ScoreRecord]) -> None:
    """Replace a log by a longer one, and seal it if it is long."""
    path = log.path
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        if path.exists():
            shutil.copyfile(path, temporary)
        with temporary.open("ab") as stream:
            stream.writelines(encode(one).encode() for one in records)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        temporary.unlink(missing_ok=True)
    if path.stat().st_size > SHORT_BYTES:
        seal_log(path)
