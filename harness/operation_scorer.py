"""What an operation scorer is: it says which operations of a supernet matter.

A scorer module has one constant ``PLUGIN``::

    from harness.operation_scorer import OperationScorer
    from harness.plugin import Direction

    def score_operations(probe, fixed, operations):
        state = probe.state(fixed)
        return {option: probe.measure(state.without(option)) for option in operations}

    PLUGIN = OperationScorer(
        name="what_is_missed", version="1", summary="...", direction=Direction.LOWER,
        score_operations=score_operations,
    )

It sees a supernet through a `Probe`, which measures it by a zero-cost proxy of the user's choice.
In which order choices are decided, and on which images, is not the scorer's business.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from harness.core.errors import ContractError
from harness.core.numbers import is_complex
from harness.isolation import process_guard
from harness.plugin import Direction
from harness.spaces.supernets.supernet import Operation, Selection, State, Supernet

__all__ = [
    "OperationReference",
    "OperationScorer",
    "OperationScores",
    "Probe",
    "ScoreOperations",
    "scores_of",
]


class Probe(Protocol):
    """A supernet with one draw of weights and one batch of images."""

    @property
    def supernet(self) -> Supernet:
        """The supernet: its choices and how selections are written."""
        ...

    @property
    def seed(self) -> int:
        """Seed of a scorer that draws; another one for every decision."""
        ...

    def state(self, fixed: Selection) -> State:
        """Return the supernet in which some choices are fixed and all others are whole."""
        ...

    def measure(self, state: State) -> float:
        """Return the proxy's score of a supernet with these operations, higher is better.

        Raises:
            ContractError: The proxy has no score of it.
        """
        ...

    def measure_network(self, selection: Selection) -> float:
        """Return the proxy's score of the network of one architecture, higher is better.

        Raises:
            ContractError: The proxy has no score of it.
        """
        ...


OperationScores: TypeAlias = Mapping[Operation, float]
"""One finite number for each operation that was asked for."""

ScoreOperations: TypeAlias = Callable[[Probe, Selection, Sequence[Operation]], OperationScores]
"""Scores some operations of choices that are open, given the choices that are fixed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationReference:
    """A published value of a scorer.

    Attributes:
        metric: ``spearman_best`` or ``spearman_mean`` of the first decision, or ``at_once``, the
            accuracy of the cell of the best operations of the first decision.
        measure: The zero-cost proxy that it was published with.
        value: The published value.
        tolerance: Largest absolute difference that still counts as reproduced.
        task: Name of the task.
        batch: Images of every batch.
        source: Where the value is printed.
    """

    metric: str
    measure: str
    value: float
    tolerance: float
    task: str
    batch: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationScorer:
    """Scores operations of a supernet.

    Attributes:
        name: Unique among plugins.
        version: Bumped whenever a score may change.
        summary: One sentence for lists.
        direction: Whether good operations score higher or lower; declared, never inferred.
        score_operations: The scores.
        measures: Whether it reads the proxy; without, its scores do not depend on one.
        stochastic: Whether it draws, from ``probe.seed``.
        references: Published values.
        identity_by_version: Whether `version` alone says which code it is: stored scores of edited
            code are used until it is raised.
    """

    name: str
    version: str
    summary: str
    direction: Direction
    score_operations: ScoreOperations
    measures: bool = True
    stochastic: bool = False
    references: tuple[OperationReference, ...] = ()
    identity_by_version: bool = False


def scores_of(
    scorer: OperationScorer, probe: Probe, fixed: Selection, operations: Sequence[Operation]
) -> OperationScores:
    """Ask for scores and hold them against the contract.

    Raises:
        ContractError: They are not one finite number for each operation that was asked for.
    """
    with process_guard().watching(scorer.name):
        scores: object = scorer.score_operations(probe, fixed, operations)
    if not isinstance(scores, Mapping):
        raise ContractError(
            f"scorer {scorer.name} returned {scores!r:.80}; it returns a mapping of operations to "
            "scores"
        )
    if set(scores) != set(operations):
        raise ContractError(
            f"scorer {scorer.name} returned scores of {len(scores)} operations instead of the "
            f"{len(operations)} it was asked for"
        )
    return {
        operation: _finite(scorer.name, scores[operation], operation) for operation in operations
    }


def _finite(name: str, value: float, operation: Operation) -> float:
    try:
        no_number = is_complex(value) or isinstance(value, str | bytes)
        number = math.nan if no_number else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise ContractError(
            f"scorer {name} returned {value!r:.80} for {operation}; scores are finite real numbers"
        )
    return number
