"""Rules that combine proxies, beside single ones, on connected cells of NAS-Bench-201.

    harness run nb201-2000
    python -m tests.benchmarks.rules_on_cells results nb201-cifar10-validation 2000 SUITE ... \
        > results/measured/rules-on-cells.md

The rules are those of docs/combine.md, chosen on the suites' spaces, of which none may be
NAS-Bench-201. Printed are Spearman's correlation with a task, its difference to that of vkdnw_agg
and of az_nas on the same cells, and Kendall's tau in the top decile.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from harness.api.choice import choose_proxies, choose_suite
from harness.api.scored_tables import load_scored_tables
from harness.evaluation import TaskScores, join_stored
from harness.evaluation.combination import weights_by_rule
from harness.execution.archive import archive_in
from harness.execution.run import Options, open_run
from harness.metrics import (
    Defined,
    Difference,
    Sample,
    bootstrap,
    find_metric,
    measure,
    paired_difference,
    percentile_interval,
    resample_weights,
)
from harness.metrics.scored_table import ScoredTable
from harness.metrics.values import FloatArray, Interval, Undefined
from tests.benchmarks.printed import say, say_archive, say_head, say_row

SPACE = "nas-bench-201"
NO_MEMBERS = ("random", "rank_sum", "vote", "vkdnw_agg")
"""As of ``harness combine``: chance, and proxies that combine others."""
AGAINST = ("vkdnw_agg", "az_nas")
RESAMPLES = 2000


def cells(results: Path, task: str, count: int) -> TaskScores:
    """Join what is stored of drawn cells with their accuracy."""
    suite = choose_suite("nb201-2000", count, None, None)
    suite = suite.model_copy(update={"tasks": [task]})
    proxies = choose_proxies(suite, None, only=True)
    (scores,) = join_stored(
        open_run(suite, proxies, Options(results=results, archive=archive_in(results)))
    )
    return scores


def columns(
    scores: TaskScores, others: Sequence[ScoredTable]
) -> tuple[FloatArray, dict[str, FloatArray]]:
    """Return truth and what every rule and every proxy says, on cells that `AGAINST` have scored.

    Proxies that lack one of these cells are left out.
    """
    methods = {method.name: method for method in scores.methods if not method.imported}
    both = np.logical_and.reduce([methods[name].scored for name in AGAINST])
    single = {
        name: method.at(both).values
        for name, method in methods.items()
        if method.scored[both].all()
    }
    table = ScoredTable(
        task=scores.table.task,
        space=SPACE,
        kin=SPACE,
        architectures=tuple(itertools.compress(scores.architectures, both)),
        truth=scores.truth[both],
        scores={name: values for name, values in single.items() if name not in NO_MEMBERS},
    )
    rules = {
        f"`{rule}`": table.criteria.mean(table.row_weights(weights))
        for rule, weights in weights_by_rule(table, others).items()
        if "guarded" not in rule
    }
    return table.truth, rules | single


def written(interval: Interval | Undefined) -> str:
    return f"[{interval.low:.3f}, {interval.high:.3f}]" if isinstance(interval, Interval) else "–"


def rows(truth: FloatArray, scores: Mapping[str, FloatArray]) -> Iterator[tuple[str, ...]]:
    """Yield what is printed of every rule and proxy, best first."""
    spearman, resamples = find_metric("spearman"), resample_weights(len(truth), RESAMPLES, 0)
    samples = {name: Sample(scores=own, truth=truth) for name, own in scores.items()}
    values = {name: measure(spearman, sample) for name, sample in samples.items()}
    known = {name: value.value for name, value in values.items() if isinstance(value, Defined)}
    drawn = {name: bootstrap(spearman, samples[name], resamples) for name in known}
    for name in sorted(known, key=lambda name: -known[name]):
        leads = []
        for other in AGAINST:
            lead = paired_difference(known[name] - known[other], drawn[name], drawn[other])
            shown = isinstance(lead, Difference) and name != other
            leads.append(f"{lead.value:.3f} {written(lead.interval)}" if shown else "")
        tau = measure(find_metric("kendall-top-10%"), samples[name])
        yield (
            name,
            f"{known[name]:.3f} {written(percentile_interval(drawn[name]))}",
            *leads,
            f"{tau.value:.3f}" if isinstance(tau, Defined) else "–",
        )


def main(results: Path, task: str, count: int, suites: Sequence[str]) -> None:
    others = load_scored_tables(suites, results=results)
    if any(other.space == SPACE for other in others):
        raise SystemExit(f"rules are chosen without labels of {SPACE}; leave out its suites")
    truth, scores = columns(cells(results, task, count), others)
    say_archive(results)
    say(f"{len(truth):,} cells.")
    say_head("", "Spearman", *(f"less {name}" for name in AGAINST), "Kendall in the top decile")
    for row in rows(truth, scores):
        say_row(*row)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4:])
