"""Decides the choices of a supernet one after the other, by an operation scorer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from harness.operation_scorer import OperationScorer, OperationScores, Probe, scores_of
from harness.operation_scoring.order import Order, OrientedScores, arranged, foremost
from harness.operation_scoring.setup import Extent
from harness.spaces.supernets import Choice, Operation, Selection

__all__ = ["Derivation", "Plan", "Step", "best_of", "discretise", "orient_scores"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How to go about it.

    Attributes:
        order: In which order choices are decided.
        extent: Which choices are scored.
        seed: Seed of a random order.
    """

    order: Order
    extent: Extent
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One decision.

    Attributes:
        fixed: What was decided before.
        scores: Scores as the scorer gave them, in its direction.
        decided: Name of the choice that was decided, wholly or by one option less; empty where
            nothing was.
        kept: The options of it that are left.
    """

    fixed: Selection
    scores: OperationScores
    decided: str
    kept: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation:
    """All decisions and where they lead.

    Attributes:
        at_once: The best operations of the first step, where it scored all choices.
        derived: The selection after the last step; none where the first one was the only one.
    """

    steps: tuple[Step, ...]
    at_once: Selection | None
    derived: Selection | None


def discretise(scorer: OperationScorer, probes: Callable[[int], Probe], plan: Plan) -> Derivation:
    """Score and decide until every choice is decided.

    Args:
        scorer: Scores operations.
        probes: Gives the supernet with the batch of a decision, by the number of the decision.
        plan: Order and extent.

    Raises:
        ContractError: The scorer broke its contract.
    """
    return _Discretisation(scorer=scorer, probes=probes, plan=plan).run()


def orient_scores(scorer: OperationScorer, scores: OperationScores) -> OrientedScores:
    """Turn scores so that higher is better, by choice."""
    oriented: dict[str, dict[str, float]] = {}
    for operation, score in scores.items():
        oriented.setdefault(operation.choice, {})[operation.option] = scorer.direction.orient(score)
    return oriented


def best_of(choice: Choice, oriented: OrientedScores) -> tuple[str, ...]:
    """Return the best options of a choice, in its order; of equal ones the first."""
    own = oriented[choice.name]
    ranked = sorted(own, key=lambda name: -own[name])[: choice.keep]
    return tuple(name for name in choice.options if name in ranked)


@dataclass(slots=True, kw_only=True)
class _Discretisation:
    scorer: OperationScorer
    probes: Callable[[int], Probe]
    plan: Plan
    fixed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)

    def run(self) -> Derivation:
        probe = self.probes(0)
        choices = probe.supernet.choices
        left = arranged(self.plan.order, choices, self.plan.seed)
        at_once = None
        while left:
            number = len(self.steps)
            probe = self.probes(number) if number else probe
            wanted = self._wanted(left, first=number == 0)
            scores = self._scores(probe, wanted)
            oriented = orient_scores(self.scorer, scores)
            if number == 0 and len(wanted) == len(choices):
                at_once = {choice.name: best_of(choice, oriented) for choice in choices}
            if self.plan.extent is Extent.FIRST:
                self._record(scores, "", ())
                return Derivation(steps=tuple(self.steps), at_once=at_once, derived=None)
            if self.plan.order.needs_all or (self.plan.order.needs_first and number == 0):
                left = foremost(self.plan.order, left, oriented)
            left = self._decide(left, scores, oriented)
        return Derivation(steps=tuple(self.steps), at_once=at_once, derived=dict(self.fixed))

    def _wanted(self, left: list[Choice], *, first: bool) -> list[Choice]:
        order, extent = self.plan.order, self.plan.extent
        everything = (
            order.needs_all
            or extent is Extent.ALL
            or (first and (order.needs_first or extent is not Extent.TURN))
        )
        return left if everything else left[:1]

    def _scores(self, probe: Probe, wanted: Sequence[Choice]) -> OperationScores:
        operations = [
            Operation(choice=choice.name, option=option)
            for choice in sorted(wanted, key=probe.supernet.choices.index)
            for option in self.fixed.get(choice.name, choice.options)
        ]
        return scores_of(self.scorer, probe, dict(self.fixed), operations)

    def _decide(
        self, left: list[Choice], scores: OperationScores, oriented: OrientedScores
    ) -> list[Choice]:
        choice, *others = left
        present = self.fixed.get(choice.name, choice.options)
        kept = best_of(choice, oriented)
        if choice.gradual and len(present) - 1 > choice.keep:
            own = oriented[choice.name]
            worst = min(present, key=lambda name: own[name])
            kept = tuple(name for name in present if name != worst)
        self._record(scores, choice.name, kept)
        self.fixed[choice.name] = kept
        return others if len(kept) == choice.keep else [choice, *others]

    def _record(self, scores: OperationScores, decided: str, kept: tuple[str, ...]) -> None:
        step = Step(fixed=dict(self.fixed), scores=scores, decided=decided, kept=kept)
        self.steps.append(step)
