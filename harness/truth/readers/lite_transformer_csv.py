"""LiteTransformerSearch: one row a decoder, ``n_head`` and ``d_inner`` a JSON list or one number.

Its other settings are the same in every row; a row that differs is refused, for the networks of the
space are built with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeGuard

from harness.core.errors import DataError, unknown_name
from harness.spaces import lite_transformer_notation as notation
from harness.truth.file_formats import Row, csv_rows, json_value, number
from harness.truth.locate import Content
from harness.truth.reading import Ledger, Reading, quote, unfit_argument
from harness.truth.unit import Unit

__all__ = ["read"]

_COLUMNS = ("valid_ppl", "test_ppl", "train_elapsed")
_SIZES = ("n_layer", "d_model", "d_embed", "div_val")
_LISTS = ("n_head", "d_inner")
_SETTINGS = {
    "d_head": "-1",
    "tie_weight": "true",
    "adaptive": "true",
    "attn_type": "0",
    "same_length": "false",
    "clamp_len": "-1",
    "pre_lnorm": "false",
    "primer_conv": "false",
    "primer_square": "false",
    "ext_len": "0",
}


def read(content: Content, arguments: Mapping[str, str], unit: Unit) -> Reading:
    """Read one column.

    Args:
        content: The file.
        arguments: ``column``: ``valid_ppl``, ``test_ppl`` or ``train_elapsed``.
        unit: Unit of the values.

    Raises:
        DataError: Something in the file is not as described above.
    """
    if set(arguments) != {"column"}:
        raise unfit_argument("lite-transformer-csv", arguments, "column")
    column, where = arguments["column"], str(content.path)
    if column not in _COLUMNS:
        raise DataError(str(unknown_name("column", column, _COLUMNS)))
    ledger = Ledger(where, unit)
    for line, row in csv_rows(content.data, where, (*_SIZES, *_LISTS, *_SETTINGS, column)):
        place = f"row {line}"
        value = number(row, column, f"{where}, {place}, column {column}")
        ledger.add(_text(row, f"{where}, {place}"), value, f"{place}, column {column}")
    return ledger.reading()


def _text(row: Row, where: str) -> str:
    for setting, expected in _SETTINGS.items():
        if row[setting] != expected:
            raise DataError(
                f"{where}, column {setting}: expected {expected}, found {quote(row[setting])}"
            )
    depth, width, embedding, divisor = (_whole(row, size, where) for size in _SIZES)
    heads, units = (_list(row, column, depth, where) for column in _LISTS)
    decoder = notation.Decoder(
        width=width,
        embedding=width if embedding == -1 else embedding,
        divisor=divisor,
        layers=tuple(zip(heads, units, strict=True)),
    )
    try:
        return notation.parse(notation.text(decoder))
    except DataError as error:
        raise DataError(f"{where}: {error}") from None


def _whole(row: Row, column: str, where: str) -> int:
    value = json_value(row[column].encode(), f"{where}, column {column}")
    if not _is_whole(value):
        raise DataError(f"{where}, column {column}: expected a whole number, found {quote(value)}")
    return value


def _list(row: Row, column: str, depth: int, where: str) -> list[int]:
    """Return one number a layer."""
    value = json_value(row[column].encode(), f"{where}, column {column}")
    numbers = value if isinstance(value, list) else [value] * min(depth, notation.DEEPEST)
    if len(numbers) != depth:
        raise DataError(f"{where}, column {column}: {len(numbers)} numbers for {depth} layers")
    whole = [number for number in numbers if _is_whole(number)]
    if len(whole) < depth:
        raise DataError(f"{where}, column {column}: expected whole numbers, found {quote(value)}")
    return whole


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
