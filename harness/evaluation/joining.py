"""Joins scores with ground truth: those that a suite's runs have stored, and published ones.

Published scores need no network and no proxy is computed for them. The population of their task are
the architectures that have a value and an outcome of at least one proxy: of the others nothing was
published.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from harness.core.direction import Direction
from harness.core.errors import DataError
from harness.core.identity import digest_lines
from harness.core.outcome import SCORE, Outcome, Scored
from harness.evaluation.leaderboard import ComputedScores, PublishedScores
from harness.evaluation.method_scores import MethodScores
from harness.evaluation.task_scores import TaskScores, join
from harness.execution.population import Population, population_of
from harness.execution.run import Run
from harness.metrics.values import FloatArray
from harness.records.columns import CostColumns, MethodColumn
from harness.truth import (
    ImportedScores,
    Places,
    TruthTable,
    load,
    score_sources,
    shorter_trainings,
    source,
    stored_outcomes,
    task_as_scores,
    where,
)
from harness.truth.scores import DIRECTION

__all__ = [
    "imported_method",
    "join_imported",
    "join_published",
    "join_stored",
    "load_published",
    "published_methods",
    "stored_methods",
    "with_shorter_trainings",
]

_VERSION = "nas-bench-suite-zero"
_IMPORTED = "imported"


def join_stored(run: Run, methods: Sequence[MethodScores] | None = None) -> tuple[TaskScores, ...]:
    """Join the stored scores of a run with the truth of each of its tasks.

    Args:
        run: The suite with its stored scores.
        methods: What is joined, of `stored_methods`; all of them when absent.

    Raises:
        UsageError: A task has no value for any architecture of the population.
    """
    provenance = ComputedScores(
        condition=run.condition.key,
        dataset=run.dataset.name,
        batch=f"{run.batch.source}:{run.suite.batch.size}",
        device=run.condition.device,
    )
    methods = stored_methods(run) if methods is None else methods
    return tuple(join(table, run.population, methods, provenance) for table in run.truths.values())


def stored_methods(run: Run, keys: Mapping[str, str] | None = None) -> tuple[MethodScores, ...]:
    """Return what is stored of the whole population, with or without truth.

    Args:
        run: The suite with its stored scores.
        keys: Name of a plugin to the key whose scores are taken; its own key when absent.

    Returns:
        The plugins of the run in their order, then imported scores.
    """
    chosen, methods = dict(keys or {}), []
    for loaded in run.plugins:
        key = chosen.get(loaded.name, loaded.key)
        methods.append(
            MethodScores(
                name=loaded.name,
                version=loaded.plugin.version if key == loaded.key else key.split(":")[1],
                key=key,
                components=loaded.plugin.components,
                orient=loaded.oriented,
                column=run.scores.column(key, run.population.texts),
            )
        )
    return (*methods, *(imported_method(scores, run.population.texts) for scores in run.imported))


def imported_method(scores: ImportedScores, texts: Sequence[str]) -> MethodScores:
    """Return imported scores of architectures, in their order."""
    outcomes = [
        Scored(components={SCORE: scores.scores[text]}) if text in scores.scores else None
        for text in texts
    ]
    return MethodScores(
        name=scores.label,
        version=_IMPORTED,
        key=scores.key,
        components=(SCORE,),
        orient=partial(_orient_imported, scores.direction),
        column=MethodColumn.of(outcomes, _imported_costs(scores, texts)),
        imported=scores.where,
    )


def join_imported(
    tables: Sequence[TruthTable], population: Population, scores: Sequence[ImportedScores]
) -> tuple[TaskScores, ...]:
    """Join imported scores alone with the truth of tasks; no network and no batch is needed.

    Raises:
        UsageError: A task has no value for any architecture of the population.
    """
    provenance = PublishedScores(
        sources=tuple(dict.fromkeys(method.where for method in scores)), imported=True
    )
    methods = [imported_method(method, population.texts) for method in scores]
    return tuple(join(table, population, methods, provenance) for table in tables)


def load_published(name: str, places: Places | None = None) -> TaskScores:
    """Join the published scores of a task with its truth.

    Args:
        name: Name of a task of `harness.truth.tasks_with_scores`.
        places: Where files are looked for; those of the environment by default.

    Raises:
        UsageError: There is no such task, or it has no stored scores.
        DataError: A file is not the published one, or holds something unexpected.
        InfrastructureError: A file is absent and cannot be downloaded.
    """
    outcomes = stored_outcomes(name, places=places)
    published = PublishedScores(sources=score_sources(name))
    return join_published(load(name, places=places), outcomes, published)


def with_shorter_trainings(scores: TaskScores, places: Places | None = None) -> TaskScores:
    """Add what the same networks came to after fewer epochs, where it is on this machine.

    It is no proxy: the name of such a method says which part of the training it costs. Nothing is
    downloaded for it.

    Args:
        scores: The task with what else is known of it.
        places: Where files are looked for; those of the environment by default.

    Raises:
        DataError: A file is not the published one.
    """
    table, methods, files = scores.table, list[MethodScores](), list[str]()
    for shorter in shorter_trainings(table.task):
        if where(source(shorter.source), places) is None:
            continue
        values = task_as_scores(shorter.name, table.space, places)
        method = imported_method(values, scores.architectures)
        part = f"{shorter.epochs} of {table.epochs} epochs"
        methods.append(dataclasses.replace(method, name=f"{shorter.name} ({part})"))
        files.append(values.where)
    if not methods:
        return scores
    known = scores.provenance.sources if isinstance(scores.provenance, PublishedScores) else ()
    return dataclasses.replace(
        scores,
        methods=(*scores.methods, *methods),
        provenance=PublishedScores(sources=tuple(dict.fromkeys((*known, *files)))),
    )


def join_published(
    table: TruthTable, outcomes: Mapping[str, Mapping[str, Outcome]], published: PublishedScores
) -> TaskScores:
    """Join published outcomes, given by proxy and text of an architecture, with their truth.

    Raises:
        DataError: No architecture has both a value and an outcome.
    """
    columns = list(outcomes.values())
    texts = tuple(text for text in table.values if any(text in column for column in columns))
    if not texts:
        raise DataError(
            f"task {table.task} has no value for any architecture that "
            f"{', '.join(published.sources)} has scores of"
        )
    population = population_of(table.task, table.space, texts)
    return join(table, population, _methods(outcomes, texts), published)


def published_methods(
    name: str, texts: Sequence[str], places: Places | None = None
) -> list[MethodScores]:
    """Return the published scores of a task on architectures, in their order.

    Raises:
        UsageError: There is no such task, or it has no stored scores.
        DataError: A file is not the published one, or holds something unexpected.
        InfrastructureError: A file is absent and cannot be downloaded.
    """
    return _methods(stored_outcomes(name, places=places), texts)


def _methods(
    outcomes: Mapping[str, Mapping[str, Outcome]], texts: Sequence[str]
) -> list[MethodScores]:
    methods = []
    for name, column in outcomes.items():
        content = digest_lines(f"{text}\t{_written(outcome)}" for text, outcome in column.items())
        methods.append(
            MethodScores(
                name=name,
                version=_VERSION,
                key=f"{name}:{_VERSION}:{content}",
                components=(SCORE,),
                orient=_orient_published,
                column=MethodColumn.of([column.get(text) for text in texts]),
            )
        )
    return methods


def _written(outcome: Outcome) -> str:
    return repr(outcome.components[SCORE]) if isinstance(outcome, Scored) else "none"


def _orient_imported(direction: Direction, components: Mapping[str, FloatArray]) -> FloatArray:
    return direction.orient(components[SCORE])


def _imported_costs(scores: ImportedScores, texts: Sequence[str]) -> CostColumns:
    """Return what the scores took elsewhere, as an environment of its own."""
    unknown = CostColumns.unknown(len(texts))
    if not scores.seconds:
        return unknown
    wall = np.array([scores.seconds.get(text, np.nan) for text in texts], dtype=np.float64)
    return dataclasses.replace(
        unknown,
        wall_s=wall,
        environment=np.where(np.isnan(wall), -1, 0).astype(np.int32),
        environments=(f"imported: {scores.name}",),
    )


def _orient_published(components: Mapping[str, FloatArray]) -> FloatArray:
    return DIRECTION.orient(components[SCORE])
