"""How far published proxies agree, and how well they rank: the table behind abstention.

Writes ``harness/evaluation/known_agreement.csv``: for every named task, and every two proxies that
scored more than 95 % of its networks, Spearman's correlation of their scores, and the correlation
of their ranks after those of parameters are regressed out. The truth stands in as a second proxy.
Of more than 1,000 networks that all of these proxies scored, 1,000 are drawn::

    python tests/benchmarks/known_agreement.py nb101-cifar10-suite-zero nb301-cifar10-suite-zero ...

Without names it is of all tasks with published scores.
"""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

import numpy as np

from harness.core.aggregation import average_ranks
from harness.evaluation import TaskScores, load_published
from harness.truth import tasks_with_scores

PLACE = Path(__file__).parents[2] / "harness/evaluation/known_agreement.csv"
COUNTS, COVERED, MOST = ("params", "flops"), 0.95, 1000


def rows(task: TaskScores) -> list[str]:
    """Return one line a pair of a task."""
    scores = {each.name: each.values for each in task.methods if each.scored.mean() > COVERED}
    complete = np.flatnonzero(np.all([np.isfinite(values) for values in scores.values()], axis=0))
    drawn = np.random.default_rng(0).permutation(complete)[:MOST]
    ranks = {name: average_ranks(values[drawn]) for name, values in scores.items()}
    ranks["truth"] = average_ranks(task.truth[drawn])
    size = np.column_stack([np.ones(len(drawn)), ranks["params"]])
    left = {
        name: column - size @ np.linalg.lstsq(size, column, rcond=None)[0]
        for name, column in ranks.items()
        if name not in COUNTS
    }
    return [
        f"{task.table.task},{task.table.space},{first},{second},"
        f"{np.corrcoef(ranks[first], ranks[second])[0, 1]:.4f},"
        f"{np.corrcoef(left[first], left[second])[0, 1]:.4f}"
        for first, second in itertools.combinations([*sorted(left.keys() - {"truth"}), "truth"], 2)
    ]


def main(names: list[str]) -> None:
    lines = ["task,space,first,second,spearman,beyond_size"]
    for name in names or tasks_with_scores():
        task = load_published(name, identical="rows")
        if "params" in task.by_name:
            lines += rows(task)
    PLACE.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
