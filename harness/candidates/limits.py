"""Limits on candidates: counts of the real network, or other figures of every architecture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from harness.core.errors import UsageError
from harness.metrics.values import BoolArray, FloatArray

__all__ = ["Limit", "Limited", "apply_limits", "parse_limits"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One bound of one figure.

    Attributes:
        figure: Its name, e.g. ``"params"``.
        bound: The lowest or highest value that is allowed.
        upper: Whether it is the highest.
    """

    figure: str
    bound: float
    upper: bool

    def __str__(self) -> str:
        return f"{self.figure} {'at most' if self.upper else 'at least'} {_figure(self.bound)}"

    @property
    def option(self) -> str:
        """The option that set it."""
        return f"--{'max' if self.upper else 'min'} {self.figure}={self.bound:g}"

    def allows(self, values: FloatArray) -> BoolArray:
        """Say of each value whether it is within; NaN is not."""
        allowed: BoolArray = values <= self.bound if self.upper else values >= self.bound
        return allowed

    def nearest(self, values: FloatArray) -> float:
        """Return the value that comes closest to being allowed."""
        return float(np.nanmin(values) if self.upper else np.nanmax(values))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Limited:
    """What limits let through.

    Attributes:
        kept: Shape ``(n,)``.
        rejected: A sentence a limit that rejected something: by which, how many.
    """

    kept: BoolArray
    rejected: tuple[str, ...]


def parse_limits(
    maximum: Mapping[str, float] | str | Sequence[str] | None,
    minimum: Mapping[str, float] | str | Sequence[str] | None,
) -> tuple[Limit, ...]:
    """Read limits as the command line has them, ``params=2e6``, or as a mapping.

    Raises:
        UsageError: One is written otherwise, or is set twice.
    """
    limits = [*_parsed(maximum, upper=True), *_parsed(minimum, upper=False)]
    for limit in limits:
        if sum((limit.figure, limit.upper) == (other.figure, other.upper) for other in limits) > 1:
            raise UsageError(f"{limit.option} is one of two such limits; give one")
    return tuple(limits)


def apply_limits(limits: Sequence[Limit], figures: Mapping[str, FloatArray]) -> Limited:
    """Keep the candidates that every limit allows.

    Args:
        limits: The limits.
        figures: By name, one value a candidate; NaN where it cannot be counted.

    Raises:
        UsageError: A limit allows none of them, or all together do; the message says what was seen.
    """
    n = len(next(iter(figures.values()))) if figures else 0
    kept = np.ones(n, dtype=np.bool_)
    rejected = []
    for limit in limits:
        values = figures[limit.figure]
        allowed = limit.allows(values)
        if not allowed.any():
            raise UsageError(_unmet(limit, values))
        if not allowed.all():
            uncounted = int(np.isnan(values).sum())
            beside = f", {uncounted} of which have no value" if uncounted else ""
            rejected.append(f"{int((~allowed).sum())} rejected by {limit}{beside}")
        kept &= allowed
    if limits and not kept.any():
        met = "; ".join(f"{int(limit.allows(figures[limit.figure]).sum())} {limit}"
                        for limit in limits)  # fmt: skip
        raise UsageError(
            f"no candidate meets all limits together, though of {n} some meet each ({met}); widen "
            "one, or take more candidates"
        )
    return Limited(kept=kept, rejected=tuple(rejected))


def _unmet(limit: Limit, values: FloatArray) -> str:
    if np.isnan(values).all():
        return f"{limit.figure} has no value for any of {len(values)} candidates"
    extreme = "smallest" if limit.upper else "largest"
    return (
        f"none of {len(values)} candidates meets {limit.option}: the {extreme} seen has "
        f"{_figure(limit.nearest(values))}; widen the limit, or take more candidates"
    )


def _parsed(given: Mapping[str, float] | Sequence[str] | None, *, upper: bool) -> list[Limit]:
    option = "--max" if upper else "--min"
    pairs: list[tuple[str, object]] = []
    if isinstance(given, str):
        given = [given]
    if isinstance(given, Mapping):
        pairs = list(given.items())
    else:
        for text in given or ():
            name, separator, bound = text.rpartition("=")
            if not separator:
                raise UsageError(f"{option} {text}: write NAME=NUMBER, e.g. {option} params=2e6")
            pairs.append((name.strip(), bound))
    limits = []
    for name, written in pairs:
        try:
            number = float(str(written))
        except ValueError:
            number = np.nan
        if not np.isfinite(number):
            raise UsageError(f"{option} {name}={written!s:.40}: give a finite number")
        limits.append(Limit(figure=name, bound=number, upper=upper))
    return limits


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) else f"{value:g}"
