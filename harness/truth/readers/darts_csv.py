"""SWAP's trained DARTS genotypes: CSV without heading, the printed genotype and its accuracy."""

from __future__ import annotations

from collections.abc import Mapping

from harness.spaces.published import darts_from_genotype
from harness.truth.file_formats import csv_rows, number
from harness.truth.locate import Content
from harness.truth.reading import Ledger, Reading, unfit_argument
from harness.truth.unit import Unit

__all__ = ["read"]

_COLUMNS = ("genotype", "accuracy")


def read(content: Content, arguments: Mapping[str, str], unit: Unit) -> Reading:
    """Read the accuracies; the genotypes are parsed, never evaluated.

    Raises:
        DataError: Something in the file is not as described above.
    """
    if arguments:
        raise unfit_argument("darts-csv", arguments, "nothing")
    where = str(content.path)
    ledger = Ledger(where, unit)
    for line, row in csv_rows(content.data, where, _COLUMNS, names=_COLUMNS):
        place = f"row {line}, column 2"
        text = darts_from_genotype(row["genotype"], f"{where}, row {line}, column 1")
        ledger.add(text, number(row, "accuracy", f"{where}, {place}"), place)
    return ledger.reading()
