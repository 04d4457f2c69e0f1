"""What operations are worth by a truth table: the architectures that hold them."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import fmean

import numpy as np

from harness.core.architecture import Architecture
from harness.core.errors import UsageError
from harness.metrics.values import BoolArray, Defined, FloatArray, Undefined, Value
from harness.spaces.registry import space
from harness.spaces.supernets import Operation, Selection, Supernet
from harness.truth import TruthTable

__all__ = ["OperationTruth", "TableRank"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRank:
    """An architecture among all of its table.

    Attributes:
        value: Its value in the unit of the truth; the mean where several are isomorphic to it.
        rank: 1 for the best; equal values share the best of their ranks.
        of: Architectures in the table.
    """

    value: float
    rank: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OperationTruth:
    """A truth table, seen through the choices of a supernet.

    Attributes:
        supernet: The supernet.
        table: The truth.
        accuracies: Values of the table's architectures, shape ``(n,)``, higher is better.
        runs: Their best single training runs; empty where the table has none of some.
    """

    supernet: Supernet
    table: TruthTable
    accuracies: FloatArray = field(init=False)
    runs: FloatArray = field(init=False)
    _texts: dict[str, int] = field(init=False)
    _holders: dict[Operation, BoolArray] = field(init=False)
    _canonical: dict[str, list[int]] = field(init=False)

    def __post_init__(self) -> None:
        if not self.supernet.space or self.supernet.space != self.table.space:
            raise UsageError(
                f"task {self.table.task} has architectures of {self.table.space}, the supernet "
                f"{self.supernet.name} has not; choose a task of its space"
            )
        texts = list(self.table.values)
        selections = [self.supernet.selection(text) for text in texts]
        holders = {
            Operation(choice=choice.name, option=option): np.array(
                [option in selection[choice.name] for selection in selections]
            )
            for choice in self.supernet.choices
            for option in choice.options
        }
        object.__setattr__(self, "accuracies", self.table.oriented(texts))
        object.__setattr__(self, "runs", _best_runs(self.table, texts))
        object.__setattr__(self, "_texts", {text: index for index, text in enumerate(texts)})
        object.__setattr__(self, "_holders", holders)
        object.__setattr__(self, "_canonical", {})

    def best(self, operation: Operation, fixed: Selection) -> Value:
        """Return the best value of architectures that hold an operation and what is fixed."""
        values = self.accuracies[self._mask(operation, fixed)]
        return Defined(value=float(values.max())) if values.size else _nobody(operation, self.table)

    def best_run(self, operation: Operation, fixed: Selection) -> Value:
        """Return the best single training run among these architectures."""
        if not self.runs.size:
            return Undefined(reason=f"{self.table.task} has no single runs")
        runs = self.runs[self._mask(operation, fixed)]
        return Defined(value=float(runs.max())) if runs.size else _nobody(operation, self.table)

    def mean(self, operation: Operation, fixed: Selection) -> Value:
        """Return the mean value of these architectures."""
        values = self.accuracies[self._mask(operation, fixed)]
        return (
            Defined(value=float(values.mean())) if values.size else _nobody(operation, self.table)
        )

    def rank(self, selection: Selection) -> TableRank | Undefined:
        """Look up the architecture of a selection, or else one that is isomorphic to it."""
        on = space(self.supernet.space)
        text = on.parse(self.supernet.text(selection)).text
        places = [self._texts[text]] if text in self._texts else self._isomorphic(text)
        if not places:
            return Undefined(reason=f"{text} is not in the table {self.table.task}")
        accuracy = float(self.accuracies[places].mean())
        values = list(self.table.values.values())
        return TableRank(
            value=fmean(values[place] for place in places),
            rank=1 + int((self.accuracies > accuracy).sum()),
            of=self.table.n,
        )

    def _mask(self, operation: Operation, fixed: Selection) -> BoolArray:
        mask = self._holders[operation].copy()
        for choice, options in fixed.items():
            if choice != operation.choice:
                mask &= self._fitting(choice, options)
        return mask

    def _fitting(self, choice: str, options: tuple[str, ...]) -> BoolArray:
        """Return which architectures have no option of a choice but these."""
        others = [
            self._holders[Operation(choice=choice, option=option)]
            for option in self.supernet.choice(choice).options
            if option not in options
        ]
        outside = np.zeros(len(self.accuracies), dtype=np.bool_)
        for holders in others:
            outside |= holders
        return ~outside

    def _isomorphic(self, text: str) -> list[int]:
        on = space(self.supernet.space)
        if not self._canonical:
            for known, index in self._texts.items():
                key = on.canonical(Architecture(space=on.name, text=known))
                self._canonical.setdefault(key, []).append(index)
        return self._canonical.get(on.canonical(Architecture(space=on.name, text=text)), [])


def _best_runs(table: TruthTable, texts: list[str]) -> FloatArray:
    if any(not table.runs.get(text) for text in texts):
        return np.empty(0)
    best = [max(map(table.direction.orient, table.runs[text])) for text in texts]
    return np.array(best, dtype=np.float64)


def _nobody(operation: Operation, table: TruthTable) -> Undefined:
    return Undefined(reason=f"no architecture of {table.task} holds {operation} and what is fixed")
