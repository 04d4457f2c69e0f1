"""Draws a batch from a named source, and holds it against the data set."""

from __future__ import annotations

import hashlib
import logging
import math
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.batches.labels import checked_labels
from harness.batches.registry import BUILT_IN, load_source
from harness.batches.source import Arrays, BatchSource, Draw, DrawnBatch
from harness.core.errors import (
    ContractError,
    DataError,
    HarnessError,
    UsageError,
    sentence_of,
    unknown_name,
)
from harness.core.identity import Json, derived_seed
from harness.isolation import machine_memory_bytes, process_guard

if TYPE_CHECKING:
    import numpy as np

    from harness.core.architecture import Dataset

__all__ = ["BatchRequest", "draw_batch"]

_LOG = logging.getLogger(__name__)
_BYTES = 4  # of a number that networks take


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRequest:
    """Which batch to draw.

    Attributes:
        source: Name of the source, or its file.
        size: Number of samples.
        path: What the source reads; None where none was named.
        options: Options of the source by name.
    """

    source: str = "photographs"
    size: int = 64
    path: Path | None = None
    options: Mapping[str, Json] | None = None


def draw_batch(request: BatchRequest, dataset: Dataset, seed: int) -> DrawnBatch:
    """Draw a batch that depends on the arguments, and on what lies at the path, alone.

    Args:
        request: Source, size, path and options.
        dataset: Shape, kind and labels of the samples.
        seed: The run's seed.

    Raises:
        UsageError: There is no such source or option, it needs a path, one was named for a
            source that reads none, or the samples are larger than this machine's memory.
        DataError: It cannot be read, or does not fit the data set.
        ContractError: The source returns something else than arrays, or other ones each time.
    """
    source = load_source(request.source)
    _require_options(source, request.options or {})
    if request.path is not None and not source.needs:
        raise UsageError(
            f"the batch source {source.name!r} reads no files, and {request.path} was named for it "
            "with --images or as path in [batch]; leave that out, or choose a source that reads it "
            "(harness list batches; one's own declares what it needs)"
        )
    _require_memory(request.size, dataset)
    batch = _batch(source, request, dataset, seed)
    if source.name in BUILT_IN or _batch(source, request, dataset, seed).digest == batch.digest:
        return batch
    raise ContractError(
        f"the batch source {source.name!r} gives other samples each time, so that no score could "
        "be used again; draw with draw.generator alone"
    )


def _batch(source: BatchSource, request: BatchRequest, dataset: Dataset, seed: int) -> DrawnBatch:
    """Draw once; where memory ends on the way, that is said in one sentence."""
    try:
        return _held_batch(source, request, dataset, seed)
    except MemoryError as error:
        raise DataError(
            f"the batch source {source.name!r} ran out of memory at {request.size} samples of "
            f"{dataset.title}; draw fewer or smaller ones"
        ) from error


def _held_batch(
    source: BatchSource, request: BatchRequest, dataset: Dataset, seed: int
) -> DrawnBatch:
    """Draw once, and hold what was drawn to the data set."""
    import numpy as np

    generator = np.random.default_rng(derived_seed(seed, "batch", source.name))
    draw = Draw(dataset=dataset, size=request.size, generator=generator, path=request.path)
    place = f"the batch source {source.name!r}"
    inputs, labels = _drawn(source, draw, request.options or {})
    checked = _checked_inputs(inputs, draw, place)
    if labels is not None:
        labels = checked_labels(_array(labels, f"{place} gives labels"), dataset, draw.size, place)
    return DrawnBatch(
        inputs=checked, labels=labels, digest=_digest(checked, labels), source=source.name
    )


def _drawn(
    source: BatchSource, draw: Draw, options: Mapping[str, Json]
) -> tuple[Arrays, np.ndarray | None]:
    """Ask the source; what one from outside raises becomes one sentence."""
    watched = nullcontext() if source.name in BUILT_IN else process_guard().watching(source.name)
    try:
        with watched:
            drawn: object = source.draw(draw, **options)
    except HarnessError:
        raise
    except MemoryError:
        raise
    except Exception as error:  # code of others may raise anything
        reason = sentence_of(error)
        raise DataError(f"the batch source {source.name!r} failed: {reason}") from error
    if not (isinstance(drawn, tuple) and len(drawn) == 2):
        raise ContractError(
            f"the batch source {source.name!r} returned a {type(drawn).__name__}; return (inputs, "
            "labels), with None for no labels"
        )
    inputs, labels = drawn
    return inputs, labels


def _require_memory(size: int, dataset: Dataset) -> None:
    """Refuse samples that no memory here holds, before the system ends the process for them."""
    needed, present = size * math.prod(dataset.shape) * _BYTES, machine_memory_bytes()
    if needed > present:
        raise UsageError(
            f"{size} samples of {dataset.title} take {needed / 2**30:,.0f} GiB, and this machine "
            f"has {present / 2**30:,.0f}; draw fewer or smaller ones"
        )


def _require_options(source: BatchSource, options: Iterable[str]) -> None:
    for name in options:
        if name not in source.options:
            where = f"the batch source {source.name!r}"
            raise unknown_name("option", name, source.options, where)


def _checked_inputs(inputs: Arrays, draw: Draw, place: str) -> Arrays:
    """Return inputs with the types that networks take; the first array has the data set's shape."""
    match inputs:
        case tuple():
            named = {f"input {number}": array for number, array in enumerate(inputs)}
        case Mapping():
            named = {f"input {name!r}": array for name, array in inputs.items()}
        case _:
            named = {"inputs": inputs}
    if not named:
        raise ContractError(f"{place} returned no inputs")
    checked = []
    for position, (name, given) in enumerate(named.items()):
        array = _array(given, f"{place} gives {name}")
        if not array.ndim or len(array) != draw.size:
            raise DataError(
                f"{place} gives {name} of shape {array.shape}; the first axis is the sample, and "
                f"the batch has {draw.size}"
            )
        if position == 0:
            checked.append(_main_input(array, draw.dataset, f"{place} gives {name}"))
        else:
            checked.append(_as_tensor_type(array, f"{place} gives {name}"))
    if all(bool((array == array[:1]).all()) for array in checked):
        _LOG.warning(
            "%s gives the same sample %d times; proxies that compare samples see no difference",
            place,
            draw.size,
        )
    match inputs:
        case tuple():
            return tuple(checked)
        case Mapping():
            return dict(zip(inputs, checked, strict=True))
        case _:
            return checked[0]


def _array(given: object, what: str) -> np.ndarray:
    import numpy as np

    if type(given).__module__.partition(".")[0] == "torch":
        given = np.asarray(given)
    if not isinstance(given, np.ndarray):
        raise ContractError(f"{what} as a {type(given).__name__}; return numpy arrays")
    if given.dtype.kind not in "biuf":
        raise DataError(f"{what} of type {given.dtype}; an array of numbers is needed")
    return given


def _main_input(array: np.ndarray, dataset: Dataset, what: str) -> np.ndarray:
    import numpy as np

    if array.shape[1:] != dataset.shape:
        raise DataError(
            f"{what} of shape {array.shape[1:]} a sample; those of {dataset.title} are "
            f"{dataset.shape}"
        )
    if dataset.inputs == "real":
        real = array if array.dtype.kind == "f" else array.astype(np.float32)
        return _as_tensor_type(real, what)
    if array.dtype.kind not in "iu":
        raise DataError(f"{what} of type {array.dtype}; token ids are integers")
    outside = (array < 0) | (array >= dataset.vocabulary)
    if outside.any():
        raise DataError(
            f"{what} with the token id {array[outside][0]}; the vocabulary of data set "
            f"{dataset.name!r} has 0 to {dataset.vocabulary - 1}"
        )
    return array.astype(np.int64)


def _as_tensor_type(array: np.ndarray, what: str) -> np.ndarray:
    import numpy as np

    match array.dtype.kind:
        case "b":
            return np.ascontiguousarray(array)
        case "i" | "u":
            return array.astype(np.int64)
        case _:
            with np.errstate(over="ignore"):  # infinite below
                numbers = array.astype(np.float32)
    infinite = ~np.isfinite(numbers)
    if infinite.any():
        sample = int(np.argwhere(infinite)[0][0])
        raise DataError(f"{what} with NaN or infinite numbers (sample {sample} of the batch)")
    return numbers


def _digest(inputs: Arrays, labels: np.ndarray | None) -> str:
    """Return the digest of all arrays; that of one float array with classes is of bytes alone."""
    hasher = hashlib.sha256()
    match inputs:
        case tuple():
            named = {str(number): array for number, array in enumerate(inputs)}
        case Mapping():
            named = dict(inputs)
        case _:
            named = {"": inputs}
    for name, array in named.items():
        if name or array.dtype != "float32":
            hasher.update(f"{name} {array.dtype} {array.shape}\n".encode())
        hasher.update(array.tobytes())
    if labels is not None:
        if labels.dtype != "int64" or labels.ndim > 1:
            hasher.update(f"labels {labels.dtype} {labels.shape}\n".encode())
        hasher.update(labels.tobytes())
    return hasher.hexdigest()[:16]
