"""Holds plugins against published values: reproduced, deviates, undecided or without reference.

A value is *reproduced* when the published one lies within the declared tolerance of ours, or
within our bootstrap interval widened by it; else it *deviates*. Where the interval is wider than
four tolerances the sample cannot tell, and the verdict is *undecided*.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from harness.catalog import LoadedPlugin
from harness.core.errors import HarnessError
from harness.evaluation import Entry, Measured, evaluate
from harness.metrics.intervals import Interval
from harness.metrics.values import Defined, Undefined, Value
from harness.plugin import Reference
from harness.run.execute import Options, execute, prepare
from harness.suite import BatchSettings, PopulationSettings, Suite
from harness.truth import task

__all__ = ["Estimate", "Fidelity", "Published", "Verdict", "check_fidelity", "judge"]

_TOO_WIDE = 4
_NO_IMAGES = 2  # images of a batch that nobody looks at


class Verdict(StrEnum):
    """What the comparison with a published value says."""

    REPRODUCED = "reproduced"
    DEVIATES = "deviates"
    UNDECIDED = "undecided"
    UNCHECKED = "unchecked"
    NO_REFERENCE = "no reference"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fidelity:
    """One plugin held against one published value.

    Attributes:
        reference: The published value; absent where a plugin declares none.
        entry: Our evaluation in the same protocol; absent where it could not be made.
        detail: Why it was not checked, else empty.
    """

    plugin: str
    verdict: Verdict
    reference: Reference | None
    entry: Entry | None
    detail: str = ""

    @property
    def measured(self) -> Measured | None:
        """Our value of the reference's metric."""
        if self.reference is None or self.entry is None:
            return None
        return self.entry.measured.get(self.reference.metric)


def check_fidelity(
    plugins: Sequence[LoadedPlugin],
    sample: int | None,
    batch_source: str,
    options: Options,
    progress: Callable[[int, int], None],
) -> list[Fidelity]:
    """Evaluate plugins in the protocols of their references, reusing stored scores.

    Args:
        plugins: What to check.
        sample: Architectures drawn from each reference's population; all of them when absent.
        batch_source: Source of images; the size is that of each reference.
        options: How to run.
        progress: Called with the number of architectures done and to do.
    """
    protocols: dict[tuple[str, str, int], list[tuple[LoadedPlugin, Reference]]] = {}
    for plugin in plugins:
        for one in plugin.plugin.references:
            protocols.setdefault((one.task, one.population, one.batch), []).append((plugin, one))
    found = [
        Fidelity(plugin=one.name, verdict=Verdict.NO_REFERENCE, reference=None, entry=None)
        for one in plugins
        if not one.plugin.references
    ]
    for (name, population, size), members in protocols.items():
        try:
            batch = BatchSettings(source=batch_source, size=size or _NO_IMAGES)
            suite = _suite(name, population, sample, batch)
            prepared = prepare(suite, [plugin for plugin, _ in members], options)
            execute(prepared, options, progress)
            board = evaluate(prepared).boards[0]
        except HarnessError as error:
            found += [_unchecked(plugin, one, str(error)) for plugin, one in members]
            continue
        entries = {one.plugin: one for one in board.entries}
        found += [_judged(plugin, one, entries[plugin.name]) for plugin, one in members]
    return sorted(found, key=lambda one: (list(Verdict).index(one.verdict), one.plugin))


class Published(Protocol):
    """A published value, of a proxy or of another kind of plugin."""

    @property
    def value(self) -> float:
        """The value."""
        ...

    @property
    def tolerance(self) -> float:
        """Largest absolute difference that still counts as reproduced."""
        ...


class Estimate(Protocol):
    """A value of ours with its interval."""

    @property
    def value(self) -> Value:
        """The value."""
        ...

    @property
    def interval(self) -> Interval | Undefined:
        """Its interval."""
        ...


def judge(reference: Published, measured: Estimate) -> Verdict:
    """Compare a value and its interval with a published value."""
    value, interval = measured.value, measured.interval
    if not isinstance(value, Defined) or not isinstance(interval, Interval):
        return Verdict.UNDECIDED
    if interval.high - interval.low > _TOO_WIDE * reference.tolerance:
        return Verdict.UNDECIDED
    low, high = interval.low - reference.tolerance, interval.high + reference.tolerance
    return Verdict.REPRODUCED if low <= reference.value <= high else Verdict.DEVIATES


def _judged(plugin: LoadedPlugin, reference: Reference, entry: Entry) -> Fidelity:
    verdict = judge(reference, entry.measured[reference.metric])
    return Fidelity(plugin=plugin.name, verdict=verdict, reference=reference, entry=entry)


def _unchecked(plugin: LoadedPlugin, reference: Reference, detail: str) -> Fidelity:
    return Fidelity(
        plugin=plugin.name,
        verdict=Verdict.UNCHECKED,
        reference=reference,
        entry=None,
        detail=detail,
    )


def _suite(name: str, population: str, sample: int | None, batch: BatchSettings) -> Suite:
    wanted = task(name)
    return Suite(
        name=f"fidelity-{name}",
        summary="a published protocol",
        space=wanted.space,
        dataset=wanted.dataset,
        tasks=(name,),
        population=PopulationSettings(subset=population, sample=sample),
        batch=batch,
    )
