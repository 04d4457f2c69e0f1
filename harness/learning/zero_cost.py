"""Tables of zero-cost scores for predictors: published ones, or those of a suite's records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from harness.core.errors import UsageError
from harness.core.outcome import SCORE, Scored
from harness.encodings import FloatArray, ScoreTable
from harness.execution.run import Run
from harness.truth import ImportedScores, Places, TruthTable, stored_outcomes

__all__ = ["published_scores", "recorded_scores", "scored_texts", "with_imported"]


def published_scores(task: str, texts: Sequence[str], places: Places | None = None) -> ScoreTable:
    """Return the scores that NAS-Bench-Suite-Zero published for a task.

    Args:
        task: Name of a task of `harness.truth.tasks_with_scores`.
        texts: The architectures, one a row.
        places: Where files are looked for.

    Raises:
        HarnessError: As for `harness.truth.stored_scores`.
    """
    values: dict[str, dict[str, FloatArray]] = {}
    for proxy, outcomes in stored_outcomes(task, places=places).items():
        columns = values.setdefault(proxy, {})
        for row, text in enumerate(texts):
            outcome = outcomes.get(text)
            if isinstance(outcome, Scored):
                for name, value in outcome.components.items():
                    columns.setdefault(name, np.full(len(texts), np.nan))[row] = value
    return _table(values, len(texts))


def recorded_scores(prepared: Run, texts: Sequence[str]) -> ScoreTable:
    """Return the scores that the runs of a suite have stored, one column a component.

    Args:
        prepared: The suite with its plugins and what is stored in its condition.
        texts: The architectures, one a row.

    Raises:
        UsageError: None of the plugins has a score for any of the architectures.
    """
    values = {
        plugin.name: prepared.scores.column(plugin.key, texts).values for plugin in prepared.plugins
    }
    table = _table(values, len(texts))
    if not table.proxies:
        suite = prepared.suite
        raise UsageError(
            f"nothing is stored of suite {suite.name} with batch {suite.batch.source}:"
            f"{suite.batch.size} and seed {suite.seed} for the {len(texts)} architectures; run it "
            "first with harness run, or name the batch that it was run with (--batch)"
        )
    return table


def scored_texts(prepared: Run, truth: TruthTable) -> tuple[list[str], ScoreTable]:
    """Return the architectures of a suite that have a value and a score, with their scores.

    Args:
        prepared: The suite with its plugins and what is stored in its condition.
        truth: Values of architectures.

    Raises:
        UsageError: As for `recorded_scores`.
    """
    population = {architecture.text for architecture in prepared.population.architectures}
    texts = sorted(population & truth.values.keys())
    scores = recorded_scores(prepared, texts)
    scored = np.flatnonzero(np.isfinite(scores.values).any(axis=1))
    return [texts[row] for row in scored], scores.rows(scored)


def with_imported(
    table: ScoreTable, imported: Sequence[ImportedScores], texts: Sequence[str]
) -> ScoreTable:
    """Return a table with a column for each imported method, higher for better architectures.

    Raises:
        UsageError: One has no score of any of the architectures.
    """
    columns = []
    for method in imported:
        column = np.array([method.scores.get(text, np.nan) for text in texts], dtype=np.float64)
        if np.isnan(column).all():
            raise UsageError(
                f"{method.where} has no score of any of the {len(texts)} architectures of the task"
            )
        columns.append(method.direction.orient(column))
    if not columns:
        return table
    parts = [table.values.reshape(len(texts), len(table.proxies)), np.stack(columns, axis=1)]
    labels = tuple(method.label for method in imported)
    return ScoreTable(proxies=(*table.proxies, *labels), values=np.concatenate(parts, axis=1))


def _table(values: Mapping[str, Mapping[str, FloatArray]], rows: int) -> ScoreTable:
    """Return one column for each component of each proxy that has any score."""
    columns: dict[str, FloatArray] = {}
    for proxy, components in sorted(values.items()):
        for component, column in sorted(components.items()):
            if not np.isnan(column).all():
                columns[proxy if component == SCORE else f"{proxy}.{component}"] = column
    table = np.array(list(columns.values()), dtype=np.float64).T
    return ScoreTable(proxies=tuple(columns), values=table.reshape(rows, len(columns)))
