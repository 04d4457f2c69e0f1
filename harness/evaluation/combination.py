"""Rules that combine proxies, judged on spaces whose labels they have not seen.

A rule gives the members of a combination their weights on one table. It may read the scores of that
table, and scores and truth of other spaces.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import nnls

from harness.core.aggregation import Criteria, rank_correlations
from harness.metrics.many_tasks import mean_weights
from harness.metrics.scored_table import ScoredTable, Weights, over_kin
from harness.metrics.values import FloatArray

__all__ = ["LABEL_FREE", "RULES", "weights_by_rule"]

_MOST = 8
"""Members that a greedy rule adds at most."""

_FEWEST_SHARED = 3
"""Fewest proxies whose agreement makes two spaces alike."""

_TOP = (1, 2, 3, 5, 8)
"""Numbers of members of the rules that take the best of other spaces."""


def _guarded(rule: str) -> str:
    return f"{rule}, guarded"


_LEARNT = (*(f"top-{most}" for most in _TOP), "greedy")

_SIMILAR = (3, 5)
"""Numbers of members of the rules that take the best of spaces like the judged one."""

_RIDGE = 0.1
"""Penalty on squared weights of least squares, beside Gram matrices of correlations."""

LABEL_FREE = ("all", "spectral")
"""Names of the rules that read no truth."""

RULES = (
    *(*LABEL_FREE, *_LEARNT, *map(_guarded, _LEARNT)),
    *(*(f"similar-{most}" for most in _SIMILAR), "least-squares"),
)
"""Names of the rules; see docs/combine.md."""


def weights_by_rule(
    table: ScoredTable, others: Sequence[ScoredTable]
) -> dict[str, dict[str, float]]:
    """Return the weights that every rule of `RULES` gives on one table.

    Args:
        table: The judged one; its truth is not read.
        others: Tables of other spaces, of which truth is read.
    """
    means = {
        name: over_kin(others, [other.values.get(name, 0.0) for other in others])
        for name in table.members
    }
    best = sorted(means, key=lambda name: (-means[name], name))
    learnt = {f"top-{most}": dict.fromkeys(best[:most], 1.0) for most in _TOP}
    learnt["greedy"] = _greedy(table, others)
    alike = _best_of_similar(table, others)
    return {
        "all": dict.fromkeys(table.members, 1.0),
        "spectral": _spectral(table),
        **learnt,
        **{_guarded(name): _kept(table, weights) for name, weights in learnt.items()},
        **{f"similar-{most}": dict.fromkeys(alike[:most], 1.0) for most in _SIMILAR},
        "least-squares": _least_squares(table, others),
    }


def _spectral(table: ScoredTable) -> dict[str, float]:
    _, vectors = np.linalg.eigh(table.agreement)
    leading = vectors[:, -1] * np.sign(vectors[:, -1].sum() or 1.0)
    return {name: float(leading[row]) for name, row in table.row.items() if leading[row] > 0}


def _greedy(table: ScoredTable, others: Sequence[ScoredTable]) -> dict[str, float]:
    candidates, weights, best = table.members, dict[str, float](), 0.0
    for _ in range(_MOST):
        reached = np.stack([_with_each(other, weights, candidates) for other in others])
        means = [over_kin(others, column.tolist()) for column in reached.T]
        next_best = int(np.argmax(means))
        if means[next_best] <= best:
            break
        best, name = means[next_best], candidates[next_best]
        weights[name] = weights.get(name, 0.0) + 1.0
    return weights


def _with_each(table: ScoredTable, weights: Weights, candidates: Sequence[str]) -> FloatArray:
    """Return the value of a combination with one candidate more, for each of these."""
    present = [place for place, name in enumerate(candidates) if name in table.row]
    result = np.full(len(candidates), table.value(weights))
    if not present:
        return result
    rows = [table.row[candidates[place]] for place in present]
    weight, criteria = table.row_weights(weights), table.criteria
    total = criteria.log_ranks[rows] + weight @ criteria.log_ranks
    share = criteria.known[rows] + weight @ criteria.known
    means = np.divide(total, share, out=np.zeros_like(total), where=share > 0)
    result[present] = rank_correlations(means, table.truth)
    return result


def _best_of_similar(table: ScoredTable, others: Sequence[ScoredTable]) -> list[str]:
    """Return the members by their mean over the other spaces, each weighted by its likeness."""
    likeness = np.array([_likeness(table, other) for other in others])
    if not likeness.any():
        likeness[:] = 1.0
    shares = mean_weights([other.kin for other in others]) * likeness
    means = {
        name: float(shares @ [other.values.get(name, 0.0) for other in others])
        for name in table.members
    }
    return sorted(means, key=lambda name: (-means[name], name))


def _likeness(table: ScoredTable, other: ScoredTable) -> float:
    """Return how alike the agreement of proxies is on two tables, from 0 to 1; no truth is read."""
    shared = [name for name in table.members if name in other.row]
    if len(shared) < _FEWEST_SHARED:
        return 0.0
    above = np.triu_indices(len(shared), k=1)
    pairs = []
    for each in (table, other):
        rows = [each.row[name] for name in shared]
        pairs.append(each.agreement[np.ix_(rows, rows)][above])
    return max(0.0, float(rank_correlations(*pairs)))


def _least_squares(table: ScoredTable, others: Sequence[ScoredTable]) -> dict[str, float]:
    """Fit weights, none below 0, to the truth of the other spaces; a space weighs as another."""
    size = len(table.members)
    gram, target = _RIDGE * np.eye(size), np.zeros(size)
    for other, share in zip(others, mean_weights([each.kin for each in others]), strict=True):
        present = [place for place, name in enumerate(table.members) if name in other.row]
        rows = [other.row[table.members[place]] for place in present]
        design = _standardised(other.criteria, rows)
        truth = _standardised(Criteria.of([other.truth]), [0])[0]
        gram[np.ix_(present, present)] += share * (design @ design.T) / truth.size
        target[present] += share * (design @ truth) / truth.size
    root = np.linalg.cholesky(gram)
    weights, _ = nnls(root.T, np.linalg.solve(root, target))
    return {
        name: float(weight)
        for name, weight in zip(table.members, weights, strict=True)
        if weight > 0
    }


def _standardised(criteria: Criteria, rows: Sequence[int]) -> FloatArray:
    """Return log ranks with mean 0 and variance 1, 0 where one is not known: ``(rows, n)``."""
    ranks, known = criteria.log_ranks[rows], criteria.known[rows]
    counts = known.sum(axis=1, keepdims=True)
    centred = np.where(known, ranks - ranks.sum(axis=1, keepdims=True) / counts, 0.0)
    spread = np.sqrt((centred**2).sum(axis=1, keepdims=True) / counts)
    result: FloatArray = np.divide(centred, spread, out=np.zeros_like(centred), where=spread > 0)
    return result


def _kept(table: ScoredTable, weights: Weights) -> dict[str, float]:
    """Leave out what contradicts the rest on the judged table."""
    kept = table.criteria.agreeing(table.row_weights(weights))
    return {name: weight for name, weight in weights.items() if kept[table.row[name]] > 0}
