"""Items of a torch data set in a file, ``my_data.py`` or ``my_data.py:TRAIN``.

The file holds an object with a length and items, or a function without arguments that returns one;
it is called ``DATASET`` unless named. Items are drawn without replacement, with torch's, numpy's
and Python's generators seeded, so that random augmentation repeats. An item is a pair of inputs and
a label, or a table of inputs by the network's parameters, whose entry ``labels``, if there is one,
is the label; anything else is inputs without a label.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from harness.batches.source import Arrays, BatchSource, Draw
from harness.core.errors import DataError, UsageError, sentence_of
from harness.isolation import isolated_generators, process_guard
from harness.own_code.offers import load_value

if TYPE_CHECKING:
    import numpy as np

__all__ = ["SOURCE"]

_WANTED = "a Python file with a torch data set (file.py or file.py:NAME)"
_CONSTANT, _LABELS = "DATASET", "labels"


def _draw(draw: Draw) -> tuple[Arrays, np.ndarray | None]:
    import torch

    if draw.path is None:
        raise UsageError(f"name {_WANTED} with --images, or as path in [batch] of the suite")
    place = str(draw.path)
    seed = int(draw.generator.integers(1 << 62))
    with process_guard().watching(place), isolated_generators(seed, torch.device("cpu")):
        items = _items(_dataset(place), draw, place)
    first = items[0]
    labels: list[object] | None = None
    if isinstance(first, Mapping):
        inputs: Arrays = {
            name: _stacked([item[name] for item in items], name, place)
            for name in first
            if name != _LABELS
        }
        if _LABELS in first:
            labels = [item[_LABELS] for item in items]
    elif isinstance(first, tuple | list) and len(first) == 2:
        inputs = _stacked([item[0] for item in items], "inputs", place)
        labels = [item[1] for item in items]
    else:
        inputs = _stacked(items, "inputs", place)
    return inputs, None if labels is None else _stacked(labels, _LABELS, place)


def _dataset(place: str) -> Any:  # noqa: ANN401 - whatever the file holds, asked for its length
    named = load_value(place, object, "data", _CONSTANT)
    if named is None:
        raise UsageError(f"{place} is no Python file; name {_WANTED}")
    if (callable(named) and not hasattr(named, "__getitem__")) or isinstance(named, type):
        try:
            named = named()
        except Exception as error:  # code of others may raise anything
            raise DataError(f"{place} cannot be called: {sentence_of(error)}") from error
    if not hasattr(named, "__getitem__") or not hasattr(named, "__len__"):
        raise UsageError(
            f"{place} is of type {type(named).__name__}, without length or items; a torch data set "
            "has __len__ and __getitem__"
        )
    return named


def _items(dataset: Any, draw: Draw, place: str) -> list[Any]:  # noqa: ANN401
    try:
        length = len(dataset)
    except Exception as error:  # code of others may raise anything
        raise DataError(f"the length of {place}: {sentence_of(error)}") from error
    items = []
    for index in draw.indices(length, place, "items"):
        try:
            items.append(dataset[index])
        except Exception as error:
            raise DataError(f"item {index} of {place}: {sentence_of(error)}") from error
    return items


def _stacked(values: Sequence[object], name: str, place: str) -> np.ndarray:
    import numpy as np

    arrays = [np.asarray(value) for value in values]
    for array in arrays:
        if array.shape != arrays[0].shape:
            raise DataError(
                f"items of {place} differ in shape: {name} is {arrays[0].shape} in one and "
                f"{array.shape} in another; bring them to one shape"
            )
    return np.stack(arrays)


SOURCE = BatchSource(
    name="torch",
    summary="Items of a torch data set in a Python file",
    draw=_draw,
    needs=_WANTED,
)
