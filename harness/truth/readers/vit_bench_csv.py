"""ViT-Bench-101 as CSV: one row a vision transformer, its choices and its accuracies in %.

``DATA_base_acc`` is the accuracy after plain training, ``DATA_kd_acc`` after training with
distillation, and ``imagenet_super_acc`` that with weights inherited from a supernet: three truths.

In a supernet of AutoFormer-tiny the networks of width 240 reach about 71 and all others about 75. A
file whose ``imagenet_super_acc`` has these two groups on other rows, as ``gt_autoformer_2`` has, is
refused for this column.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from harness.core.errors import DataError
from harness.spaces.vit_bench_notation import autoformer_from_fields, pit_from_fields
from harness.truth.file_formats import Row, csv_rows, json_value, number
from harness.truth.locate import Content
from harness.truth.reading import Ledger, Reading, unfit_argument
from harness.truth.unit import Unit

__all__ = ["read"]

_TRAINED = tuple(
    f"{data}_{kind}_acc" for data in ("c100", "flower", "chaoyang") for kind in ("base", "kd")
)
_INHERITED = "imagenet_super_acc"
_WIDEST, _BETWEEN = 240, 73.0
"""Width whose networks inherit worse weights, and a value between both groups."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Space:
    fields: tuple[str, ...]
    columns: tuple[str, ...]
    text: Callable[[Mapping[str, object], str], str]


_SPACES = {
    "autoformer-tiny": _Space(
        fields=("hidden_dim", "mlp_ratio", "depth", "num_heads"),
        columns=(*_TRAINED, _INHERITED),
        text=autoformer_from_fields,
    ),
    "pit": _Space(
        fields=("base_dim", "mlp_ratio", "depth", "num_heads"),
        columns=_TRAINED,
        text=pit_from_fields,
    ),
}


def read(content: Content, arguments: Mapping[str, str], unit: Unit) -> Reading:
    """Read one column.

    Args:
        content: The file.
        arguments: ``space``, ``autoformer-tiny`` or ``pit``, and ``column``.
        unit: Unit of its values.

    Raises:
        DataError: Something in the file is not as described above; the column is on wrong rows,
            among others.
    """
    space = _SPACES.get(arguments.get("space", ""))
    if space is None or arguments.get("column") not in space.columns or len(arguments) > 2:
        known = ", ".join(_SPACES["autoformer-tiny"].columns)
        raise unfit_argument(
            "vit-bench-csv", arguments, f"space, one of {', '.join(_SPACES)}, and column: {known}"
        )
    where, column = str(content.path), arguments["column"]
    rows = list(csv_rows(content.data, where, (*space.fields, column)))
    if column == _INHERITED:
        _require_own_rows(rows, where)
    ledger = Ledger(where, unit)
    for line, row in rows:
        place = f"row {line}"
        fields = {
            name: json_value(row[name].encode(), f"{where}, {place}, column {name}")
            for name in space.fields
        }
        value = number(row, column, f"{where}, {place}, column {column}")
        ledger.add(space.text(fields, f"{where}, {place}"), value, f"{place}, column {column}")
    return ledger.reading()


def _require_own_rows(rows: Sequence[tuple[int, Row]], where: str) -> None:
    """Refuse accuracies with inherited weights that belong to other networks than their rows."""
    low = {
        line
        for line, row in rows
        if number(row, _INHERITED, f"{where}, row {line}, column {_INHERITED}") < _BETWEEN
    }
    wide = {line for line, row in rows if row["hidden_dim"] == str(_WIDEST)}
    if low != wide:
        raise DataError(
            f"{where}: column {_INHERITED} is not on the rows of its networks: "
            f"{len(low & wide)} of {len(wide)} of width {_WIDEST} and {len(low - wide)} of "
            f"{len(rows) - len(wide)} others are below {_BETWEEN:g}, where all of the first and "
            "none of the others are; there is no value to read, use the other columns"
        )
