"""How far proxies agree, and how well they rank, on tasks with truth: the table behind abstention.

Writes ``harness/evaluation/known_agreement.csv``: for every task with published scores of params,
for the boards of three spaces of today, and for every two of `PROXIES` that scored more than 95 %
of a task's networks, Spearman's correlation of their scores, and the correlation of their ranks
after those of parameters are regressed out. The truth stands in as a second proxy. Identical
networks are merged, and networks that one of the proxies lacks are left out. Then it prints how
often the sentence of a board is right where each space is judged by the others. A results folder
without the archive needs ``harness run`` of the three suites before::

    python tests/benchmarks/known_agreement.py results
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from harness.api.choice import choose_proxies, choose_suite
from harness.core.aggregation import average_ranks
from harness.evaluation import TaskScores, agreement, join_stored, load_published
from harness.execution.archive import archive_in
from harness.execution.run import Options, open_run
from harness.truth import tasks_with_scores

PLACE = Path(__file__).parents[2] / "harness/evaluation/known_agreement.csv"
PROXIES = (
    *("epe_nas", "fisher", "grad_norm", "grasp", "jacov", "l2_norm", "nwot", "plain", "snip"),
    *("synflow", "zen"),
)
"""Those of NAS-Bench-Suite-Zero that do not count."""

SUITES = ("pit", "autoformer-tiny", "nas-bench-bert")
JUDGED = (
    ("jacov", "nwot", "synflow"),
    ("grad_norm", "jacov", "synflow"),
    tuple(name for name in PROXIES if name not in ("nwot", "zen")),
)
"""Sets of proxies whose agreement is judged."""

_LEAST, _FEWEST = 0.95, 3


def known(results: Path) -> Iterator[TaskScores]:
    for task in tasks_with_scores():
        yield load_published(task)
    for name in SUITES:
        suite = choose_suite(name, None, None, None)
        proxies = choose_proxies(suite, ["params", *PROXIES], only=True)
        options = Options(results=results, archive=archive_in(results))
        tasks = join_stored(open_run(suite, proxies, options))
        if not any(line for task in tasks for line in lines(task)):
            raise SystemExit(f"{results} has no scores of {name}; run harness run {name} first")
        yield from tasks


def lines(task: TaskScores) -> Iterator[str]:
    """Return one line for every two proxies of a task; none where too few are known."""
    scores = {name: method.values for name, method in task.by_name.items()}
    names = [
        name for name in PROXIES if name in scores and np.isfinite(scores[name]).mean() > _LEAST
    ]
    if "params" not in scores or len(names) < _FEWEST:
        return
    used = {name: scores[name] for name in ("params", *names)}
    complete = np.all([np.isfinite(column) for column in used.values()], axis=0)
    ranks = {name: average_ranks(column[complete]) for name, column in used.items()}
    ranks["truth"] = average_ranks(task.truth[complete])
    left = {name: agreement._residuals(column, ranks["params"]) for name, column in ranks.items()}
    for first, second in itertools.combinations([*names, "truth"], 2):
        values = (agreement._correlation(of[first], of[second]) for of in (ranks, left))
        numbers = ",".join(f"{value:.4f}" for value in values)
        yield f"{task.table.task},{task.table.space},{first},{second},{numbers}"


def judged(proxies: tuple[str, ...]) -> str:
    """Say how often agreement of some proxies is right, each space judged by the others."""
    right, of, worth = {True: 0, False: 0}, {True: 0, False: 0}, {True: 0.0, False: 0.0}
    for task in agreement._known_tasks("", proxies, beyond_size=True):
        others = agreement._known_tasks(task.space, proxies, beyond_size=True)
        if not others:
            continue
        trusted = agreement.Agreement(
            proxies=proxies, beyond_size=True, value=task.agreement, known=others
        ).is_trusted
        of[trusted] += 1
        right[trusted] += trusted == (task.quality >= agreement._POOR)
        worth[trusted] += task.quality
    means = {trusted: worth[trusted] / max(of[trusted], 1) for trusted in of}
    return (
        f"{', '.join(proxies)}: not trusted {right[False]} of {of[False]} right, mean "
        f"{means[False]:.2f}; trusted {right[True]} of {of[True]} right, mean {means[True]:.2f}"
    )


def main(results: Path) -> None:
    table = ["task,space,first,second,spearman,beyond_size"]
    table += [line for task in known(results) for line in lines(task)]
    PLACE.write_text("\n".join(table) + "\n")
    for proxies in JUDGED:
        sys.stdout.write(f"{judged(proxies)}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
