"""Trains TG-NAS on NAS-Bench-101 alone, and judges its recipe there.

No label of another space takes part. What a recipe is worth for operators that it never saw is
judged inside NAS-Bench-101 too: `hidden_operator_scores` trains without the cells that hold one
operator and ranks those that do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from harness.core.identity import derived_seed
from harness.metrics import Sample, find_metric, measure
from harness.metrics.values import Defined
from harness.text_graphs.ensemble import Ensemble
from harness.text_graphs.folded import Weights
from harness.text_graphs.network import weights_of
from harness.text_graphs.rewrites import OPERATORS, Rewrites, rewrite
from harness.training.cells import Cells
from harness.training.fitting import fit
from harness.training.recipe import Recipe

__all__ = ["hidden_operator_scores", "train"]

_HELD_OUT = 0.1
_HIDDEN = OPERATORS[:3]  # those of NAS-Bench-101 itself


def train(
    recipe: Recipe, tables: Sequence[Cells], progress: Callable[[int, int], None]
) -> Ensemble:
    """Train an ensemble; a tenth of each table is held out and measured on.

    Args:
        recipe: How.
        tables: From `training_cells`.
        progress: Called with the number of epochs done and to do.
    """
    generator = np.random.default_rng(derived_seed(recipe.seed, "tg_nas", "held out"))
    masks = [generator.random(table.labels.size) < _HELD_OUT for table in tables]
    held = [table.where(mask) for table, mask in zip(tables, masks, strict=True)]
    kept = [table.where(~mask) for table, mask in zip(tables, masks, strict=True)]
    used = [table.where(generator.random(table.labels.size) < recipe.share) for table in kept]
    total = recipe.members * recipe.epochs
    members = []
    for index in range(recipe.members):
        seed = derived_seed(recipe.seed, "tg_nas", "member", str(index))
        update = partial(_advance, progress, index * recipe.epochs, total)
        members.append(weights_of(fit(recipe, used, seed, update)))
    ensemble = Ensemble(
        form=recipe.form,
        members=tuple(members),
        spreads=tuple(_spread(recipe, member, used) for member in members),
        recipe=recipe.model_dump(mode="json"),
        metrics={},
    )
    metrics = {table.task: _spearman(ensemble, table) for table in held}
    cells = sum(table.labels.size for table in used)
    return replace(ensemble, metrics={"cells": cells, "held out": metrics})


def hidden_operator_scores(recipe: Recipe, tables: Sequence[Cells]) -> dict[str, float]:
    """Rank cells that hold an operator by networks that were trained without it.

    Returns:
        Operator to the Spearman correlation with accuracy, mean over tables, each as it is and
        rewritten.
    """
    correlations = {}
    for hidden in _HIDDEN:
        has = [np.array([hidden in graph.operations for graph in t.graphs]) for t in tables]
        seen = [table.where(~mask) for table, mask in zip(tables, has, strict=True)]
        seen = [table for table in seen if table.labels.size >= recipe.batch]
        seed = derived_seed(recipe.seed, "tg_nas", "hidden", hidden)
        network = fit(recipe, seen, seed, lambda epoch: None, without=hidden)
        ensemble = _single(recipe, weights_of(network))
        generator = np.random.default_rng(seed)
        values = []
        for table, mask in zip(tables, has, strict=True):
            test = table.where(mask)
            graphs = tuple(rewrite(graph, Rewrites(), generator) for graph in test.graphs)
            values += [_spearman(ensemble, test), _spearman(ensemble, replace(test, graphs=graphs))]
        correlations[hidden] = float(np.mean(values))
    return correlations


def _advance(progress: Callable[[int, int], None], before: int, total: int, epoch: int) -> None:
    progress(before + epoch, total)


def _single(recipe: Recipe, member: Weights) -> Ensemble:
    return Ensemble(form=recipe.form, members=(member,), spreads=(1.0,), recipe=None, metrics=None)


def _spread(recipe: Recipe, member: Weights, tables: Sequence[Cells]) -> float:
    single = _single(recipe, member)
    return float(np.std(np.concatenate([single.score(table.graphs) for table in tables])))


def _spearman(ensemble: Ensemble, cells: Cells) -> float:
    sample = Sample(scores=ensemble.score(cells.graphs), truth=cells.labels)
    value = measure(find_metric("spearman"), sample)
    return value.value if isinstance(value, Defined) else float("nan")
