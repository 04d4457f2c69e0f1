"""In which order the choices of a supernet are decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from statistics import fmean

import numpy as np

from harness.core.identity import derived_seed
from harness.spaces.supernets import Choice

__all__ = ["Order", "OrientedScores", "arranged", "foremost"]

OrientedScores = Mapping[str, Mapping[str, float]]
"""Choice to option to its score, turned so that higher is better."""


class Order(StrEnum):
    """The orders of the paper, and their reverse.

    ``fixed`` is that of the supernet, ``reverse`` the other way round, ``random`` drawn from the
    seed. The global orders decide first the choice with the best operation, or with the best mean
    of its operations: ``iter`` looks for it again after every decision, ``once`` arranges all
    choices by the scores with nothing fixed and then scores each anew when its turn comes.
    """

    FIXED = "fixed"
    RANDOM = "random"
    REVERSE = "reverse"
    GLOBAL_OPERATION_ITERATED = "global-op-iter"
    GLOBAL_OPERATION_ONCE = "global-op-once"
    GLOBAL_EDGE_ITERATED = "global-edge-iter"
    GLOBAL_EDGE_ONCE = "global-edge-once"

    @property
    def needs_all(self) -> bool:
        """Whether all open choices are scored before every decision."""
        return self in (Order.GLOBAL_OPERATION_ITERATED, Order.GLOBAL_EDGE_ITERATED)

    @property
    def needs_first(self) -> bool:
        """Whether all choices are scored before the first decision."""
        return self.needs_all or self in (Order.GLOBAL_OPERATION_ONCE, Order.GLOBAL_EDGE_ONCE)

    @property
    def standing(self) -> Callable[[Mapping[str, float]], float]:
        """What places a choice among others, of the oriented scores of its options."""
        if self in (Order.GLOBAL_EDGE_ITERATED, Order.GLOBAL_EDGE_ONCE):
            return lambda oriented: fmean(oriented.values())
        return lambda oriented: max(oriented.values())


def arranged(order: Order, choices: Sequence[Choice], seed: int) -> list[Choice]:
    """Return the choices in an order that needs no scores; the global ones start from the fixed.

    Choices of inputs come after those of operations in every order.
    """
    arrangement = list(choices)
    match order:
        case Order.RANDOM:
            generator = np.random.default_rng(derived_seed(seed, "order"))
            arrangement = [choices[int(place)] for place in generator.permutation(len(choices))]
        case Order.REVERSE:
            arrangement.reverse()
        case _:
            pass
    return sorted(arrangement, key=lambda choice: choice.inputs)


def foremost(order: Order, left: Sequence[Choice], oriented: OrientedScores) -> list[Choice]:
    """Arrange open choices by the scores of their options, the best one first.

    Choices of inputs stay behind; equal ones stay in their order.
    """
    return sorted(left, key=lambda choice: (choice.inputs, -order.standing(oriented[choice.name])))
