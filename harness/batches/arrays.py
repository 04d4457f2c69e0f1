"""Samples from a file of arrays: ``.npy``, ``.npz`` or Parquet.

The first axis of an array is the sample; samples are drawn without replacement, and only those
drawn are held in memory. Nothing is unpickled. A column of Parquet holds a number a row, or a list
of numbers that fills the data set's shape row by row.

Options:

``inputs``: name of the array or column, or names of several for ``network(*xs)``, or a table of
names by parameters for ``network(**xs)``; the first has the data set's shape. ``"inputs"`` when
absent; a ``.npy`` has one array and no names. ``columns``: columns of a number each that make up
one sample together, instead of ``inputs``. ``labels``: name of the array or column of labels, or
names of several of a number each, or for ``.npy`` another such file; ``""`` for none; when absent,
``"labels"`` where the file has it. ``mean`` and ``std``: a number a channel, or ``"batch"`` for
those of the drawn samples; without them numbers stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from harness.batches.array_files import ArrayFile, open_arrays
from harness.batches.normalise import normalised
from harness.batches.source import Arrays, BatchSource, Draw
from harness.core.errors import DataError, UsageError

if TYPE_CHECKING:
    import numpy as np

__all__ = ["SOURCE"]

_WANTED = "a file of arrays (.npy, .npz or .parquet)"
_INPUTS, _LABELS = "inputs", "labels"

Names: TypeAlias = str | Sequence[str] | Mapping[str, str]
Numbers: TypeAlias = Sequence[float] | str | None


def _draw(
    draw: Draw,
    *,
    inputs: Names = _INPUTS,
    columns: Sequence[str] = (),
    labels: str | Sequence[str] | None = None,
    mean: Numbers = None,
    std: Numbers = None,
) -> tuple[Arrays, np.ndarray | None]:
    path = draw.existing(_WANTED)
    file = open_arrays(path)
    sets = {"": _texts("columns", columns)} if columns else _sets(inputs)
    labels_file, label_names = _labels(file, labels)
    length = _common_length(path, file, [name for names in sets.values() for name in names])
    if label_names and _common_length(path, labels_file, label_names) != length:
        raise DataError(
            f"{path} has {length} samples and {labels_file.length(label_names[0])} labels"
        )
    indices = draw.indices(length, path)
    arrays: dict[str, np.ndarray] = {}
    for key, names in sets.items():
        shape = None if arrays or columns else draw.dataset.shape
        arrays[key] = _together(file, names, indices, shape)
    first = next(iter(arrays))
    arrays[first] = _normalised(arrays[first], mean, std, path)
    drawn_labels = _together(labels_file, label_names, indices, None) if label_names else None
    match inputs:
        case Mapping():
            return arrays, drawn_labels
        case str():
            return arrays[first], drawn_labels
        case _:
            return tuple(arrays.values()), drawn_labels


def _sets(inputs: Names) -> dict[str, tuple[str, ...]]:
    """Return the names of each input's array, by the key under which the network takes it."""
    if isinstance(inputs, str):
        return {"": (inputs,)}
    if isinstance(inputs, Mapping):
        names = _texts("inputs", list(inputs.values()))
        return {key: (name,) for key, name in zip(inputs, names, strict=True)}
    return {str(number): (name,) for number, name in enumerate(_texts("inputs", inputs))}


def _texts(option: str, given: object) -> tuple[str, ...]:
    if not isinstance(given, list | tuple) or not all(isinstance(name, str) for name in given):
        raise UsageError(f"[batch] options: {option} is {given!r:.80}; give a list of names")
    if not given:
        raise UsageError(f"[batch] options: {option} is empty; give one name or more")
    return tuple(given)


def _labels(
    file: ArrayFile, labels: str | Sequence[str] | None
) -> tuple[ArrayFile, tuple[str, ...]]:
    """Return the file of the labels and the names of their arrays there; none for no labels."""
    if labels is None:
        return file, (_LABELS,) if _LABELS in file.names else ()
    if not isinstance(labels, str):
        return file, _texts("labels", labels)
    if labels.endswith(".npy"):
        return open_arrays(Path(labels)), (labels,)
    if labels and not file.names:
        raise UsageError(f"[batch] options: labels is {labels!r}; name a .npy file")
    return file, (labels,) if labels else ()


def _common_length(path: Path, file: ArrayFile, names: Sequence[str]) -> int:
    lengths = {name: file.length(name) for name in names}
    first = names[0]
    for name, length in lengths.items():
        if length != lengths[first]:
            raise DataError(
                f"{path}: {first!r} has {lengths[first]} samples, but {name!r} has {length}"
            )
    return lengths[first]


def _together(
    file: ArrayFile, names: Sequence[str], indices: Sequence[int], shape: tuple[int, ...] | None
) -> np.ndarray:
    """Return rows of one array, or of several as the columns of one."""
    import numpy as np

    if len(names) == 1:
        return file.rows(names[0], indices, shape)
    return np.stack([file.rows(name, indices, ()) for name in names], axis=1)


def _normalised(samples: np.ndarray, mean: Numbers, std: Numbers, path: Path) -> np.ndarray:
    if mean is None and std is None:
        return samples
    if samples.ndim < 2 or samples.dtype.kind not in "biuf":
        raise UsageError(f"[batch] options: samples of {path} have no channels to normalise")
    channels = samples.shape[1]
    return normalised(
        samples,
        [0.0] * channels if mean is None else mean,
        [1.0] * channels if std is None else std,
        f"samples of {path}",
    )


SOURCE = BatchSource(
    name="arrays",
    summary="Samples of .npy, .npz or Parquet arrays, drawn without loading the rest",
    draw=_draw,
    needs=_WANTED,
)
