"""Records in columns: one row a record, one array for each thing that a record says.

The arrays of a block that grows lie in memory, those of a sealed one in a segment, from which they
are read when they are asked for. A row has the number of an architecture's text, of an environment,
and for every plugin a status, components, the cost of its own reduction and the passes it shares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from harness.core.cost import Cost
from harness.core.outcome import Failed, FailureKind, Outcome, Skipped
from harness.records.columns import ABSENT, SCORED, TIMES, CostColumns, scored_in
from harness.records.record import PluginScore, ScoreRecord

if TYPE_CHECKING:
    Array = NDArray[Any]

__all__ = ["NONE", "Block", "Layout", "PluginLayout", "PluginRows", "value_name"]


NONE = -1
"""Number of what is not there: a reason of a score, a cost of a failure."""


class PluginLayout(BaseModel):
    """A plugin of a block.

    Attributes:
        key: Its key.
        components: Names of the components that any of its scores has.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    key: str
    components: tuple[str, ...]


class Layout(BaseModel):
    """What the numbers in a block's arrays stand for.

    Attributes:
        version: Of this form.
        rows: Number of records.
        environments: Keys of environments.
        passes: Names of passes.
        pass_sets: Passes that a score shares, by their numbers.
        counts: Forward and backward passes, images and labels of a cost.
        reasons: Kind and reason of a failure; the kind of a skip is empty.
        plugins: In the order of their arrays.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    version: Literal[1] = 1
    rows: int
    environments: tuple[str, ...]
    passes: tuple[str, ...]
    pass_sets: tuple[tuple[int, ...], ...]
    counts: tuple[tuple[int, int, int, int], ...]
    reasons: tuple[tuple[str, str], ...]
    plugins: tuple[PluginLayout, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PluginRows:
    """What a plugin said in each row of a block; as `MethodColumn`, but one row a record."""

    status: NDArray[np.int8]
    values: Mapping[str, NDArray[np.float64]]
    reason: NDArray[np.int32]


class Block:
    """Some records in columns.

    Args:
        layout: What the numbers stand for.
        load_texts: Returns the different texts of architectures.
        load: Returns arrays by name; one that is not there holds nothing but its filling.
    """

    def __init__(
        self,
        layout: Layout,
        load_texts: Callable[[], Sequence[str]],
        load: Callable[[Sequence[str]], Mapping[str, Array]],
    ) -> None:
        self.layout = layout
        self.load_texts = load_texts
        self._load = load
        self._numbers = {plugin.key: number for number, plugin in enumerate(layout.plugins)}

    @cached_property
    def reasons(self) -> tuple[Failed | Skipped, ...]:
        """The different failures and skips."""
        return tuple(
            Failed(kind=FailureKind(kind), reason=reason) if kind else Skipped(reason=reason)
            for kind, reason in self.layout.reasons
        )

    def text_numbers(self) -> NDArray[np.int32]:
        """Return of each row the number of its architecture's text."""
        return self._arrays(["text"], np.int32, 0)["text"]

    def environment_numbers(self) -> NDArray[np.int32]:
        """Return of each row the number of its environment."""
        return self._arrays(["environment"], np.int32, 0)["environment"]

    def positions(self, index: Mapping[str, int]) -> NDArray[np.int64]:
        """Return of each row what an index says of its architecture's text; -1 without a word."""
        texts = self.load_texts()
        numbers = np.fromiter((index.get(text, -1) for text in texts), np.int64, len(texts))
        return numbers[self.text_numbers()]

    def has(self, plugin_key: str) -> bool:
        """Tell whether any record asked a plugin."""
        return plugin_key in self._numbers

    def status_of(self, plugin_key: str) -> NDArray[np.int8]:
        """Return of each row whether a plugin was asked, and what came of it."""
        name = f"plugin{self._numbers[plugin_key]}_status"
        return self._arrays([name], np.int8, ABSENT)[name]

    def rows_of(self, plugin_key: str) -> PluginRows:
        """Return what a plugin said in each row."""
        number = self._numbers[plugin_key]
        components = self.layout.plugins[number].components
        names = [value_name(number, place) for place in range(len(components))]
        values = self._arrays(names, np.float64, np.nan)
        reason = f"plugin{number}_reason"
        return PluginRows(
            status=self.status_of(plugin_key),
            values={
                component: values[name] for component, name in zip(components, names, strict=True)
            },
            reason=self._arrays([reason], np.int32, NONE)[reason],
        )

    def costs_of(self, plugin_key: str) -> CostColumns:
        """Return in each row what a plugin took: its own reduction, then the passes it shares."""
        number = self._numbers[plugin_key]
        owner, passes = f"plugin{number}", f"plugin{number}_passes"
        totals = self._times_of(owner)
        pass_sets = self._arrays([passes], np.int32, NONE)[passes]
        for pass_set in np.unique(pass_sets[pass_sets != NONE]).tolist():
            rows = pass_sets == pass_set
            for shared in self.layout.pass_sets[pass_set]:
                _charge(totals, self._times_of(f"pass{shared}"), rows)
        unknown = self._arrays([f"{owner}_counts"], np.int32, NONE)[f"{owner}_counts"] == NONE
        for times in totals.values():
            times[unknown] = np.nan
        return CostColumns(
            **totals,
            environment=self.environment_numbers(),
            environments=self.layout.environments,
        )

    def cpu_seconds(self) -> float:
        """Return the processor time of all records: each pass once, and what plugins took alone."""
        passes = (f"pass{number}_cpu_s" for number in range(len(self.layout.passes)))
        own = (f"plugin{number}_cpu_s" for number in range(len(self.layout.plugins)))
        times = self._arrays([*passes, *own], np.float64, np.nan)
        return float(sum(np.nansum(column) for column in times.values()))

    def records(self) -> Iterator[ScoreRecord]:
        """Yield the records, as they were written."""
        texts = self.load_texts()
        text_numbers = self.text_numbers().tolist()
        environments = self.environment_numbers().tolist()
        passes = [self._cost_list(f"pass{number}") for number in range(len(self.layout.passes))]
        scores = {plugin.key: self._score_list(plugin.key) for plugin in self.layout.plugins}
        for row in range(self.layout.rows):
            yield ScoreRecord(
                architecture=texts[text_numbers[row]],
                environment=self.layout.environments[environments[row]],
                passes={
                    name: cost
                    for name, costs in zip(self.layout.passes, passes, strict=True)
                    if (cost := costs[row]) is not None
                },
                scores={
                    key: score
                    for key, column in scores.items()
                    if (score := column[row]) is not None
                },
            )

    def _times_of(self, owner: str) -> dict[str, NDArray[np.float64]]:
        names = [f"{owner}_{time}" for time in TIMES]
        arrays = self._arrays(names, np.float64, np.nan)
        return {time: np.array(arrays[name]) for time, name in zip(TIMES, names, strict=True)}

    def _cost_list(self, owner: str) -> list[Cost | None]:
        times = {name: column.tolist() for name, column in self._times_of(owner).items()}
        counts = self._arrays([f"{owner}_counts"], np.int32, NONE)[f"{owner}_counts"].tolist()
        costs: list[Cost | None] = []
        for row, number in enumerate(counts):
            if number == NONE:
                costs.append(None)
                continue
            gpu_s, peak_bytes = times["gpu_s"][row], times["peak_bytes"][row]
            forwards, backwards, images, labels = self.layout.counts[number]
            costs.append(
                Cost(
                    wall_s=times["wall_s"][row],
                    cpu_s=times["cpu_s"][row],
                    gpu_s=None if np.isnan(gpu_s) else gpu_s,
                    peak_bytes=None if np.isnan(peak_bytes) else int(peak_bytes),
                    forwards=forwards,
                    backwards=backwards,
                    images=images,
                    labels=labels,
                )
            )
        return costs

    def _score_list(self, plugin_key: str) -> list[PluginScore | None]:
        number = self._numbers[plugin_key]
        rows = self.rows_of(plugin_key)
        costs = self._cost_list(f"plugin{number}")
        passes = f"plugin{number}_passes"
        pass_sets = self._arrays([passes], np.int32, NONE)[passes].tolist()
        scores: list[PluginScore | None] = []
        for row, status in enumerate(rows.status.tolist()):
            if status == ABSENT:
                scores.append(None)
                continue
            outcome: Outcome = (
                scored_in(rows.values, row) if status == SCORED else self.reasons[rows.reason[row]]
            )
            pass_set = pass_sets[row]
            shared = () if pass_set == NONE else self.layout.pass_sets[pass_set]
            names = tuple(self.layout.passes[number] for number in shared)
            scores.append(PluginScore.of(outcome, costs[row], names))
        return scores

    def _arrays(self, names: Sequence[str], dtype: type, filling: float) -> dict[str, Array]:
        loaded = self._load(names)
        rows = self.layout.rows
        nothing: Array = np.broadcast_to(np.array(filling, dtype=dtype), rows)
        return {name: loaded.get(name, nothing) for name in names}


def value_name(plugin: int, component: int) -> str:
    """Return the name of the array of a component of a plugin, both by their numbers."""
    return f"plugin{plugin}_value{component}"


def _charge(
    totals: Mapping[str, NDArray[np.float64]],
    times: Mapping[str, NDArray[np.float64]],
    rows: NDArray[np.bool_],
) -> None:
    """Add the cost of a pass in some rows, as `harness.core.cost.sum_of` adds costs."""
    for name in ("wall_s", "cpu_s"):
        totals[name][rows] += times[name][rows]
    known, more = totals["gpu_s"][rows], times["gpu_s"][rows]
    both = np.where(np.isnan(more), known, known + more)
    totals["gpu_s"][rows] = np.where(np.isnan(known), more, both)
    totals["peak_bytes"][rows] = np.fmax(totals["peak_bytes"][rows], times["peak_bytes"][rows])
