"""Stored scores of one condition, by plugin and architecture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from harness.core.cost import Cost, sum_of
from harness.core.outcome import Outcome
from harness.records.record import ScoreRecord

__all__ = ["Scores", "StoredScore"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredScore:
    """One plugin's outcome on one architecture.

    Attributes:
        outcome: Score, failure or skip.
        cost: Cost of the plugin's own reduction; absent when it never got there.
        passes: Cost of every pass that it rests on, by name.
        environment: Key of the environment.
    """

    outcome: Outcome
    cost: Cost | None
    passes: dict[str, Cost]
    environment: str

    @property
    def total(self) -> Cost | None:
        """Cost of the passes and the reduction together; absent for a plugin that failed."""
        if self.cost is None:
            return None
        return sum_of([self.cost, *self.passes.values()])


@dataclass(slots=True)
class Scores:
    """Scores by plugin key and architecture text; of two records the later one holds."""

    _by_plugin: dict[str, dict[str, StoredScore]] = field(default_factory=dict)

    def add(self, record: ScoreRecord) -> None:
        """Take in one record."""
        for key, score in record.scores.items():
            self._by_plugin.setdefault(key, {})[record.architecture] = StoredScore(
                outcome=score.result(),
                cost=score.cost,
                passes={name: record.passes[name] for name in score.passes},
                environment=record.environment,
            )

    def of(self, plugin_key: str) -> dict[str, StoredScore]:
        """Return everything stored for a plugin, by architecture."""
        return self._by_plugin.get(plugin_key, {})

    @property
    def plugin_keys(self) -> tuple[str, ...]:
        """Keys of the plugins that anything is stored for."""
        return tuple(self._by_plugin)

    def missing(self, plugin_key: str, architectures: Iterable[str]) -> list[str]:
        """Return the architectures without any outcome, in the given order."""
        known = self.of(plugin_key)
        return [text for text in architectures if text not in known]
