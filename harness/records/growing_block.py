"""A block of records that grows in memory, until it is sealed."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from harness.core.cost import Cost
from harness.core.outcome import Failed, Scored, Skipped
from harness.records.block import NONE, Block, Layout, PluginLayout, value_name
from harness.records.columns import ABSENT, FAILED, SCORED, SKIPPED, TIMES
from harness.records.record import PluginScore, ScoreRecord, rounded_cost

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

__all__ = ["GrowingBlock"]

T = TypeVar("T")

_STATUS = {Scored: SCORED, Failed: FAILED, Skipped: SKIPPED}


@dataclass(slots=True)
class _Interned(Generic[T]):
    """Gives equal values the same number."""

    numbers: dict[T, int] = field(default_factory=dict)

    def number(self, value: T) -> int:
        return self.numbers.setdefault(value, len(self.numbers))

    @property
    def values(self) -> tuple[T, ...]:
        return tuple(self.numbers)


@dataclass(slots=True)
class _Growing:
    """An array that is put into row by row, in ascending order; rows left out get the filling."""

    typecode: str
    filling: float
    held: array[Any] = field(init=False)

    def __post_init__(self) -> None:
        self.held = array(self.typecode)

    def put(self, row: int, value: float) -> None:
        gap = row - len(self.held)
        if gap:
            self.held.extend(repeat(self.filling, gap))
        self.held.append(value)

    def to_numpy(self, rows: int) -> Array:
        known = np.array(self.held[:rows], dtype=self.typecode)
        return np.pad(known, (0, rows - len(known)), constant_values=self.filling)


class _GrowingCosts:
    """Costs of one pass, or of one plugin's reductions."""

    def __init__(self) -> None:
        self.arrays = {name: _Growing("d", np.nan) for name in TIMES}
        self.arrays["counts"] = _Growing("i", NONE)
        self._wall_s, self._cpu_s, self._gpu_s, self._peak, self._counts = self.arrays.values()

    def put(self, row: int, cost: Cost, counts: int) -> None:
        rounded = rounded_cost(cost)
        self._wall_s.put(row, rounded[0])
        self._cpu_s.put(row, rounded[1])
        if cost.gpu_s:  # a log has no zeros
            self._gpu_s.put(row, cost.gpu_s)
        if cost.peak_bytes:
            self._peak.put(row, cost.peak_bytes)
        self._counts.put(row, counts)


class _GrowingPlugin:
    def __init__(self) -> None:
        self.status = _Growing("b", ABSENT)
        self.reason = _Growing("i", NONE)
        self.passes = _Growing("i", NONE)
        self.values: dict[str, _Growing] = {}
        self.costs = _GrowingCosts()


class GrowingBlock:
    """A block that records are added to.

    Attributes:
        rows: Number of records.
        scores: Number of scores, failures and skips.
        texts: The different texts of architectures, by which rows refer to them.
    """

    def __init__(self) -> None:
        self.rows = 0
        self.scores = 0
        self.texts: dict[str, int] = {}
        self._text = _Growing("i", 0)
        self._environment = _Growing("i", 0)
        self._environments = _Interned[str]()
        self._pass_sets = _Interned[tuple[int, ...]]()
        self._counts = _Interned[tuple[int, int, int, int]]()
        self._reasons = _Interned[tuple[str, str]]()
        self._passes: dict[str, _GrowingCosts] = {}
        self._pass_numbers = _Interned[str]()
        self._plugins: dict[str, _GrowingPlugin] = {}

    def add(self, record: ScoreRecord) -> None:
        """Take in one record, costs rounded as in a log."""
        row = self.rows
        self.rows += 1
        self.scores += len(record.scores)
        self._text.put(row, self.texts.setdefault(record.architecture, len(self.texts)))
        self._environment.put(row, self._environments.number(record.environment))
        for name, cost in record.passes.items():
            if name not in self._passes:
                self._passes[name] = _GrowingCosts()
                self._pass_numbers.number(name)
            self._passes[name].put(row, cost, self._counts.number(_counts(cost)))
        for key, score in record.scores.items():
            if key not in self._plugins:
                self._plugins[key] = _GrowingPlugin()
            self._put(self._plugins[key], row, score)

    def _put(self, plugin: _GrowingPlugin, row: int, score: PluginScore) -> None:
        outcome = score.result()
        plugin.status.put(row, _STATUS[type(outcome)])
        match outcome:
            case Scored():
                for name, value in outcome.components.items():
                    if name not in plugin.values:
                        plugin.values[name] = _Growing("d", np.nan)
                    plugin.values[name].put(row, value)
            case Failed():
                number = self._reasons.number((str(outcome.kind), outcome.reason))
                plugin.reason.put(row, number)
            case Skipped():
                plugin.reason.put(row, self._reasons.number(("", outcome.reason)))
        if score.passes:
            pass_set = tuple(self._pass_numbers.number(name) for name in score.passes)
            plugin.passes.put(row, self._pass_sets.number(pass_set))
        if score.cost is not None:
            plugin.costs.put(row, score.cost, self._counts.number(_counts(score.cost)))

    def layout(self) -> Layout:
        """Return what the numbers in the arrays stand for now."""
        return Layout(
            rows=self.rows,
            environments=self._environments.values,
            passes=self._pass_numbers.values,
            pass_sets=self._pass_sets.values,
            counts=self._counts.values,
            reasons=self._reasons.values,
            plugins=tuple(
                PluginLayout(key=key, components=tuple(plugin.values))
                for key, plugin in self._plugins.items()
            ),
        )

    def arrays(self) -> dict[str, Array]:
        """Return copies of all arrays but those that hold nothing but their filling."""
        growing = self._named()
        return _copies(growing, tuple(growing), self.rows)

    def block(self) -> Block:
        """Return what there is now as a block, which grows no more."""
        growing, rows, texts = self._named(), self.rows, tuple(self.texts)
        return Block(self.layout(), lambda: texts, lambda names: _copies(growing, names, rows))

    def _named(self) -> dict[str, _Growing]:
        named = {"text": self._text, "environment": self._environment}
        for name, costs in self._passes.items():
            number = self._pass_numbers.number(name)
            named |= {f"pass{number}_{part}": column for part, column in costs.arrays.items()}
        for number, plugin in enumerate(self._plugins.values()):
            named |= {
                f"plugin{number}_status": plugin.status,
                f"plugin{number}_reason": plugin.reason,
                f"plugin{number}_passes": plugin.passes,
            }
            for place, values in enumerate(plugin.values.values()):
                named[value_name(number, place)] = values
            for part, column in plugin.costs.arrays.items():
                named[f"plugin{number}_{part}"] = column
        return named


def _copies(growing: Mapping[str, _Growing], names: Sequence[str], rows: int) -> dict[str, Array]:
    return {
        name: growing[name].to_numpy(rows)
        for name in names
        if name in growing and len(growing[name].held)
    }


def _counts(cost: Cost) -> tuple[int, int, int, int]:
    return (cost.forwards, cost.backwards, cost.images, cost.labels)
