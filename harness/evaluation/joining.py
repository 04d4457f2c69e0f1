"""Joins scores with ground truth: those that a suite's runs have stored, and published ones.

Published scores need no network and no proxy is computed for them. The population of their task are
the architectures that have a value and an outcome of at least one proxy: of the others nothing was
published.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import numpy as np

from harness.core.direction import Direction
from harness.core.errors import DataError
from harness.core.identity import digest_lines
from harness.core.outcome import SCORE, Outcome, Scored
from harness.evaluation.leaderboard import ComputedScores, PublishedScores
from harness.evaluation.method_scores import MethodScores
from harness.evaluation.task_scores import TaskScores, join
from harness.execution.archive import taken_from_archive
from harness.execution.population import Population, population_of
from harness.execution.run import Run
from harness.metrics.values import FloatArray
from harness.records.columns import CostColumns, MethodColumn
from harness.spaces.identical import IDENTICAL
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
    tasks_with_scores,
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
    return tuple(
        join(table, run.population, methods, provenance, run.suite.identical)
        for table in run.truths.values()
    )


def stored_methods(run: Run, keys: Mapping[str, str] | None = None) -> tuple[MethodScores, ...]:
    """Return what is stored of the whole population, with or without truth.

    Args:
        run: The suite with its stored scores.
        keys: Name of a plugin to the key whose scores are taken; its own key when absent.

    Returns:
        The plugins of the run in their order, then imported scores.
    """
    chosen, methods = dict(keys or {}), []
    archived = taken_from_archive(run)
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
                archived=archived.get(key),
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
    tables: Sequence[TruthTable],
    population: Population,
    scores: Sequence[ImportedScores],
    identical: str,
) -> tuple[TaskScores, ...]:
    """Join imported scores alone with the truth of tasks; no network and no batch is needed.

    Args:
        tables: The truth of every task.
        population: What was drawn.
        scores: The methods.
        identical: What makes networks identical, which are merged; see `join`.

    Raises:
        UsageError: A task has no value for any architecture of the population.
    """
    provenance = PublishedScores(
        sources=tuple(dict.fromkeys(method.where for method in scores)), imported=True
    )
    methods = [imported_method(method, population.texts) for method in scores]
    return tuple(join(table, population, methods, provenance, identical) for table in tables)


def load_published(
    name: str,
    places: Places | None = None,
    identical: str = IDENTICAL,
    *,
    shorter: bool = False,
) -> TaskScores:
    """Join the published scores of a task with its truth.

    Args:
        name: Name of a task of `harness.truth.tasks_with_scores`, or with `shorter` of any.
        places: Where files are looked for; those of the environment by default.
        identical: What makes networks identical, which are merged; see `join`.
        shorter: Rank what the same networks came to after fewer epochs too, where that is on this
            machine: nothing is downloaded for it. It is no proxy: the name of such a method says
            which part of the training it costs.

    Raises:
        UsageError: There is no such task, or it has no stored scores.
        DataError: A file is not the published one, or holds something unexpected.
        InfrastructureError: A file is absent and cannot be downloaded.
    """
    table = load(name, places=places)
    if not shorter:
        published = PublishedScores(sources=score_sources(name))
        return join_published(table, stored_outcomes(name, places=places), published, identical)
    outcomes: Mapping[str, Mapping[str, Outcome]] = {}
    files: tuple[str, ...] = ()
    if name in tasks_with_scores():
        outcomes, files = stored_outcomes(name, places=places), score_sources(name)
    texts = _with_outcome(table, outcomes) if outcomes else tuple(table.values)
    methods = _methods(outcomes, texts)
    for method, file in _shorter_trainings(table, texts, places):
        methods.append(method)
        files = (*files, file)
    provenance = PublishedScores(sources=tuple(dict.fromkeys(files)))
    population = population_of(table.task, table.space, texts)
    return join(table, population, methods, provenance, identical)


def _shorter_trainings(
    table: TruthTable, texts: Sequence[str], places: Places | None
) -> Iterator[tuple[MethodScores, str]]:
    for shorter in shorter_trainings(table.task):
        if where(source(shorter.source), places) is None:
            continue
        values = task_as_scores(shorter.name, table.space, places)
        part = f"{shorter.epochs} of {table.epochs} epochs"
        method = imported_method(values, texts)
        yield dataclasses.replace(method, name=f"{shorter.name} ({part})"), values.where


def join_published(
    table: TruthTable,
    outcomes: Mapping[str, Mapping[str, Outcome]],
    published: PublishedScores,
    identical: str = IDENTICAL,
) -> TaskScores:
    """Join published outcomes, given by proxy and text of an architecture, with their truth.

    Args:
        table: The truth.
        outcomes: What was published.
        published: Where.
        identical: What makes networks identical, which are merged; see `join`.

    Raises:
        DataError: No architecture has both a value and an outcome.
    """
    texts = _with_outcome(table, outcomes)
    if not texts:
        raise DataError(
            f"task {table.task} has no value for any architecture that "
            f"{', '.join(published.sources)} has scores of"
        )
    population = population_of(table.task, table.space, texts)
    return join(table, population, _methods(outcomes, texts), published, identical)


def _with_outcome(
    table: TruthTable, outcomes: Mapping[str, Mapping[str, Outcome]]
) -> tuple[str, ...]:
    columns = list(outcomes.values())
    return tuple(text for text in table.values if any(text in column for column in columns))


def published_methods(name: str, texts: Sequence[str]) -> list[MethodScores]:
    """Return the published scores of a task on architectures, in their order.

    Raises:
        UsageError: There is no such task, or it has no stored scores.
        DataError: A file is not the published one, or holds something unexpected.
        InfrastructureError: A file is absent and cannot be downloaded.
    """
    return _methods(stored_outcomes(name), texts)


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
