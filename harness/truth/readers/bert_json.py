"""NAS-Bench-BERT: one JSON object a training, with its configuration, eight GLUE scores and time.

``[{"id": 0, "time_to_train": 3399.7, "scores": {"cola": 42.69, ..., "glue": 74.73}, "hparams":
{"model_hparam_overrides": {"hidden_size": 256, "nas_config": {"encoder_layers": [...]}}}}]``

All scores are published in hundredths: those of cola (Matthews) and sts (Spearman) are correlations
and become such here. A score of 0 in ``rte`` is no accuracy but a training that failed: it is left
out, and so is the mean ``glue`` that it is part of.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping

from harness.core.errors import DataError, unknown_name
from harness.spaces.nas_bench_bert_notation import as_trained, written_text
from harness.truth.file_formats import csv_rows, json_value, number
from harness.truth.locate import Content
from harness.truth.reading import Ledger, Reading, finite, quote, unfit_argument
from harness.truth.scores import ScoreLedger, Scores
from harness.truth.unit import Unit

__all__ = ["read", "read_scores"]

_TIME = "time_to_train"
_TASKS = ("cola", "mnli", "mrpc", "qnli", "qqp", "rte", "sst", "sts")
_MEAN, _CAN_FAIL = "glue", "rte"
_ID, _GLUE = "ID", "GLUE Score"
_TOLERANCE = 1e-6
_SPACES: Mapping[str, Callable[[str], str]] = {"nas-bench-bert": as_trained, "flexibert": str}


def read(content: Content, arguments: Mapping[str, str], unit: Unit) -> Reading:
    """Read one column; several trainings of one encoder become its runs.

    Args:
        content: The file.
        arguments: ``column``, a score or ``time_to_train``; ``space``: ``nas-bench-bert``, whose
            encoders are those that were trained, or ``flexibert``, of those that are written.
        unit: Unit of the values.

    Raises:
        DataError: Something in the file is not as described above.
    """
    if set(arguments) != {"column", "space"} or arguments["space"] not in _SPACES:
        raise unfit_argument("bert-json", arguments, f"column and space, one of {list(_SPACES)}")
    column, text_of = arguments["column"], _SPACES[arguments["space"]]
    if column not in (*_TASKS, _MEAN, _TIME):
        raise DataError(str(unknown_name("column", column, (*_TASKS, _MEAN, _TIME))))
    where = str(content.path)
    values: dict[str, list[object]] = defaultdict(list)
    for place, written, entry in _trainings(content):
        own = values[text_of(written)]
        value = _value(entry, column, f"{where}, {place}")
        if value is not None:
            own.append(value / 100 if unit is Unit.CORRELATION else value)
    ledger = Ledger(where, unit)
    for text, runs in values.items():
        if runs:
            ledger.add_runs(text, runs, f"encoder {text}, {column}")
        else:
            ledger.lacks(text, f"encoder {text}, {column}")
    return ledger.reading()


def _trainings(content: Content) -> Iterator[tuple[str, str, Mapping[str, object]]]:
    """Yield place, written encoder and entry of every training."""
    where = str(content.path)
    entries = json_value(content.data, where)
    if not isinstance(entries, list):
        raise DataError(f"{where}: expected a list of trainings, found {quote(entries)}")
    for index, entry in enumerate(entries):
        place = f"entry {index}"
        if not isinstance(entry, dict) or entry.get("id") != index:
            raise DataError(f"{where}, {place}: expected a training with id {index}")
        level: object = entry
        for key in ("hparams", "model_hparam_overrides"):
            level = level.get(key) if isinstance(level, dict) else None
        config = level.get("nas_config") if isinstance(level, dict) else None
        if not isinstance(level, dict) or not isinstance(config, dict):
            raise DataError(f"{where}, {place}: no configuration of an encoder")
        layers = config.get("encoder_layers")
        yield place, written_text(level.get("hidden_size"), layers, f"{where}, {place}"), entry


def _value(
    entry: Mapping[str, object], column: str, where: str, *, keep_failed: bool = False
) -> float | None:
    """Return a value; None where its training failed, unless that is kept."""
    if column == _TIME:
        return finite(entry.get(_TIME), f"{where}, {_TIME}")
    scores = entry.get("scores")
    if not isinstance(scores, dict) or set(scores) != {*_TASKS, _MEAN}:
        raise DataError(f"{where}: expected the scores {', '.join(_TASKS)} and {_MEAN}")
    numbers = {name: finite(scores[name], f"{where}, {name}") for name in scores}
    mean = math.fsum(numbers[name] for name in _TASKS) / len(_TASKS)
    if not math.isclose(mean, numbers[_MEAN], abs_tol=_TOLERANCE):
        raise DataError(f"{where}: {_MEAN} {numbers[_MEAN]} is not the mean of the eight scores")
    failed = column in (_MEAN, _CAN_FAIL) and numbers[_CAN_FAIL] == 0
    return None if failed and not keep_failed else numbers[column]


def read_scores(content: Content, arguments: Mapping[str, str]) -> Scores:
    """Read the scores of the CSV by written encoder; the mean of those that are there twice.

    Raises:
        DataError: Something in the file is not as described above, or its column of ``glue`` is not
            that of the file with the encoders.
    """
    if arguments or content.architectures is None:
        raise unfit_argument("bert-json", arguments, "nothing, and the CSV")
    where = str(content.path)
    trainings = [(text, entry) for _, text, entry in _trainings(content.architectures)]
    columns: dict[tuple[str, str], list[float]] = defaultdict(list)
    for index, (line, row) in enumerate(csv_rows(content.data, where)):
        place = f"{where}, row {line}"
        if not {_ID, _GLUE} <= row.keys():
            raise DataError(f"{where} has no columns {_ID!r} and {_GLUE!r}")
        if row[_ID] != str(index) or index >= len(trainings):
            raise DataError(f"{place}: expected the training {index}, found {quote(row[_ID])}")
        text, entry = trainings[index]
        glue = number(row, _GLUE, f"{place}, column {_GLUE}")
        if glue != _value(entry, _MEAN, place, keep_failed=True):
            raise DataError(f"{place}: {_GLUE} {glue} is not that of training {index}")
        for proxy in (column for column in row if column not in (_ID, _GLUE)):
            score = number(row, proxy, f"{place}, column {proxy}")
            columns[proxy.lower().replace(" ", "_"), text].append(score)
    ledger = ScoreLedger(where)
    for (proxy, text), scores in columns.items():
        ledger.add(proxy, text, math.fsum(scores) / len(scores), f"encoder {text}")
    return ledger.scores
