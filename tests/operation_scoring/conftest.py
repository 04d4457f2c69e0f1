"""A supernet of two choices without a network, and tables that can be worked out by hand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pytest
from torch import nn

from harness.operation_scorer import OperationScorer, Probe
from harness.plugin import Direction
from harness.spaces.supernets import Choice, Operation, Selection, State, Supernet


def no_network(dataset: object, removal: object) -> nn.Module:
    raise AssertionError("nothing is built here")


def text(selection: Selection) -> str:
    return "".join(options[0] for options in selection.values())


SMALL = Supernet(
    name="small",
    version="1",
    space="",
    choices=(
        Choice(name="a", options=("x", "y", "z")),
        Choice(name="b", options=("x", "y", "z")),
        Choice(name="in", options=("0", "1", "2", "3"), keep=2, inputs=True, gradual=True),
    ),
    build=no_network,
    text=text,
    selection=lambda written: {"a": (written[0],), "b": (written[1],)},
)


@dataclass(slots=True, kw_only=True)
class FakeProbe:
    """Measures a state by the sum of the worths of the operations that it has."""

    worths: Mapping[Operation, float]
    supernet: Supernet = SMALL
    seed: int = 0
    measured: list[State] = field(default_factory=list)

    def state(self, fixed: Selection) -> State:
        return self.supernet.everything(np.random.default_rng(0)).kept(fixed)

    def measure(self, state: State) -> float:
        self.measured.append(state)
        return sum(
            self.worths.get(Operation(choice=choice, option=option), 0.0)
            for choice, left in state.weights.items()
            for option in left
        )

    def measure_network(self, selection: Selection) -> float:
        return self.measure(self.state(selection))


def removal(probe: Probe, fixed: Selection, operations: list[Operation]) -> dict[Operation, float]:
    state = probe.state(fixed)
    return {operation: probe.measure(state.without(operation)) for operation in operations}


@pytest.fixture
def scorer() -> OperationScorer:
    return OperationScorer(
        name="removal",
        version="1",
        summary="",
        direction=Direction.LOWER,
        score_operations=removal,
    )


@pytest.fixture
def probe() -> FakeProbe:
    """a: y is worth most; b: z, and more than that; in: 3 and 1."""
    worths = {"ax": 1, "ay": 5, "az": 2, "bx": 0, "by": 3, "bz": 7, "in1": 3, "in2": 2, "in3": 4}
    return FakeProbe(
        worths={
            Operation(choice=name[:-1], option=name[-1]): worth for name, worth in worths.items()
        }
    )


@pytest.fixture
def probes(probe: FakeProbe) -> Callable[[int], FakeProbe]:
    return lambda decision: probe
