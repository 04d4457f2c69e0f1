"""Accel-NASBench: a ``.tar.gz`` of one JSON file a training, ``anb_dataset_jsons/result_N.json``.

A file has ``architecture`` (28 choices of the MnasNet space), ``metrics`` (``val_top1`` and
``val_top5`` in %, ``train_time`` in seconds), ``model_info`` and ``platform_perf``, where
``throughput_DEVICE`` and ``latency_DEVICE`` hold a mean that may be null: no value. An architecture
that was trained more than once has as many files, its runs in the order of N.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from operator import attrgetter

from harness.core.errors import DataError
from harness.spaces.mnasnet_notation import text_of_fields
from harness.truth.file_formats import json_value, tar_members
from harness.truth.locate import Content
from harness.truth.reading import Ledger, Reading, finite, quote, unfit_argument
from harness.truth.unit import Unit

__all__ = ["read"]

_MEMBER = re.compile(r"(?:\./)?anb_dataset_jsons/result_(0|[1-9]\d{,5})\.json")
_METRICS = ("val_top1", "val_top5", "train_time")
_DEVICES = {
    "throughput": ("a100", "3090", "tpuv2", "tpuv3", "zcu102", "vck190"),
    "latency": ("zcu102", "vck190"),
}
_MEASURED = tuple(f"{kind}_{device}" for kind, known in _DEVICES.items() for device in known)
_COLUMNS = (*_METRICS, *_MEASURED)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Training:
    number: int
    text: str
    values: tuple[float | None, ...]
    place: str


def read(content: Content, arguments: Mapping[str, str], unit: Unit) -> Reading:
    """Read one column.

    Args:
        content: The archive.
        arguments: ``column``: ``val_top1``, ``val_top5``, ``train_time``, ``throughput_DEVICE`` or
            ``latency_DEVICE``.
        unit: Unit of its values.

    Raises:
        DataError: Something in the archive is not as described above.
    """
    column = arguments.get("column")
    if column not in _COLUMNS or len(arguments) > 1:
        raise unfit_argument("accel-nasbench", arguments, f"column, one of {', '.join(_COLUMNS)}")
    where = str(content.path)
    trainings = defaultdict(list)
    for training in _trainings(content.data, where):
        trainings[training.text].append(training)
    ledger = Ledger(where, unit)
    index = _COLUMNS.index(column)
    for text, repeats in trainings.items():
        place = f"{' and '.join(training.place for training in repeats)}, {column}"
        values = [value for each in repeats if (value := each.values[index]) is not None]
        match values:
            case []:
                ledger.lacks(text, place)
            case [value]:
                ledger.add(text, value, place)
            case _:
                ledger.add_runs(text, values, place)
    return ledger.reading()


@functools.lru_cache(maxsize=1)
def _trainings(data: bytes, where: str) -> tuple[_Training, ...]:
    """Read every file once, as each column is a task of its own, in the order of the numbers."""
    return tuple(sorted(_each_training(data, where), key=attrgetter("number")))


def _each_training(data: bytes, where: str) -> Iterator[_Training]:
    for name, member in tar_members(data, where):
        numbered = _MEMBER.fullmatch(name)
        if numbered is None:
            raise DataError(f"{where}: unexpected member {quote(name)}")
        place = f"{where}, {name}"
        result = _object(json_value(member, place), place)
        metrics = _object(result.get("metrics"), f"{place}, metrics")
        measured = _object(result.get("platform_perf"), f"{place}, platform_perf")
        values: list[float | None] = [
            finite(metrics.get(key), f"{place}, metrics, {key}") for key in _METRICS
        ]
        values += [_mean(measured.get(key), key, place) for key in _MEASURED]
        yield _Training(
            number=int(numbered[1]),
            text=text_of_fields(result.get("architecture"), f"{place}, architecture"),
            values=tuple(values),
            place=name.rpartition("/")[2],
        )


def _mean(value: object, key: str, place: str) -> float | None:
    fields = _object(value, f"{place}, {key}")
    name = f"{key.partition('_')[0]}_mean"
    if name not in fields:
        raise DataError(f"{place}, {key}: no {name!r}")
    mean = fields[name]
    return None if mean is None else finite(mean, f"{place}, {key}, {name}")


def _object(value: object, place: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise DataError(f"{place}: expected an object, found {quote(value)}")
    return value
