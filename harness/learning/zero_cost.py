"""Tables of zero-cost scores for predictors: published ones, or those of a suite's records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from harness.core.errors import UsageError
from harness.core.outcome import Outcome, Scored
from harness.encodings import ScoreTable
from harness.execution.run import Run
from harness.truth import Places, stored_outcomes

__all__ = ["published_scores", "recorded_scores"]


def published_scores(task: str, texts: Sequence[str], places: Places | None = None) -> ScoreTable:
    """Return the scores that NAS-Bench-Suite-Zero published for a task.

    Args:
        task: Name of a task of `harness.truth.tasks_with_scores`.
        texts: The architectures, one a row.
        places: Where files are looked for.

    Raises:
        HarnessError: As for `harness.truth.stored_scores`.
    """
    return _table(dict(stored_outcomes(task, places=places)), texts)


def recorded_scores(prepared: Run, texts: Sequence[str]) -> ScoreTable:
    """Return the scores that the runs of a suite have stored, one column a component.

    Args:
        prepared: The suite with its plugins and what is stored in its condition.
        texts: The architectures, one a row.

    Raises:
        UsageError: None of the plugins has a score for any of the architectures.
    """
    outcomes: dict[str, Mapping[str, Outcome]] = {}
    for plugin in prepared.plugins:
        stored = prepared.scores.of(plugin.key)
        outcomes[plugin.name] = {text: one.outcome for text, one in stored.items()}
    table = _table(outcomes, texts)
    if not table.proxies:
        raise UsageError(
            f"the records of suite {prepared.suite.name} hold no score for any of the "
            f"{len(texts)} architectures; run it first: harness run {prepared.suite.name}"
        )
    return table


def _table(outcomes: Mapping[str, Mapping[str, Outcome]], texts: Sequence[str]) -> ScoreTable:
    """Return one column for each component of each proxy that has any score."""
    columns: dict[str, list[float]] = {}
    for proxy, column in sorted(outcomes.items()):
        scored = {text: one for text in texts if isinstance(one := column.get(text), Scored)}
        for component in sorted({name for one in scored.values() for name in one.components}):
            name = proxy if component == "score" else f"{proxy}.{component}"
            columns[name] = [
                scored[text].components[component] if text in scored else np.nan for text in texts
            ]
    values = np.array(list(columns.values()), dtype=np.float64).T
    return ScoreTable(proxies=tuple(columns), values=values.reshape(len(texts), len(columns)))
