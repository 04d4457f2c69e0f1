"""What blocks of records add to others, found by column: no record is decoded for it.

An outcome can be there twice only where more than one record is of its architecture. These
architectures are told by hashes of their texts, eight bytes a record, and only they are compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from harness.core.errors import UsageError
from harness.records.block import Block, PluginRows
from harness.records.columns import ABSENT, SCORED
from harness.records.merge_keyed import AGREE
from harness.records.record import PluginScore, ScoreRecord

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from harness.records.store import Stored

    IntArray = NDArray[np.int64]

__all__ = ["Addition", "additions", "with_scores"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Addition:
    """What a block adds to those before it.

    Attributes:
        block: The block.
        segment: Its segment; None of a log's.
        repeated: By plugin key, rows whose outcome was there before.
        replaces: Whether any outcome takes the place of a failure that was there before.
        environments: Keys of those that what it adds is of.
        added: Number of outcomes that it adds.
        present: Number of outcomes that were there before.
    """

    block: Block
    segment: Path | None
    repeated: Mapping[str, IntArray]
    replaces: bool
    environments: frozenset[str]
    added: int
    present: int

    @property
    def whole(self) -> Path | None:
        """The segment, where all of it is added and may stand before what is in logs."""
        return None if self.present or self.replaces else self.segment

    def records(self) -> Iterator[ScoreRecord]:
        """Yield the records of what it adds, without outcomes that were there before."""
        if not self.added:
            return
        repeated = {key: set(rows.tolist()) for key, rows in self.repeated.items()}
        for row, record in enumerate(self.block.records()):
            new = {
                key: score
                for key, score in record.scores.items()
                if row not in repeated.get(key, ())
            }
            if new:
                yield with_scores(record, new)


def additions(known: Iterable[Stored], sources: Iterable[Stored]) -> list[Addition]:
    """Return what each of some blocks adds to those that are known and to those before it.

    Of two outcomes for one plugin and architecture the first is kept, but a score rather than a
    failure or a skip.

    Raises:
        UsageError: There are different scores of one plugin for one architecture.
    """
    known, sources = list(known), list(sources)
    comparison = _Comparison.of([block for block, _ in (*known, *sources)])
    for block, _ in known:
        comparison.take(block)
    return [comparison.addition(block, segment) for block, segment in sources]


def with_scores(record: ScoreRecord, scores: dict[str, PluginScore]) -> ScoreRecord:
    """Return a record with some of its scores, and the passes that these share."""
    needed = {name for score in scores.values() for name in score.passes}
    passes = {name: cost for name, cost in record.passes.items() if name in needed}
    return record.model_copy(update={"scores": scores, "passes": passes})


@dataclass(slots=True, kw_only=True)
class _Column:
    """What a plugin said last of the architectures that are compared."""

    status: NDArray[np.int8]
    values: dict[str, NDArray[np.float64]] = field(default_factory=dict)

    def put(self, places: IntArray, rows: PluginRows, chosen: IntArray) -> None:
        """Enter some rows; no place comes twice."""
        self.status[places] = rows.status[chosen]
        for name in {*self.values, *rows.values}:
            column = self.values.setdefault(name, np.full(self.status.size, np.nan))
            column[places] = rows.values[name][chosen] if name in rows.values else np.nan

    def differing(self, places: IntArray, rows: PluginRows, chosen: IntArray) -> Differing | None:
        """Return the first of some scores that is another one than is known, if there is one."""
        for name, column in rows.values.items():
            new = column[chosen]
            other = self.values[name][places] if name in self.values else np.full(new.shape, np.nan)
            near = AGREE * np.maximum(np.maximum(np.abs(new), np.abs(other)), AGREE)
            (apart,) = np.nonzero(~(np.abs(new - other) <= near) & ~np.isnan(new))
            if apart.size:
                return int(chosen[apart[0]]), float(new[apart[0]]), float(other[apart[0]])
        return None


Differing = tuple[int, float, float]
"""A row, its value and that which is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Comparison:
    """Outcomes of architectures that more than one record is of.

    Attributes:
        index: Numbers of these architectures by their texts.
        columns: By plugin key.
    """

    index: Mapping[str, int]
    columns: dict[str, _Column] = field(default_factory=dict)

    @classmethod
    def of(cls, blocks: Sequence[Block]) -> _Comparison:
        hashes = np.concatenate([np.empty(0, np.int64), *map(_hashes, blocks)])
        hashes.sort()
        twice = set(hashes[1:][hashes[1:] == hashes[:-1]].tolist())
        texts = (text for block in blocks for text in block.load_texts() if hash(text) in twice)
        return cls(index={text: number for number, text in enumerate(dict.fromkeys(texts))})

    def take(self, block: Block) -> None:
        """Enter what is known; of two records the later one holds."""
        positions = block.positions(self.index)
        for plugin in block.layout.plugins:
            compared = _compared(block.status_of(plugin.key), positions)
            for chosen in _without_repetition(positions, compared):
                self._column(plugin.key).put(positions[chosen], block.rows_of(plugin.key), chosen)

    def addition(self, block: Block, segment: Path | None) -> Addition:
        """Compare a block with what is known, and enter what it adds."""
        positions = block.positions(self.index)
        repeated: dict[str, IntArray] = {}
        adding = np.zeros(block.layout.rows, dtype=np.bool_)
        asked, replaces = 0, False
        for plugin in block.layout.plugins:
            lacking = block.status_of(plugin.key) != ABSENT
            asked += int(lacking.sum())
            for chosen in _without_repetition(positions, _compared(lacking, positions)):
                again, better = self._compare(plugin.key, block, positions, chosen)
                replaces |= better
                lacking[again] = False
                if again.size:
                    before = repeated.get(plugin.key, np.empty(0, np.int64))
                    repeated[plugin.key] = np.concatenate([before, again])
            adding |= lacking
        present = sum(rows.size for rows in repeated.values())
        numbers = np.unique(block.environment_numbers()[adding]).tolist()
        return Addition(
            block=block,
            segment=segment,
            repeated=repeated,
            replaces=replaces,
            environments=frozenset(block.layout.environments[number] for number in numbers),
            added=asked - present,
            present=present,
        )

    def _compare(
        self, key: str, block: Block, positions: IntArray, chosen: IntArray
    ) -> tuple[IntArray, bool]:
        """Enter what is new in some rows; return the others, and whether a failure is replaced."""
        column, rows, places = self._column(key), block.rows_of(key), positions[chosen]
        before, scored = column.status[places], rows.status[chosen] == SCORED
        both = scored & (before == SCORED)
        if differing := column.differing(places[both], rows, chosen[both]):
            row, new, other = differing
            text = block.load_texts()[block.text_numbers()[row]]
            raise UsageError(
                f"{key} has two scores for {text}, {new!r} and {other!r}; one of the folders is "
                "not what it says, so none is merged"
            )
        better = scored & ~both & (before != ABSENT)
        adds = better | (before == ABSENT)
        column.put(places[adds], rows, chosen[adds])
        return chosen[~adds], bool(better.any())

    def _column(self, key: str) -> _Column:
        if key not in self.columns:
            self.columns[key] = _Column(status=np.full(len(self.index), ABSENT, dtype=np.int8))
        return self.columns[key]


def _hashes(block: Block) -> IntArray:
    """Return of each row the hash of its architecture's text."""
    texts = block.load_texts()
    return np.fromiter(map(hash, texts), np.int64, len(texts))[block.text_numbers()]


def _compared(asked: NDArray[np.bool_] | NDArray[np.int8], positions: IntArray) -> IntArray:
    """Return the rows that were asked and whose architectures are compared."""
    (rows,) = np.nonzero((asked != ABSENT) & (positions >= 0))
    return rows


def _without_repetition(positions: IntArray, rows: IntArray) -> Iterator[IntArray]:
    """Yield rows in parts in which no position comes twice, earlier rows of a position first."""
    while rows.size:
        _, first = np.unique(positions[rows], return_index=True)
        yield rows[first]
        rows = np.delete(rows, first)
