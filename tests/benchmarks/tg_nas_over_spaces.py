"""TG-NAS trained on every space but the judged one, with the shipped recipe.

Of each table so many cells are drawn for training; the tables of the judged space and of its kin
are left out, and all networks of the judged table are ranked without a label of it, up to a
number. Printed are Spearman's correlations, beside those of the shipped weights, which were trained
on NAS-Bench-101 alone::

    python tests/benchmarks/tg_nas_over_spaces.py --members 2 nb101-cifar10-test \
        nb201-cifar10-validation darts-cifar10-validation tnb101-micro-class-scene \
        tnb101-macro-class-scene nbmacro-cifar10-test
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.core.aggregation import average_ranks, rank_correlations
from harness.core.architecture import Architecture, CellGraph
from harness.core.identity import derived_seed
from harness.spaces.knowledge import kin_of
from harness.spaces.registry import space
from harness.text_graphs.ensemble import score_cells
from harness.training.cells import Cells
from harness.training.recipe import Recipe
from harness.training.tg_nas import train
from harness.truth import load


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Networks of one task.

    Attributes:
        task: Name of the task.
        kin: What is left out together.
        graphs: Of all networks that are ranked.
        truth: Theirs, higher is better.
        learnt: Which of them others learn from.
    """

    task: str
    kin: str
    graphs: tuple[CellGraph, ...]
    truth: np.ndarray
    learnt: np.ndarray

    def cells(self) -> Cells:
        """Return what is learnt from, with ranks as labels."""
        ranks = average_ranks(self.truth[self.learnt])
        graphs = tuple(self.graphs[row] for row in self.learnt)
        return Cells(task=self.task, graphs=graphs, labels=(ranks - 0.5) / len(ranks))


def read(task: str, cells: int, ranked: int) -> Table:
    """Draw the networks of a table that are ranked, and of these the ones that are learnt from."""
    truth = load(task)
    searched = space(truth.space)
    generator = np.random.default_rng(derived_seed(0, "tg_nas over spaces", task))
    texts = np.array(sorted(truth.values))
    texts = texts[generator.permutation(len(texts))[:ranked]].tolist()
    return Table(
        task=task,
        kin=kin_of(searched),
        graphs=tuple(searched.graph(Architecture(space=truth.space, text=text)) for text in texts),
        truth=np.asarray(truth.oriented(texts)),
        learnt=np.arange(min(cells, len(texts))),
    )


def judge(table: Table, others: Sequence[Table], recipe: Recipe) -> tuple[float, float]:
    """Return the correlations of weights of the other spaces, and of the shipped ones."""
    ensemble = train(recipe, [other.cells() for other in others], lambda done, total: None)
    scores = ensemble.score(table.graphs), score_cells(table.graphs)
    over_spaces, shipped = (float(rank_correlations(values, table.truth)) for values in scores)
    return over_spaces, shipped


def main() -> None:
    """Judge every table in turn."""
    parser = argparse.ArgumentParser()
    parser.add_argument("tasks", nargs="+")
    parser.add_argument("--cells", type=int, default=1000)
    parser.add_argument("--ranked", type=int, default=20_000)
    parser.add_argument("--members", type=int, default=Recipe().members)
    parser.add_argument("--epochs", type=int, default=Recipe().epochs)
    given = parser.parse_args()
    recipe = Recipe(members=given.members, epochs=given.epochs)
    tables = [read(task, given.cells, given.ranked) for task in given.tasks]
    sys.stdout.write("task\tnetworks\tother spaces\tNAS-Bench-101\tseconds\n")
    for table in tables:
        others = [other for other in tables if other.kin != table.kin]
        start = time.process_time()
        values = judge(table, others, recipe)
        seconds = time.process_time() - start
        row = (table.task, len(table.graphs), *(f"{value:.3f}" for value in values))
        sys.stdout.write("\t".join(map(str, (*row, f"{seconds:.0f}"))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
