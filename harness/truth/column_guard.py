"""Whether a table of one's own holds the column that it says: it is compared with the known ones.

The columns of the same space that lie on this machine are compared with it: how many values are
equal, how many of its values occur at all, on whichever rows, and the rank correlation. Three
things are doubted aloud:

* the values equal a column of another data set, split or length of training than the table claims,
  and none that fits the claim;
* the ranks follow such a column clearly better than any that fits;
* the values are those of a column, but on other rows.

Values are equal that are so after rounding to the decimals of the table. Tables with few
architectures or few different values are not judged, since theirs are equal by chance.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from harness.core.direction import Direction
from harness.core.errors import HarnessError
from harness.truth.locate import where
from harness.truth.parsed_cache import copied_column, read_task
from harness.truth.places import Places
from harness.truth.source import source
from harness.truth.table import UNSTATED, TruthTable, spearman
from harness.truth.task import Split, Task
from harness.truth.tasks import tasks
from harness.truth.unit import Unit

__all__ = ["Resemblance", "doubts", "resemblances", "warn_of_columns"]

_LOG = logging.getLogger(__name__)

_FEWEST = 40
"""Architectures in common, and different values, below which nothing is said."""

_UNREAD = 4
"""Columns that are parsed for a table; those that have a parsed copy are all compared."""

_SAMPLE = 2_000
_EQUAL, _MOVED = 0.9, 0.99
_FOLLOWED, _MARGIN, _FOLDS, _FEWEST_RANKED = 0.95, 0.03, 5, 200
_MOST_DECIMALS = 6
_SHARES = {Unit.PERCENT: 100.0, Unit.FRACTION: 1.0}

_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resemblance:
    """How a table compares with a known column, over the architectures that both have.

    Attributes:
        task: The known column.
        n: Number of architectures in common.
        equal: Those of which the two have the same value.
        present: Values of the table that the column has on some row, each row counted once.
        in_order: Values of the table that stand in the same row of the published file, whatever
            their architecture.
        spearman: Rank correlation over at most 2,000 of them.
        pairs: Values of these in the table and in the column, shape ``(n, 2)``.
    """

    task: Task
    n: int
    equal: int
    present: int
    in_order: int
    spearman: float
    pairs: _Floats = field(repr=False, compare=False)


def warn_of_columns(table: TruthTable, places: Places) -> None:
    """Log what is doubtful of a table of one's own, once for each table.

    Args:
        table: The table; its values in the order of its rows.
        places: Where known columns are looked for; nothing is downloaded.
    """
    for doubt in _doubts(_Asked(table=table, places=places, key=_identity(table))):
        _warn_once(doubt)


def doubts(table: TruthTable, known: Sequence[Resemblance]) -> tuple[str, ...]:
    """Say in sentences which claims of a table its values do not bear out."""
    if len(set(table.values.values())) < _FEWEST:
        return ()
    moved = _moved(table, known)
    if moved is not None:
        return (moved,)
    other = _equal(table, known) or _followed(table, known)
    return () if other is None else (other,)


def resemblances(
    table: TruthTable, places: Places, unread: int = _UNREAD
) -> tuple[Resemblance, ...]:
    """Compare a table with the columns of its space and unit on this machine, most equal first.

    Args:
        table: The table.
        places: Where they are looked for; nothing is downloaded.
        unread: How many columns without a parsed copy are read, those of the data set first.
    """
    texts, values = tuple(table.values), np.array([*table.values.values()])
    decimals, compared = _decimals(values), []
    comparable = [known for known in _of_space(table.space) if _comparable(table.unit, known.unit)]
    for known in sorted(comparable, key=lambda task: not table.is_about(task.dataset)):
        column = copied_column(known, texts, places)
        if column is None and unread and where(source(known.source), places) is not None:
            unread -= 1
            column = _parsed_column(known, texts, places)
        if column is not None and np.isfinite(column[0]).sum() >= _FEWEST:
            aligned, in_file = (part * _scale(table.unit, known.unit) for part in column)
            compared.append(_compare(known, values, aligned, in_file, decimals))
    return tuple(sorted(compared, key=lambda column: (-column.equal / column.n, -column.spearman)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A table, told from others by its content and claims alone."""

    table: TruthTable = field(compare=False)
    places: Places
    key: tuple[object, ...]


def _identity(table: TruthTable) -> tuple[object, ...]:
    claims = (table.space, table.dataset, table.split, table.unit, table.epochs, table.sources)
    return (*claims, hash(tuple(table.values.items())))


@functools.lru_cache(maxsize=32)
def _doubts(asked: _Asked) -> tuple[str, ...]:
    if len(set(asked.table.values.values())) < _FEWEST:
        return ()
    return doubts(asked.table, resemblances(asked.table, asked.places))


@functools.lru_cache(maxsize=32)
def _warn_once(sentence: str) -> None:
    _LOG.warning("%s", sentence)


def _of_space(space: str) -> list[Task]:
    return [known for known in tasks() if known.space == space]


def _parsed_column(
    known: Task, texts: Sequence[str], places: Places
) -> tuple[_Floats, _Floats] | None:
    try:
        values = read_task(known, places)[0].values
    except HarnessError as error:
        _LOG.info("%s is not compared: %s", known.name, error)
        return None
    aligned = np.array([values.get(text, np.nan) for text in texts])
    return aligned, np.array([*values.values()])


def _compare(
    known: Task, values: _Floats, aligned: _Floats, in_file: _Floats, decimals: int
) -> Resemblance:
    both = np.isfinite(aligned)
    own, other = values[both], aligned[both]
    tolerance = 0.5 * 10.0**-decimals * (1 + 1e-6)
    rows = min(len(values), len(in_file))
    step = -(-len(own) // _SAMPLE)
    pairs = np.stack([own[::step], other[::step]], axis=1)
    return Resemblance(
        task=known,
        n=len(own),
        equal=int((np.abs(own - other) <= tolerance).sum()),
        present=int((np.abs(np.sort(own) - np.sort(other)) <= tolerance).sum()),
        in_order=int((np.abs(values[:rows] - in_file[:rows]) <= tolerance).sum()),
        spearman=_spearman(pairs),
        pairs=pairs,
    )


def _decimals(values: _Floats) -> int:
    """Return the number of decimals that all values are written with, 6 at most."""
    for decimals in range(_MOST_DECIMALS):
        if np.abs(values - values.round(decimals)).max() < 1e-9:
            return decimals
    return _MOST_DECIMALS


def _comparable(own: Unit, known: Unit) -> bool:
    return own in (known, Unit.NUMBER) or (own in _SHARES and known in _SHARES)


def _scale(own: Unit, known: Unit) -> float:
    """Return what the values of a known unit are multiplied by to be of another."""
    return _SHARES[own] / _SHARES[known] if own in _SHARES and known in _SHARES else 1.0


def _spearman(pairs: _Floats) -> float:
    if not len(pairs) or not np.ptp(pairs, axis=0).min() > 0:
        return 0.0
    return spearman(pairs)


def _fits(table: TruthTable, known: Task) -> bool:
    """Tell whether a column may be what a table claims to be."""
    splits = {table.split, known.split} - {Split.UNSTATED}
    return len(splits) < 2 and _is_alike(table, known)


def _is_alike(table: TruthTable, known: Task) -> bool:
    """Tell whether a column is of the claimed data set and length of training, on any split."""
    if table.epochs is None:
        trained = not _is_short(known)
    else:
        trained = known.epochs is None or known.epochs == table.epochs
    return trained and table.is_about(known.dataset)


def _is_short(known: Task) -> bool:
    return known.epochs is not None and any(
        other.epochs is not None and other.epochs > known.epochs
        for other in _of_space(known.space)
        if other.dataset == known.dataset
    )


def _moved(table: TruthTable, known: Sequence[Resemblance]) -> str | None:
    for column in known:
        if column.equal >= column.n / 2 or column.n < _FEWEST:
            continue
        moved, in_order = column.present >= _MOVED * column.n, column.in_order >= _MOVED * table.n
        if moved or in_order:
            order = (
                f"; {column.in_order:,} stand where they do in its file, so that the architectures "
                "are in another order than the values"
                if in_order
                else "; the rows are in another order than the architectures"
            )
            return (
                f"the values of {_name(table)} are those of {column.task.name} on other rows: "
                f"{column.present:,} of {column.n:,} occur there, {column.equal:,} of them at "
                f"their architecture{order}"
            )
    return None


def _equal(table: TruthTable, known: Sequence[Resemblance]) -> str | None:
    equal = [column for column in known if column.equal >= _EQUAL * column.n]
    if not equal or any(_fits(table, column.task) for column in equal):
        return None
    return _sentence(table, equal[0], "are those")


def _followed(table: TruthTable, known: Sequence[Resemblance]) -> str | None:
    """Doubt a table whose ranks are clearly nearer to a column that does not fit."""
    if table.direction is not Direction.HIGHER or table.dataset == UNSTATED:
        return None
    ranked = [
        column for column in known if column.n >= _FEWEST_RANKED and _is_accuracy(column.task)
    ]
    fitting = [column for column in ranked if _is_alike(table, column.task)]
    others = [column for column in ranked if not _is_alike(table, column.task)]
    if not fitting or not others:
        return None
    best = max(fitting, key=lambda column: column.spearman)
    other = max(others, key=lambda column: column.spearman)
    if other.spearman < max(_FOLLOWED, best.spearman + _MARGIN):
        return None
    folds = range(_FOLDS)
    if any(_fold(other, fold) <= _fold(best, fold) for fold in folds):
        return None
    return (
        f"{_sentence(table, other, 'follow those')}, where the best that fits, {best.task.name}, "
        f"has Spearman {best.spearman:.3f}"
    )


def _fold(column: Resemblance, fold: int) -> float:
    return _spearman(column.pairs[fold::_FOLDS])


def _is_accuracy(known: Task) -> bool:
    return known.unit in _SHARES and known.direction is Direction.HIGHER


def _sentence(table: TruthTable, column: Resemblance, verb: str) -> str:
    return (
        f"{_name(table)} says {_claims(table)}, but its values {verb} of {column.task.name} "
        f"({_claims(column.task)}): {column.equal:,} of {column.n:,} are equal, Spearman "
        f"{column.spearman:.3f}"
    )


def _claims(of: TruthTable | Task) -> str:
    epochs = "epochs not stated" if of.epochs is None else f"{of.epochs} epochs"
    dataset = "data set not stated" if of.dataset == UNSTATED else of.dataset
    split = "split not stated" if of.split is Split.UNSTATED else of.split
    return f"{dataset}, {split}, {epochs}"


def _name(table: TruthTable) -> str:
    return f"column {table.metric!r} of {table.sources[-1] if table.sources else table.task}"
