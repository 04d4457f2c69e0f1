"""Ranks plugins over several tasks: those of each space, and of all spaces together."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from harness.core.identity import derived_seed
from harness.evaluation.leaderboard import Board, Friedman, MeanRank, OverallRanking, PairedTest
from harness.evaluation.procedure import Procedure
from harness.metrics.intervals import central_of_means
from harness.metrics.many_tasks import (
    FEWEST_UNITS,
    count_units,
    critical_difference,
    friedman_test,
    holm,
    indistinct_runs,
    mean_weights,
    ranks,
    resampled_weights,
    signed_rank_p,
)
from harness.metrics.metric import Metric
from harness.metrics.values import Defined, FloatArray, Interval, Undefined

__all__ = ["OVERALL", "SIGNIFICANCE", "rank_overall"]

OVERALL = "overall"
"""Scope of the ranking over all spaces."""

SIGNIFICANCE = 0.05
"""Plugins whose corrected p value is below this differ."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Table:
    """Values of the plugins that are complete on all tasks of a scope.

    Attributes:
        spaces: Space of each task, shape ``(t,)``.
        values: Shape ``(t, p)``, as the metric gives them.
        oriented: The same, higher is better.
    """

    scope: str
    tasks: tuple[str, ...]
    spaces: tuple[str, ...]
    plugins: tuple[str, ...]
    values: FloatArray
    oriented: FloatArray


def rank_overall(boards: Sequence[Board], procedure: Procedure) -> tuple[OverallRanking, ...]:
    """Rank over the tasks of each space that has several, then over all spaces together.

    Only plugins that are complete on all tasks of a scope are ranked: a mean over fewer tasks would
    be of other tasks. Tasks on which fewer than half of the scope's plugins are complete are left
    out first, and named.
    """
    by_space: dict[str, list[Board]] = {}
    for board in boards:
        by_space.setdefault(board.truth.space, []).append(board)
    scopes = {space: members for space, members in by_space.items() if len(members) > 1}
    if len(by_space) > 1:
        scopes[OVERALL] = list(boards)
    return tuple(_rank_scope(scope, members, procedure) for scope, members in scopes.items())


def _shared(boards: Sequence[Board]) -> list[Board]:
    """Return the boards on which half of the plugins or more are complete; all if under two."""
    plugins = {entry.plugin for board in boards for entry in board.entries}
    complete = [sum(entry.scored == entry.drawn for entry in board.entries) for board in boards]
    kept = [board for board, n in zip(boards, complete, strict=True) if 2 * n >= len(plugins)]
    return kept if len(kept) > 1 else list(boards)


def _rank_scope(scope: str, every: Sequence[Board], procedure: Procedure) -> OverallRanking:
    metric = procedure.headline
    boards = _shared(every)
    kept = {board.truth.task for board in boards}
    columns = _columns(boards, metric.name)
    table = _table(scope, boards, columns, metric)
    ranked = _mean_ranks(table, procedure)
    names = tuple(row.plugin for row in ranked)
    friedman = _friedman(table)
    tests = () if isinstance(friedman, Undefined) else _tests(table, names)
    return OverallRanking(
        scope=scope,
        spaces=tuple(dict.fromkeys(table.spaces)),
        tasks=table.tasks,
        left_out=tuple(board.truth.task for board in every if board.truth.task not in kept),
        metric=metric.name,
        table=ranked,
        incomplete={
            name: len(column)
            for name, column in sorted(columns.items())
            if len(column) < len(boards)
        },
        friedman=friedman,
        tests=tests,
        groups=_groups(names, tests),
    )


def _columns(boards: Sequence[Board], metric: str) -> dict[str, list[float]]:
    """Return the values of each plugin on the tasks that it is complete on, task by task."""
    columns: dict[str, list[float]] = {}
    for board in boards:
        for entry in board.entries:
            column = columns.setdefault(entry.plugin, [])
            value = entry.measured[metric].value
            if entry.scored == entry.drawn and isinstance(value, Defined):
                column.append(value.value)
    return columns


def _table(
    scope: str, boards: Sequence[Board], columns: Mapping[str, Sequence[float]], metric: Metric
) -> _Table:
    plugins = [name for name, column in sorted(columns.items()) if len(column) == len(boards)]
    values = np.array([columns[name] for name in plugins]).reshape(len(plugins), len(boards)).T
    return _Table(
        scope=scope,
        tasks=tuple(board.truth.task for board in boards),
        spaces=tuple(board.truth.space for board in boards),
        plugins=tuple(plugins),
        values=values,
        oriented=metric.direction.orient(values),
    )


def _mean_ranks(table: _Table, procedure: Procedure) -> tuple[MeanRank, ...]:
    weights = mean_weights(table.spaces)
    of_tasks = ranks(table.oriented)
    # Not a matrix product: its sums depend on the shape, and equal records give equal bytes.
    means = (weights[:, None] * of_tasks).sum(axis=0)
    values = (weights[:, None] * table.values).sum(axis=0)
    intervals = _intervals(table, of_tasks, procedure)
    rows = [
        MeanRank(
            plugin=name,
            mean_rank=float(means[column]),
            interval=intervals[column],
            mean_value=float(values[column]),
        )
        for column, name in enumerate(table.plugins)
    ]
    return tuple(sorted(rows, key=lambda row: (row.mean_rank, row.plugin)))


def _intervals(
    table: _Table, of_tasks: FloatArray, procedure: Procedure
) -> Sequence[Interval | Undefined]:
    if len(table.plugins) == 1:
        return [Undefined(reason="no other plugin is complete on all tasks")]
    n = count_units(table.spaces)
    if n < FEWEST_UNITS:
        kind = "spaces" if len(set(table.spaces)) > 1 else "tasks"
        few = Undefined(reason=f"{n} {kind} are too few to resample; {FEWEST_UNITS} are needed")
        return [few] * len(table.plugins)
    seed = derived_seed(procedure.seed, "standings", table.scope, *table.tasks)
    weights = resampled_weights(table.spaces, procedure.resamples, seed)
    replicates = [(weights * column).sum(axis=1) for column in of_tasks.T]
    return [central_of_means(means, n, procedure.level) for means in replicates]


def _friedman(table: _Table) -> Friedman | Undefined:
    test = friedman_test(table.oriented)
    if isinstance(test, Undefined):
        return test
    tasks, plugins = table.values.shape
    return Friedman(
        statistic=test.statistic,
        p_value=test.p_value,
        critical_difference=critical_difference(plugins, tasks, SIGNIFICANCE),
    )


def _tests(table: _Table, names: Sequence[str]) -> tuple[PairedTest, ...]:
    column = {name: table.oriented[:, index] for index, name in enumerate(table.plugins)}
    pairs = list(itertools.combinations(names, 2))
    p_values = np.array([signed_rank_p(column[first] - column[second]) for first, second in pairs])
    return tuple(
        PairedTest(first=first, second=second, p_value=float(p), p_adjusted=float(adjusted))
        for (first, second), p, adjusted in zip(pairs, p_values, holm(p_values), strict=True)
    )


def _groups(names: Sequence[str], tests: Sequence[PairedTest]) -> tuple[tuple[str, ...], ...]:
    if not tests:
        return ()
    position = {name: index for index, name in enumerate(names)}
    differs = np.zeros((len(names), len(names)), dtype=np.bool_)
    for test in tests:
        first, second = position[test.first], position[test.second]
        differs[first, second] = differs[second, first] = test.p_adjusted < SIGNIFICANCE
    return tuple(tuple(names[start:stop]) for start, stop in indistinct_runs(differs))
