"""Operation scorers against their published values, in the published protocol.

Masked, with fresh norms and in the fixed order as released; the first decision alone, over four
seeds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from harness.catalog import LoadedProxy, LoadedScorer, installed
from harness.core.errors import HarnessError
from harness.execution.run import Options
from harness.fidelity.verdict import Fidelity, Verdict, judged, unchecked
from harness.operation_scorer import OperationReference
from harness.operation_scoring import (
    Experiment,
    Extent,
    Images,
    OperationTruth,
    ScorerSummary,
    Setup,
    run,
    summarise,
)
from harness.spaces.datasets import dataset
from harness.spaces.supernets import supernet_of
from harness.truth import load

__all__ = ["check_scorers"]

_SEEDS = 4


def check_scorers(
    scorers: Sequence[LoadedScorer],
    batch_source: str,
    options: Options,
    progress: Callable[[int, int], None],
) -> list[Fidelity]:
    """Score operations in the protocols of the scorers' references, reusing stored seeds.

    Args:
        scorers: What to check.
        batch_source: Source of images; the size is that of each reference.
        options: Results folder and images.
        progress: Called with the number of seeds done and to do, of one scorer with one proxy.
    """
    found = [
        Fidelity(plugin=one.name, verdict=Verdict.NO_REFERENCE)
        for one in scorers
        if not one.plugin.references
    ]
    for scorer in scorers:
        protocols: dict[tuple[str, str, int], list[OperationReference]] = {}
        for one in scorer.plugin.references:
            protocols.setdefault((one.task, one.measure, one.batch), []).append(one)
        for references in protocols.values():
            first = references[0]
            images = Images(source=batch_source, size=first.batch, place=options.images)
            try:
                summary = _summary(scorer, first, images, options.results, progress)
            except HarnessError as error:
                found += [unchecked(_name(scorer, one), one, str(error)) for one in references]
                continue
            found += [_judged(scorer, one, summary) for one in references]
    return found


def _summary(
    scorer: LoadedScorer,
    reference: OperationReference,
    images: Images,
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


def _judged(
    scorer: LoadedScorer, reference: OperationReference, summary: ScorerSummary
) -> Fidelity:
    name, measured = _name(scorer, reference), summary.measured(reference.metric)
    if measured is None:
        return unchecked(name, reference, f"{reference.metric} is nothing that is measured")
    return judged(name, reference, measured, f"{summary.seeds} seeds")


def _name(scorer: LoadedScorer, reference: OperationReference) -> str:
    return f"{scorer.name} by {reference.measure}"
