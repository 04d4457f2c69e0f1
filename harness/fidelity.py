"""Holds plugins against their published values, each in the protocol of its publication.

A value is *reproduced* when the published one lies within the declared tolerance of ours, or
within our interval widened by it; else it *deviates*. Where the interval is wider than four
tolerances it cannot tell, and the verdict is *undecided*.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from harness.batches.drawing import BatchRequest
from harness.catalog import LoadedProxy, LoadedScorer, installed
from harness.core.errors import HarnessError
from harness.evaluation import evaluate
from harness.execution.execute import execute
from harness.execution.run import Options, open_run
from harness.metrics.values import Defined, Estimate, Interval
from harness.operation_scorer import OperationReference
from harness.operation_scoring import (
    Experiment,
    Extent,
    OperationTruth,
    ScorerSummary,
    Setup,
    run,
    summarise,
)
from harness.plugin import Reference
from harness.reports.report_table import Column, Reasons, ReportTable, columns, optional_estimate
from harness.spaces.datasets import dataset
from harness.spaces.identical import ROWS
from harness.spaces.supernets import supernet_of
from harness.suite import BatchSettings, PopulationSettings, Suite
from harness.truth import load, task

__all__ = [
    "Fidelity",
    "FidelityTable",
    "Published",
    "Verdict",
    "check_proxies",
    "check_scorers",
    "judge",
]

_TOO_WIDE = 4
_NO_IMAGES = 2  # images of a batch that nobody looks at
_SEEDS = 4


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


@dataclass(frozen=True, slots=True, kw_only=True)
class FidelityTable:
    """Plugins held against their published values, in the order to show them."""

    checks: Sequence[Fidelity]

    @property
    def table(self) -> ReportTable:
        """One row a plugin and published value."""
        return ReportTable(
            columns=columns(
                *("plugin", "verdict", Column(head="ours", reasons=Reasons.ALL, whole=True)),
                *("published", "tolerance", "rests on", "what", "source"),
            ),
            rows=tuple(
                (
                    *(check.plugin, str(check.verdict), check.measured or check.detail),
                    *((known.value, known.tolerance) if (known := check.reference) else ("", "")),
                    check.basis,
                    f"{known.metric}, {known.task}" if known else "",
                    known.source if known else "",
                )
                for check in self.checks
            ),
        )

    @property
    def data(self) -> ReportTable:
        """The same for programs."""
        return ReportTable.of_records(
            [
                {
                    "plugin": check.plugin,
                    "verdict": str(check.verdict),
                    "value": check.measured or optional_estimate(None, None),
                    "published": known.value if (known := check.reference) else None,
                    "tolerance": known.tolerance if known else None,
                    "basis": check.basis,
                    "metric": known.metric if known else "",
                    "task": known.task if known else "",
                    "source": known.source if known else "",
                    "detail": check.detail,
                }
                for check in self.checks
            ]
        )


def check_proxies(
    plugins: Sequence[LoadedProxy],
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
    protocols: dict[tuple[str, str, int], list[tuple[LoadedProxy, Reference]]] = {}
    for plugin in plugins:
        for reference in plugin.plugin.references:
            protocol = (reference.task, reference.population, reference.batch)
            protocols.setdefault(protocol, []).append((plugin, reference))
    rows = [_without_reference(plugin.name) for plugin in plugins if not plugin.plugin.references]
    for (name, population, size), members in protocols.items():
        try:
            batch = BatchSettings(source=batch_source, size=size or _NO_IMAGES)
            suite = _suite_of(name, population, sample, batch)
            opened = open_run(suite, [plugin for plugin, _ in members], options)
            execute(opened, options, progress)
            board = evaluate(opened).boards[0]
        except HarnessError as error:
            rows += [
                _unchecked(plugin.name, reference, str(error)) for plugin, reference in members
            ]
            continue
        entries = {entry.plugin: entry for entry in board.entries}
        for plugin, reference in members:
            entry = entries[plugin.name]
            measured, basis = entry.measured[reference.metric], f"{entry.scored}/{entry.drawn}"
            rows.append(_checked(plugin.name, reference, measured, basis))
    return rows


def check_scorers(
    scorers: Sequence[LoadedScorer],
    batch_source: str,
    options: Options,
    progress: Callable[[int, int], None],
) -> list[Fidelity]:
    """Score operations in the protocols of the scorers' references, reusing stored seeds.

    The published protocol is masked, with fresh norms and in the fixed order as released; the first
    decision alone, over four seeds.

    Args:
        scorers: What to check.
        batch_source: Source of images; the size is that of each reference.
        options: Results folder and images.
        progress: Called with the number of seeds done and to do, of one scorer with one proxy.
    """
    rows = [_without_reference(scorer.name) for scorer in scorers if not scorer.plugin.references]
    for scorer in scorers:
        protocols: dict[tuple[str, str, int], list[OperationReference]] = {}
        for reference in scorer.plugin.references:
            protocol = (reference.task, reference.measure, reference.batch)
            protocols.setdefault(protocol, []).append(reference)
        for references in protocols.values():
            first, name = references[0], f"{scorer.name} by {references[0].measure}"
            images = BatchRequest(source=batch_source, size=first.batch, path=options.images)
            try:
                summary = _summarise(scorer, first, images, options.results, progress)
            except HarnessError as error:
                rows += [_unchecked(name, reference, str(error)) for reference in references]
                continue
            for reference in references:
                measured = summary.measured(reference.metric)
                rows.append(
                    _unchecked(name, reference, f"{reference.metric} is nothing that is measured")
                    if measured is None
                    else _checked(name, reference, measured, f"{summary.seeds} seeds")
                )
    return rows


def judge(reference: Published, measured: Estimate) -> Verdict:
    """Compare a value and its interval with a published value."""
    value, interval = measured.value, measured.interval
    if not isinstance(value, Defined) or not isinstance(interval, Interval):
        return Verdict.UNDECIDED
    if interval.high - interval.low > _TOO_WIDE * reference.tolerance:
        return Verdict.UNDECIDED
    low, high = interval.low - reference.tolerance, interval.high + reference.tolerance
    return Verdict.REPRODUCED if low <= reference.value <= high else Verdict.DEVIATES


def _suite_of(name: str, population: str, sample: int | None, batch: BatchSettings) -> Suite:
    wanted = task(name)
    return Suite(
        name=f"fidelity-{name}",
        summary="a published protocol",
        space=wanted.space,
        dataset=wanted.dataset,
        tasks=(name,),
        population=PopulationSettings(subset=population, sample=sample),
        batch=batch,
        identical=ROWS,  # published values rest on the rows of their tables
    )


def _summarise(
    scorer: LoadedScorer,
    reference: OperationReference,
    images: BatchRequest,
    results: Path,
    progress: Callable[[int, int], None],
) -> ScorerSummary:
    """Score or read the seeds of a reference's protocol; its value plays no part."""
    table = load(reference.task)
    truth = OperationTruth(supernet=supernet_of(table.space), table=table)
    (measure,) = installed().choose(LoadedProxy, [reference.measure], f"{scorer.name}, references")
    experiment = Experiment(
        supernet=truth.supernet,
        dataset=dataset(table.dataset),
        scorer=scorer,
        measure=measure,
        setup=Setup(extent=Extent.FIRST, images=images),
    )
    (scored,) = run([experiment], range(_SEEDS), results, progress)
    return summarise(scored, truth)


def _checked(plugin: str, reference: Published, measured: Estimate, basis: str) -> Fidelity:
    return Fidelity(
        plugin=plugin,
        verdict=judge(reference, measured),
        reference=reference,
        measured=measured,
        basis=basis,
    )


def _unchecked(plugin: str, reference: Published, detail: str) -> Fidelity:
    return Fidelity(plugin=plugin, verdict=Verdict.UNCHECKED, reference=reference, detail=detail)


def _without_reference(plugin: str) -> Fidelity:
    return Fidelity(plugin=plugin, verdict=Verdict.NO_REFERENCE)
