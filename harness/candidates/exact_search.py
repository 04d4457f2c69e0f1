"""The best architectures of a space of choices within a budget, found exactly.

Where a score and a figure, such as `nsc` and the number of parameters, add up over choices, the
best score within a bound of the figure is a knapsack problem, which dynamic programming solves for
all bounds at once (NSC-DP; Zhu, Zhao, Lu, 2026). How they add up is measured: two choices belong
together where changing both changes score or figure by another amount than changing one after the
other. What belongs together is tried in all combinations; a choice that holds too many others
together, such as a width, is fixed to each of its options in turn. That sums are right is checked
on architectures drawn at random and on those that are returned.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from harness.core.errors import UsageError
from harness.metrics.values import FloatArray, IntArray
from harness.spaces.choices import Choices, Option

__all__ = ["Best", "best_within"]

_TOGETHER = 5_000
_EVALUATIONS = 200_000
_STATES = 2_000_000
_CHECKED = 50
_ROUNDING = 1e-9

Evaluate = Callable[[str], tuple[float, float]]
"""Returns score and figure of a text."""

Chosen = Mapping[str, Option]


@dataclass(frozen=True, slots=True, kw_only=True)
class Best:
    """One architecture: nothing of a figure as small has a higher score."""

    text: str
    score: float
    figure: float


@dataclass(slots=True, kw_only=True)
class _Known:
    """Scores and figures of texts, each asked for once."""

    choices: Choices
    evaluate: Evaluate
    points: dict[str, FloatArray] = field(default_factory=dict)

    def __call__(self, chosen: Chosen) -> FloatArray:
        text = self.choices.text(chosen)
        if text not in self.points:
            self.points[text] = np.array(self.evaluate(text), dtype=np.float64)
            if not np.isfinite(self.points[text]).all():
                raise UsageError(
                    f"{text} has no score or no figure, so sums of these cannot be compared; "
                    "search by --evolve instead"
                )
        return self.points[text]


def best_within(
    choices: Choices, evaluate: Evaluate, bound: float, generator: np.random.Generator
) -> list[Best]:
    """Return the front of score and figure up to a bound, the highest score first.

    The first has the highest score of all architectures within the bound.

    Args:
        choices: What architectures are made of.
        evaluate: Returns score, higher is better, and figure of a text, both finite.
        bound: Largest figure that is allowed; infinite for any.
        generator: Draws the architectures on which sums are checked.

    Raises:
        UsageError: Nothing is within the bound, sums are not right, or there is too much to try.
    """
    known = _Known(choices=choices, evaluate=evaluate)
    base = {name: options[0] for name, options in choices.options.items()}
    fixed, groups = _split(choices, _interactions(known, base))
    _require_few(choices, fixed, groups)
    fronts: list[Best] = []
    smallest = math.inf
    for macro in _combinations(choices, fixed):
        start = {**base, **macro}
        tables = [_table(known, start, group) for group in groups]
        _check(known, start, tables, generator)
        least = sum(float(table.gains[:, 1].min()) for table in tables)
        smallest = min(smallest, float(known(start)[1]) + least)
        for score, figure, chosen in _front(known(start), tables, bound):
            text = choices.text({**start, **chosen})
            fronts.append(Best(text=text, score=score, figure=figure))
    if not fronts:
        raise UsageError(
            f"no architecture has a figure of at most {bound:g}: the smallest has {smallest:g}; "
            "widen the limit"
        )
    kept = _undominated(
        np.array([best.figure for best in fronts]), np.array([best.score for best in fronts])
    )
    front = [fronts[row] for row in kept[::-1]]
    for best in front[:_CHECKED]:
        _require_equal(known(choices.values(best.text)), (best.score, best.figure), best.text)
    return front


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Table:
    """What every combination of a group of choices adds to the start.

    Attributes:
        combinations: Of options, by names of choices.
        gains: Shape ``(combinations, 2)``: of score and figure.
    """

    combinations: list[dict[str, Option]]
    gains: FloatArray


def _interactions(known: _Known, base: Chosen) -> dict[str, set[str]]:
    """Return with which others each choice does not simply add up."""
    options = known.choices.options
    near: dict[str, set[str]] = {name: set() for name in options}
    start = known(base)
    for first, second in itertools.combinations(options, 2):
        for one, other in itertools.product(options[first][1:], options[second][1:]):
            apart = known({**base, first: one}) + known({**base, second: other}) - start
            both = known({**base, first: one, second: other})
            if not _equal(both, apart):
                near[first].add(second)
                near[second].add(first)
                break
    return near


def _split(
    choices: Choices, near: Mapping[str, set[str]]
) -> tuple[list[str], list[tuple[str, ...]]]:
    """Return choices to be fixed, and groups of the others that add up."""
    fixed: list[str] = []
    while True:
        groups = _components([name for name in choices.options if name not in fixed], near)
        large = max(groups, key=lambda group: _size(choices, group), default=())
        if _size(choices, large) <= _TOGETHER:
            return fixed, groups
        fixed.append(max(large, key=lambda name: len(near[name].intersection(large))))


def _require_few(choices: Choices, fixed: Sequence[str], groups: Sequence[tuple[str, ...]]) -> None:
    """Refuse to score more architectures than is worth while, before they are."""
    asked = _size(choices, fixed) * sum(_size(choices, group) for group in groups)
    if asked > _EVALUATIONS:
        raise UsageError(
            f"scores and figures hardly add up over choices: {asked:,} architectures would have "
            f"to be scored, more than {_EVALUATIONS:,}; search by --evolve instead"
        )


def _size(choices: Choices, names: Sequence[str]) -> int:
    return math.prod(len(choices.options[name]) for name in names)


def _components(names: Sequence[str], near: Mapping[str, set[str]]) -> list[tuple[str, ...]]:
    left, groups = dict.fromkeys(names), []
    while left:
        group, pending = [], [next(iter(left))]
        while pending:
            name = pending.pop()
            if name in left:
                del left[name]
                group.append(name)
                pending.extend(near[name])
        groups.append(tuple(group))
    return groups


def _combinations(choices: Choices, names: Sequence[str]) -> Iterator[dict[str, Option]]:
    for options in itertools.product(*(choices.options[name] for name in names)):
        yield dict(zip(names, options, strict=True))


def _table(known: _Known, start: Chosen, group: Sequence[str]) -> _Table:
    combinations = list(_combinations(known.choices, group))
    points = np.array([known({**start, **chosen}) for chosen in combinations])
    return _Table(combinations=combinations, gains=points - known(start))


def _front(
    start: FloatArray, tables: Sequence[_Table], bound: float
) -> Iterator[tuple[float, float, dict[str, Option]]]:
    """Yield score, figure and options of the front of one start."""
    least = [float(table.gains[:, 1].min()) for table in tables]
    scores, figures = start[:1], start[1:]
    steps: list[tuple[IntArray, IntArray]] = []
    for number, table in enumerate(tables):
        combined = (figures[:, None] + table.gains[:, 1]).ravel()
        gained = (scores[:, None] + table.gains[:, 0]).ravel()
        fits = np.flatnonzero(combined + sum(least[number + 1 :]) <= bound)
        kept = fits[_undominated(combined[fits], gained[fits])]
        if kept.size > _STATES:
            raise UsageError(
                f"more than {_STATES:,} sums have to be compared; limit another figure, or search "
                "by --evolve"
            )
        scores, figures = gained[kept], combined[kept]
        steps.append(np.divmod(kept, len(table.combinations)))
    for row in range(len(scores)):
        chosen: dict[str, Option] = {}
        place = row
        for table, (before, option) in zip(reversed(tables), reversed(steps), strict=True):
            chosen |= table.combinations[int(option[place])]
            place = int(before[place])
        yield float(scores[row]), float(figures[row]), chosen


def _undominated(figures: FloatArray, scores: FloatArray) -> IntArray:
    """Return the rows that nothing of a figure as small surpasses or equals, figures ascending."""
    order = np.lexsort((-scores, figures))
    ascending = scores[order]
    best = np.maximum.accumulate(ascending)
    better = np.ones(len(order), dtype=np.bool_)
    better[1:] = ascending[1:] > best[:-1]
    kept: IntArray = order[better]
    return kept


def _check(
    known: _Known, start: Chosen, tables: Sequence[_Table], generator: np.random.Generator
) -> None:
    """Compare sums with scores and figures of architectures drawn at random."""
    for _ in range(_CHECKED):
        drawn = dict(start)
        total = known(start)
        for table in tables:
            row = int(generator.integers(len(table.combinations)))
            drawn |= table.combinations[row]
            total = total + table.gains[row]
        _require_equal(known(drawn), total, known.choices.text(drawn))


def _require_equal(seen: FloatArray, expected: FloatArray | tuple[float, float], text: str) -> None:
    if not _equal(seen, np.array(expected)):
        raise UsageError(
            f"score and figure of {text} are {seen[0]:g} and {seen[1]:g}, their sums over choices "
            f"{expected[0]:g} and {expected[1]:g}; what does not add up has no exact search, so "
            "search by --evolve instead"
        )


def _equal(seen: FloatArray, expected: FloatArray) -> bool:
    return bool(np.allclose(seen, expected, rtol=_ROUNDING, atol=_ROUNDING))
