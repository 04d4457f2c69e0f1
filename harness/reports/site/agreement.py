"""How alike two methods rank the networks of a space, of the scores in the archive.

No ground truth is involved: two methods may agree and both be wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from harness.catalog import LoadedProxy
from harness.core.aggregation import average_ranks, rank_correlations
from harness.evaluation import MethodScores
from harness.execution.archive import archive_in
from harness.metrics.values import FloatArray
from harness.records.store import Store
from harness.reports.site.records import LEAST, TaskBoard
from harness.spaces.identical import classes_of

__all__ = ["Agreement", "Likeness", "agreements", "likenesses"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Agreement:
    """Spearman's correlation between the scores of every two methods on one space.

    Attributes:
        networks: Number of different networks behind it.
        names: Methods with nearly all scores, and more than one value.
        values: Shape ``(methods, methods)``, each over the networks that both have scored.
    """

    networks: int
    names: tuple[str, ...]
    values: FloatArray

    def of(self, first: str, second: str) -> float | None:
        """Return the correlation of two methods; None where one of them is not there."""
        if first not in self.names or second not in self.names:
            return None
        return float(self.values[self.names.index(first), self.names.index(second)])

    @property
    def pairs(self) -> list[tuple[str, str, float]]:
        """Every two methods with their correlation, most alike first."""
        found = [
            (self.names[row], self.names[column], float(self.values[row, column]))
            for row, column in zip(*np.triu_indices(len(self.names), k=1), strict=True)
        ]
        return sorted(found, key=lambda pair: (-pair[2], pair[0], pair[1]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How alike another method is over all spaces.

    Attributes:
        spaces: Number of spaces that have both.
    """

    name: str
    mean: float
    lowest: float
    highest: float
    spaces: int


def agreements(
    results: Path, boards: Iterable[TaskBoard], proxies: Iterable[LoadedProxy]
) -> dict[str, Agreement]:
    """Return the agreement of all proxies by task, of those boards whose scores are archived.

    Raises:
        DataError: The archive is damaged.
    """
    folder = archive_in(results)
    if folder is None:
        return {}
    store, loaded = Store(folder), list(proxies)
    conditions = {condition.key: condition for condition in store.conditions()}
    found = {}
    for board in boards:
        if board.condition not in conditions:
            continue
        scores = store.read(conditions[board.condition])
        texts = scores.texts()
        classes = classes_of(board.space, texts, board.identical)
        methods = {
            proxy.name: MethodScores(
                name=proxy.name,
                version=proxy.plugin.version,
                key=proxy.key,
                components=proxy.plugin.components,
                orient=proxy.oriented,
                column=scores.column(proxy.key, texts),
            )
            .merged(classes)
            .values
            for proxy in loaded
        }
        found[board.task] = _agreement(methods, len(classes))
    return found


def likenesses(name: str, by_task: Mapping[str, Agreement]) -> tuple[Likeness, ...]:
    """Return all other methods by how alike they are on average, most alike first."""
    values: dict[str, list[float]] = {}
    for agreement in by_task.values():
        if name in agreement.names:
            row = agreement.values[agreement.names.index(name)]
            for other, value in zip(agreement.names, row.tolist(), strict=True):
                values.setdefault(other, []).append(value)
    values.pop(name, None)
    found = [
        Likeness(
            name=other,
            mean=float(np.mean(own)),
            lowest=min(own),
            highest=max(own),
            spaces=len(own),
        )
        for other, own in values.items()
    ]
    return tuple(sorted(found, key=lambda likeness: (-likeness.mean, likeness.name)))


def _agreement(methods: Mapping[str, FloatArray], networks: int) -> Agreement:
    names = [name for name, values in methods.items() if _is_compared(values)]
    if not names:
        return Agreement(networks=networks, names=(), values=np.eye(0))
    scores = np.stack([methods[name] for name in names])
    complete = np.isfinite(scores).all(axis=1)
    values = np.eye(len(names))
    values[np.ix_(complete, complete)] = _correlations(scores[complete])
    for row in np.flatnonzero(~complete).tolist():
        for column in range(len(names)):
            both = np.isfinite(scores[row]) & np.isfinite(scores[column])
            value = rank_correlations(scores[row, both], scores[column, both])
            values[row, column] = values[column, row] = value
    return Agreement(networks=networks, names=tuple(names), values=values)


def _correlations(scores: FloatArray) -> FloatArray:
    """Return Spearman's correlation of every two rows, none of which is constant."""
    ranks = average_ranks(scores)
    ranks -= ranks.mean(axis=1, keepdims=True)
    ranks /= np.sqrt((ranks**2).sum(axis=1, keepdims=True))
    return np.clip(ranks @ ranks.T, -1, 1)


def _is_compared(values: FloatArray) -> bool:
    known = values[np.isfinite(values)]
    return known.size >= LEAST * values.size and np.unique(known).size > 1
