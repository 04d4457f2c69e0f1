"""Two methods on the architectures that both scored, and the sides that they come from."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from harness.catalog import LoadedProxy
from harness.core.aggregation import average_ranks
from harness.core.errors import UsageError, unknown_name
from harness.evaluation.failures import count_failures, failures_text
from harness.evaluation.joining import join_stored, load_published, stored_methods
from harness.evaluation.method_scores import MethodScores
from harness.evaluation.task_scores import TaskScores
from harness.execution.run import Run
from harness.metrics.values import FloatArray, Undefined
from harness.records.columns import ABSENT
from harness.records.environment import Environment
from harness.truth import TruthTable

__all__ = [
    "CostRatio",
    "Disagreement",
    "PairedScores",
    "Side",
    "pair",
    "read_computed",
    "read_published",
]


Environments = Mapping[str, Environment]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Side:
    """One side of a comparison: methods on tasks, from records or as published.

    Attributes:
        label: What the user called it.
        tasks: The same tasks on both sides, each with this side's methods alone.
        environments: Environments of the costs, by key.
    """

    label: str
    tasks: tuple[TaskScores, ...]
    environments: Environments

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the methods, each once."""
        return tuple(dict.fromkeys(method.name for task in self.tasks for method in task.methods))


def read_computed(label: str, run: Run) -> Side:
    """Return the plugins of a suite that a results folder has scores of.

    Scores of another version of a plugin are taken where the folder has none of the present one:
    that is what a folder of another commit holds.

    Raises:
        UsageError: The folder has no scores of any of the plugins on the suite's population, or of
            one of them several versions, none of which is the present one.
    """
    keys = {plugin.name: _stored_key(plugin, run, label) for plugin in run.plugins}
    methods = [
        method for method in stored_methods(run, keys) if (method.column.status != ABSENT).any()
    ]
    if not methods:
        names = ", ".join(keys)
        raise UsageError(
            f"{label}: the results folder has no scores of {names} on the population "
            f"{run.population.name} in condition {run.condition.key}; score it with "
            f"harness run, or choose another --suite or --results"
        )
    return Side(label=label, tasks=join_stored(run, methods), environments=run.environments())


def read_published(
    label: str, proxies: Collection[str], tasks: Sequence[str], identical: str
) -> Side:
    """Return proxies as they were published; all of a task's where `proxies` is empty.

    Args:
        label: What the user called it.
        proxies: Names of the proxies.
        tasks: Names of the tasks.
        identical: What makes networks identical, which are merged; see `harness.evaluation.join`.

    Raises:
        UsageError: A task has no published scores, or none of such a proxy.
        DataError: A file is not the published one.
        InfrastructureError: A file is absent and cannot be downloaded.
    """
    joined = []
    for name in tasks:
        task = load_published(name, identical=identical)
        known = [method.name for method in task.methods]
        for proxy in proxies:
            if proxy not in known:
                raise unknown_name(f"published proxy of {name}", proxy, known)
        methods = tuple(method for method in task.methods if method.name in proxies or not proxies)
        joined.append(dataclasses.replace(task, methods=methods))
    return Side(label=label, tasks=tuple(joined), environments={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """An architecture that the two rank differently.

    Attributes:
        first: Its rank by the first's scores among the common architectures, 1 for the highest.
        second: Its rank by the second's.
        truth: Its ground truth, as the task gives it.
    """

    architecture: str
    first: float
    second: float
    truth: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CostRatio:
    """Median seconds of the first over those of the second, measured on equal machines.

    Attributes:
        n: Architectures with a cost of both.
    """

    value: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairedScores:
    """Two methods with their scores on the architectures of a task that both scored.

    Attributes:
        first: The one, on these architectures alone.
        second: The other, on the same architectures, row by row.
        table: Truth of the task, as it gives it.
        architectures: Texts of the common architectures.
        truth: Their truth, shape ``(n,)``, higher is better.
        controls: Their controls that the first side has, each of shape ``(n,)``.
        only_first: Architectures with truth that the first alone scored.
        only_second: Likewise.
    """

    first: MethodScores
    second: MethodScores
    table: TruthTable
    architectures: tuple[str, ...]
    truth: FloatArray
    controls: Mapping[str, FloatArray]
    only_first: int
    only_second: int

    def disagreements(self, most: int) -> tuple[Disagreement, ...]:
        """Return the architectures with the largest differences of ranks, largest first."""
        first, second = average_ranks(-self.first.values), average_ranks(-self.second.values)
        order = np.lexsort((np.array(self.architectures), -np.abs(first - second)))
        return tuple(
            Disagreement(
                architecture=self.architectures[row],
                first=float(first[row]),
                second=float(second[row]),
                truth=float(self.table.direction.orient(self.truth[row])),
            )
            for row in order[:most]
            if first[row] != second[row]
        )

    def cost_ratio(self, first: Environments, second: Environments) -> CostRatio | Undefined:
        """Return how much longer the first took, given the environments of both sides.

        The commit of the harness may differ: what changed with it is what one wants to know.
        """
        ours, theirs = self.first.column.costs(), self.second.column.costs()
        known = ~np.isnan(ours.wall_s) & ~np.isnan(theirs.wall_s)
        if not known.any():
            return Undefined(reason="no architecture has a cost of both")
        used = np.stack([ours.environment[known], theirs.environment[known]], axis=1)
        for numbers in np.unique(used, axis=0).tolist():
            ours_on, theirs_on = ours.environments[numbers[0]], theirs.environments[numbers[1]]
            alike = ours_on == theirs_on or _are_alike(first.get(ours_on), second.get(theirs_on))
            if not alike:
                return Undefined(reason="not comparable: different machines or package versions")
        medians = [float(np.median(costs.wall_s[known])) for costs in (ours, theirs)]
        if medians[1] <= 0:
            return Undefined(reason="the second took no time that the clock can tell")
        return CostRatio(value=medians[0] / medians[1], n=int(known.sum()))


def pair(first: TaskScores, second: TaskScores, names: tuple[str, str]) -> PairedScores | None:
    """Join two methods on the architectures that both scored; None where one is absent.

    Raises:
        UsageError: There is no such architecture.
    """
    ours, theirs = first.by_name.get(names[0]), second.by_name.get(names[1])
    if ours is None or theirs is None:
        return None
    others = {key: row for row, key in enumerate(second.keys)}
    where = np.array([others.get(key, -1) for key in first.keys], dtype=np.int64)
    common = ours.scored & (where >= 0)
    common[common] = theirs.scored[where[common]]
    if not common.any():
        raise UsageError(
            f"{names[0]} and {names[1]} have no architecture in common on {first.table.task}: the "
            f"first scored {_scored(ours)}, the second {_scored(theirs)}; "
            "score the same population with harness run"
        )
    n = int(common.sum())
    return PairedScores(
        first=ours.at(common),
        second=theirs.at(where[common]),
        table=first.table,
        architectures=tuple(np.array(first.architectures, dtype=object)[common].tolist()),
        truth=first.truth[common],
        controls=first.controls_at(common),
        only_first=int(ours.scored.sum()) - n,
        only_second=int(theirs.scored.sum()) - n,
    )


def _scored(method: MethodScores) -> str:
    failures = count_failures(method.column)
    return f"{method.scored.sum()}" + (f" ({failures_text(failures)})" if failures else "")


def _are_alike(first: Environment | None, second: Environment | None) -> bool:
    return first is not None and second is not None and _machine(first) == _machine(second)


def _machine(environment: Environment) -> Environment:
    return environment.model_copy(update={"commit": None, "packages": environment.other_packages})


def _stored_key(plugin: LoadedProxy, run: Run, label: str) -> str:
    scores = run.scores
    if plugin.key in scores.plugin_keys:
        return plugin.key
    others = [key for key in scores.plugin_keys if key.startswith(f"{plugin.name}:")]
    if len(others) > 1:
        raise UsageError(
            f"{label}: the results folder has scores of {len(others)} versions of {plugin.name} "
            f"({', '.join(others)}) and none of the present one; score it with harness run"
        )
    if not others:
        return plugin.key
    (key,) = others
    components = scores.column(key, run.population.texts).values
    known, proxy = set(components), plugin.plugin
    wanted = set(proxy.components)
    if known and not wanted - set(proxy.optional) <= known <= wanted:
        raise UsageError(
            f"{label}: scores of {key} consist of {', '.join(sorted(components))}, "
            f"those of the present version of {', '.join(plugin.plugin.components)}; "
            f"score it with harness run"
        )
    return key
