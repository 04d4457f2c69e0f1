"""CSV with a heading, one row an architecture: a task is one of its columns of numbers.

=================  ================================================================================
argument           meaning
=================  ================================================================================
``space``          name of the space
``architecture``   the column of architectures, in any notation of the space; or a text in which
                   columns stand in braces, ``({op01}, {op02}, {op12}, {op03}, {op13}, {op23})``
``value``          the column of values
``missing``        the number that stands for no value, if any
``decimals``       decimals that values are rounded to, if any: where the noise of floating-point
                   arithmetic breaks ties
=================  ================================================================================
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping

from harness.core.errors import DataError
from harness.spaces.published import text_in
from harness.spaces.registry import space
from harness.truth.file_formats import Row, csv_rows, number
from harness.truth.locate import Content
from harness.truth.reading import Ledger, Reading, unfit_argument
from harness.truth.scores import PROXIES, ScoreLedger, Scores
from harness.truth.unit import Unit

__all__ = ["read", "read_scores"]

_READER = "csv"
_WHOSE = {"space", "architecture"}
_OPTIONAL = {"missing", "decimals"}
_COLUMN = re.compile(r"\{([^{}]+)\}")


def read(content: Content, arguments: Mapping[str, str], unit: Unit) -> Reading:
    """Read one column of values.

    Args:
        content: The file.
        arguments: See above.
        unit: Unit of the values.

    Raises:
        DataError: Something in the file is not as described above.
    """
    if not _WHOSE | {"value"} <= set(arguments) <= _WHOSE | {"value"} | _OPTIONAL:
        raise unfit_argument(_READER, arguments, "space, architecture, value, missing, decimals")
    where, column = str(content.path), arguments["value"]
    missing, decimals = _number(arguments, "missing"), _number(arguments, "decimals")
    ledger = Ledger(where, unit)
    for text, line, row in _rows(content, arguments, (column,)):
        place = f"row {line}, column {column}"
        value = number(row, column, f"{where}, {place}")
        if value == missing:
            ledger.lacks(text, place)
        else:
            ledger.add(text, value if decimals is None else round(value, int(decimals)), place)
    return ledger.reading()


def read_scores(content: Content, arguments: Mapping[str, str]) -> Scores:
    """Read the scores of every proxy in the file: the columns that have the name of one.

    Args:
        content: The file.
        arguments: ``space`` and ``architecture``, see above.

    Raises:
        DataError: Something in the file is not as described above.
    """
    if set(arguments) != _WHOSE:
        raise unfit_argument(_READER, arguments, "space and architecture")
    where = str(content.path)
    ledger = ScoreLedger(where)
    for text, line, row in _rows(content, arguments, None):
        for proxy in (column for column in PROXIES if column in row):
            place = f"row {line}, column {proxy}"
            ledger.add(proxy, text, number(row, proxy, f"{where}, {place}"), place)
    if not ledger.scores:
        raise DataError(f"{where} has no column of a proxy; known: {', '.join(PROXIES)}")
    return ledger.scores


def _rows(
    content: Content, arguments: Mapping[str, str], columns: tuple[str, ...] | None
) -> Iterator[tuple[str, int, Row]]:
    """Yield the text of each architecture, the number of its row and its cells."""
    where = str(content.path)
    texts = _texts(content.data, where, arguments["space"], arguments["architecture"])
    rows = csv_rows(content.data, where, columns)
    for text, (line, row) in zip(texts, rows, strict=True):
        yield text, line, row


@functools.lru_cache(maxsize=1)
def _texts(data: bytes, where: str, space_name: str, architecture: str) -> tuple[str, ...]:
    """Read the architectures once for all columns of a file."""
    known = space(space_name)
    columns = tuple(_COLUMN.findall(architecture)) or (architecture,)
    place = ", ".join(columns)
    return tuple(
        text_in(known, _written(architecture, row), f"{where}, row {line}, column {place}")
        for line, row in csv_rows(data, where, columns)
    )


def _written(architecture: str, row: Row) -> str:
    if architecture in row:
        return row[architecture]
    return _COLUMN.sub(lambda match: row[match[1]], architecture)


def _number(arguments: Mapping[str, str], name: str) -> float | None:
    if name not in arguments:
        return None
    try:
        return float(arguments[name])
    except ValueError:
        raise unfit_argument(_READER, arguments, f"a number as {name}") from None
