"""NAS-Bench-NLP: a zip of logs, one JSON object a training, and a CSV that names trainings alone.

``{"recepie_id": 1000000, "recepie": "{\\"f\\": {...}}", "status": "OK", "wall_times": [141.3, ...],
"val_losses": [5.68, ...], "test_losses": [5.59, ...], ...}``

The lists have a number for each of 50 epochs. A training that ended with ``loss is nan!`` has
shorter ones, which end with the token ``NaN``, and no value. Trainings of one recipe become its
runs.

The CSV, of trainings on Penn Treebank, has no recipe: the number in its ``log name`` is the
``recepie_id`` of the logs. Rows whose number is in none of them have no architecture, and are left
out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from harness.core.errors import DataError
from harness.spaces.registry import space
from harness.truth.file_formats import Archive, Row, csv_rows, json_value, number
from harness.truth.locate import Content
from harness.truth.reading import Ledger, Reading, finite, quote, unfit_argument
from harness.truth.scores import ScoreLedger, Scores
from harness.truth.unit import Unit

__all__ = ["read", "read_scores"]

_SPACE = "nas-bench-nlp"
_EPOCHS = 50
_LOSSES, _TIMES, _CSV_LOSS = ("val_losses", "test_losses"), "wall_times", "loss"
_NAME = "log name"
_ID = re.compile(r"log_stats_model_([0-9]{1,9})_[0-9_-]+\.json")
_NOT_SCORES = (_NAME, _CSV_LOSS, "perplexity", "bits per word")
_FAILED = "loss is nan!"


def read(content: Content, arguments: Mapping[str, str], unit: Unit) -> Reading:
    """Read one column; several trainings of one recipe become its runs.

    Args:
        content: The zip, or the CSV with the zip as its architectures.
        arguments: ``column``: of the zip ``val_losses`` or ``test_losses``, after the last epoch,
            or ``wall_times``, their sum; of the CSV ``loss``.
        unit: Unit of the values.

    Raises:
        DataError: Something in the file is not as described above.
    """
    column = arguments.get("column", "")
    of_logs = content.architectures is None
    known = (*_LOSSES, _TIMES) if of_logs else (_CSV_LOSS,)
    if set(arguments) != {"column"} or column not in known:
        raise unfit_argument("nas-bench-nlp", arguments, f"column, one of {', '.join(known)}")
    runs: dict[str, list[float]] = defaultdict(list)
    where = str(content.path)
    if of_logs:
        for place, text, log in _logs(content):
            runs[text].extend(_values(log, column, f"{where}, {place}"))
    else:
        for place, text, row in _rows(content):
            runs[text].append(number(row, column, f"{where}, {place}, column {column}"))
    ledger = Ledger(where, unit)
    for text, values in runs.items():
        if values:
            ledger.add_runs(text, values, f"recipe {text}, {column}")
        else:
            ledger.lacks(text, f"recipe {text}, {column}")
    return ledger.reading()


def read_scores(content: Content, arguments: Mapping[str, str]) -> Scores:
    """Read the scores of every proxy of the CSV, which are equal for all trainings of a recipe.

    Raises:
        DataError: Something in the file is not as described above, or they are not equal.
    """
    if arguments or content.architectures is None:
        raise unfit_argument("nas-bench-nlp", arguments, "nothing, and the CSV")
    where = str(content.path)
    ledger = ScoreLedger(where)
    for place, text, row in _rows(content):
        for proxy in (column for column in row if column not in _NOT_SCORES):
            score = number(row, proxy, f"{where}, {place}, column {proxy}")
            known = ledger.scores.get(proxy, {}).get(text)
            if known is None:
                ledger.add(proxy, text, score, place)
            elif known != score:
                raise DataError(
                    f"{where}, {place}, column {proxy}: {score}, and {known} in another row of the "
                    "same recipe; expected one score of an architecture"
                )
    return ledger.scores


def _rows(content: Content) -> Iterator[tuple[str, str, Row]]:
    """Yield place, text and cells of every row of the CSV whose recipe is in the logs."""
    if content.architectures is None:
        raise DataError(f"{content.path} has no architectures; name the source that has them")
    texts = {log["recepie_id"]: text for _, text, log in _logs(content.architectures)}
    where = str(content.path)
    seen: set[str] = set()
    for line, row in csv_rows(content.data, where):
        if not {_NAME, _CSV_LOSS} <= row.keys():
            raise DataError(f"{where} has no columns {_NAME!r} and {_CSV_LOSS!r}")
        match = _ID.fullmatch(row[_NAME])
        if match is None or row[_NAME] in seen:
            raise DataError(f"{where}, row {line}: {quote(row[_NAME])} is no other name of a log")
        seen.add(row[_NAME])
        text = texts.get(int(match[1]))
        if text is not None:
            yield f"row {line}", text, row


def _logs(content: Content) -> Iterator[tuple[str, str, Mapping[str, object]]]:
    """Yield place, text and content of every training of the zip."""
    archive = Archive(content.data, str(content.path))
    recipes: dict[object, str] = {}
    for name in archive.names():
        where = f"{content.path}, {name}"
        log = json_value(archive.member(name), where)
        if not isinstance(log, dict) or not isinstance(log.get("recepie"), str):
            raise DataError(f"{where}: expected an object with a recepie, found {quote(log)}")
        key = log.get("recepie_id")
        if not isinstance(key, int):
            raise DataError(f"{where}: expected a recepie_id, found {quote(key)}")
        try:
            text = space(_SPACE).parse(log["recepie"]).text
        except DataError as error:
            raise DataError(f"{where}: {error}") from error
        if recipes.setdefault(key, text) != text:
            raise DataError(f"{where}: recepie_id {key} stands for another recipe in another log")
        yield name, text, log


def _values(log: Mapping[str, object], column: str, where: str) -> list[float]:
    """Return the value of a training, or nothing where it failed."""
    status, values = log.get("status"), log.get(column)
    if not isinstance(values, list) or status not in ("OK", _FAILED):
        raise DataError(f"{where}: status {quote(status)} and {column} {quote(values)}")
    if status == _FAILED:
        return []
    if len(values) != _EPOCHS:
        raise DataError(f"{where}, {column}: expected {_EPOCHS} epochs, found {len(values)}")
    numbers = [finite(value, f"{where}, {column}") for value in values]
    return [sum(numbers) if column == _TIMES else numbers[-1]]
