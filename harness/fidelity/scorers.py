"""Operation scorers against their published values, in the published protocol.

Masked, with fresh norms and in the fixed order as released; the first decision alone, over four
seeds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from harness.catalog import LoadedScorer, installed
from harness.core.errors import HarnessError
from harness.fidelity.verdict import Fidelity, Verdict, judge
from harness.operation_scorer import OperationReference
from harness.operations import (
    Experiment,
    Extent,
    Images,
    OperationTruth,
    ScorerSummary,
    Setup,
    run,
    summarise,
)
from harness.run.execute import Options
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
        if not one.scorer.references
    ]
    for scorer in scorers:
        protocols: dict[tuple[str, str, int], list[OperationReference]] = {}
        for one in scorer.scorer.references:
            protocols.setdefault((one.task, one.measure, one.batch), []).append(one)
        for (task, measure, size), references in protocols.items():
            images = Images(source=batch_source, size=size, place=options.images)
            try:
                summary = _summary(scorer, task, measure, (images, options, progress))
            except HarnessError as error:
                found += [_unchecked(scorer, one, str(error)) for one in references]
                continue
            found += [_judged(scorer, one, summary) for one in references]
    return found


def _summary(
    scorer: LoadedScorer,
    task: str,
    measure: str,
    how: tuple[Images, Options, Callable[[int, int], None]],
) -> ScorerSummary:
    images, options, progress = how
    table = load(task)
    truth = OperationTruth(supernet=supernet_of(table.space), table=table)
    (by,) = installed().choose([measure], f"{scorer.name}, references")
    experiment = Experiment(
        supernet=truth.supernet,
        dataset=dataset(table.dataset),
        scorer=scorer,
        measure=by,
        setup=Setup(extent=Extent.FIRST, images=images),
    )
    (scored,) = run([experiment], range(_SEEDS), options.results, progress)
    return summarise(scored, truth)


def _judged(
    scorer: LoadedScorer, reference: OperationReference, summary: ScorerSummary
) -> Fidelity:
    measured = summary.measured(reference.metric)
    if measured is None:
        return _unchecked(scorer, reference, f"{reference.metric} is nothing that is measured")
    return Fidelity(
        plugin=_name(scorer, reference),
        verdict=judge(reference, measured),
        reference=reference,
        measured=measured,
        basis=f"{summary.seeds} seeds",
    )


def _unchecked(scorer: LoadedScorer, reference: OperationReference, detail: str) -> Fidelity:
    return Fidelity(
        plugin=_name(scorer, reference),
        verdict=Verdict.UNCHECKED,
        reference=reference,
        detail=detail,
    )


def _name(scorer: LoadedScorer, reference: OperationReference) -> str:
    return f"{scorer.name} by {reference.measure}"
