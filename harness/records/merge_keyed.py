"""Records with a key, fits of predictors and seeds of operation scorers, of several folders.

A key is a digest of everything that a result depends on, so there are no conditions to compare: two
results with one key must agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np

from harness.core.errors import UsageError
from harness.records.fit import FITS, FitRecord, Predicted
from harness.records.log import RecordKind
from harness.records.operation_seed import (
    OLD_OPERATION_SEEDS,
    OPERATION_SEEDS,
    OPERATION_SEEDS_PATH,
    Decided,
    OperationSeed,
    read_old_seed,
)
from harness.records.store import Store

__all__ = ["AGREE", "KeyedLog", "find_keyed_logs", "require_same_plugins"]

R = TypeVar("R", FitRecord, OperationSeed)

AGREE = 1e-3
"""Relative difference of one score on two machines; other processors add up in another order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedLog(Generic[R]):
    """A log of several results folders.

    Attributes:
        path: Its path in each of them.
        kind: What is stored there.
        old_files: Where version 0.1 stored single records; none where it had this log.
        read_old: Reads one of these.
        plugin_of: Returns the key of the plugin that a record is of.
        numbers_of: Returns what two records with one key must agree in; None for a failure.
    """

    path: str
    kind: RecordKind[R]
    plugin_of: Callable[[R], str]
    numbers_of: Callable[[R], Sequence[float] | None]
    old_files: str = ""
    read_old: Callable[[Path], R] | None = None

    def holds(self, folder: Path) -> bool:
        """Tell whether a folder has this log."""
        return next(self.read(folder), None) is not None

    def read(self, folder: Path) -> Iterator[R]:
        """Yield the records of a folder, earlier ones first."""
        if self.read_old is not None:
            yield from map(self.read_old, sorted(folder.glob(self.old_files)))
        yield from Store(folder).log(self.path, self.kind).read()

    def additions(self, folders: Iterable[Path], into: Path) -> tuple[list[R], int]:
        """Return what a folder lacks of others, and how much of them it has.

        Raises:
            UsageError: They know a plugin in different versions only, or two results with one key
                differ.
        """
        stored = {folder: list(self.read(folder)) for folder in (*folders, into)}
        require_same_plugins(
            {
                folder: {self.plugin_of(record) for record in records}
                for folder, records in stored.items()
            }
        )
        known = {record.key: record for record in stored[into]}
        added: dict[str, R] = {}
        present = 0
        for record in (record for folder in folders for record in stored[folder]):
            if record.key in known and not self._is_better(record, known[record.key]):
                present += 1
                continue
            known[record.key] = added[record.key] = record
        return list(added.values()), present

    def _is_better(self, new: R, known: R) -> bool:
        """Tell whether a record replaces another: only a result replaces a failure."""
        numbers, before = self.numbers_of(new), self.numbers_of(known)
        if numbers is None or before is None:
            return numbers is not None and before is None
        agree = len(numbers) == len(before) and np.allclose(
            numbers, before, rtol=AGREE, atol=AGREE * AGREE
        )
        if not agree:
            raise UsageError(
                f"{self.plugin_of(new)} has two results with the key {new.key} in {self.path}; one "
                "of the folders is not what it says, so none is merged"
            )
        return False


def find_keyed_logs(folders: Iterable[Path]) -> list[KeyedLog[Any]]:
    """Return the logs of records with a key that any of the folders may have."""
    fits = {
        path.relative_to(folder).as_posix()
        for folder in folders
        for path in folder.glob("learning/**/fits.jsonl")
    }
    logs: list[KeyedLog[Any]] = [
        KeyedLog(
            path=path,
            kind=FITS,
            plugin_of=lambda fit: fit.predictor,
            numbers_of=_predictions,
        )
        for path in sorted(fits)
    ]
    seeds = KeyedLog(
        path=OPERATION_SEEDS_PATH,
        kind=OPERATION_SEEDS,
        plugin_of=lambda seed: seed.scorer,
        numbers_of=_operation_scores,
        old_files=OLD_OPERATION_SEEDS,
        read_old=read_old_seed,
    )
    return [*logs, seeds] if any(seeds.holds(folder) for folder in folders) else logs


def require_same_plugins(keys: Mapping[Path, Iterable[str]]) -> None:
    """Refuse folders that know a plugin in different versions only.

    Args:
        keys: Keys of the plugins by folder.

    Raises:
        UsageError: There is such a plugin.
    """
    seen: dict[str, tuple[Path, set[str]]] = {}
    for folder, keys_there in keys.items():
        by_name: dict[str, set[str]] = {}
        for key in keys_there:
            by_name.setdefault(key.partition(":")[0], set()).add(key)
        for name, versions in by_name.items():
            first, known = seen.setdefault(name, (folder, versions))
            if not versions & known:
                raise UsageError(
                    f"{folder} holds {name} as {min(versions)}, {first} as {min(known)}; score one "
                    f"of them again with the version of the other"
                )


def _predictions(fit: FitRecord) -> Sequence[float] | None:
    return fit.result.values.tolist() if isinstance(fit.result, Predicted) else None


def _operation_scores(seed: OperationSeed) -> Sequence[float] | None:
    if not isinstance(seed.result, Decided):
        return None
    return [
        value
        for step in seed.result.steps
        for options in step.scores.values()
        for value in options.values()
    ]
