"""What a plugin is: the only module that a proxy outside this package has to import, with passes.

A plugin is one Python file with one constant ``PLUGIN``::

    from harness.passes.backward import LOSS_GRADIENTS
    from harness.plugin import Direction, ZeroCostProxy

    def score(observation):
        gradients = observation[LOSS_GRADIENTS]
        return sum(float(g.norm()) for g in gradients.values())

    PLUGIN = ZeroCostProxy(
        name="grad_norm", version="1", summary="...", direction=Direction.HIGHER,
        passes=(LOSS_GRADIENTS,), score=score,
    )
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.direction import Direction
from harness.core.errors import ContractError
from harness.core.numbers import real_numbers
from harness.core.outcome import SCORE
from harness.passes.observation import Observation, Pass
from harness.spaces.knowledge import Lacks, lacks_nothing

if TYPE_CHECKING:
    import numpy as np

    from harness.core.architecture import CellGraph

__all__ = [
    "Aggregate",
    "CellScores",
    "Direction",
    "Reference",
    "Stability",
    "ZeroCostProxy",
    "real_scores",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A published value that a plugin is held against.

    Attributes:
        metric: Name of the metric, e.g. ``"spearman"``.
        value: The published value.
        tolerance: Largest absolute difference that still counts as reproduced.
        task: Name of the task in the registry of ground truth.
        population: Name of the population the value was measured on.
        batch: Images per batch in the published protocol; 0 where none are used.
        source: Where the value is printed.
    """

    metric: str
    value: float
    tolerance: float
    task: str
    population: str
    batch: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stability:
    """How far the scores of one version differ between machines at most.

    Another processor or another library sums in another order; on one machine scores are the same
    to the last digit. docs/reproducibility.md has the measurement.

    Attributes:
        score: Relative difference of any one score or component, 0 to 2.
        median: Median of these differences over a population.
        spearman: Change of the Spearman correlation of a population's scores with its truth, and
            one less their Spearman correlation with the scores of the other machine.

    Raises:
        ContractError: A number is out of range, or the median is above the largest.
    """

    score: float = 5e-4
    median: float = 5e-4
    spearman: float = 5e-4

    def __post_init__(self) -> None:
        """Refuse what no measurement can give."""
        if not 0 <= self.median <= self.score <= 2:
            raise ContractError(
                f"stability of median {self.median} and score {self.score}: relative differences "
                "lie between 0 and 2, the median's not above the score's; state what was measured"
            )
        if not 0 <= self.spearman <= 2:
            raise ContractError(
                f"stability of spearman {self.spearman}: correlations differ by 0 to 2; state what "
                "was measured"
            )

    def at_least(self, least: float) -> Stability:
        """Return the same with no limit below a number."""
        return Stability(
            score=max(self.score, least),
            median=max(self.median, least),
            spearman=max(self.spearman, least),
        )

    def __str__(self) -> str:
        """The three limits in words."""
        return (
            f"{self.score:.1e} a score, {self.median:.1e} in the median and {self.spearman:.1e} of "
            "a Spearman correlation"
        )


Aggregate = Callable[[Mapping[str, "np.ndarray"]], "np.ndarray"]
"""Maps component arrays over a population, each of shape ``(n,)``, to scores of shape ``(n,)``."""

CellScores = Callable[[Sequence["CellGraph"]], "np.ndarray"]
"""Maps n cells, also cells of no space, to scores of shape ``(n,)``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZeroCostProxy:
    """Scores an untrained network.

    Attributes:
        name: The paper's name, unique among plugins.
        version: Bumped whenever a score may change.
        summary: One sentence for lists.
        direction: Whether better architectures are expected to score higher or lower; declared,
            never inferred.
        passes: Every pass that `score` reads.
        score: A pure function of the observation: one number, or one number per component.
        components: Names of the numbers that `score` returns.
        optional: Components that `score` may leave out for a network; `aggregate` finds NaN in
            their place.
        aggregate: How components become scores over a population, for set-level proxies.
        separable: Whether `aggregate` gives every architecture the score that it has alone, so that
            it can be scored without a population.
        stochastic: Whether `score` draws random numbers of its own, from ``observation.seed``.
        spaces: Names of the spaces it supports; empty for all.
        lacks: Why it does not support a space, by what the space says of itself; an empty text if
            it does. See `harness.spaces.knowledge`.
        references: Published values.
        stability: How far scores of this version differ between machines; the gate holds them to
            that.
        score_cells: Of a proxy that reads the cell's graph alone: the same scores of many cells
            at once, for searches that score cells which no space holds, such as supernets.
        identity_by_version: Whether `version` alone says which code it is: stored scores of edited
            code are used until it is raised.
    """

    name: str
    version: str
    summary: str
    direction: Direction
    passes: tuple[Pass[object], ...]
    score: Callable[[Observation], float | Mapping[str, float]]
    components: tuple[str, ...] = (SCORE,)
    optional: tuple[str, ...] = ()
    aggregate: Aggregate | None = None
    separable: bool = False
    stochastic: bool = False
    spaces: tuple[str, ...] = ()
    lacks: Lacks = lacks_nothing
    references: tuple[Reference, ...] = ()
    stability: Stability = Stability()
    score_cells: CellScores | None = None
    identity_by_version: bool = False

    def combined(self, components: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return one score a network, from components of n of them, each of shape ``(n,)``.

        Raises:
            ContractError: `aggregate` returned no real numbers.
        """
        if self.aggregate is None:
            return components[self.components[0]]
        return real_scores(f"aggregate of proxy {self.name}", self.aggregate(components))


def real_scores(where: str, scores: object) -> np.ndarray:
    """Return what a function of a proxy returned for n networks, as float64.

    Args:
        where: The function and its proxy.
        scores: What it returned.

    Raises:
        ContractError: These are no real numbers.
    """
    try:
        return real_numbers(scores)
    except (TypeError, ValueError) as error:
        raise ContractError(
            f"{where} returned scores that are no real numbers ({error}); it returns one for each "
            "network"
        ) from error
