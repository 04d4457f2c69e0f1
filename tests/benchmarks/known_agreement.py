"""How far proxies agree, and how well they rank, on tasks with truth: the table behind abstention.

Reads the pages of leaderboards, which hold scores and truth of up to 2,000 networks, and writes
``harness/evaluation/known_agreement.csv``: for every task with parameters, and every two of
`PROXIES` that scored more than 95 % of its networks, Spearman's correlation of their scores, and
the correlation of their ranks after those of parameters are regressed out. The truth stands in as
a second proxy. Networks that one of the methods lacks are left out::

    harness report --published
    harness report pit
    python tests/benchmarks/known_agreement.py results/leaderboards/*/*.html
"""

from __future__ import annotations

import itertools
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from harness.core.aggregation import average_ranks
from harness.truth import tasks

PLACE = Path(__file__).parents[2] / "harness/evaluation/known_agreement.csv"
PROXIES = (
    *("epe_nas", "fisher", "grad_norm", "grasp", "jacov", "l2_norm", "nwot", "plain", "snip"),
    *("synflow", "zen"),
)
"""Those of NAS-Bench-Suite-Zero that do not count."""


def rows(page: str, spaces: dict[str, str]) -> Iterator[str]:
    """Return one line a pair of every task of a page."""
    found = re.search(r'<script[^>]*id="data"[^>]*>(.*?)</script>', page, re.DOTALL)
    data = json.loads(found[1]) if found else {"scatters": {}}
    for task, scatter in data["scatters"].items():
        scores = {
            name: np.array(column, dtype=float)
            for name, column in data["cohorts"][scatter["cohort"]]["scores"].items()
        }
        truth = np.array(scatter["truth"], dtype=float)
        lower = "lower is better" in scatter["title"]
        scores = {name: each for name, each in scores.items() if np.isfinite(each).mean() > 0.95}
        if task in spaces and "params" in scores:
            yield from lines(f"{task},{spaces[task]}", scores, -truth if lower else truth)


def lines(start: str, scores: dict[str, np.ndarray], truth: np.ndarray) -> Iterator[str]:
    complete = np.all([np.isfinite(column) for column in scores.values()], axis=0)
    names = [name for name in PROXIES if name in scores]
    ranks = {name: average_ranks(scores[name][complete]) for name in names}
    ranks["truth"] = average_ranks(truth[complete])
    size = np.column_stack([np.ones(complete.sum()), average_ranks(scores["params"][complete])])
    left = {
        name: column - size @ np.linalg.lstsq(size, column, rcond=None)[0]
        for name, column in ranks.items()
    }
    for first, second in itertools.combinations([*names, "truth"], 2):
        values = (np.corrcoef(of[first], of[second])[0, 1] for of in (ranks, left))
        yield ",".join([start, first, second, *(f"{value:.4f}" for value in values)])


def main(pages: list[str]) -> None:
    spaces = {task.name: task.space for task in tasks()}
    table = ["task,space,first,second,spearman,beyond_size"]
    for page in pages:
        table += rows(Path(page).read_text(), spaces)
    PLACE.write_text("\n".join(table) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
