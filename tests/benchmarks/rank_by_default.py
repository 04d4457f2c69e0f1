"""What ``harness rank`` without ``--proxy`` is worth, over stored spaces.

    python -m tests.benchmarks.rank_by_default results SUITE ... \
        > results/measured/rank-by-default.md

Every suite is a table of networks with truth, as in ``harness combine``. Printed are Spearman's
correlation of mean ranks with the truth, as a mean over spaces, and its leads over those of the
default and of the four proxies that ranked before any space was known, with 95 % intervals that
resample spaces. The fifth was added since it is the best over all spaces; so one row adds to the
four, for every space, what is the best proxy of the other spaces (the rule ``top-1`` of ``harness
combine``), and one is that proxy alone.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from harness.api.ranking import PROXIES
from harness.api.scored_tables import load_scored_tables
from harness.candidates.ranking import mean_ranks
from harness.evaluation.combination import weights_by_rule
from harness.metrics import Interval, Sample, find_metric, measure
from harness.metrics.scored_table import ScoredTable, estimate_over_kin
from harness.metrics.values import Defined, FloatArray
from tests.benchmarks.printed import say, say_archive, say_head, say_row

FOUR = ("params", "jacov", "nwot", "synflow")
RESAMPLES = 10_000

Choice = Callable[[ScoredTable], Sequence[str]]


def worth(table: ScoredTable, names: Sequence[str]) -> float:
    """Return what the mean rank of those proxies that are members says of the truth; 0 of none."""
    members = [table.scores[name] for name in names if name in table.members]
    if not members:
        return 0.0
    ranks = mean_ranks(members)
    known = np.isfinite(ranks)
    value = measure(find_metric("spearman"), Sample(scores=ranks[known], truth=table.truth[known]))
    return value.value if isinstance(value, Defined) else 0.0


def main(results: Path, suites: Sequence[str]) -> None:
    tables = load_scored_tables(suites, results=results)
    best = {}
    for table in tables:
        others = [other for other in tables if other.kin != table.kin]
        (best[table.task],) = weights_by_rule(table, others)["top-1"]
    chosen = f"the best of the other spaces ({', '.join(sorted(set(best.values())))})"
    choices: dict[str, Choice] = {
        f"the default: {', '.join(PROXIES)}": lambda table: PROXIES,
        f"the four alone: {', '.join(FOUR)}": lambda table: FOUR,
        f"the four and {chosen}": lambda table: [*FOUR, best[table.task]],
        chosen: lambda table: [best[table.task]],
        **{name: lambda table, name=name: [name] for name in PROXIES},
    }
    kin = [table.kin for table in tables]
    values = {
        name: np.array([worth(table, choice(table)) for table in tables])
        for name, choice in choices.items()
    }
    default, four, *_ = values.values()
    say_archive(results)
    say(f"{len(tables)} tables of {len(set(kin))} spaces.")
    say_head("ranked by", "mean Spearman", "lead over the default", "over the four")
    for name, own in values.items():
        leads = ["" if own is other else written(kin, own - other) for other in (default, four)]
        say_row(name, written(kin, own), *leads)


def written(kin: Sequence[str], values: FloatArray) -> str:
    estimate = estimate_over_kin(kin, values, RESAMPLES, 0)
    ends = estimate.interval
    around = f" [{ends.low:.3f}, {ends.high:.3f}]" if isinstance(ends, Interval) else ""
    return f"{estimate.value.value:.3f}{around}" if isinstance(estimate.value, Defined) else "–"


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
