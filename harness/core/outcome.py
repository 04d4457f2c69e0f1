"""What a plugin said of one architecture: a score, a failure or a skip, never a sentinel number."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from harness.core.errors import UndefinedError, UnsupportedError
from harness.core.numbers import is_complex

__all__ = ["SCORE", "Failed", "FailureKind", "Outcome", "Scored", "Skipped", "ask", "scored"]

SCORE = "score"
"""Component name of a plugin that returns one number."""


class FailureKind(StrEnum):
    """Why no score exists; unexplained where a publisher does not say."""

    RAISED = "raised"
    NONFINITE = "nonfinite"
    TIMEOUT = "timeout"
    CRASHED = "crashed"
    CONTRACT = "contract"
    OUT_OF_MEMORY = "out-of-memory"
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """Finite components of a score; a plain proxy has the single component ``"score"``."""

    components: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The plugin was asked and gave no finite number."""

    kind: FailureKind
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """The plugin does not support the space or the network, and says why."""

    reason: str


Outcome = Scored | Failed | Skipped


def ask(
    score: Callable[[], float | Mapping[str, float]],
    components: tuple[str, ...],
    optional: tuple[str, ...] = (),
) -> Outcome:
    """Ask a proxy for its score of one network.

    Args:
        score: Returns what `scored` takes.
        components: The component names that the plugin declared.
        optional: Those of them that may be missing.

    Returns:
        The score, or why there is none. What else the proxy raises is the caller's to judge.
    """
    try:
        return scored(score(), components, optional)
    except UnsupportedError as error:
        return Skipped(reason=str(error))
    except UndefinedError as error:
        return Failed(kind=FailureKind.NONFINITE, reason=str(error))


def scored(
    value: float | Mapping[str, float], components: tuple[str, ...], optional: tuple[str, ...] = ()
) -> Scored | Failed:
    """Turn what a proxy returned into an outcome.

    Args:
        value: One number, or a mapping with exactly the declared components.
        components: The component names that the plugin declared.
        optional: Those of them that may be missing.

    Returns:
        `Scored`, or `Failed` when a component is missing, superfluous, no number or not finite.
    """
    values = dict(value) if isinstance(value, Mapping) else {SCORE: value}
    if not set(components) - set(optional) <= set(values) <= set(components):
        names = sorted(map(str, values))
        reason = f"returned components {names} instead of {sorted(components)}"
        return Failed(kind=FailureKind.CONTRACT, reason=reason)
    numbers: dict[str, float] = {}
    for name in (name for name in components if name in values):
        if is_complex(values[name]):
            reason = f"returned a complex number for {name!r}; return a real one, such as its size"
            return Failed(kind=FailureKind.CONTRACT, reason=reason)
        try:
            if isinstance(values[name], str | bytes):  # "3.5", which float takes
                raise TypeError
            numbers[name] = float(_without_gradient(values[name]))
        except OverflowError:
            reason = f"{name} is a whole number beyond what float64 holds"
            return Failed(kind=FailureKind.NONFINITE, reason=reason)
        except (TypeError, ValueError):
            reason = f"returned {_described(values[name])} for {name!r} instead of a number"
            return Failed(kind=FailureKind.CONTRACT, reason=reason)
        if not math.isfinite(numbers[name]):
            return Failed(kind=FailureKind.NONFINITE, reason=f"{name} is {numbers[name]}")
    return Scored(components=numbers)


def _without_gradient(value: float) -> float:
    """Return a tensor without its graph, of which torch makes a number with a warning."""
    detach: Callable[[], float] | None = getattr(value, "detach", None)
    return value if detach is None else detach()


def _described(value: object) -> str:
    """Return the type of what is no number, with the shape of an array or tensor."""
    shape, kind = getattr(value, "shape", None), type(value).__name__
    return f"{kind} of shape {tuple(shape)}" if isinstance(shape, tuple) and shape else kind
