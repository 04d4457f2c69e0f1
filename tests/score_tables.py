"""Score tables made by hand, without files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from harness.core.outcome import SCORE, Failed, FailureKind, Outcome, Scored
from harness.evaluation import (
    ComputedScores,
    MethodScores,
    PublishedScores,
    TaskScores,
    join,
    join_published,
)
from harness.execution.population import population_of
from harness.records.columns import CostColumns, MethodColumn
from harness.spaces.registry import names_space
from harness.truth.scores import as_outcomes
from tests.truth_tables import truth_table

COMPUTED = ComputedScores(condition="condition", dataset="none", batch="noise:8", device="cpu")


def texts_of(n: int) -> tuple[str, ...]:
    """Return the texts of as many architectures."""
    return tuple(f"a{index:03}" for index in range(n))


def published(
    columns: Mapping[str, Sequence[float]], task: str = "hand-made", space: str = "nowhere"
) -> TaskScores:
    """Return a task of published scores in which the value of architecture ``i`` is ``i``."""
    n = max(len(column) for column in columns.values())
    scores = {
        name: dict(zip(texts_of(len(column)), column, strict=True))
        for name, column in columns.items()
    }
    values = {text: float(index) for index, text in enumerate(texts_of(n))}
    table = truth_table(values, task, space)
    identical = "rows" if names_space(space) else "computation"  # the texts are of no space
    return join_published(
        table, as_outcomes(scores), PublishedScores(sources=("a-file",)), identical
    )


def costs(n: int, seconds: float, machine: str = "machine-1") -> CostColumns:
    """Return equal costs of ``n`` architectures on one machine."""
    return CostColumns(
        wall_s=np.full(n, seconds),
        cpu_s=np.full(n, seconds),
        gpu_s=np.full(n, np.nan),
        peak_bytes=np.full(n, np.nan),
        environment=np.zeros(n, dtype=np.int32),
        environments=(machine,),
    )


def method(
    name: str,
    scores: Sequence[float | None],
    seconds: float = 0.01,
    machine: str = "machine-1",
    outcomes: Sequence[Outcome | None] | None = None,
) -> MethodScores:
    """Return a method with a score of each architecture; None is a failure.

    Its outcomes are others where some are given.
    """
    if outcomes is None:
        outcomes = [_outcome(score) for score in scores]
    return MethodScores(
        name=name,
        version="1",
        key=f"{name}:1",
        components=(SCORE,),
        orient=lambda columns: columns[SCORE],
        column=MethodColumn.of(outcomes, costs(len(outcomes), seconds, machine)),
    )


def computed(
    methods: Sequence[MethodScores], values: Sequence[float], task: str = "task-a"
) -> TaskScores:
    """Return a task in which architecture ``i`` has the i-th value."""
    texts = texts_of(len(values))
    drawn = population_of(f"all/{len(values)}@0", "nowhere", texts)
    population = replace(drawn, digest="0123456789abcdef")
    table = truth_table(dict(zip(texts, values, strict=True)), task=task)
    return join(table, population, methods, COMPUTED)


def _outcome(score: float | None) -> Outcome:
    if score is None:
        return Failed(kind=FailureKind.NONFINITE, reason="score is nan")
    return Scored(components={SCORE: score})
