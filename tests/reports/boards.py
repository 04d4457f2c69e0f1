"""Leaderboards and pages of score tables made by hand."""

from __future__ import annotations

from collections.abc import Sequence

from harness.evaluation import Leaderboard, Procedure, TaskScores, rank_tasks
from tests.score_tables import computed, method

HOSTILE = "<script>window.hacked=1</script>\"'&{{1}}</script>%_"
QUICK = Procedure(names=("spearman", "regret@1"), resamples=100)


def varied() -> tuple[TaskScores, ...]:
    """Return two tasks with good, bad, constant, incomplete and hostile plugins."""
    n = 40
    methods = (
        method("climbing", [float(i) for i in range(n)], seconds=0.2),
        method("shuffled", [float(i * 7 % n) for i in range(n)], seconds=0.05),
        method("falling", [-float(i) for i in range(n)], seconds=0.4),
        method("flat", [1.0] * n, seconds=0.001),
        method("partly", [None if i % 8 == 0 else float(i) for i in range(n)]),
        method(HOSTILE, [float(i // 2) for i in range(n)], seconds=0.1),
    )
    values = [50.0 + i for i in range(n)]
    return (
        computed(methods, values, "task-a"),
        computed(methods, [value if value < 80 else 140 - value for value in values], "task-b"),
    )


def board_of(tasks: Sequence[TaskScores], suite: str = "hand-made") -> Leaderboard:
    """Rank tasks quickly."""
    return rank_tasks(suite, "all/40@0", tasks, QUICK)
