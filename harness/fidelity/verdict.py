"""Holds values against published ones: reproduced, deviates, undecided or without reference.

A value is *reproduced* when the published one lies within the declared tolerance of ours, or
within our interval widened by it; else it *deviates*. Where the interval is wider than four
tolerances it cannot tell, and the verdict is *undecided*.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from harness.metrics.values import Defined, Estimate, Interval

__all__ = ["Fidelity", "Published", "Verdict", "judge", "judged", "unchecked"]

_TOO_WIDE = 4


class Verdict(StrEnum):
    """What the comparison with a published value says."""

    REPRODUCED = "reproduced"
    DEVIATES = "deviates"
    UNDECIDED = "undecided"
    UNCHECKED = "unchecked"
    NO_REFERENCE = "no reference"


class Published(Protocol):
    """A published value, of a proxy or of another kind of plugin."""

    @property
    def metric(self) -> str:
        """Name of what was measured."""
        ...

    @property
    def task(self) -> str:
        """Name of the task."""
        ...

    @property
    def value(self) -> float:
        """The value."""
        ...

    @property
    def tolerance(self) -> float:
        """Largest absolute difference that still counts as reproduced."""
        ...

    @property
    def source(self) -> str:
        """Where the value is printed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Fidelity:
    """One plugin held against one published value.

    Attributes:
        plugin: Its name; of an operation scorer with that of the proxy it measures by.
        reference: The published value; absent where a plugin declares none.
        measured: Ours in the same protocol; absent where it could not be measured.
        basis: What it rests on, e.g. how many architectures were scored of those drawn.
        detail: Why it was not checked, else empty.
    """

    plugin: str
    verdict: Verdict
    reference: Published | None = None
    measured: Estimate | None = None
    basis: str = ""
    detail: str = ""


def judge(reference: Published, measured: Estimate) -> Verdict:
    """Compare a value and its interval with a published value."""
    value, interval = measured.value, measured.interval
    if not isinstance(value, Defined) or not isinstance(interval, Interval):
        return Verdict.UNDECIDED
    if interval.high - interval.low > _TOO_WIDE * reference.tolerance:
        return Verdict.UNDECIDED
    low, high = interval.low - reference.tolerance, interval.high + reference.tolerance
    return Verdict.REPRODUCED if low <= reference.value <= high else Verdict.DEVIATES


def judged(plugin: str, reference: Published, measured: Estimate, basis: str) -> Fidelity:
    """Return a plugin held against a published value."""
    return Fidelity(
        plugin=plugin,
        verdict=judge(reference, measured),
        reference=reference,
        measured=measured,
        basis=basis,
    )


def unchecked(plugin: str, reference: Published, detail: str) -> Fidelity:
    """Return a plugin that could not be held against a published value, and why."""
    return Fidelity(plugin=plugin, verdict=Verdict.UNCHECKED, reference=reference, detail=detail)
