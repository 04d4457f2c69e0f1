"""Quality against cost: which plugins no other one beats on both."""

from __future__ import annotations

from dataclasses import dataclass, replace

from harness.core.direction import Direction
from harness.evaluation import Board, Entry
from harness.metrics import Interval, find_metric
from harness.metrics.values import Defined

__all__ = ["Front", "Priced", "fronts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """A plugin's headline metric and what a network costs.

    Attributes:
        seconds: Median wall-clock time a network, above zero.
        value: Headline metric.
        interval: Its interval, absent where there is none.
        leads: Whether no other plugin is at least as good on both and better on one.
    """

    plugin: str
    seconds: float
    value: float
    interval: Interval | None
    leads: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """The complete entries of one environment, cheapest first; other machines' times differ."""

    environment: str
    entries: tuple[Priced, ...]

    @property
    def leaders(self) -> tuple[Priced, ...]:
        """The Pareto front, cheapest first."""
        return tuple(one for one in self.entries if one.leads)


def fronts(board: Board, headline: str) -> tuple[Front, ...]:
    """Return one front an environment; entries without a value or a measurable time are left out.

    Args:
        board: A task's entries.
        headline: Name of the metric that stands for quality.
    """
    direction = find_metric(headline).direction
    machines = sorted({one.timing.environment for one in board.entries if one.timing})
    found = (_front(board, headline, machine, direction) for machine in machines)
    return tuple(one for one in found if one.entries)


def _front(board: Board, headline: str, environment: str, direction: Direction) -> Front:
    known = [
        one
        for entry in board.entries
        if entry.scored == entry.drawn
        and (one := _priced(entry, headline, environment)) is not None
    ]
    entries = [
        replace(one, leads=not any(_beats(other, one, direction) for other in known))
        for one in known
    ]
    ordered = sorted(
        entries, key=lambda one: (one.seconds, -direction.orient(one.value), one.plugin)
    )
    return Front(environment=environment, entries=tuple(ordered))


def _priced(entry: Entry, headline: str, environment: str) -> Priced | None:
    timing, measured = entry.timing, entry.measured[headline]
    if timing is None or timing.environment != environment or timing.quartiles_s[1] <= 0:
        return None
    if not isinstance(measured.value, Defined):
        return None
    return Priced(
        plugin=entry.plugin,
        seconds=timing.quartiles_s[1],
        value=measured.value.value,
        interval=measured.interval if isinstance(measured.interval, Interval) else None,
        leads=False,
    )


def _beats(one: Priced, other: Priced, direction: Direction) -> bool:
    gain = direction.orient(one.value - other.value)
    saving = other.seconds - one.seconds
    return gain >= 0 and saving >= 0 and (gain > 0 or saving > 0)
