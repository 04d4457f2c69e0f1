"""Whether proxies agree enough to be trusted where nobody knows an accuracy.

The agreement of a set of proxies is the mean Spearman correlation between every two of them, after
the ranks of parameters are regressed out of both where parameters are known: that all measure size
is no agreement on anything else. It is held against the same pairs on known tasks, whose scores
`known_agreement.csv` condenses: how much these agreed there, and how well they ranked beyond size.
What the median proxy is worth at some agreement is the isotonic regression of these tasks, in
which spaces weigh alike; those of the judged space are left out of it.
"""

from __future__ import annotations

import csv
import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from harness.core.aggregation import average_ranks
from harness.metrics.values import FloatArray, Undefined

__all__ = ["Agreement", "KnownTask", "agreement_text", "judge_agreement"]

_TRUTH, _SIZE = "truth", "params"
_WIDE = frozenset(
    {"epe_nas", "fisher", "grad_norm", "grasp", "jacov", "l2_norm", "plain", "snip", "synflow"}
)
"""Proxies that all published tasks have; with others fewer known tasks could be compared."""

_COVERED, _FEWEST, _THREE = 0.95, 20, 3
_POOR = 0.2
"""Correlation of the median proxy with the truth below which none is worth following."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTask:
    """Agreement of a set of proxies on a task whose truth is known.

    Attributes:
        agreement: As on the space that is judged.
        quality: Median over the proxies of the correlation with the truth, beyond size where that
            is known.
    """

    task: str
    space: str
    agreement: float
    quality: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How far proxies agree, and what that was worth on known tasks.

    Attributes:
        proxies: Those that were compared.
        beyond_size: Whether parameters were regressed out.
        value: Mean Spearman correlation of their pairs.
        known: The same pairs on known tasks of other spaces, by ascending agreement.
    """

    proxies: tuple[str, ...]
    beyond_size: bool
    value: float
    known: tuple[KnownTask, ...]

    @property
    def expected(self) -> float:
        """Quality that known tasks have at this agreement, which never falls with agreement."""
        at = np.array([known.agreement for known in self.known])
        sizes = Counter(known.space for known in self.known)
        weights = np.array([1 / sizes[known.space] for known in self.known])
        fitted = _never_falling(np.array([known.quality for known in self.known]), weights)
        return float(np.interp(self.value, at, fitted))

    @property
    def is_trusted(self) -> bool:
        """Whether proxies that agreed this much were worth following."""
        return self.expected >= _POOR


def judge_agreement(space: str, columns: Mapping[str, FloatArray]) -> Agreement | Undefined:
    """Compare the agreement of proxies on a population with that on known tasks of other spaces.

    Args:
        space: Whose known tasks are left out.
        columns: Scores of the proxies by name, each of shape ``(n,)``, higher is better; NaN where
            there is none. Only proxies with published scores can be compared.

    Returns:
        The agreement, or why nothing is known: fewer than three comparable proxies, too few
        architectures, or no known task with all pairs.
    """
    covered = {
        name: values for name, values in columns.items() if np.isfinite(values).mean() >= _COVERED
    }
    compared = covered.keys() & _compared()
    proxies = tuple(sorted(compared & _WIDE if len(compared & _WIDE) >= _THREE else compared))
    if len(proxies) < _THREE:
        return Undefined(
            reason=f"agreement is known of {', '.join(sorted(_compared()))}, of which "
            f"{len(proxies)} scored {_COVERED:.0%}; it takes three"
        )
    beyond_size = _SIZE in covered
    used = {name: covered[name] for name in (*proxies, *([_SIZE] if beyond_size else []))}
    complete = np.logical_and.reduce([np.isfinite(values) for values in used.values()])
    if complete.sum() < _FEWEST:
        return Undefined(reason=f"agreement of {complete.sum()} architectures says nothing")
    ranks = {name: average_ranks(values[complete]) for name, values in used.items()}
    if beyond_size:
        ranks = {name: _residuals(ranks[name], ranks[_SIZE]) for name in proxies}
    pairs = list(itertools.combinations(proxies, 2))
    value = float(np.mean([_correlation(ranks[first], ranks[second]) for first, second in pairs]))
    known = _known_tasks(space, proxies, beyond_size=beyond_size)
    if not known:
        return Undefined(reason=f"no known task has scores of all of {', '.join(proxies)}")
    return Agreement(proxies=proxies, beyond_size=beyond_size, value=value, known=known)


def agreement_text(agreement: Agreement) -> str:
    """Say in one sentence how far proxies agree and what that was worth on known tasks."""
    known = agreement.known
    beyond = " beyond parameters" if agreement.beyond_size else ""
    low, high = known[0].agreement, known[-1].agreement
    facts = (
        f"every two of {', '.join(agreement.proxies)} have mean Spearman {agreement.value:.2f}"
        f"{beyond}, on {len(known)} known tasks of other spaces {low:.2f} to {high:.2f}; at this "
        f"agreement the median proxy has {agreement.expected:.2f} with the truth{beyond} there"
    )
    if agreement.is_trusted:
        return f"Proxies agree as where they are worth following ({facts})"
    return f"Proxies disagree so much that none should be trusted here{beyond} ({facts})"


def _never_falling(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the closest values that never fall, pooling neighbours that do."""
    pools: list[tuple[float, float, int]] = []
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        mean, total, count = value, weight, 1
        while pools and pools[-1][0] >= mean:
            before, heavy, several = pools.pop()
            mean = (mean * total + before * heavy) / (total + heavy)
            total, count = total + heavy, count + several
        pools.append((mean, total, count))
    return np.concatenate([np.full(count, mean) for mean, _, count in pools])


def _known_tasks(space: str, proxies: Sequence[str], *, beyond_size: bool) -> tuple[KnownTask, ...]:
    tasks = []
    for (task, of), table in _table().items():
        pairs = [table.get(pair) for pair in itertools.combinations(proxies, 2)]
        truth = [table.get((name, _TRUTH)) for name in proxies]
        known = [pair[beyond_size] for pair in pairs if pair is not None]
        worth = [pair[beyond_size] for pair in truth if pair is not None]
        if of != space and len(known) == len(pairs) and len(worth) == len(truth):
            agreement, quality = float(np.mean(known)), float(np.median(worth))
            tasks.append(KnownTask(task=task, space=of, agreement=agreement, quality=quality))
    return tuple(sorted(tasks, key=lambda known: (known.agreement, -known.quality)))


@cache
def _table() -> Mapping[tuple[str, str], Mapping[tuple[str, str], tuple[float, float]]]:
    """Read correlations of two proxies by task and space: of the ranks, and beyond size."""
    text = files("harness.evaluation").joinpath("known_agreement.csv").read_text(encoding="utf-8")
    table: dict[tuple[str, str], dict[tuple[str, str], tuple[float, float]]] = {}
    for row in csv.DictReader(text.splitlines()):
        pairs = table.setdefault((row["task"], row["space"]), {})
        pairs[row["first"], row["second"]] = (float(row["spearman"]), float(row["beyond_size"]))
    return table


def _compared() -> set[str]:
    """Return the names of the proxies that the known tasks have."""
    return {name for pairs in _table().values() for pair in pairs for name in pair} - {_TRUTH}


def _residuals(ranks: FloatArray, size: FloatArray) -> FloatArray:
    """Return what a straight line in the ranks of parameters does not say of ranks."""
    centred, size = ranks - ranks.mean(), size - size.mean()
    spread = float(size @ size)
    result: FloatArray = centred - size * float(size @ centred) / (spread or 1.0)
    return result


def _correlation(first: FloatArray, second: FloatArray) -> float:
    """Return Pearson's correlation; 0 where one of the two is constant, which agrees with none."""
    first, second = first - first.mean(), second - second.mean()
    norm = float(np.sqrt((first @ first) * (second @ second)))
    return float(first @ second) / norm if norm > 1e-9 * first.size**2 else 0.0
