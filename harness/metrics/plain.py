"""Metrics that are a plain function of scores and truth; the resamples are made here."""

from __future__ import annotations

import inspect
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from numbers import Real
from typing import TypeAlias

import numpy as np

from harness.core.direction import Direction
from harness.core.errors import ContractError, sentence_of
from harness.core.names import FILE_NAME
from harness.core.numbers import is_complex
from harness.metrics.metric import UNBOUNDED, Family, Metric, Range
from harness.metrics.sample import Resamples, Sample
from harness.metrics.values import Counts, Defined, FloatArray, Undefined, Value

__all__ = ["PlainMetric", "metric"]

PlainMetric: TypeAlias = Callable[[FloatArray, FloatArray], float]
"""A function of scores and truth, both of shape ``(n,)`` and higher for better architectures."""

_SEED = 0


def metric(
    function: PlainMetric,
    *,
    name: str = "",
    direction: Direction = Direction.HIGHER,
    range: Range = UNBOUNDED,
    minimum_n: int = 2,
    origin: str = "a function",
) -> Metric:
    """Return the metric that a plain function of scores and truth is.

    Example:
        ``METRIC = metric(mean_gap, direction=Direction.LOWER, minimum_n=5)``

    Args:
        function: Takes the scores and the truth of the same architectures, each of shape ``(n,)``
            and turned so that higher is better, and returns one number; NaN where it has none.
        name: Name on boards; that of the function when absent.
        direction: Which of its values are better.
        range: Its lowest and highest value, as far as known.
        minimum_n: Fewest architectures for which it is defined.
        origin: Where it comes from, for lists.

    Raises:
        ContractError: It is no function of two arrays, or its name cannot be part of a path.
    """
    name = name or getattr(function, "__name__", type(function).__name__).strip("<>")
    if not callable(function):
        raise ContractError(f"{function!r:.80} is no metric; give a function f(scores, truth)")
    if not re.fullmatch(FILE_NAME, name):
        raise ContractError(
            f"the metric of {origin} is named {name[:80]!r}; a name has letters, digits and ._+-, "
            "a letter or digit first"
        )
    _require_two(function, name)
    plain = _Plain(function, name)
    return Metric(
        name=name,
        family=Family.OWN,
        description=_sentence(function),
        direction=direction,
        range=range,
        minimum_n=minimum_n,
        ties="As the function treats them.",
        undefined=plain.reason,
        reference=origin,
        origin=origin,
        replicate=plain.replicate,
    )


class _Plain:
    """A function with its name, which resamples are handed one by one."""

    def __init__(self, function: PlainMetric, name: str) -> None:
        self._function = function
        self._name = name

    def replicate(self, sample: Sample, resamples: Resamples) -> FloatArray:
        """Compute the metric of every resample, shape (B,); NaN where it has no value."""
        values = np.full(len(resamples), np.nan)
        try:
            with self._apart():
                for row, counts in enumerate(resamples.counts):
                    value = self._value(sample, counts)
                    if isinstance(value, Defined):
                        values[row] = value.value
        except ContractError:  # `reason` tells of it
            values[:] = np.nan
        return values

    def reason(self, sample: Sample) -> str:
        """Say why there is no value on a whole sample."""
        try:
            with self._apart():
                value = self._value(sample, np.ones(sample.n, dtype=np.uint16))
        except ContractError as error:
            return str(error)
        return value.reason if isinstance(value, Undefined) else f"{self._name} has no one value"

    def _value(self, sample: Sample, counts: Counts) -> Value:
        try:
            with np.errstate(all="ignore"):
                result = self._function(
                    np.repeat(sample.scores, counts), np.repeat(sample.truth, counts)
                )
                number = _number(result)
        except Exception as error:  # noqa: BLE001 - a function of others raises what it likes
            return Undefined(reason=f"{self._name} raised {sentence_of(error)}")
        if number is None:
            return Undefined(reason=f"{self._name} returned a {type(result).__name__}, no number")
        if not np.isfinite(number):
            return Undefined(reason=f"{self._name} returned {number}")
        return Defined(value=number)

    @contextmanager
    def _apart(self) -> Iterator[None]:
        """Seed what the function may draw from, and put back what it leaves changed."""
        import torch

        from harness.isolation import isolated_generators, process_guard

        with (
            warnings.catch_warnings(action="ignore"),
            isolated_generators(_SEED, torch.device("cpu")),
            process_guard().watching(self._name),
        ):
            yield


def _number(result: object) -> float | None:
    if isinstance(result, bool | np.bool_) or is_complex(result):
        return None
    if isinstance(result, Real) or getattr(result, "shape", None) == ():
        return float(result)  # type: ignore[arg-type]
    return None


def _require_two(function: PlainMetric, name: str) -> None:
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # some compiled functions tell nothing
        return
    try:
        signature.bind(None, None)
    except TypeError:
        raise ContractError(
            f"the metric {name} takes {signature}; a metric is a function f(scores, truth)"
        ) from None


def _sentence(function: PlainMetric) -> str:
    text = inspect.getdoc(function) if inspect.isroutine(function) else None
    first = " ".join((text or "").partition("\n\n")[0].split())
    return first if first.isprintable() and first else "A function of scores and truth."
