"""What a supernet is: its choices, the operations present in it, and how its network is built."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from harness.core.architecture import Dataset
from harness.core.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from torch import nn

__all__ = ["NOTHING", "Choice", "Operation", "Removal", "Selection", "State", "Supernet"]

NOTHING = "none"
"""The option that carries nothing: with others beside it, a network is the same without it."""

_SPREAD = 1e-3


class Removal(StrEnum):
    """How an operation is taken away.

    ``deleted`` means that it does not exist. ``masked`` is the release of Zero-Cost-PT: its weight
    is zero, and it is still called, on zeros, so that its ReLU is there to be counted.
    """

    DELETED = "deleted"
    MASKED = "masked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One decision of a search.

    Attributes:
        name: Unique in the supernet, e.g. ``"0->1"``.
        options: What it is between.
        keep: How many of them an architecture has.
        inputs: Whether the options are inputs rather than operations; these are decided last.
        gradual: Whether options are given up one at a time, the worst first, rather than the best
            ones kept at once.
    """

    name: str
    options: tuple[str, ...]
    keep: int = 1
    inputs: bool = False
    gradual: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Operation:
    """One option of one choice."""

    choice: str
    option: str

    def __str__(self) -> str:
        return f"{self.option} on {self.choice}"


Selection: TypeAlias = Mapping[str, tuple[str, ...]]
"""Names of choices to the options that are left; all of them where a choice is not named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Which operations a supernet has, and with what weights.

    Attributes:
        weights: Choice to option to weight; an option that is not there was taken away.
    """

    weights: Mapping[str, Mapping[str, float]]

    def kept(self, selection: Selection) -> State:
        """Keep only the options of a selection; each of them has weight one."""
        fixed = {name: dict.fromkeys(options, 1.0) for name, options in selection.items()}
        return State(weights={**self.weights, **fixed})

    def without(self, operation: Operation) -> State:
        """Take one operation away; the weights of the others stay as they are."""
        left = dict(self._of(operation))
        del left[operation.option]
        return State(weights={**self.weights, operation.choice: left})

    def only(self, operation: Operation) -> State:
        """Take away all other options of the operation's choice; its weight becomes one."""
        self._of(operation)
        return State(weights={**self.weights, operation.choice: {operation.option: 1.0}})

    @property
    def effective(self) -> State:
        """The same without `NOTHING` where it is not alone: the network computes the same."""
        return State(
            weights={
                choice: {
                    name: weight
                    for name, weight in left.items()
                    if name != NOTHING or len(left) == 1
                }
                for choice, left in self.weights.items()
            }
        )

    def _of(self, operation: Operation) -> Mapping[str, float]:
        left = self.weights.get(operation.choice, {})
        if operation.option not in left:
            raise UsageError(f"the supernet has no {operation}; it was taken away before")
        return left


@dataclass(frozen=True, slots=True, kw_only=True)
class Supernet:
    """All architectures of a space in one network.

    Attributes:
        name: Unique name.
        version: Bumped whenever its network may change.
        space: Name of the space that its architectures belong to; empty where there is none.
        choices: Its decisions, in a fixed order.
        build: Builds the network with all operations; weights come from torch's global generator.
        text: Writes a complete selection as the text of an architecture.
        selection: Reads such a text; a choice that changes nothing has no options.
    """

    name: str
    version: str
    space: str
    choices: tuple[Choice, ...]
    build: Callable[[Dataset, Removal], nn.Module]
    text: Callable[[Selection], str]
    selection: Callable[[str], Selection]

    def choice(self, name: str) -> Choice:
        """Return a choice by name."""
        return next(choice for choice in self.choices if choice.name == name)

    def everything(self, generator: np.random.Generator) -> State:
        """Return the state with everything present.

        Operations of a choice have the weights softmax(0.001 x normal noise), which are nearly
        equal and sum to one, as in the release of Zero-Cost-PT; inputs have weight one.
        """
        return State(weights={choice.name: _drawn(choice, generator) for choice in self.choices})

    def sample(self, kept: Selection, generator: np.random.Generator) -> Selection:
        """Complete a partial selection by uniform draws."""
        selection = {}
        for choice in self.choices:
            left = kept.get(choice.name, choice.options)
            drawn = generator.choice(len(left), min(choice.keep, len(left)), replace=False)
            selection[choice.name] = tuple(left[int(place)] for place in sorted(drawn))
        return selection


def _drawn(choice: Choice, generator: np.random.Generator) -> dict[str, float]:
    import numpy as np

    if choice.inputs:
        return dict.fromkeys(choice.options, 1.0)
    powers = np.exp(_SPREAD * generator.standard_normal(len(choice.options)))
    return dict(zip(choice.options, (powers / powers.sum()).tolist(), strict=True))
