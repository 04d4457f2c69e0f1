"""Stored scores of one condition, by plugin and architecture, in columns.

A score as an object takes about a kilobyte, in a column less than a tenth of that; a benchmark of
fifteen thousand architectures and thirty plugins has half a million of them.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np

from harness.core.cost import Cost, sum_of
from harness.core.outcome import Failed, Outcome, Scored, Skipped
from harness.records.columns import ABSENT, FAILED, SCORED, SKIPPED, CostColumns, MethodColumn
from harness.records.record import PluginScore, ScoreRecord

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Scores", "StoredScore"]

T = TypeVar("T")

_ABSENT, _SCORED, _OTHER = 0, 1, 2
_NO_COST = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredScore:
    """One plugin's outcome on one architecture.

    Attributes:
        outcome: Score, failure or skip.
        total: Cost of its passes and its own reduction together; absent for a plugin that failed
            before it had any.
        environment: Key of the environment.
    """

    outcome: Outcome
    total: Cost | None
    environment: str


@dataclass(slots=True)
class _Interned(Generic[T]):
    """Gives equal values the same number."""

    values: list[T] = field(default_factory=list)
    _numbers: dict[T, int] = field(default_factory=dict)

    def number(self, value: T) -> int:
        if value not in self._numbers:
            self._numbers[value] = len(self.values)
            self.values.append(value)
        return self._numbers[value]


class _Column(Mapping[str, StoredScore]):
    """All scores of one plugin; rows are numbered by `index`, which all plugins share."""

    def __init__(self, index: dict[str, int]) -> None:
        self._index = index
        self._status = bytearray()
        self._components: dict[str, array[float]] = {}
        self._others: dict[int, Failed | Skipped] = {}
        self._names = _Interned[tuple[str, ...]]()  # of components
        self._named = array("h")
        self._times = tuple(array("d") for _ in range(4))  # wall, CPU, GPU seconds, peak bytes
        self._counts = _Interned[tuple[int, int, int, int]]()  # passes both ways, images, labels
        self._counted = array("h")
        self._environments = _Interned[str]()
        self._environment = array("h")
        self._known = 0

    def __getitem__(self, text: str) -> StoredScore:
        row = self._index[text]
        if row >= len(self._status) or self._status[row] == _ABSENT:
            raise KeyError(text)
        return StoredScore(
            outcome=self._outcome(row),
            total=self._cost(row),
            environment=self._environments.values[self._environment[row]],
        )

    def __contains__(self, text: object) -> bool:
        row = self._index.get(text) if isinstance(text, str) else None
        return row is not None and row < len(self._status) and self._status[row] != _ABSENT

    def __iter__(self) -> Iterator[str]:
        return (text for text in self._index if text in self)

    def __len__(self) -> int:
        return self._known

    def environments(self) -> Counter[str]:
        """Count the scores of each environment."""
        rows = (number for number, status in enumerate(self._status) if status != _ABSENT)
        return Counter(self._environments.values[self._environment[row]] for row in rows)

    def put(self, row: int, score: PluginScore, total: Cost | None, environment: str) -> None:
        """Enter a score; a later one of the same row takes the place of the earlier one."""
        self._grow(row + 1)
        self._known += self._status[row] == _ABSENT
        outcome = score.result()
        match outcome:
            case Scored():
                self._status[row] = _SCORED
                self._others.pop(row, None)
                self._named[row] = self._names.number(tuple(outcome.components))
                for name, value in outcome.components.items():
                    self._component(name)[row] = value
            case Failed() | Skipped():
                self._status[row] = _OTHER
                self._others[row] = outcome
        self._environment[row] = self._environments.number(environment)
        self._charge(row, total)

    def _grow(self, rows: int) -> None:
        more = rows - len(self._status)
        if more <= 0:
            return
        self._status.extend(bytes(more))
        for integers in (self._named, self._counted, self._environment):
            integers.extend(array("h", bytes(2 * more)))
        for numbers in (*self._times, *self._components.values()):
            numbers.extend(array("d", bytes(8 * more)))

    def _component(self, name: str) -> array[float]:
        if name not in self._components:
            self._components[name] = array("d", bytes(8 * len(self._status)))
        return self._components[name]

    def _charge(self, row: int, total: Cost | None) -> None:
        if total is None:
            self._counted[row] = _NO_COST
            return
        counts = (total.forwards, total.backwards, total.images, total.labels)
        self._counted[row] = self._counts.number(counts)
        values = (total.wall_s, total.cpu_s, total.gpu_s, total.peak_bytes)
        for column, value in zip(self._times, values, strict=True):
            column[row] = math.nan if value is None else value

    def _cost(self, row: int) -> Cost | None:
        if self._counted[row] == _NO_COST:
            return None
        wall_s, cpu_s, gpu_s, peak = (column[row] for column in self._times)
        forwards, backwards, images, labels = self._counts.values[self._counted[row]]
        return Cost(
            wall_s=wall_s,
            cpu_s=cpu_s,
            gpu_s=None if math.isnan(gpu_s) else gpu_s,
            peak_bytes=None if math.isnan(peak) else int(peak),
            forwards=forwards,
            backwards=backwards,
            images=images,
            labels=labels,
        )

    def at(self, rows: NDArray[np.int64]) -> MethodColumn:
        """Return this column at some rows; -1 stands for an architecture without a row."""
        asked = (rows >= 0) & (rows < len(self._status))
        kept = np.where(asked, rows, 0)
        held = np.frombuffer(self._status, dtype=np.int8) if self._status else np.zeros(1, np.int8)
        status = np.where(asked, held[kept], np.int8(ABSENT))
        reason = np.full(len(rows), -1, dtype=np.int32)
        reasons = _Interned[Failed | Skipped]()
        for place in np.flatnonzero(status == _OTHER).tolist():
            other = self._others[int(rows[place])]
            reason[place] = reasons.number(other)
            status[place] = FAILED if isinstance(other, Failed) else SKIPPED
        values = {}
        for name, column in self._components.items():
            has = np.array([name in names for names in self._names.values], dtype=np.bool_)
            named = has[np.frombuffer(self._named, dtype=np.int16)[kept]]
            values[name] = np.where((status == SCORED) & named, np.frombuffer(column)[kept], np.nan)
        return MethodColumn(
            values=values,
            status=status,
            reason=reason,
            reasons=tuple(reasons.values),
            _load_costs=partial(self._costs_at, kept, status),
        )

    def _costs_at(self, rows: NDArray[np.int64], status: NDArray[np.int8]) -> CostColumns:
        if not self._status:
            nothing = np.full(len(rows), np.nan)
            return CostColumns(
                wall_s=nothing,
                cpu_s=nothing,
                gpu_s=nothing,
                peak_bytes=nothing,
                environment=np.full(len(rows), -1, dtype=np.int32),
                environments=(),
            )
        counted = np.frombuffer(self._counted, dtype=np.int16)[rows]
        known = (status != ABSENT) & (counted != _NO_COST)
        wall_s, cpu_s, gpu_s, peak_bytes = (
            np.where(known, np.frombuffer(column)[rows], np.nan) for column in self._times
        )
        environment = np.frombuffer(self._environment, dtype=np.int16)[rows]
        return CostColumns(
            wall_s=wall_s,
            cpu_s=cpu_s,
            gpu_s=gpu_s,
            peak_bytes=peak_bytes,
            environment=np.where(status != ABSENT, environment, -1).astype(np.int32),
            environments=tuple(self._environments.values),
        )

    def _outcome(self, row: int) -> Outcome:
        if self._status[row] == _OTHER:
            return self._others[row]
        names = self._names.values[self._named[row]]
        return Scored(components={name: self._components[name][row] for name in names})


_NOTHING: Mapping[str, StoredScore] = _Column({})


@dataclass(slots=True)
class Scores:
    """Scores by plugin key and architecture text; of two records the later one holds."""

    _index: dict[str, int] = field(default_factory=dict)
    _by_plugin: dict[str, _Column] = field(default_factory=dict)

    def add(self, record: ScoreRecord) -> None:
        """Take in one record."""
        row = self._index.setdefault(record.architecture, len(self._index))
        for key, score in record.scores.items():
            if key not in self._by_plugin:
                self._by_plugin[key] = _Column(self._index)
            passes = [record.passes[name] for name in score.passes]
            total = None if score.cost is None else sum_of([score.cost, *passes])
            self._by_plugin[key].put(row, score, total, record.environment)

    def of(self, plugin_key: str) -> Mapping[str, StoredScore]:
        """Return everything stored for a plugin, by architecture."""
        return self._by_plugin.get(plugin_key, _NOTHING)

    def column(self, plugin_key: str, texts: Sequence[str]) -> MethodColumn:
        """Return what is stored for a plugin on architectures, in their order."""
        rows = np.fromiter((self._index.get(text, -1) for text in texts), np.int64, len(texts))
        return self._by_plugin.get(plugin_key, _Column({})).at(rows)

    @property
    def plugin_keys(self) -> tuple[str, ...]:
        """Keys of the plugins that anything is stored for."""
        return tuple(self._by_plugin)

    def environments(self, plugin_key: str) -> Mapping[str, int]:
        """Return in which environments a plugin was scored, and how often in each."""
        column = self._by_plugin.get(plugin_key)
        return {} if column is None else column.environments()

    def missing(self, plugin_key: str, architectures: Iterable[str]) -> list[str]:
        """Return the architectures without any outcome, in the given order."""
        known = self.of(plugin_key)
        return [text for text in architectures if text not in known]
