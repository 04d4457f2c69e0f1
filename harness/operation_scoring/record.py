"""What a scored seed is as a record, and back."""

from __future__ import annotations

from harness.operation_scoring.discretise import Derivation, Step
from harness.operation_scoring.seeds import Experiment, Outcome
from harness.records.operation_seed import Decided, FailedSeed, OperationSeed, StoredStep
from harness.spaces.supernets import Operation

__all__ = ["load_step", "make_record"]


def make_record(
    experiment: Experiment, seed: int, outcome: Outcome, environment: str
) -> OperationSeed:
    """Return the record of what a seed gave."""
    result: Decided | FailedSeed
    if isinstance(outcome.result, Derivation):
        result = _decided(outcome.result)
    else:
        result = FailedSeed(reason=outcome.result)
    return OperationSeed(
        key=experiment.key(seed),
        scorer=experiment.scorer.key,
        measure=experiment.measure.key if experiment.scorer.plugin.measures else "",
        supernet=experiment.supernet.name,
        dataset=experiment.dataset.name,
        conditions=experiment.setup.words,
        seed=seed,
        environment=environment,
        passes=outcome.passes,
        measure_s=round(outcome.measure_s, 6),
        wall_s=round(outcome.wall_s, 6),
        result=result,
    )


def load_step(stored: StoredStep) -> Step:
    """Return a stored decision as it was made."""
    scores = {
        Operation(choice=choice, option=option): value
        for choice, own in stored.scores.items()
        for option, value in own.items()
    }
    return Step(fixed=stored.fixed, scores=scores, decided=stored.decided, kept=stored.kept)


def _decided(derivation: Derivation) -> Decided:
    at_once, derived = derivation.at_once, derivation.derived
    return Decided(
        steps=tuple(_stored_step(step) for step in derivation.steps),
        at_once=None if at_once is None else dict(at_once),
        derived=None if derived is None else dict(derived),
    )


def _stored_step(step: Step) -> StoredStep:
    scores: dict[str, dict[str, float]] = {}
    for operation, value in step.scores.items():
        scores.setdefault(operation.choice, {})[operation.option] = value
    return StoredStep(fixed=dict(step.fixed), scores=scores, decided=step.decided, kept=step.kept)
