"""Judges rules that combine proxies on every space, with that space left out.

See docs/combine.md for the protocol.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from harness.core.errors import UsageError
from harness.core.identity import derived_seed
from harness.evaluation.combination import RULES, weights_by_rule
from harness.metrics.many_tasks import mean_weights, ranks
from harness.metrics.scored_table import ScoredTable, Weights, estimate_over_kin, over_kin
from harness.metrics.values import Defined, Estimate, FloatArray

__all__ = ["NESTED", "JudgedRule", "judge_rules"]

NESTED = "nested"
"""The rule that is chosen on the other spaces."""

_FEWEST = 3
"""Fewest spaces: one is judged, one is judged to choose, one is learnt from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedRule:
    """A rule, or a proxy of its own, over all tables.

    Attributes:
        name: Of the rule or the proxy.
        is_rule: Which of the two it is.
        values: By task, Spearman's correlation; absent where the proxy has no scores.
        weights: By task, the members of the combination with their weights; none of a proxy.
        rules: By task, the rule that was chosen; of `NESTED` alone.
        mean: Over spaces, absent values counting 0.
        mean_rank: Among the single proxies and this rule; of a proxy, among these and `NESTED`.
        lead: How much lower its mean rank is than that of the best single proxy.
    """

    name: str
    is_rule: bool
    values: Mapping[str, float]
    weights: Mapping[str, Weights] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)
    mean: float
    mean_rank: Estimate
    lead: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    rules: Mapping[str, str]
    weights: Mapping[str, Weights]
    values: Mapping[str, float]


def judge_rules(
    tables: Sequence[ScoredTable],
    resamples: int,
    seed: int,
    told: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[JudgedRule, ...]:
    """Judge all rules and all single proxies, best mean rank first.

    Args:
        tables: At least one of each of three spaces.
        resamples: Resamples of spaces behind an interval.
        seed: Seed of these.
        told: Is told of the spaces done.

    Raises:
        UsageError: There are fewer than three spaces, or a table without members.
    """
    kin = list(dict.fromkeys(table.kin for table in tables))
    if len(kin) < _FEWEST:
        raise UsageError(
            f"leaving one space out takes tables of {_FEWEST} spaces, and there are tables of "
            f"{', '.join(kin) or 'none'}; name more suites or published tasks"
        )
    for table in tables:
        if not table.members:
            raise UsageError(f"no proxy has scores of the networks of {table.task}; run its suite")
    found: dict[str, dict[str, tuple[str, Weights, float]]] = {}
    for number, left_out in enumerate(kin):
        others = [table for table in tables if table.kin != left_out]
        chosen = _best_on(others)
        for table in tables:
            if table.kin == left_out:
                own = _judge(table, others)
                found[table.task] = own | {NESTED: own[chosen]}
        told(number + 1, len(kin))
    judged = {
        rule: _Found(
            rules={task: own[rule][0] for task, own in found.items()},
            weights={task: own[rule][1] for task, own in found.items()},
            values={task: own[rule][2] for task, own in found.items()},
        )
        for rule in (*RULES, NESTED)
    }
    return _Judging(tables=tables, resamples=resamples, seed=seed, rules=judged).rows()


def _judge(
    table: ScoredTable, others: Sequence[ScoredTable]
) -> dict[str, tuple[str, Weights, float]]:
    return {
        rule: (rule, weights, table.value(weights))
        for rule, weights in weights_by_rule(table, others).items()
    }


def _best_on(tables: Sequence[ScoredTable]) -> str:
    """Return the rule with the highest mean where each of these spaces is left out in turn."""
    judged = [
        _judge(table, [other for other in tables if other.kin != table.kin]) for table in tables
    ]
    means = {rule: over_kin(tables, [own[rule][2] for own in judged]) for rule in RULES}
    return max(means, key=lambda rule: means[rule])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judging:
    tables: Sequence[ScoredTable]
    resamples: int
    seed: int
    rules: Mapping[str, _Found]

    @property
    def kin(self) -> list[str]:
        return [table.kin for table in self.tables]

    @property
    def tasks(self) -> list[str]:
        return [table.task for table in self.tables]

    def rows(self) -> tuple[JudgedRule, ...]:
        """Rank every rule among the single proxies, and these among themselves and `NESTED`."""
        names = sorted({name for table in self.tables for name in table.members})
        singles = np.array(
            [[table.values.get(name, -np.inf) for name in names] for table in self.tables]
        )
        columns = {
            rule: np.array([found.values[task] for task in self.tasks])
            for rule, found in self.rules.items()
        }
        among = {
            rule: ranks(np.column_stack([singles, values])) for rule, values in columns.items()
        }
        weights = mean_weights(self.kin)
        best = int(np.argmin(weights @ among[NESTED][:, :-1]))
        rows = [
            JudgedRule(
                name=rule,
                is_rule=True,
                values=found.values,
                weights=found.weights,
                rules=found.rules if rule == NESTED else {},
                mean=float(weights @ columns[rule]),
                mean_rank=self._estimate(among[rule][:, -1]),
                lead=self._estimate(among[rule][:, best] - among[rule][:, -1]),
            )
            for rule, found in self.rules.items()
        ]
        nested = among[NESTED]
        for column, name in enumerate(names):
            own = singles[:, column]
            rows.append(
                JudgedRule(
                    name=name,
                    is_rule=False,
                    values={
                        task: float(value)
                        for task, value in zip(self.tasks, own, strict=True)
                        if np.isfinite(value)
                    },
                    mean=float(weights @ np.where(np.isfinite(own), own, 0.0)),
                    mean_rank=self._estimate(nested[:, column]),
                    lead=self._estimate(nested[:, best] - nested[:, column]),
                )
            )
        return tuple(sorted(rows, key=lambda row: (_value(row.mean_rank), row.name)))

    def _estimate(self, of_tables: FloatArray) -> Estimate:
        seed = derived_seed(self.seed, "combination", *self.tasks)
        return estimate_over_kin(self.kin, of_tables, self.resamples, seed)


def _value(estimate: Estimate) -> float:
    return estimate.value.value if isinstance(estimate.value, Defined) else np.inf
