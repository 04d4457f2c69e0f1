"""What does the pick of ``harness rank --labels`` cost, in accuracy, with 20 trained networks?

Networks of a space with a complete table stand for a space of one's own: some of them are drawn
once, 20 of these get their label from the table, and all others are candidates. Regret is the best
accuracy among the candidates less that of the pick (or of the best of the first ten), looked up
after the ranking. It is repeated with other labels::

    python tests/benchmarks/rank_by_few_labels.py nas-bench-macro nbmacro-cifar10-test

Everything scored and fitted is stored in ``--results``, so an interrupted run resumes.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

import harness
from harness.api.ranking import PROXIES
from harness.candidates.ranking import mean_ranks
from harness.metrics import Defined, Sample, estimate_mean, find_metric, measure
from harness.reports.report_table import Column, ReportTable, columns, fixed
from harness.reports.writers import markdown_table
from harness.truth import TruthTable, load

METRICS = ("regret@1", "regret@10", "kendall")
RULE = "harness rank --labels"
Columns = dict[str, np.ndarray]


def ranked(options: argparse.Namespace, labels: Path | None) -> harness.api.results.RankResult:
    return harness.rank(
        options.space,
        proxies=PROXIES,
        candidates=options.networks,
        maximum=options.max,
        labels=labels,
        batch=options.batch,
        top=1,
        workers=0,
        results=options.results,
    )


def labels_of(
    repeat: int, texts: list[str], truth: TruthTable, options: argparse.Namespace
) -> Path:
    """Write the labels of one repeat."""
    order = np.random.default_rng([repeat, options.labels]).permutation(len(texts))
    chosen = [texts[index] for index in order[: options.labels]]
    path = (
        options.results / f"labels-{options.task}-{options.labels}-{repeat}{_suffix(options)}.csv"
    )
    lines = [f"{text},{truth.values[text]}\n" for text in chosen]
    path.write_text("architecture,accuracy\n" + "".join(lines))
    return path


def _suffix(options: argparse.Namespace) -> str:
    return "".join(f"-{limit}" for limit in options.max or ())


def scores_of(done: harness.api.results.RankResult) -> tuple[list[str], Columns]:
    """Return the candidates, and their scores by the rule, without labels and by each proxy."""
    frame = harness.frame(done).dropna(subset=["score"])
    by_proxy = {name: frame[f"proxy:{name}"].to_numpy(float) for name in PROXIES}
    label_free = {"the default, no labels": mean_ranks(list(by_proxy.values()))}
    return list(frame["architecture"]), {
        RULE: frame["score"].to_numpy(float),
        **label_free,
        **by_proxy,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("space")
    parser.add_argument("task")
    parser.add_argument("--networks", type=int, default=320)
    parser.add_argument("--max", action="append", help="limit, e.g. params=1e6")
    parser.add_argument("--labels", type=int, default=20)
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--batch", default="photographs:16")
    parser.add_argument("--results", type=Path, default=Path("build/rank-by-few-labels"))
    options = parser.parse_args()
    options.results.mkdir(parents=True, exist_ok=True)
    truth = load(options.task)
    texts = [
        text
        for text in harness.frame(ranked(options, None))["architecture"]
        if text in truth.values
    ]
    values: dict[str, dict[str, list[Defined]]] = {}
    taken: dict[str, int] = {}
    for repeat in range(options.repeats):
        done = ranked(options, labels_of(repeat, sorted(texts), truth, options))
        method = done.ranking.ranked.method
        taken[method] = taken.get(method, 0) + 1
        candidates, scores = scores_of(done)
        true = truth.oriented(candidates)
        scores["random"] = np.zeros(len(true))
        for name, column in scores.items():
            for metric in METRICS:
                value = measure(find_metric(metric), Sample(scores=column, truth=true))
                if isinstance(value, Defined):
                    values.setdefault(name, {}).setdefault(metric, []).append(value)
        sys.stderr.write(f"{repeat + 1} of {options.repeats}: {method}\n")
    report(options, len(texts), values, taken)


def report(
    options: argparse.Namespace,
    networks: int,
    values: dict[str, dict[str, list[Defined]]],
    taken: dict[str, int],
) -> None:
    """Print the table."""
    metrics = [find_metric(name) for name in METRICS]
    table = ReportTable(
        columns=columns("ranked by", *(Column(head=name, number=fixed(2)) for name in METRICS)),
        rows=tuple(
            (
                name,
                *(
                    estimate_mean(by_metric[metric.name], metric.range)
                    if metric.name in by_metric
                    else None
                    for metric in metrics
                ),
            )
            for name, by_metric in values.items()
        ),
    )
    title = f"{options.task}: {options.labels} labels, {networks - options.labels} candidates"
    title += "".join(f", at most {limit}" for limit in options.max or ())
    counts = ", ".join(f"{name} {count} times" for name, count in taken.items())
    sys.stdout.write(f"{title}, {options.repeats} repeats\n\n{markdown_table(table)}\n\n")
    sys.stdout.write(f"taken: {counts}\n")


if __name__ == "__main__":
    main()
