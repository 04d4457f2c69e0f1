"""Scores that were computed elsewhere: a table of architectures and scores, or a mapping.

A CSV, TSV or Parquet has a column ``architecture`` (or ``network``) and either ``score``, with
``name``, ``direction`` and ``seconds`` where known, or one column for each method:

architecture,score,seconds          architecture,my_proxy,other_proxy
"(4, 0, 3, 1, 4, 3)",0.31,1.5       "(4, 0, 3, 1, 4, 3)",0.31,12.0

A table with other columns is described by a TOML beside it:

table = "my_scores.csv"
name = "my_proxy"             # that of the file when absent
architecture = "cell"         # columns
score = "value"               # or a list of columns, each a method of its name
direction = "lower"           # higher when absent
seconds = "time"              # absent where the cost is unknown

An empty cell is no score.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias, runtime_checkable

from harness.core.direction import Direction
from harness.core.errors import DataError, UsageError
from harness.core.files import read_toml
from harness.core.identity import digest_lines
from harness.core.names import FILE_NAME
from harness.core.numbers import plain_number
from harness.truth.own_table import ARCHITECTURE, TABLES, headings, require_beside, rows
from harness.truth.reading import finite, quote
from harness.truth.registry_file import validate_file

if TYPE_CHECKING:
    from harness.truth.registry_models import OwnScores

__all__ = [
    "ImportedScores",
    "Read",
    "ScoreItems",
    "column_label",
    "column_scores",
    "imported_scores",
    "is_scores_file",
    "scores_in_file",
]

Read: TypeAlias = Callable[[str], str]
"""Reads any notation of an architecture and returns its text; raises a `DataError`."""


@runtime_checkable
class _Items(Protocol):
    """What a mapping and a pandas series both have."""

    def items(self) -> Iterable[tuple[object, object]]: ...


ScoreItems: TypeAlias = _Items
"""Architectures in any notation of the space, to scores."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedScores:
    """One method whose scores were computed elsewhere.

    Attributes:
        name: Name of the method, without the mark that reports add.
        direction: Which scores are better.
        where: Where they are from.
        scores: Text of an architecture to its score, finite.
        seconds: Text to what the score took; empty where that is unknown.
        kind: What they are, in reports: imported, or a column of the space.
    """

    name: str
    direction: Direction
    where: str
    scores: Mapping[str, float]
    seconds: Mapping[str, float]
    kind: str = "imported"

    @property
    def label(self) -> str:
        """Name in all reports, which says that the scores are not a plugin's."""
        return f"{self.name} ({self.kind})"

    @property
    def key(self) -> str:
        """Identity of the scores: their content."""
        lines = [f"{text}\t{score!r}" for text, score in self.scores.items()]
        lines += [f"{text}\t{seconds!r} s" for text, seconds in self.seconds.items()]
        return f"{self.name}:{self.kind}:{digest_lines([str(self.direction), *lines])}"


_COLUMN = "column"


def column_label(name: str) -> str:
    """Return what a column of a space is called in all reports."""
    return f"{name} ({_COLUMN})"


def column_scores(
    columns: Mapping[str, Callable[[str], float]], texts: Iterable[str], space: str
) -> tuple[ImportedScores, ...]:
    """Rank the columns of a space as methods: what size, depth and the like say alone.

    Args:
        columns: Figures of an architecture by its text, by their names.
        texts: The architectures.
        space: Name of the space.

    Raises:
        DataError: A figure is no finite number, or a column lacks an architecture.
    """
    kept = tuple(texts)
    return tuple(
        ImportedScores(
            name=name,
            direction=Direction.HIGHER,
            where=f"columns of {space}",
            scores={text: finite(figure(text), f"{space}, {name} of {text}") for text in kept},
            seconds={},
            kind=_COLUMN,
        )
        for name, figure in columns.items()
    )


def scores_in_file(path: Path, read: Read, name: str = "") -> tuple[ImportedScores, ...]:
    """Read all methods of a table of scores, or of the TOML that describes one.

    Args:
        path: The file.
        read: Reads the architectures of the space.
        name: Name of its one method, instead of what the file says.

    Raises:
        DataError: It holds something else than described above; the message names row and column.
        InfrastructureError: It cannot be read.
        UsageError: It is given a name and has several methods.
    """
    layout = _described(path) if path.suffix.lower() == ".toml" else _seen(path)
    methods = tuple(replace(method, where=str(path)) for method in layout.read(read))
    if not name:
        return methods
    if len(methods) > 1:
        names = ", ".join(method.name for method in methods)
        raise UsageError(f"{path} has the scores of {names}; they cannot all be called {name!r}")
    (method,) = methods
    _require_name(name, str(path))
    return (replace(method, name=name),)


def imported_scores(name: str, items: ScoreItems, read: Read) -> ImportedScores:
    """Take scores of a running program, higher for better architectures.

    Raises:
        DataError: An architecture cannot be read or comes twice, or a score is no finite number.
    """
    ledger = _Ledger(where=f"scores {name!r}", read=read)
    for text, score in items.items():
        ledger.add(text, plain_number(score), None, f"architecture {quote(text)}")
    return ledger.scores(name, Direction.HIGHER)


@dataclass(slots=True, kw_only=True)
class _Ledger:
    """Collects the scores of one method and refuses what cannot be right."""

    where: str
    read: Read
    values: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    def add(self, written: object, score: object, seconds: object, place: str) -> None:
        """Enter a row; a score of None is none."""
        where = f"{self.where}, {place}"
        if not isinstance(written, str | tuple) or not str(written).strip():
            raise DataError(f"{where}: expected an architecture, found {quote(written)}")
        try:
            text = self.read(str(written))
        except DataError as error:
            raise DataError(f"{where}: {error}") from None
        if text in self.seen:
            raise DataError(f"{where}: architecture {text} has a second score; leave one")
        self.seen.add(text)
        if score is None:
            return
        self.values[text] = finite(score, where)
        if seconds is not None:
            self.seconds[text] = finite(seconds, where)
            if self.seconds[text] < 0:
                raise DataError(f"{where}: {seconds} seconds are no time that a score can take")

    def scores(self, name: str, direction: Direction) -> ImportedScores:
        """Return what was entered."""
        _require_name(name, self.where)
        if not self.values:
            raise DataError(f"{self.where} has no score of {name}")
        return ImportedScores(
            name=name,
            direction=direction,
            where=self.where,
            scores=self.values,
            seconds=self.seconds,
        )


def _require_name(name: str, where: str) -> None:
    if not re.fullmatch(FILE_NAME, name):
        raise DataError(
            f"{where}: the scores are named {quote(name)}; a name has letters, digits and ._+-, a "
            "letter or digit first"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """What the columns of a table of scores are.

    Attributes:
        table: The file.
        architecture: Column of architectures.
        methods: Column of scores to the method that they are of; "" for the one of column `name`.
        direction: Which scores are better, where no column says so.
        seconds: Column of costs, or nothing.
        name: Column of names of methods, or nothing.
        directions: Column of directions, or nothing.
    """

    table: Path
    architecture: str
    methods: Mapping[str, str]
    direction: Direction = Direction.HIGHER
    seconds: str = ""
    name: str = ""
    directions: str = ""

    def read(self, read: Read) -> tuple[ImportedScores, ...]:
        """Read the table."""
        texts = (self.architecture, *filter(None, (self.name, self.directions)))
        numbers = (*self.methods, *filter(None, (self.seconds,)))
        ledgers: dict[str, _Ledger] = {}
        directions: dict[str, Direction] = {}
        for row, cells in rows(self.table, texts, numbers):
            direction = self._direction(cells, row)
            for column, method in self.methods.items():
                name = method or str(cells[self.name]).strip()
                ledger = ledgers.setdefault(name, _Ledger(where=str(self.table), read=read))
                if directions.setdefault(name, direction) is not direction:
                    raise DataError(
                        f"{self.table}, row {row}: {name} is better {direction} here and "
                        f"{directions[name]} above; a method has one direction"
                    )
                seconds = cells[self.seconds] if self.seconds else None
                ledger.add(
                    cells[self.architecture], cells[column], seconds, f"row {row}, column {column}"
                )
        if not ledgers:
            raise DataError(f"{self.table} has no rows")
        return tuple(ledger.scores(name, directions[name]) for name, ledger in ledgers.items())

    def _direction(self, cells: Mapping[str, object], row: int) -> Direction:
        if not self.directions:
            return self.direction
        written = str(cells[self.directions]).strip().lower()
        if written not in set(Direction):
            raise DataError(
                f"{self.table}, row {row}, column {self.directions}: expected higher or lower, "
                f"found {quote(cells[self.directions])}"
            )
        return Direction(written)


def _seen(table: Path) -> _Layout:
    """Tell by its heading what the columns of a table are."""
    heads = headings(table)
    architecture = next((head for head in ARCHITECTURE if head in heads), None)
    if architecture is None:
        raise DataError(
            f"{table} has no column 'architecture'; it has {quote(list(heads))}: rename one, or "
            "describe the table by a TOML (see docs/ground-truth.md)"
        )
    others = [head for head in heads if head != architecture]
    if "score" not in others:
        methods = {head: head for head in others if head != "seconds"}
        if not methods:
            raise DataError(f"{table} has no column of scores beside {architecture!r}")
        seconds = "seconds" if "seconds" in others and len(methods) == 1 else ""
        return _Layout(table=table, architecture=architecture, methods=methods, seconds=seconds)
    known = {head: head if head in others else "" for head in ("name", "direction", "seconds")}
    return _Layout(
        table=table,
        architecture=architecture,
        methods={"score": "" if known["name"] else table.stem},
        seconds=known["seconds"],
        name=known["name"],
        directions=known["direction"],
    )


def _described(path: Path) -> _Layout:
    from harness.truth.registry_models import OwnScores

    own: OwnScores = validate_file(OwnScores, read_toml(path), str(path))
    require_beside(path, own.table)
    columns = (own.score,) if isinstance(own.score, str) else own.score
    if own.name and len(columns) > 1:
        raise DataError(f"{path}, name: {len(columns)} columns of scores are named by themselves")
    single = {columns[0]: own.name or path.stem}
    return _Layout(
        table=path.parent / own.table,
        architecture=own.architecture,
        methods=single if isinstance(own.score, str) else {column: column for column in columns},
        direction=own.direction,
        seconds=own.seconds or "",
    )


def is_scores_file(text: str) -> bool:
    """Tell whether a text is the path of a table of scores, or of a TOML that describes one."""
    path = Path(text)
    if path.suffix.lower() in TABLES:
        return True
    return path.suffix.lower() == ".toml" and path.is_file() and "score" in read_toml(path)
