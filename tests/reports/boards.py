"""Contests with costs, made by hand, and the leaderboards and pages of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.core.cost import Cost
from harness.core.outcome import SCORE, Failed, FailureKind, Outcome, Scored
from harness.evaluation import (
    ComputedScores,
    Contender,
    Contest,
    Expense,
    Leaderboard,
    Procedure,
    leaderboard,
)
from tests.truth_tables import truth_table

HOSTILE = "<script>window.hacked=1</script>\"'&{{1}}</script>%_"
QUICK = Procedure(names=("spearman", "regret@1"), resamples=100)


def contender(
    name: str,
    scores: Sequence[float | None],
    seconds: float = 0.01,
    machine: str = "machine-1",
    outcomes: Mapping[str, Outcome] | None = None,
) -> Contender:
    """Return a contender with a score of each architecture; None is a failure.

    Its outcomes are others where some are given.
    """
    texts = [f"a{index:03}" for index in range(len(scores))]
    return Contender(
        name=name,
        version="1",
        key=f"{name}:1",
        components=(SCORE,),
        orient=lambda columns: columns[SCORE],
        outcomes={text: _outcome(one) for text, one in zip(texts, scores, strict=True)}
        if outcomes is None
        else outcomes,
        expenses={
            text: Expense(environment=machine, cost=Cost(wall_s=seconds, cpu_s=seconds))
            for text in texts
        },
    )


def _outcome(score: float | None) -> Outcome:
    if score is None:
        return Failed(kind=FailureKind.NONFINITE, reason="score is nan")
    return Scored(components={SCORE: score})


def computed(
    contenders: Sequence[Contender], values: Sequence[float], task: str = "task-a"
) -> Contest:
    """Return a contest in which architecture ``i`` has the i-th value."""
    named: Mapping[str, float] = {f"a{index:03}": one for index, one in enumerate(values)}
    return Contest(
        truth=truth_table(named, task=task),
        population=f"all/{len(values)}@0",
        population_digest="0123456789abcdef",
        texts=tuple(named),
        contenders=tuple(contenders),
        provenance=ComputedScores(
            condition="condition", dataset="none", batch="noise:8", device="cpu"
        ),
    )


def varied() -> tuple[Contest, ...]:
    """Return two tasks with good, bad, constant, incomplete and hostile plugins."""
    n = 40
    contenders = (
        contender("climbing", [float(i) for i in range(n)], seconds=0.2),
        contender("shuffled", [float(i * 7 % n) for i in range(n)], seconds=0.05),
        contender("falling", [-float(i) for i in range(n)], seconds=0.4),
        contender("flat", [1.0] * n, seconds=0.001),
        contender("partly", [None if i % 8 == 0 else float(i) for i in range(n)]),
        contender(HOSTILE, [float(i // 2) for i in range(n)], seconds=0.1),
    )
    values = [50.0 + i for i in range(n)]
    return (
        computed(contenders, values, "task-a"),
        computed(contenders, [one if one < 80 else 140 - one for one in values], "task-b"),
    )


def board_of(contests: Sequence[Contest], suite: str = "hand-made") -> Leaderboard:
    """Rank contests quickly."""
    return leaderboard(suite, "all/40@0", contests, QUICK)
