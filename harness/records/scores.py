"""Stored scores of one condition, by plugin and architecture, in columns.

A score as an object takes about a kilobyte, in a column less than a tenth of that, and in a segment
nothing until somebody asks for it; a benchmark of fifteen thousand architectures and thirty plugins
has half a million of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from harness.core.outcome import Failed, FailureKind, Skipped
from harness.records.block import Block
from harness.records.columns import (
    ABSENT,
    SCORED,
    SKIPPED,
    TIMES,
    CostColumns,
    MethodColumn,
)
from harness.records.condition_folder import FolderState
from harness.records.growing_block import GrowingBlock
from harness.records.record import ScoreRecord

if TYPE_CHECKING:
    from numpy.typing import NDArray

    IntArray = NDArray[np.int64]

__all__ = ["Members", "Scores"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """Plugins of whose components those of another one are.

    Attributes:
        names: By key of a plugin, the names there of its components, by their own.
        some: Whether those are enough that have a score, if all others can have none.
    """

    names: Mapping[str, Mapping[str, str]]
    some: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Join:
    """Where the rows of blocks belong among architectures that somebody asks for.

    Attributes:
        texts: The architectures.
        blocks: The blocks.
        positions: For each row of each block, the position of its architecture; -1 where it is
            none of them.
        repeats: For each architecture the position that stands for its text, where some text is
            there twice.
    """

    texts: Sequence[str]
    blocks: tuple[Block, ...]
    positions: tuple[IntArray, ...]
    repeats: IntArray | None

    @classmethod
    def of(cls, texts: Sequence[str], blocks: Sequence[Block]) -> _Join:
        index = {text: position for position, text in enumerate(texts)}
        repeats = None
        if len(index) < len(texts):
            repeats = np.fromiter((index[text] for text in texts), np.int64, len(texts))
        return cls(
            texts=texts,
            blocks=tuple(blocks),
            positions=tuple(block.positions(index) for block in blocks),
            repeats=repeats,
        )


class Scores:
    """Scores by plugin key and architecture; of two records the later one holds.

    Args:
        segments: Records that are sealed, earlier ones first.
        archived: Records of an archive, which hold where there is no other.
        members: By key of a plugin, of which others its scores are made where it has none.

    Attributes:
        read_from: State of the folder that they were read from; empty where there was none.
    """

    def __init__(
        self,
        segments: Sequence[Block] = (),
        archived: Sequence[Block] = (),
        members: Mapping[str, Members] | None = None,
    ) -> None:
        self._archived = tuple(archived)
        self._members = members or {}
        self.read_from: FolderState = ()
        self.replace_blocks(segments)

    def replace_blocks(self, segments: Sequence[Block]) -> None:
        """Forget everything that was added, since it is in these segments now."""
        self._segments = tuple(segments)
        self._growing = GrowingBlock()
        self._last_join: _Join | None = None

    def add(self, record: ScoreRecord) -> None:
        """Take in one record, costs rounded as in a log."""
        self._growing.add(record)
        self._last_join = None

    @property
    def blocks(self) -> tuple[Block, ...]:
        """All records, earlier ones first; those of an archive before all others."""
        return (*self._archived, *self._own_blocks)

    @property
    def _own_blocks(self) -> tuple[Block, ...]:
        return (*self._segments, self._growing.block()) if self._growing.rows else self._segments

    def apart(self) -> tuple[Scores, Scores] | None:
        """Return the archived scores and all others by themselves; None without an archive."""
        if not self._archived:
            return None
        archived, own = self._archived, self._own_blocks
        return Scores(archived, members=self._members), Scores(own, members=self._members)

    @property
    def plugin_keys(self) -> tuple[str, ...]:
        """Keys of the plugins that anything is stored for."""
        keys = (plugin.key for block in self.blocks for plugin in block.layout.plugins)
        return tuple(dict.fromkeys(keys))

    def texts(self) -> tuple[str, ...]:
        """Return all architectures, in the order in which they were stored first."""
        return tuple(dict.fromkeys(text for block in self.blocks for text in block.load_texts()))

    def column(self, plugin_key: str, texts: Sequence[str]) -> MethodColumn:
        """Return what is stored for a plugin on architectures, in their order.

        Where nothing is, the scores of its members are joined, all of them archived or none, and
        their cost is not known.

        Args:
            plugin_key: Key of the plugin.
            texts: Texts of the architectures. Where they are the very ones of the call before, as
                for all plugins of a run, they are not looked up again.
        """
        column = self.stored_column(plugin_key, texts)
        made = self._members.get(plugin_key)
        if made is None or np.all(column.status != ABSENT):
            return column
        apart = self.apart()
        for side in (self,) if apart is None else reversed(apart):
            parts = {key: side.column(key, texts) for key in made.names}
            column = _completed(column, parts, made)
        return column

    def stored_column(self, plugin_key: str, texts: Sequence[str]) -> MethodColumn:
        """Return the same without what could be joined of members."""
        join = self._last_join
        if join is None or join.texts is not texts:
            join = self._last_join = _Join.of(texts, self.blocks)
        column = _join_scores(plugin_key, join)
        return column if join.repeats is None else column.at(join.repeats)

    def environments(self) -> dict[str, Counter[str]]:
        """Return for every plugin in which environments it was scored, and how often in each."""
        texts = self.texts()
        counters = {}
        for key in self.plugin_keys:
            costs = self.column(key, texts).costs()
            counts = np.bincount(costs.environment[costs.environment >= 0])
            counters[key] = Counter(
                {costs.environments[number]: count for number, count in enumerate(counts) if count}
            )
        return counters


def _join_scores(plugin_key: str, join: _Join) -> MethodColumn:
    count = len(join.texts)
    status = np.zeros(count, dtype=np.int8)
    reason = np.broadcast_to(np.int32(-1), count)
    reasons: dict[Failed | Skipped, int] = {}
    values: dict[str, NDArray[np.float64]] = {}
    for block, positions in zip(join.blocks, join.positions, strict=True):
        if not block.has(plugin_key):
            continue
        rows = block.rows_of(plugin_key)
        chosen = (positions >= 0) & (rows.status != ABSENT)
        at = positions[chosen]
        status[at] = rows.status[chosen]
        for name in rows.values:
            values.setdefault(name, np.full(count, np.nan))
        for name, column in values.items():
            column[at] = rows.values[name][chosen] if name in rows.values else np.nan
        numbers = rows.reason[chosen]
        if reasons or np.any(numbers >= 0):
            reason = reason if reason.flags.writeable else np.array(reason)
            reason[at] = _renumber(numbers, block.reasons, reasons)
    return MethodColumn(
        values=values,
        status=status,
        reason=reason,
        reasons=tuple(reasons),
        _load_costs=partial(_join_costs, plugin_key, join),
    )


def _completed(
    column: MethodColumn, parts: Mapping[str, MethodColumn], made: Members
) -> MethodColumn:
    """Put together what members have scored, where nothing is stored."""
    scored = np.array([_complete(parts[key], names) for key, names in made.names.items()])
    known = scored | np.array([_cannot(part) for part in parts.values()]) if made.some else scored
    rows = np.flatnonzero((column.status == ABSENT) & known.all(axis=0) & scored.any(axis=0))
    if not rows.size:
        return column
    values, status = dict(column.values), column.status.copy()
    for key, names in made.names.items():
        for component, name in names.items():
            joined = values.get(name, np.full(status.size, np.nan)).copy()
            if component in parts[key].values:
                joined[rows] = parts[key].values[component][rows]
            values[name] = joined
    status[rows] = SCORED
    return replace(column, values=values, status=status)


def _complete(column: MethodColumn, components: Iterable[str]) -> NDArray[np.bool_]:
    """Return where a plugin has a score with all of its components."""
    complete = column.scored
    for component in components:
        complete = complete & np.isfinite(column.values.get(component, np.nan))
    return complete


def _cannot(column: MethodColumn) -> NDArray[np.bool_]:
    """Return where a plugin can have no score of an architecture, whenever it is asked."""
    cannot = column.status == SKIPPED
    for row, outcome in column.failures.items():
        cannot[row] |= isinstance(outcome, Failed) and outcome.kind is FailureKind.NONFINITE
    return np.asarray(cannot)


def _renumber(
    numbers: NDArray[np.int32],
    known: Sequence[Failed | Skipped],
    reasons: dict[Failed | Skipped, int],
) -> NDArray[np.int32]:
    """Number reasons as all blocks together do; -1 stays."""
    common = np.full(len(known) + 1, -1, dtype=np.int32)
    for number in np.unique(numbers[numbers >= 0]).tolist():
        common[number] = reasons.setdefault(known[number], len(reasons))
    return common[numbers]


def _join_costs(plugin_key: str, join: _Join) -> CostColumns:
    count = len(join.texts)
    times = {name: np.full(count, np.nan) for name in TIMES}
    environment = np.full(count, -1, dtype=np.int32)
    environments: dict[str, int] = {}
    for block, positions in zip(join.blocks, join.positions, strict=True):
        if not block.has(plugin_key):
            continue
        chosen = (positions >= 0) & (block.status_of(plugin_key) != ABSENT)
        at = positions[chosen]
        costs = block.costs_of(plugin_key)
        for name, column in times.items():
            column[at] = getattr(costs, name)[chosen]
        numbers = [environments.setdefault(key, len(environments)) for key in costs.environments]
        environment[at] = np.array(numbers, dtype=np.int32)[costs.environment[chosen]]
    return CostColumns(
        **times,
        environment=environment,
        environments=tuple(environments),
    )
