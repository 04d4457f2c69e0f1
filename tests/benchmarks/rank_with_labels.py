"""What ``harness rank --labels`` is worth, over stored spaces.

    python -m tests.benchmarks.rank_with_labels results build/rank-with-labels 10,20,50 SUITE ... \
        > results/measured/rank-with-labels.md

Every suite is a table of networks with truth, as in ``harness combine``. Some of its networks get
their label from the table, drawn anew in every repeat, and the others are candidates, all scored by
what ranks and is read by default. Printed are Spearman's correlation with the truth of the
candidates, as a mean over spaces, its lead over ranking without labels, and the share of the table
that is better than the pick, with 95 % intervals that resample spaces. A method is

* the rule: what ``harness rank --labels`` takes;
* the usual predictor alone, and the leader on held-out labels whatever its lead;
* the label-free rule: the same methods, the mean rank of the default proxies kept within noise;
* the default proxies without a label, and each of them alone.

Fits of held-out folds are stored in the second folder, so that an interrupted run resumes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from harness.api.labelled_candidates import _usable_predictors
from harness.api.ranking import PROXIES, READ_BESIDE
from harness.api.scored_tables import load_scored_tables
from harness.candidates import (
    USUAL,
    Kind,
    MethodFolds,
    Plan,
    Selection,
    predict_rest,
    select_method,
)
from harness.candidates.ranking import mean_ranks
from harness.candidates.selection import _take
from harness.core.architecture import Architecture
from harness.core.errors import ContractError
from harness.core.identity import derived_seed
from harness.encodings.subjects import ScoreTable, subjects_of
from harness.execution.task_truth import load_architectures
from harness.learning import pool_of
from harness.learning.label_free_baselines import Unlabelled
from harness.learning.picks import pick_of
from harness.metrics import Sample, find_metric, measure
from harness.metrics.scored_table import ScoredTable
from harness.metrics.values import Defined, FloatArray
from tests.benchmarks.printed import say_archive, say_head, say_row
from tests.benchmarks.rank_by_default import written

REPEATS = 3
DIVISIONS = 5
MEAN_RANK = "the default proxies, no labels"


@dataclass(frozen=True, kw_only=True, eq=False)
class Labels:
    """One draw of labels of one table."""

    table: ScoredTable
    order: np.ndarray
    count: int
    repeat: int
    results: Path

    @cached_property
    def columns(self) -> dict[str, FloatArray]:
        """Scores of the proxies that rank or are read, of labelled networks first."""
        names = [name for name in (*PROXIES, *READ_BESIDE) if name in self.table.members]
        columns = {name: self.table.scores[name][self.order] for name in names}
        together = mean_ranks([columns[name] for name in PROXIES if name in columns])
        return {MEAN_RANK: together} | columns

    @property
    def scores(self) -> ScoreTable:
        """What predictors read, of all networks."""
        read = {name: column for name, column in self.columns.items() if name != MEAN_RANK}
        return ScoreTable(proxies=tuple(read), values=np.stack(list(read.values()), axis=1))

    @property
    def texts(self) -> list[str]:
        """Of all networks, labelled ones first."""
        return [self.table.architectures[row] for row in self.order]

    def worth(self) -> Iterator[tuple[str, FloatArray]]:
        """Return correlation and share above the pick of each method."""
        truth = load_architectures(self.table.task)
        texts = self.texts[: self.count]
        pool = pool_of(truth, texts, self.scores.rows(np.arange(self.count)))
        predictors = _usable_predictors(None, pool)
        proxies = [
            Unlabelled(name=name, key="", pool=pool, scores=column[: self.count])
            for name, column in self.columns.items()
        ]
        seed = derived_seed(0, "rank with labels", self.table.task, str(self.repeat))
        plan = Plan.of(self.count, DIVISIONS, seed)
        keeping = (self.results, lambda done, total: None)
        selection = select_method(pool, proxies, predictors, plan, keeping, USUAL)
        subjects = subjects_of(
            self.table.space,
            [Architecture(space=self.table.space, text=text) for text in self.texts],
            self.scores,
        )
        loaded = {each.name: each for each in predictors}

        def values(method: MethodFolds) -> FloatArray:
            if method.kind is not Kind.PREDICTOR:
                return self.columns[method.name][self.count :]
            try:
                return predict_rest(loaded[method.name], subjects, pool.labels, seed)
            except ContractError:
                return np.zeros(subjects.n - self.count)

        for name, method in _methods(selection).items():
            yield name, self._worth(values(method))
        for name in (MEAN_RANK, *PROXIES):
            if name in self.columns:
                yield name, self._worth(self.columns[name][self.count :])

    def _worth(self, values: FloatArray) -> FloatArray:
        """Measure an order of the candidates, in which what has no score comes last."""
        known = np.isfinite(values)
        filled = np.where(known, values, values[known].min(initial=0.0) - 1)
        evaluated = self.order[self.count :]
        sample = Sample(scores=filled, truth=self.table.truth[evaluated])
        value = measure(find_metric("spearman"), sample)
        correlation = value.value if isinstance(value, Defined) else 0.0
        return np.array([correlation, pick_of(self.table.truth, evaluated, filled).above])


def _methods(selection: Selection) -> dict[str, MethodFolds]:
    usable = [method for method in selection.methods if not method.reason]
    every = np.arange(selection.plan.folds * selection.plan.repeats)
    return {
        "`harness rank --labels`": selection.chosen,
        f"{selection.usual.name} alone": selection.usual,
        "the leader on held-out labels": selection.leader,
        "the default proxies kept within noise": _take(
            usable, selection.label_free, every, selection.plan
        ),
    }


def main(results: Path, fits: Path, counts: Sequence[int], suites: Sequence[str]) -> None:
    tables = load_scored_tables(suites, results=results)
    say_archive(results)
    say_head(
        "ranked by", "labels", "spaces", "mean Spearman", "lead over no labels", "above the pick"
    )
    for count in counts:
        judged = [table for table in tables if len(table.truth) >= count + 10]
        values: dict[str, FloatArray] = {}
        nothing = np.tile([0.0, 0.5], (len(judged), 1))  # a proxy without scores picks any network
        for row, table in enumerate(judged):
            for repeat in range(REPEATS):
                seed = derived_seed(0, "labels", table.task, str(repeat))
                order = np.random.default_rng(seed).permutation(len(table.truth))
                labels = Labels(table=table, order=order, count=count, repeat=repeat, results=fits)
                for name, value in labels.worth():
                    column = values.setdefault(name, nothing.copy())
                    column[row] = (repeat * column[row] + value) / (repeat + 1)
            sys.stderr.write(f"{count} labels: {table.task}\n")
        report(count, judged, values)


def report(count: int, tables: Sequence[ScoredTable], values: dict[str, FloatArray]) -> None:
    """Print the rows of one number of labels."""
    kin = [table.kin for table in tables]
    for name, (own, above) in ((name, column.T) for name, column in values.items()):
        lead = "" if name == MEAN_RANK else written(kin, own - values[MEAN_RANK].T[0])
        mean, picked = written(kin, own), written(kin, above)
        say_row(name, str(count), str(len(set(kin))), mean, lead, picked)


if __name__ == "__main__":
    numbers = [int(number) for number in sys.argv[3].split(",")]
    main(Path(sys.argv[1]), Path(sys.argv[2]), numbers, sys.argv[4:])
