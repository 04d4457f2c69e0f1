"""The leaderboard of scores that a suite's runs have stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

import numpy as np

from harness.catalog import LoadedProxy
from harness.core.cost import Cost
from harness.evaluation.leaderboard import ComputedScores, Leaderboard
from harness.evaluation.method_scores import Contender, Expense, Orient
from harness.evaluation.procedure import Procedure
from harness.evaluation.ranking import leaderboard
from harness.evaluation.task_scores import Contest
from harness.execution.run import Run
from harness.isolation import process_guard
from harness.metrics.values import FloatArray
from harness.plugin import Direction
from harness.records.columns import MethodColumn
from harness.suite import Suite

__all__ = ["contenders", "contests", "evaluate", "orientation", "procedure_of", "ranked"]


def evaluate(prepared: Run) -> Leaderboard:
    """Compute every metric of a suite from stored scores and truth tables.

    Raises:
        UsageError: A task belongs to another space than the suite, or has no value for any
            architecture of the population.
        DataError: A truth table cannot be read.
    """
    return ranked(prepared, contests(prepared))


def ranked(prepared: Run, joined: Sequence[Contest]) -> Leaderboard:
    """Rank the contests that `contests` made, as the suite wants it."""
    suite = prepared.suite
    return leaderboard(suite.name, prepared.population.name, joined, procedure_of(suite))


def procedure_of(suite: Suite) -> Procedure:
    """Return how a suite measures.

    Raises:
        UsageError: The suite names an unknown metric, or one twice.
    """
    return Procedure(
        names=suite.metrics,
        where=f"suite {suite.name} [metrics]",
        top=suite.top,
        resamples=suite.resamples,
        level=suite.level,
        seed=suite.seed,
    )


def contests(prepared: Run, keys: Mapping[str, str] | None = None) -> tuple[Contest, ...]:
    """Join the stored scores of a suite with the truth of each of its tasks.

    Args:
        prepared: The suite with its stored scores.
        keys: Name of a plugin to the key whose scores are taken; its own key when absent.

    Raises:
        UsageError: A task belongs to another space than the suite.
        DataError: A truth table cannot be read.
    """
    suite, population = prepared.suite, prepared.population
    texts = tuple(one.text for one in population.architectures)
    provenance = ComputedScores(
        condition=prepared.condition.key,
        dataset=suite.dataset,
        batch=f"{suite.batch.source}:{suite.batch.size}",
        device=prepared.condition.device,
    )
    joined = contenders(prepared, keys)
    return tuple(
        Contest(
            truth=prepared.truths[name],
            population=population.name,
            population_digest=population.digest,
            texts=texts,
            contenders=joined,
            provenance=provenance,
        )
        for name in suite.tasks
    )


def contenders(prepared: Run, keys: Mapping[str, str] | None = None) -> tuple[Contender, ...]:
    """Return the plugins of a suite with their stored outcomes, as for `contests`."""
    texts = prepared.population.texts
    chosen = {one.name: one.key for one in prepared.plugins} | dict(keys or {})
    return tuple(
        _contender(one, chosen[one.name], prepared.scores.column(chosen[one.name], texts), texts)
        for one in prepared.plugins
    )


def _contender(
    plugin: LoadedProxy, key: str, column: MethodColumn, texts: Sequence[str]
) -> Contender:
    return Contender(
        name=plugin.name,
        version=plugin.plugin.version if key == plugin.key else key.split(":")[1],
        key=key,
        components=plugin.plugin.components,
        orient=orientation(plugin),
        outcomes={
            text: outcome
            for row, text in enumerate(texts)
            if (outcome := column.outcome(row)) is not None
        },
        expenses=_expenses(column, texts),
    )


def _expenses(column: MethodColumn, texts: Sequence[str]) -> dict[str, Expense]:
    costs = column.costs()
    return {
        text: Expense(
            environment=costs.environments[costs.environment[row]],
            cost=Cost(
                wall_s=float(costs.wall_s[row]),
                cpu_s=float(costs.cpu_s[row]),
                gpu_s=None if np.isnan(costs.gpu_s[row]) else float(costs.gpu_s[row]),
                peak_bytes=None if np.isnan(costs.peak_bytes[row]) else int(costs.peak_bytes[row]),
            ),
        )
        for row, text in enumerate(texts)
        if not np.isnan(costs.wall_s[row])
    }


def orientation(loaded: LoadedProxy) -> Orient:
    """Return how components of a proxy become scores; higher is better."""
    proxy = loaded.plugin

    def watched() -> AbstractContextManager[None]:
        return process_guard().watching(proxy.name) if loaded.outside else nullcontext()

    def orient(columns: Mapping[str, FloatArray]) -> FloatArray:
        if proxy.aggregate is not None:
            with watched():
                scores = np.asarray(proxy.aggregate(columns), dtype=np.float64)
        else:
            (scores,) = columns.values()
        return scores if proxy.direction is Direction.HIGHER else -scores

    return orient
